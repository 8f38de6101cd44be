"""A workspace, a running bot, and an application that answers what it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.adapters.slack import SlackMessenger
from bot.chat import Button, Line, LineKind, Message, Place, Request, Span, Style, say
from bot.inbox import Inbox
from tests.emulators.slack import SlackEmulator
from tests.emulators.slack_workspace import Channel

ALERT = Message(
    (
        Line((Span("Putin in Pyongyang", Style.BOLD, "https://news.example/putin"),), LineKind.HEADING),
        say("Presiden Rusia tiba <hari> ini & besok.", kind=LineKind.QUOTE),
    ),
    (Button("Mute", "/mute 42"),),
)
ALERT_SHOWN = "Putin in Pyongyang\nPresiden Rusia tiba <hari> ini & besok."


@dataclass
class Newsroom:
    """What the tests of the Slack adapter have to hand."""

    slack: SlackEmulator
    channel: Channel
    asked: list[Request] = field(default_factory=list)
    reply: Message = field(default_factory=lambda: Message((say("All is well."),)))
    journal: Inbox = field(default_factory=lambda: Inbox(None, lambda: datetime.now(UTC)))
    busy: float = 0.0  # seconds that the application needs for an answer
    thinks: asyncio.Event | None = None  # until this happens

    def messenger(self, bot_token: str = "", app_token: str = "") -> SlackMessenger:
        """A bot for this workspace, not yet started."""
        slack = self.slack
        tokens = (bot_token or slack.bot_token, app_token or slack.app_token)
        return SlackMessenger(*tokens, self.journal, slack.api_url)

    async def answer(self, request: Request) -> Message:
        self.asked.append(request)
        await asyncio.sleep(self.busy)
        if self.thinks is not None:
            await self.thinks.wait()
        return self.reply

    def place(self, thread: str = "") -> Place:
        return Place("slack", self.channel.id, thread)


@asynccontextmanager
async def newsroom() -> AsyncIterator[Newsroom]:
    """A workspace with one channel and no bot yet."""
    async with SlackEmulator() as slack:
        yield Newsroom(slack, slack.channel("newsroom"))


@asynccontextmanager
async def running(room: Newsroom) -> AsyncIterator[SlackMessenger]:
    """A bot that listens in the workspace."""
    bot = room.messenger()
    await bot.start(room.answer)
    await room.slack.connected(2)
    yield bot
    await bot.stop()
