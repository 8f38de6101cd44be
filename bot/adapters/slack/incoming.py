"""What people type and press in Slack, as requests, with the way their answers have to go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from bot.chat import Place, Request, User, parse_command

Payload = Mapping[str, Any]

PLATFORM = "slack"
MAIN_COMMAND = "/pantau"  # its argument is the command; every other slash command is one by its own name
NOTHING_ASKED = "help"  # what "/pantau" or "@pantau" alone means

_MARKED = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")  # <@U1>, <#C1|name>, <https://…|label>


class Way(Enum):
    """How an answer gets back to where it was asked."""

    COMMAND = "command"  # through the response URL; the only way that works where the bot is no member
    MENTION = "mention"  # in the thread of the mention
    DIRECT = "direct"  # in the direct conversation
    BUTTON = "button"  # to the one who pressed
    SHORTCUT = "shortcut"  # in the direct conversation, since it was asked in none


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and where its answer belongs."""

    request: Request
    way: Way
    ts: str = ""  # the message that asked
    response_url: str = ""
    trigger: str = ""  # with which a form can be opened, once, within three seconds

    def to_json(self) -> dict[str, Any]:
        return {
            "request": self.request.to_json(),
            "way": self.way.value,
            "ts": self.ts,
            "response_url": self.response_url,
        }

    @classmethod
    def left_over(cls, data: dict[str, Any]) -> Asked:
        """What `to_json` wrote down in a run that has ended."""
        request = Request.left_over(data["request"])
        return cls(request, Way(data["way"]), data["ts"], data["response_url"])

    @property
    def press(self) -> str:
        """Names the button and who pressed it; empty for what was typed."""
        if self.way is not Way.BUTTON:
            return ""
        asked = self.request
        return " ".join((asked.place.id, self.ts, asked.user.id, asked.name, asked.argument))


def from_command(payload: Payload, now: datetime) -> Asked:
    """A slash command: "/pantau summary x" and "/summary x" are the same request."""
    command, text = payload["command"], typed(payload.get("text", ""))
    line = text if command == MAIN_COMMAND else f"{command} {text}"
    user = User(PLATFORM, payload["user_id"], payload.get("user_name", ""))
    request = to_request(line, Place(PLATFORM, payload["channel_id"]), user, now)
    return Asked(
        request, Way.COMMAND, response_url=payload["response_url"], trigger=payload.get("trigger_id", "")
    )


def from_button(payload: Payload, now: datetime) -> Asked | None:
    """A pressed button: its value is the command. None if it is not one of ours."""
    command = payload["actions"][0].get("value")
    if not command or not payload.get("channel"):
        return None
    where = payload.get("container", {})
    thread = where.get("thread_ts") or payload.get("message", {}).get("thread_ts", "")
    user = User(PLATFORM, payload["user"]["id"], payload["user"].get("name", ""))
    request = to_request(command, Place(PLATFORM, payload["channel"]["id"], thread), user, now)
    return Asked(
        request,
        Way.BUTTON,
        where.get("message_ts", ""),
        payload.get("response_url", ""),
        payload.get("trigger_id", ""),
    )


def from_shortcut(payload: Payload, now: datetime) -> Asked:
    """A shortcut of the whole workspace: its callback id, as the manifest has it, is the command."""
    user = User(PLATFORM, payload["user"]["id"], payload["user"].get("username", ""))
    request = to_request(payload["callback_id"], Place(PLATFORM, ""), user, now)
    return Asked(request, Way.SHORTCUT, trigger=payload["trigger_id"])


def from_event(event: Payload, bot_user: str) -> Asked | None:
    """A mention of the bot or a direct message; None for everything that is not said to it by a person."""
    if event.get("bot_id") or event.get("subtype") or not event.get("user"):
        return None
    # Slack may tell of a mention in a direct conversation twice; there only the message counts.
    direct = event.get("channel", "").startswith("D")
    if event.get("type") != ("message" if direct else "app_mention"):
        return None
    said = typed(_said_to(bot_user, event.get("text", "")))
    thread = event.get("thread_ts", "")
    at = datetime.fromtimestamp(float(event["ts"]), UTC)
    request = to_request(
        said, Place(PLATFORM, event["channel"], thread), User(PLATFORM, event["user"]), at, under=thread
    )
    return Asked(request, Way.DIRECT if direct else Way.MENTION, event["ts"])


def typed(text: str) -> str:
    """Text as the person typed it: Slack escapes three letters and marks up links, people and channels."""
    plain = _MARKED.sub(_unmarked, text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _unmarked(mark: re.Match[str]) -> str:
    sign, target, label = mark.groups()
    return f"{sign}{label or target}"


def _said_to(bot_user: str, text: str) -> str:
    """What follows the bot's name, or what stands before it if nothing does."""
    before, _, after = re.sub(rf"<@{bot_user}\|[^>]*>", f"<@{bot_user}>", text).partition(f"<@{bot_user}>")
    return after.strip() or before.strip()


def to_request(line: str, place: Place, user: User, at: datetime, under: str = "") -> Request:
    """A line as the request that it is."""
    name, argument = parse_command(line)
    return Request(name or NOTHING_ASKED, argument, place, user, at, under)
