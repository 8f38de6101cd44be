"""What the tests of the Telegram adapter share: a desk that answers, an alert, a few names."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.adapters.telegram import TelegramMessenger
from bot.chat import Button, Line, LineKind, Message, Place, Request, Span, say
from bot.inbox import Inbox
from tests.emulators.telegram import TelegramEmulator

COMMANDS = [("watch", "pantau sesuatu"), ("summary", "ringkasan"), ("mute", "diamkan"), ("help", "bantuan")]
ALERT = Message(
    (
        Line((Span("Putin di Pyongyang", url="https://berita.example/a"),), LineKind.HEADING),
        say("Antara, 10:15", kind=LineKind.NOTE),
    ),
    (Button("Mute", "/mute 42"), Button("Why", "/why 42")),
)


@dataclass
class Desk:
    """An answering router that remembers what it was asked."""

    asked: list[Request] = field(default_factory=list)
    reply: Message = field(default_factory=lambda: Message((say("baik"),)))
    wait: float = 0.0  # seconds that an answer takes

    async def __call__(self, request: Request) -> Message:
        self.asked.append(request)
        await asyncio.sleep(self.wait)
        return self.reply


def journal() -> Inbox:
    """Keeps requests in memory."""
    return Inbox(None, lambda: datetime.now(UTC))


def connected_to(telegram: TelegramEmulator) -> TelegramMessenger:
    """The adapter as the newsroom configures it, not yet started."""
    return TelegramMessenger(telegram.token, journal(), telegram.url, COMMANDS)


def chat(number: int, thread: str = "") -> Place:
    """A chat of the emulator as the program names it."""
    return Place("telegram", str(number), thread)
