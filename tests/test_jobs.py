"""The clockwork starts its jobs, never doubles one, and ends without cutting one off."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from bot.adapters.store import SqlStore
from bot.errors import OwnerLost, StoreTrouble
from bot.jobs import EVENTS_KEPT, Clockwork, Jobs
from bot.model import Priority
from bot.ports import Delivery
from tests.builders import NOON, message
from tests.fakes import FakeClock, FakeEngine


async def test_a_job_under_way_comes_to_its_end_when_the_clockwork_stops() -> None:
    begun, ended = asyncio.Event(), []

    async def slow() -> None:
        begun.set()
        await asyncio.sleep(0.05)
        ended.append("slow")

    clockwork = Clockwork({slow: 3600.0}, lambda: datetime.now(UTC))
    clockwork.start()
    await asyncio.wait_for(begun.wait(), 5)
    await clockwork.stop()
    assert ended == ["slow"]


async def test_a_run_that_takes_longer_than_its_interval_is_not_doubled() -> None:
    together = most = runs = 0

    async def slow() -> None:
        nonlocal together, most, runs
        together, runs = together + 1, runs + 1
        most = max(most, together)
        await asyncio.sleep(0.05)
        together -= 1

    clockwork = Clockwork({slow: 0.02}, lambda: datetime.now(UTC))
    clockwork.start()
    await asyncio.sleep(0.3)
    await clockwork.stop()
    assert most == 1 and runs >= 2


class Wall(datetime):
    """A wall clock that somebody may set; the event loop's own clock goes on as it did."""

    step = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + cls.step


async def test_a_clock_set_back_by_an_hour_stops_no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Wall)
    monkeypatch.setattr(Wall, "step", timedelta(0))
    monkeypatch.setattr("bot.jobs.LOOK", 0.05)
    runs = 0

    async def job() -> None:
        nonlocal runs
        runs += 1

    clockwork = Clockwork({job: 0.05}, lambda: Wall.now(UTC))
    clockwork.start()
    await asyncio.sleep(0.12)
    Wall.step = timedelta(hours=-1)
    await asyncio.sleep(0.12)  # what was due before the step has run
    before = runs
    await asyncio.sleep(0.3)
    await clockwork.stop()
    assert runs >= before + 2


async def test_a_job_that_may_not_go_on_is_told_to_whoever_waits() -> None:
    async def beat() -> None:
        raise OwnerLost("Another one may run on this store.")

    clockwork = Clockwork({beat: 0.02}, lambda: datetime.now(UTC))
    clockwork.start()
    with pytest.raises(OwnerLost):
        await asyncio.wait_for(clockwork.failed, 5)
    await clockwork.stop()


async def test_a_job_that_fails_is_logged_and_runs_again_at_its_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With a traceback, unless the store has said already what is wrong."""
    faults: list[Exception] = [ZeroDivisionError("oops"), StoreTrouble("The disk is full.")]
    well = asyncio.Event()

    async def sweep() -> None:
        if faults:
            raise faults.pop()
        well.set()

    clockwork = Clockwork({sweep: 0.02}, lambda: datetime.now(UTC))
    clockwork.start()
    await asyncio.wait_for(well.wait(), 5)
    await clockwork.stop()
    (line,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert line.exc_info and "sweep failed" in line.message and not clockwork.failed.done()


async def test_the_sweep_wakes_every_chat_that_has_something_waiting(sqlite: SqlStore) -> None:
    engine = FakeEngine()
    jobs = Jobs(sqlite, engine, None, FakeClock())  # type: ignore[arg-type]  # the sweep polls nothing
    async with sqlite.write() as tx:
        for chat in ("redaksi", "olahraga"):
            await tx.deliveries.post(chat, "alert:1", message(), NOON)
    await jobs.sweep()
    assert engine.woken == [("drain", "olahraga"), ("drain", "redaksi")]


async def test_events_are_remembered_as_long_as_slack_repeats_them(sqlite: SqlStore) -> None:
    clock = FakeClock()
    jobs = Jobs(sqlite, FakeEngine(), None, clock)  # type: ignore[arg-type]  # nothing is polled
    async with sqlite.write() as tx:
        await tx.first_time("Ev1", NOON)
    clock.now = NOON + timedelta(hours=24)
    await jobs.tidy()
    async with sqlite.write() as tx:
        assert not await tx.first_time("Ev1", clock.now)
    clock.now = NOON + EVENTS_KEPT + timedelta(seconds=1)
    await jobs.tidy()
    async with sqlite.write() as tx:
        assert await tx.first_time("Ev1", clock.now)


async def test_when_the_clock_is_set_back_nothing_waits_for_the_old_time(sqlite: SqlStore) -> None:
    clock, engine = FakeClock(NOON + timedelta(days=1)), FakeEngine()
    async with sqlite.write() as tx:
        await tx.deliveries.post("redaksi", "alert:1", message(), NOON)
        claimed = await tx.deliveries.claim("redaksi", clock(), clock() + timedelta(minutes=1))
        assert isinstance(claimed, Delivery)
        await tx.deliveries.retry(claimed, clock() + timedelta(minutes=5), "away")
        await tx.standings.pause("redaksi", clock() + timedelta(minutes=5))
    clock.advance(days=-1)
    jobs = Jobs(sqlite, engine, None, clock)  # type: ignore[arg-type]  # it polls nothing here
    await jobs.clock_was_set()
    assert engine.woken == [("drain", "redaksi")]
    async with sqlite.read() as tx:
        assert await tx.deliveries.next("redaksi", clock()) is Priority.NORMAL
