"""The Bot API's limits on everything but text, and its flood control."""

from __future__ import annotations

import math
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

BUTTONS = 100  # python-telegram-bot, InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER
BUTTONS_IN_A_ROW = 8  # the same, BUTTONS_PER_ROW
DATA_BYTES = 64  # Bot API, InlineKeyboardButton.callback_data: 1 to 64 bytes
COMMANDS = 100  # Bot API, setMyCommands
COMMAND = re.compile(r"[a-z0-9_]{1,32}")  # Bot API, BotCommand
DESCRIPTION_CHARS = 256  # the same
PHOTO_BYTES = 10 * 1024 * 1024  # Bot API, sending files
UPLOAD_BYTES = 50 * 1024 * 1024  # the same


class ApiError(Exception):
    """A refusal, with the code and the words of the real server."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters or {}


def bad_request(text: str, parameters: Json | None = None) -> ApiError:
    """400, worded as the server does it."""
    return ApiError(400, f"Bad Request: {text}", parameters)


def forbidden(text: str) -> ApiError:
    """403: the chat is closed to the bot."""
    return ApiError(403, f"Forbidden: {text}")


def too_many(seconds: int) -> ApiError:
    """429: wait that long."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def check_keyboard(markup: Json | None) -> list[list[Json]]:
    """The rows of an inline keyboard, when Telegram would take it."""
    if not markup:
        return []
    rows: list[list[Json]] = markup.get("inline_keyboard", [])
    if sum(map(len, rows)) > BUTTONS or any(len(row) > BUTTONS_IN_A_ROW for row in rows):
        raise bad_request("reply markup is too long")
    for button in (button for row in rows for button in row):
        if not button.get("text"):
            raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String')
        if "callback_data" in button:
            if not 1 <= len(button["callback_data"].encode()) <= DATA_BYTES:
                raise bad_request("BUTTON_DATA_INVALID")
        elif "url" not in button:
            raise bad_request("text buttons are unallowed in the inline keyboard")
    return [row for row in rows if row]


def check_commands(commands: list[Json]) -> None:
    """The menu of commands, when Telegram would take it."""
    if len(commands) > COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not COMMAND.fullmatch(command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= DESCRIPTION_CHARS:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


@dataclass(frozen=True, slots=True)
class Window:
    """At most `count` messages in any `seconds`."""

    count: int
    seconds: float

    def wait(self, times: deque[float], now: float) -> float:
        """Seconds until there is room for one more; 0 when there is."""
        while times and times[0] <= now - self.seconds:
            times.popleft()
        return times[0] + self.seconds - now if len(times) >= self.count else 0.0


@dataclass(slots=True)
class Flood:
    """Bot FAQ: 30 a second in all, 20 a minute in a group, about one a second in a chat with short bursts."""

    overall: Window = Window(30, 1.0)
    group: Window = Window(20, 60.0)
    private: Window = Window(4, 4.0)
    shortest: int = 3  # seconds that a 429 asks for at least
    longest: int = 60
    _sent: dict[int, deque[float]] = field(default_factory=dict)

    def check(self, chat: int, now: float) -> None:
        """Count one message to a chat, or raise the 429 that says how long to wait."""
        overall = self._sent.setdefault(0, deque())
        here = self._sent.setdefault(chat, deque())
        wait = max(
            self.overall.wait(overall, now), (self.group if chat < 0 else self.private).wait(here, now)
        )
        if wait > 0:
            raise too_many(min(self.longest, max(self.shortest, math.ceil(wait))))
        overall.append(now)
        here.append(now)
