"""A small, strict Telegram on the loopback interface: the Bot API on one side, people in chats on the other.

    async with TelegramEmulator() as telegram:
        alice = telegram.user("Alice")
        await alice.says(alice.id, "/summary Putin")
        await telegram.wait_for(lambda: telegram.posts(alice.id))

What is enforced, and in whose words: telegram_limits.py and telegram_methods.py. TDLib judges the text.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from tests.emulators.faults import Fault, FaultPlan, Reply
from tests.emulators.telegram_chats import Account, Room, Shown
from tests.emulators.telegram_inbox import Inbox
from tests.emulators.telegram_limits import ApiError, Flood, bad_request, forbidden, too_many
from tests.emulators.telegram_methods import METHODS, Arguments
from tests.emulators.telegram_text import Formatted, formatted

Json = dict[str, Any]

TOKEN = "123456789:AAE-emulated_token_of_35_characters"
UPLOAD_BYTES = 64 * 1024 * 1024  # more than the API takes, so that the API can refuse it
RECHECK_SECONDS = 0.02  # for conditions on things that are not the emulator's


@dataclass(frozen=True, slots=True)
class Call:
    """One request that reached the server, whatever became of it."""

    method: str  # lower case
    arguments: Json


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a phone in hand."""

    account: Account
    server: TelegramEmulator

    @property
    def id(self) -> int:
        """The person's id, and that of the private chat with the bot."""
        return self.account.id

    async def says(self, chat: int, text: str, *, thread: int = 0, reply_to: int = 0) -> int:
        """Type a message into a chat or topic; its id."""
        room = self.server.rooms[chat]
        message = room.post(
            self.account, formatted(text), self.server.now(), thread=thread, reply_to=reply_to
        )
        if self.server.sees(room, message):
            self.server.inbox.put("message", room.message_json(message))
        self.server.changed()
        return message.id

    async def presses(self, chat: int, message: int, label: str) -> str:
        """Press a button under a message; the id of the query, in `answered` once the bot has reacted."""
        room = self.server.rooms[chat]
        shown = room.shown[message]
        query = self.server.new_query()
        self.server.inbox.put(
            "callback_query",
            {
                "id": query,
                "from": self.account.to_json(),
                "message": room.message_json(shown),
                "chat_instance": str(chat),
                "data": shown.data(label),
            },
        )
        return query


