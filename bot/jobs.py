"""The handful of coarse jobs. What they find to do stands in the store; a missed run is made up by the next one."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.poll import Polls
from bot.ports import Clock, Engine, Store

TICK = 1.0  # seconds between two looks at which sources are due
SWEEP = 15.0  # seconds between two looks for deliveries that nobody was woken for
BEAT = 15.0  # seconds between two signs of life
TIDY = 3600.0  # seconds between two clean-ups
EVENTS_KEPT = timedelta(hours=25)  # Slack repeats events for up to 24 h (Delayed Events)


@dataclass(frozen=True, slots=True)
class Jobs:
    """What runs by the clock."""

    store: Store
    engine: Engine
    polls: Polls
    clock: Clock

    async def sweep(self) -> None:
        """Wake the lane of every chat that has something waiting: after a start, or when a wake-up went missing."""
        async with self.store.read() as tx:
            waiting = await tx.deliveries.waiting()
        if waiting:
            async with self.store.write() as tx:
                for chat in waiting:
                    await self.engine.ensure("drain", chat, tx)

    async def beat(self) -> None:
        """Leave the sign of life that `pantau check --running` looks for."""
        async with self.store.write() as tx:
            await tx.beat(self.clock())

    async def tidy(self) -> None:
        """Forget event ids that Slack will not repeat any more."""
        async with self.store.write() as tx:
            await tx.forget_events(self.clock() - EVENTS_KEPT)

    def schedule(self) -> AsyncIOScheduler:
        """A scheduler with these jobs, not started yet. A run that is still going on is never doubled."""
        logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it reports every firing
        scheduler = AsyncIOScheduler(job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1})
        every: dict[Callable[[], Awaitable[None]], float] = {
            self.polls.due: TICK,
            self.sweep: SWEEP,
            self.beat: BEAT,
            self.tidy: TIDY,
        }
        for job, seconds in every.items():
            scheduler.add_job(job, "interval", seconds=seconds, next_run_time=self.clock())
        return scheduler
