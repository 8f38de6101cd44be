"""The handful of coarse jobs. What they find to do stands in the store; a missed run is made up by the next one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import OwnerLost, StoreTrouble
from bot.poll import Polls
from bot.ports import Clock, Engine, Store

TICK = 1.0  # seconds between two looks at which sources are due
SWEEP = 15.0  # seconds between two looks for deliveries that nobody was woken for
BEAT = 15.0  # seconds between two signs of life
TIDY = 3600.0  # seconds between two clean-ups
LOOK = 1.0  # seconds between two looks at whether the clock was set
A_STEP = timedelta(seconds=1)  # less than this is the steering of a time service
log = logging.getLogger(__name__)

Work = Callable[[], Coroutine[Any, Any, None]]

EVENTS_KEPT = timedelta(hours=25)  # Slack repeats events for up to 24 h (Delayed Events)


@dataclass(frozen=True, slots=True)
class Jobs:
    """What runs by the clock."""

    store: Store
    engine: Engine
    polls: Polls
    clock: Clock
    others: Mapping[Work, float] = field(default_factory=dict)  # further jobs, with their intervals

    async def sweep(self) -> None:
        """Wake the lane of every chat that has something waiting: after a start, or when a wake-up went missing."""
        async with self.store.read() as tx:
            waiting = await tx.deliveries.waiting(self.clock())
        if waiting:
            async with self.store.write() as tx:
                for chat in waiting:
                    await self.engine.ensure("drain", chat, tx)

    async def beat(self) -> None:
        """Leave the sign of life that `pantau check --running` looks for. Raises OwnerLost."""
        if not await self.store.still_owned():
            raise OwnerLost(
                "The connection that kept this store for Pantau alone was lost, so another one may run on it now. "
                "Start Pantau again once the database server answers."
            )
        async with self.store.write() as tx:
            await tx.beat(self.clock())

    async def tidy(self) -> None:
        """Forget event ids that Slack will not repeat any more."""
        async with self.store.write() as tx:
            await tx.forget_events(self.clock() - EVENTS_KEPT)

    async def clock_was_set(self) -> None:
        """The clock was set back: nothing that waits for a platform waits until it shows the old time again."""
        async with self.store.write() as tx:
            await tx.deliveries.clock_was_set(self.clock())
        await self.sweep()

    def clockwork(self) -> Clockwork:
        """These jobs with their intervals, not started yet."""
        return Clockwork(
            {
                self.polls.due: TICK,
                self.sweep: SWEEP,
                self.beat: BEAT,
                self.tidy: TIDY,
                **self.others,
            },
            self.clock,
            self.clock_was_set,
        )


class Clockwork:
    """Runs jobs at intervals. A run that is still going on is never doubled, a missed one is made up once.

    `failed` gets the OwnerLost that a job raised: the program has to end. Any other failure is logged.
    """

    def __init__(self, every: Mapping[Work, float], clock: Clock, set_back: Work | None = None) -> None:
        """`every`: seconds between the starts of each job; the first comes at once. `set_back` runs when the clock was."""
        logging.getLogger("apscheduler").setLevel(
            logging.ERROR
        )  # it reports every firing, and each one that finds the last run still going on
        self._loop, self._clock, self._set_back = asyncio.get_running_loop(), clock, set_back
        self.failed: asyncio.Future[None] = self._loop.create_future()
        self._running: set[asyncio.Task[None]] = set()
        self._epoch = self._loops_epoch()
        self._look: asyncio.TimerHandle | None = None
        self._scheduler = AsyncIOScheduler(
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        for job, seconds in every.items():
            self._scheduler.add_job(self._run, "interval", (job,), seconds=seconds, next_run_time=clock())

    def start(self) -> None:
        self._scheduler.start()
        self._look_at_the_clock()

    async def stop(self) -> None:
        """Start nothing more, and return when what runs has ended: the scheduler itself would cut it off."""
        if self._look:
            self._look.cancel()
        self._scheduler.pause()
        await asyncio.sleep(0)  # what fired just now begins, and counts as running
        if self._running:
            await asyncio.wait(self._running)
        self._scheduler.shutdown(wait=False)

    async def _run(self, job: Work) -> None:
        task = asyncio.ensure_future(job())
        self._running.add(task)
        try:
            await task
        except OwnerLost as lost:
            if not self.failed.done():
                self.failed.set_exception(lost)
        except StoreTrouble as trouble:
            log.info("%s comes to nothing this time: %s", job.__name__, trouble)
        except Exception:
            log.exception("%s failed; it runs again at its next time", job.__name__)
        finally:
            self._running.discard(task)

    def _look_at_the_clock(self) -> None:
        """Let all jobs run now if the clock was set back: APScheduler would wait until it shows the old time again."""
        epoch = self._loops_epoch()
        if epoch < self._epoch - A_STEP:
            log.warning("The clock was set back by %.0f s.", (self._epoch - epoch).total_seconds())
            for job in self._scheduler.get_jobs():
                job.modify(next_run_time=self._clock())
            if self._set_back:
                self._repair = self._loop.create_task(self._run(self._set_back))
        self._epoch = epoch
        self._look = self._loop.call_later(LOOK, self._look_at_the_clock)

    def _loops_epoch(self) -> datetime:
        """What the clock showed when the event loop's own clock, which nobody can set, stood at zero."""
        return self._clock() - timedelta(seconds=self._loop.time())
