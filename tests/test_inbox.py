"""What people ask survives a crash, is taken once, and is soon stored also when everybody asks at once."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.adapters.store import SqlStore
from bot.errors import StoreTrouble
from bot.inbox import TRIES, Inbox
from tests.fakes import FakeClock

CLOCK = FakeClock()
ASKED = {"request": "status"}


async def test_what_was_not_answered_is_handed_out_after_a_restart(store: SqlStore) -> None:
    inbox = Inbox(store, CLOCK)
    for key in ("a", "b", "c"):
        assert await inbox.take("slack", key, ASKED | {"n": key})
    assert await inbox.take("telegram", "d", ASKED)
    inbox.done("b")
    await inbox.close()
    after = Inbox(store, CLOCK)
    left = await after.left("slack")
    assert [kept.payload["n"] for kept in left] == ["a", "c"]
    for kept in left:
        after.done(kept.key)
    await after.close()
    assert await Inbox(store, CLOCK).left("slack") == []
    assert len(await Inbox(store, CLOCK).left("telegram")) == 1


async def test_the_same_event_is_taken_once_also_after_a_restart(store: SqlStore) -> None:
    inbox = Inbox(store, CLOCK)
    assert await inbox.take("slack", "Ev1", ASKED)
    assert not await inbox.take("slack", "Ev1", ASKED)
    inbox.done("Ev1")
    await inbox.close()
    assert not await Inbox(store, CLOCK).take("slack", "Ev1", ASKED)


async def test_an_event_that_comes_twice_at_the_same_moment_is_taken_once(store: SqlStore) -> None:
    """Through two processes' worth of memory: the store decides."""
    inboxes = [Inbox(store, CLOCK) for _ in range(4)]
    taken = await asyncio.gather(*(inbox.take("slack", "Ev1", ASKED) for inbox in inboxes))
    assert sorted(taken) == [False, False, False, True]


async def test_a_button_pressed_twice_in_a_row_is_one_press_and_later_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.inbox.PRESS_SECONDS", 0.05)
    inbox = Inbox(None, CLOCK)
    assert await inbox.take("slack", "1", ASKED, press="C1 17 U1 mute #4")
    assert not await inbox.take("slack", "2", ASKED, press="C1 17 U1 mute #4")
    assert await inbox.take("slack", "3", ASKED, press="C1 17 U2 mute #4")
    await asyncio.sleep(0.06)
    assert await inbox.take("slack", "4", ASKED, press="C1 17 U1 mute #4")


async def test_a_request_that_ends_the_program_every_time_is_given_up(sqlite: SqlStore) -> None:
    await Inbox(sqlite, CLOCK).take("slack", "poison", ASKED)
    for _ in range(TRIES - 1):
        assert len(await Inbox(sqlite, CLOCK).left("slack")) == 1
    last = Inbox(sqlite, CLOCK)
    assert await last.left("slack") == []
    await last.close()
    async with sqlite.write() as tx:
        assert await tx.requests.begin_again("slack") == []


async def test_five_hundred_requests_at_once_are_stored_within_a_second(store: SqlStore) -> None:
    inbox = Inbox(store, CLOCK)
    began = time.process_time()
    taken = await asyncio.gather(*(inbox.take("slack", f"Ev{n}", ASKED) for n in range(500)))
    assert all(taken) and time.process_time() - began < 1.0
    assert len(await Inbox(store, CLOCK).left("slack")) == 500


class Locked:
    """A store that another process holds for longer than Slack has patience."""

    def __init__(self, wait: float) -> None:
        self.wait = wait

    @asynccontextmanager
    async def write(self) -> Any:
        await asyncio.sleep(self.wait)
        raise StoreTrouble("locked")
        yield


@pytest.mark.parametrize("wait", [0.0, 60.0])
async def test_a_store_in_trouble_keeps_nobody_from_an_answer(
    wait: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.inbox.STORE_SECONDS", 0.05)
    inbox = Inbox(Locked(wait), CLOCK)  # type: ignore[arg-type]  # all that is used of a store
    async with asyncio.timeout(1):
        assert await inbox.take("slack", "Ev1", ASKED)
        assert not await inbox.take("slack", "Ev1", ASKED)
