"""At least one run after a commit, one at a time per key, and no wake-up lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.engine import InProcessEngine
from bot.adapters.store import SqlStore
from bot.errors import StoreTrouble


def clock() -> datetime:
    return datetime.now(UTC)


class Work:
    """A job that can be held at its start and counts."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.engine = InProcessEngine(clock)
        self.engine.handle("work", self.job)
        self.gate = asyncio.Event()
        self.gate.set()
        self.runs: list[str] = []
        self.together = self.most = 0
        self.again_at: list[datetime | None] = []
        self.faults: list[Exception] = []

    async def job(self, key: str) -> datetime | None:
        self.together += 1
        self.most = max(self.most, self.together)
        try:
            await self.gate.wait()
            self.runs.append(key)
            if self.faults:
                raise self.faults.pop()
            return self.again_at.pop() if self.again_at else None
        finally:
            self.together -= 1

    async def ensure(self, *keys: str) -> None:
        async with self.store.write() as tx:
            for key in keys:
                await self.engine.ensure("work", key, tx)


async def test_nothing_runs_before_the_commit(sqlite: SqlStore) -> None:
    work = Work(sqlite)
    async with sqlite.write() as tx:
        await work.engine.ensure("work", "a", tx)
        await asyncio.sleep(0)
        assert work.runs == []
    await work.engine.idle()
    assert work.runs == ["a"]


async def test_a_wake_up_during_a_run_is_one_more_run(sqlite: SqlStore) -> None:
    work = Work(sqlite)
    work.gate.clear()
    for _ in range(5):
        await work.ensure("a")
        await asyncio.sleep(0)
    work.gate.set()
    await work.engine.idle()
    assert work.runs == ["a", "a"] and work.most == 1


async def test_keys_run_side_by_side(sqlite: SqlStore) -> None:
    work = Work(sqlite)
    work.gate.clear()
    await work.ensure("a", "b", "c")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert work.together == 3
    work.gate.set()
    await work.engine.idle()
    assert sorted(work.runs) == ["a", "b", "c"]


async def test_a_job_that_wants_to_come_back_does(sqlite: SqlStore) -> None:
    work = Work(sqlite)
    work.again_at = [clock() + timedelta(milliseconds=20)]
    await work.ensure("a")
    await work.engine.idle()
    assert work.runs == ["a"]
    await asyncio.sleep(0.05)
    await work.engine.idle()
    assert work.runs == ["a", "a"]


async def test_a_job_that_fails_is_tried_again(sqlite: SqlStore, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("bot.adapters.engine.AFTER_A_CRASH", 0.0)
    work = Work(sqlite)
    work.faults = [RuntimeError("once")]
    await work.ensure("a")
    await work.engine.idle()
    await asyncio.sleep(0.02)
    await work.engine.idle()
    assert work.runs == ["a", "a"]


async def test_a_store_in_trouble_leaves_no_traceback(
    sqlite: SqlStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The store has logged what is wrong, once and not for every job."""
    monkeypatch.setattr("bot.adapters.engine.AFTER_A_CRASH", 0.0)
    work = Work(sqlite)
    work.faults = [StoreTrouble("The disk is full.")]
    await work.ensure("a")
    await work.engine.idle()
    await asyncio.sleep(0.02)
    await work.engine.idle()
    assert work.runs == ["a", "a"] and not caplog.records


async def test_stopping_lets_what_runs_finish_and_starts_nothing_more(sqlite: SqlStore) -> None:
    work = Work(sqlite)
    work.gate.clear()
    await work.ensure("a")
    await work.ensure("a")
    asyncio.get_running_loop().call_later(0.02, work.gate.set)
    await work.engine.stop(grace=5.0)
    await work.ensure("b")
    await asyncio.sleep(0)
    assert work.runs == ["a"]


async def test_stopping_cuts_off_what_takes_too_long(sqlite: SqlStore) -> None:
    work = Work(sqlite)
    work.gate.clear()
    await work.ensure("a")
    await work.engine.stop(grace=0.01)
    assert work.runs == [] and work.together == 0
