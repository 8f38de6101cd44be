"""The Slack adapter with the real Bolt and slack_sdk, over loopback, against a strict Slack."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.slack import SlackMessenger
from bot.chat import Button, Line, LineKind, Message, Place, Request, Span, Style, say
from bot.errors import CannotStart, ChatGone, MessageRefused, TryAgain, Uncertain
from tests.emulators.faults import BAD_GATEWAY, CRASH, HTML, Drop, Slow
from tests.emulators.slack import SlackEmulator
from tests.emulators.slack_web import RATE_LIMITED_ONCE, ratelimited, refusal
from tests.emulators.slack_workspace import Channel

ALERT = Message(
    (
        Line((Span("Putin in Pyongyang", Style.BOLD, "https://news.example/putin"),), LineKind.HEADING),
        say("Presiden Rusia tiba <hari> ini & besok.", kind=LineKind.QUOTE),
    ),
    (Button("Mute", "/mute 42"),),
)


@dataclass
class Newsroom:
    """A workspace, a running bot, and an application that answers what it is told to."""

    slack: SlackEmulator
    bot: SlackMessenger
    channel: Channel
    asked: list[Request] = field(default_factory=list)
    reply: Message = field(default_factory=lambda: Message((say("Everything is fine."),)))
    seen: set[str] = field(default_factory=set)
    busy: float = 0.0  # seconds that the application needs for an answer

    async def answer(self, request: Request) -> Message:
        self.asked.append(request)
        await asyncio.sleep(self.busy)
        return self.reply

    async def first_time(self, event: str) -> bool:
        new = event not in self.seen
        self.seen.add(event)
        return new

    def place(self, thread: str = "") -> Place:
        return Place("slack", self.channel.id, thread)


@pytest.fixture
async def room() -> AsyncIterator[Newsroom]:
    async with SlackEmulator() as slack:
        room = Newsroom(slack, None, slack.channel("newsroom"))  # type: ignore[arg-type]
        room.bot = SlackMessenger(slack.bot_token, slack.app_token, room.first_time, slack.api_url)
        await room.bot.start(room.answer)
        await slack.connected(2)
        yield room
        await room.bot.stop()


async def test_an_alert_is_shown_with_its_link_and_button(room: Newsroom) -> None:
    ts = await room.bot.send(room.place(), ALERT, "d1")
    (message,) = room.slack.messages(room.channel)
    assert message.ts == ts
    assert message.shown == "Putin in Pyongyang\nPresiden Rusia tiba <hari> ini & besok."
    assert message.labels == ["Mute"]


async def test_smoke_slash(room: Newsroom) -> None:
    alice = room.slack.user("Alice")
    await alice.types(room.channel, "/pantau summary Putin & co")
    (message,) = await room.slack.until(lambda: room.slack.from_bot(room.channel))
    assert message.shown == "Everything is fine."
    print(room.asked)
