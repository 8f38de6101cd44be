"""The clock is set forward or back by a day while messages are under way and others rest: each arrives once, in order, soon."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.emulators.faults import Slow
from tests.emulators.slack_web import ratelimited
from tests.emulators.telegram import too_many_requests
from tests.faultline import CHATS, Faultline, faultline, hurry, mark
from tests.test_jobs import Wall

LAST = 6
PATIENCE = 60.0  # seconds: much less than a day, and enough for a busy machine


@pytest.fixture(autouse=True)
def wall(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the program and its scheduler take for the time."""
    hurry(monkeypatch)
    monkeypatch.setattr("bot.adapters.slack.messenger.CALL_SECONDS", PATIENCE)
    monkeypatch.setattr("bot.jobs.LOOK", 0.1)
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Wall)
    monkeypatch.setattr("bot.app.now", lambda: Wall.now(UTC))
    monkeypatch.setattr(Wall, "step", timedelta(0))


@pytest.mark.parametrize("days", [1, -1])
async def test_a_clock_that_is_set_by_a_day(tmp_path: Path, days: int) -> None:
    async with faultline(tmp_path, read_seconds=PATIENCE) as line:
        await line.post(1)
        await line.all_have(1, PATIENCE)
        for chat in ("slack-a", "telegram-a"):
            fail(line, chat, Slow(1.0), Slow(1.0))
        for chat in ("slack-b", "telegram-b"):
            fail(line, chat, ratelimited(3), too_many_requests(3))
        await line.post(2)
        async with asyncio.timeout(PATIENCE):
            while await resting(line) < 2:  # noqa: ASYNC110  # the store has no event
                await asyncio.sleep(0.02)
        Wall.step = timedelta(days=days)
        for number in range(3, LAST + 1):
            await line.post(number)
        await line.all_have(LAST, PATIENCE)
        for chat in CHATS:
            assert line.texts(chat) == [mark(chat, number) for number in range(1, LAST + 1)]
        async with line.app.store.read() as tx:
            beat = await tx.last_beat()
        assert beat is not None and abs(beat - datetime.now(UTC) - Wall.step) < timedelta(minutes=2)


def fail(line: Faultline, chat: str, slack: Slow, telegram: Slow) -> None:
    if chat.startswith("slack"):
        line.slack.faults.fail("chat.postMessage", slack, about=mark(chat, 2))
    else:
        line.telegram.faults.fail("sendMessage", telegram, about=mark(chat, 2))


async def resting(line: Faultline) -> int:
    """Chats whose platform asked them to wait."""
    found = [state for chat in CHATS for state in await line.states(chat)]
    return sum(state == "pending" and not_before is not None for state, not_before, _ in found)