class TelegramEmulator:
    """The server. `fail` plans faults, `calls` remembers every request, `flood` switches flood control on."""

    def __init__(self, token: str = TOKEN, username: str = "pantau_bot") -> None:
        self.token = token
        self.bot = Account(int(token.partition(":")[0]), "Pantau", username, is_bot=True)
        self.privacy = True  # in groups the bot sees commands, replies and mentions only
        self.faults = FaultPlan()
        self.flood: Flood | None = None
        self.inbox = Inbox()
        self.rooms: dict[int, Room] = {}
        self.calls: list[Call] = []
        self.commands: dict[str, dict[str, str]] = {}  # by language, "" for all
        self.queries: set[str] = set()
        self.answered: list[str] = []
        self._revoked = False
        self._ids = itertools.count(1)
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self, port: int = 0) -> None:
        """Listen on the loopback interface; `url` is what a bot is told as the API's address."""
        app = web.Application(client_max_size=UPLOAD_BYTES)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0][:2])

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._runner
        return int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        if self._runner:
            await self._runner.cleanup()

    # The platform's side: who is there, and what befalls them.

    def user(self, name: str) -> Person:
        """A person who has opened a private chat with the bot."""
        account = Account(5000 + next(self._ids), name, name.lower())
        self.rooms[account.id] = Room(account.id, "private", name, members={account.id: account})
        return Person(account, self)

    def group(self, title: str, *members: Person, topics: tuple[int, ...] = ()) -> int:
        """A supergroup with the bot in it, a forum if it has topics; its id."""
        return self._group(-1_000_000_000_000 - next(self._ids), "supergroup", title, members, topics)

    def basic_group(self, title: str, *members: Person) -> int:
        """A group of the old kind, which can be upgraded; its id."""
        return self._group(-next(self._ids), "group", title, members, ())

    def upgrade(self, chat: int) -> int:
        """Make a basic group a supergroup, as Telegram does by itself; the new id."""
        old = self.rooms[chat]
        new = self.group(old.title, *(Person(account, self) for account in old.members.values()))
        service = old.post(self.bot, Formatted(""), self.now())
        self.inbox.put("message", old.message_json(service) | {"migrate_to_chat_id": new})
        old.closed = bad_request("group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": new})
        return new

    def block(self, chat: int) -> None:
        """The person blocks the bot."""
        self.rooms[chat].closed = forbidden("bot was blocked by the user")

    def kick(self, chat: int) -> None:
        """The bot is thrown out of a group."""
        room = self.rooms[chat]
        room.closed = forbidden(
            f"bot was kicked from the {'group' if room.kind == 'group' else room.kind} chat"
        )

    def delete_topic(self, chat: int, thread: int) -> None:
        """A forum loses a topic."""
        self.rooms[chat].topics.discard(thread)

    def revoke_token(self) -> None:
        """The owner revokes the token: 401 from now on."""
        self._revoked = True

    def restore_token(self) -> None:
        """The token counts again."""
        self._revoked = False

    def forget_queries(self) -> None:
        """Every button press so far is too old to be answered."""
        self.queries.clear()

    def fail(self, method: str, fault: Fault, times: int | None = 1) -> None:
        """Let the next calls of a method meet a fault; None: all from now on."""
        self.faults.fail(method, fault, times)

    def messages(self, chat: int) -> list[Shown]:
        """The chat as people see it, oldest first."""
        return self.rooms[chat].visible()

    def posts(self, chat: int) -> list[Shown]:
        """What the bot wrote there."""
        return [message for message in self.messages(chat) if message.sender is self.bot]

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(call.method == method.lower() for call in self.calls)

    async def wait_for(self, condition: Callable[[], object], timeout: float = 10.0) -> None:
        """Return as soon as the condition holds; TimeoutError if it does not in time."""
        async with asyncio.timeout(timeout):
            while not condition():
                self._changed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(RECHECK_SECONDS):
                        await self._changed.wait()

    # What the methods ask of the server.

    def now(self) -> int:
        """Unix time."""
        return int(time.time())

    def changed(self) -> None:
        """Something happened: wake whoever waits for it."""
        self._changed.set()

    def new_query(self) -> str:
        """The id of a button press."""
        query = str(next(self._ids))
        self.queries.add(query)
        return query

    def room(self, chat: str) -> Room:
        """The chat with this id, when the bot can reach it."""
        if not chat:
            raise bad_request("chat_id is empty")
        found = self.rooms.get(int(chat)) if re.fullmatch(r"-?\d+", chat) else None
        if found is None:
            raise bad_request("chat not found")
        found.check_open()
        return found

    def count_against_flood(self, chat: int) -> None:
        """Raise 429 when flood control is on and this message is one too many."""
        if self.flood:
            self.flood.check(chat, time.monotonic())

    def sees(self, room: Room, message: Shown) -> bool:
        """Does the bot learn of this message? In privacy mode only of what concerns it."""
        if room.kind == "private" or not self.privacy:
            return True
        replied = room.shown.get(message.reply_to)
        return (
            message.text.startswith("/")
            or f"@{self.bot.username}" in message.text
            or (replied is not None and replied.sender is self.bot)
        )

    def _group(
        self, chat: int, kind: str, title: str, members: tuple[Person, ...], topics: tuple[int, ...]
    ) -> int:
        accounts = {person.id: person.account for person in members}
        self.rooms[chat] = Room(chat, kind, title, bool(topics), set(topics), accounts)
        return chat

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"].lower()
        arguments = await _read_arguments(request)
        self.calls.append(Call(name, arguments))
        try:
            return await self.faults.serve(
                name, request, lambda: self._answer(request, name, arguments), arguments
            )
        finally:
            self.changed()

    async def _answer(self, request: web.Request, name: str, arguments: Json) -> web.StreamResponse:
        try:
            token = request.match_info["token"]
            if ":" not in token or name not in METHODS:
                raise ApiError(404, "Not Found")
            if token != self.token or self._revoked:
                raise ApiError(401, "Unauthorized")
            result = await METHODS[name](self, Arguments(arguments))
        except ApiError as error:
            return refusal(error)
        return web.json_response({"ok": True, "result": result})


def refusal(error: ApiError) -> web.Response:
    """An error as the server sends it."""
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    headers = {}
    if error.parameters:
        body["parameters"] = error.parameters
    if "retry_after" in error.parameters:
        headers["Retry-After"] = str(error.parameters["retry_after"])
    return web.json_response(body, status=error.code, headers=headers)


def too_many_requests(seconds: int) -> Reply:
    """The fault "429, retry after so many seconds"."""
    response = refusal(too_many(seconds))
    return Reply(429, str(response.text), "application/json", {"Retry-After": str(seconds)})


def said(error: ApiError) -> Reply:
    """Any other refusal, as a fault."""
    return Reply(error.code, str(refusal(error).text), "application/json")


async def _read_arguments(request: web.Request) -> Json:
    """Query, form, multipart and JSON alike; files as bytes."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        given |= json.loads(await request.text() or "{}")
    else:
        for name, value in (await request.post()).items():
            given[name] = value if isinstance(value, str) else _bytes_of(value)
    return given


def _bytes_of(field: Any) -> bytes:
    return bytes(field.file.read()) if isinstance(field, web.FileField) else bytes(field)
