"""A Slack that runs in the test: Web API, Socket Mode, and the people in front of it.

async with SlackEmulator() as slack:
    newsroom, alice = slack.channel("newsroom"), slack.user("Alice")
    ... start a bot with slack.api_url, slack.bot_token and slack.app_token ...
    await alice.types(newsroom, "/pantau status")
    await slack.until(lambda: slack.messages(newsroom))
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from html import escape
from types import TracebackType
from typing import Any, TypeVar

from aiohttp import web

from tests.emulators.faults import FaultPlan
from tests.emulators.slack_blocks import buttons
from tests.emulators.slack_methods import Methods
from tests.emulators.slack_socket import PATH, Event, SocketServer
from tests.emulators.slack_web import Call, ResponseUrl, WebApi
from tests.emulators.slack_workspace import (
    APP_ID,
    BOT_USER,
    TEAM_ID,
    Channel,
    Posted,
    Workspace,
    manifest,
)

PATIENCE = 5.0  # seconds `until` waits before it gives up
LOOK_AGAIN = 0.01  # seconds between two looks

Seen = TypeVar("Seen")


class SlackEmulator:
    """One workspace with one installed app, on a port of this host."""

    bot_token = "xoxb-1-emulated-bot"
    app_token = "xapp-1-emulated-app"

    def __init__(self) -> None:
        self.workspace = Workspace()
        self.faults = FaultPlan()
        self.sockets = SocketServer()
        self.methods = Methods(self.workspace)
        self.web = WebApi(
            self.methods, self.faults, lambda: f"ws{self._s}://{self._host}{self.sockets.ticket()}"
        )
        self.web.tokens = {self.bot_token: "", self.app_token: ""}
        self._host = self._s = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> SlackEmulator:
        app = web.Application(client_max_size=16 * 2**20)
        app.router.add_route("*", "/api/{method}", self.web.handle_method)
        app.router.add_post("/response/{id}", self.web.handle_response)
        app.router.add_post("/upload/{id}", self.web.handle_upload)
        app.router.add_get(PATH, self.sockets.handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self._host = f"{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Switch the server off; nobody listens on its port any more."""
        await self.sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._runner
        return int(self._runner.addresses[0][1])

    def reached_at(self, host: str, *, tls: bool = False) -> None:
        """Be known under another "host:port" from now on: that of a line in front of it."""
        self._host, self._s = host, "s" if tls else ""

    @property
    def api_url(self) -> str:
        """The base of all methods, as slack_sdk wants it."""
        return f"http{self._s}://{self._host}/api/"

    def user(self, name: str) -> Human:
        """A new person in the workspace."""
        return Human(self, self.workspace.add_user(name), name)

    def channel(self, name: str, *, private: bool = False, joined: bool = True) -> Channel:
        """A new channel, with the bot in it unless told otherwise."""
        return self.workspace.add_channel(name, private=private, joined=joined)

    def messages(self, channel: Channel | str) -> list[Posted]:
        """What stands in a channel, by anyone, oldest first."""
        return self.workspace.channels[channel if isinstance(channel, str) else channel.id].messages

    def from_bot(self, channel: Channel | str) -> list[Posted]:
        """What the bot said in a channel, oldest first."""
        return [message for message in self.messages(channel) if message.user == BOT_USER]

    def calls(self, method: str) -> list[Call]:
        """Every HTTP call of a method so far, successful or not; "response_url" is a method here."""
        return [call for call in self.web.calls if call.method == method]

    def response_url(self, channel: Channel, user: str, original: Posted | None = None) -> str:
        """A new address for up to five answers."""
        key = self.workspace.unique("R")
        self.web.response_urls[key] = ResponseUrl(channel, user, original)
        return f"http{self._s}://{self._host}/response/{key}"

    async def until(self, look: Callable[[], Seen], patience: float = PATIENCE) -> Seen:
        """What `look` sees once it is true; TimeoutError if it never becomes so."""
        async with asyncio.timeout(patience):
            while not (seen := look()):  # noqa: ASYNC110  (any condition, so there is no event)
                await asyncio.sleep(LOOK_AGAIN)
        return seen

    async def connected(self, count: int = 1) -> None:
        """Wait until so many sockets are open."""
        await self.until(lambda: len(self.sockets.connections) >= count)

    def event(self, event: dict[str, Any]) -> dict[str, Any]:
        """An event in the wrapping that the Events API gives it."""
        return {
            "type": "event_callback",
            "team_id": TEAM_ID,
            "api_app_id": APP_ID,
            "event_id": self.workspace.unique("Ev"),
            "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM_ID, "user_id": BOT_USER, "is_bot": True}],
            "event": event,
        }

    def trigger(self) -> str:
        """A trigger_id: good for one use within three seconds."""
        trigger = self.workspace.unique("trigger.")
        self.methods.triggers[trigger] = time.monotonic()
        return trigger


class Human:
    """A person with a keyboard and a mouse."""

    def __init__(self, slack: SlackEmulator, id: str, name: str) -> None:
        self.slack, self.id, self.name = slack, id, name

    async def types(self, channel: Channel, line: str) -> None:
        """Type a slash command; raises DispatchFailed if nobody takes it, which Slack would show."""
        command, _, text = line.partition(" ")
        known = [entry["command"] for entry in manifest()["features"]["slash_commands"]]
        if command not in known:
            raise ValueError(f"{command} is not a valid command. The app has {', '.join(known)}.")
        payload = {
            "token": "verification",
            "team_id": TEAM_ID,
            "api_app_id": APP_ID,
            "channel_id": channel.id,
            "channel_name": channel.name,
            "user_id": self.id,
            "user_name": self.name.lower(),
            "command": command,
            "text": escape(text.strip(), quote=False),
            "response_url": self.slack.response_url(channel, self.id),
            "trigger_id": self.slack.trigger(),
        }
        at_once = await self.slack.sockets.deliver("slash_commands", payload)
        if at_once:
            self._shown_at_once(channel, at_once)

    async def says(self, channel: Channel, text: str, *, thread: str = "") -> tuple[Posted, Event | None]:
        """Post a message. The bot hears it if it is direct, or names "@pantau" where the bot is a member."""
        stored = escape(text, quote=False).replace("@pantau", f"<@{BOT_USER}>")
        message = Posted(self.slack.workspace.next_ts(), self.id, stored, thread_ts=thread)
        channel.messages.append(message)
        shape = message.to_api(with_metadata=False) | {"channel": channel.id, "event_ts": message.ts}
        subscribed = manifest()["settings"]["event_subscriptions"]["bot_events"]
        if channel.with_user and "message.im" in subscribed:
            heard = shape | {"channel_type": "im"}
        elif f"<@{BOT_USER}>" in stored and channel.joined and "app_mention" in subscribed:
            heard = shape | {"type": "app_mention"}
        else:
            return message, None
        return message, self.slack.sockets.deliver_event(self.slack.event(heard))

    async def mentions(self, channel: Channel, text: str, *, thread: str = "") -> tuple[Posted, Event]:
        """Name the bot at the head of a message."""
        message, event = await self.says(channel, f"@pantau {text}", thread=thread)
        if event is None:
            raise ValueError(f"The bot is not in #{channel.name} and hears nothing.")
        return message, event

    async def writes_to_bot(self, text: str) -> tuple[Posted, Event | None]:
        """Send the bot a direct message."""
        return await self.says(self.slack.workspace.direct(self.id), text)

    async def presses(self, channel: Channel, ts: str, label: str) -> None:
        """Press the button with this label; ValueError if this person sees no such message or button."""
        message = next((one for one in channel.messages if one.ts == ts), None)
        if message is None or message.only_for not in ("", self.id):
            raise ValueError(f"{self.name} sees no message {ts} in #{channel.name}.")
        found = [one for one in buttons(message.blocks) if one["text"]["text"] == label]
        if not found:
            raise ValueError(f"No button {label!r}; there are {message.labels}.")
        payload = {
            "type": "block_actions",
            "team": {"id": TEAM_ID, "domain": "newsroom"},
            "user": {"id": self.id, "username": self.name.lower(), "name": self.name.lower()},
            "api_app_id": APP_ID,
            "container": {
                "type": "message",
                "message_ts": ts,
                "channel_id": channel.id,
                "is_ephemeral": bool(message.only_for),
            }
            | ({"thread_ts": message.thread_ts} if message.thread_ts else {}),
            "trigger_id": self.slack.trigger(),
            "channel": {"id": channel.id, "name": channel.name},
            "message": message.to_api(with_metadata=False),
            "response_url": self.slack.response_url(channel, self.id, message),
            "actions": [{**found[0], "action_ts": self.slack.workspace.next_ts()}],
        }
        await self.slack.sockets.deliver("interactive", payload)

    async def uses_shortcut(self, callback_id: str) -> None:
        """Choose one of the app's shortcuts from the menu of the workspace."""
        known = [entry["callback_id"] for entry in manifest()["features"]["shortcuts"]]
        if callback_id not in known:
            raise ValueError(f"No shortcut {callback_id!r}; there are {known}.")
        payload = {
            "type": "shortcut",
            "team": {"id": TEAM_ID, "domain": "newsroom"},
            "user": {"id": self.id, "username": self.name.lower(), "team_id": TEAM_ID},
            "callback_id": callback_id,
            "trigger_id": self.slack.trigger(),
            "action_ts": self.slack.workspace.next_ts(),
        }
        await self.slack.sockets.deliver("interactive", payload)

    async def sends_in(self, view: dict[str, Any], *, where: Channel | None = None, **chosen: str) -> None:
        """Choose options by their labels, the others as they were, and press the button of the modal."""
        values: dict[str, Any] = {}
        urls = []
        for block in view["blocks"]:
            element, name = block["element"], block["block_id"]
            taken: dict[str, Any] = {"type": element["type"]}
            if "options" in element:
                labels = {one["text"]["text"]: one for one in element["options"]}
                taken["selected_option"] = (
                    labels[chosen.pop(name)] if name in chosen else element["initial_option"]
                )
            elif where is not None:
                taken["selected_conversation"] = where.id
                url = self.slack.response_url(where, self.id)
                urls.append(
                    {
                        "block_id": name,
                        "action_id": element["action_id"],
                        "channel_id": where.id,
                        "response_url": url,
                    }
                )
            values[name] = {element["action_id"]: taken}
        if chosen:
            raise ValueError(f"The form does not ask for {', '.join(chosen)}.")
        payload = {
            "type": "view_submission",
            "team": {"id": TEAM_ID, "domain": "newsroom"},
            "user": {"id": self.id, "username": self.name.lower(), "name": self.name.lower()},
            "api_app_id": APP_ID,
            "trigger_id": self.slack.trigger(),
            "view": {**view, "state": {"values": values}},
            "response_urls": urls,
        }
        await self.slack.sockets.deliver("interactive", payload)

    def _shown_at_once(self, channel: Channel, answer: dict[str, Any]) -> None:
        """An acknowledgement that carries a message is shown like a use of the response URL."""
        text, blocks, _ = self.slack.methods.check_content(answer)
        message = Posted(self.slack.workspace.next_ts(), BOT_USER, text, blocks)
        message.only_for = "" if answer.get("response_type") == "in_channel" else self.id
        channel.messages.append(message)
