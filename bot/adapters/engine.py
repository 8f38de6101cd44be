"""The engine of one process: a task per key, woken after commits and by the clock.

It remembers nothing that matters. What is due or waiting stands in the store, and `sweep` in bot/jobs.py finds it again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextvars import Context
from datetime import datetime

from bot.errors import StoreTrouble
from bot.ports import Clock, Job, Tx

log = logging.getLogger(__name__)

AFTER_A_CRASH = 5.0  # seconds before a job that raised is tried again


class InProcessEngine:
    """Runs keyed, coalescing jobs (bot.ports.Engine) as asyncio tasks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._jobs: dict[str, Job] = {}
        self._told: dict[str, Callable[[str], None]] = {}
        self._running: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._again: set[tuple[str, str]] = set()
        self._timers: dict[tuple[str, str], asyncio.TimerHandle] = {}
        self._stopping = False

    def handle(self, kind: str, job: Job, again: Callable[[str], None] | None = None) -> None:
        """Say what runs for a kind, and what hears of a key that is woken while its job runs (which will run again)."""
        self._jobs[kind] = job
        if again:
            self._told[kind] = again

    async def ensure(self, kind: str, key: str, tx: Tx) -> None:
        tx.after_commit(lambda: self._wake((kind, key)))

    async def idle(self) -> None:
        """Return when nothing runs; what waits for a later moment does not count."""
        while self._running:
            await asyncio.wait(self._running.values())

    async def stop(self, grace: float) -> None:
        """Start nothing more, give what runs `grace` seconds to come to an end, then cut it off."""
        self._stopping = True
        for timer in self._timers.values():
            timer.cancel()
        running = list(self._running.values())
        if running:
            _, late = await asyncio.wait(running, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    @property
    def stopping(self) -> bool:
        return self._stopping

    def _wake(self, job: tuple[str, str]) -> None:
        if self._stopping:
            return
        if timer := self._timers.pop(job, None):
            timer.cancel()
        if job in self._running:
            self._again.add(job)
            if told := self._told.get(job[0]):
                told(job[1])
        else:
            # In a context of its own: what is logged here is not about whatever woke it.
            self._running[job] = asyncio.create_task(self._run(job), name=":".join(job), context=Context())

    async def _run(self, job: tuple[str, str]) -> None:
        next_at = None
        try:
            next_at = await self._once(job)
        finally:
            del self._running[job]
            if job in self._again:
                self._again.discard(job)
                self._wake(job)
            elif next_at is not None and not self._stopping:
                delay = max(0.0, (next_at - self._clock()).total_seconds())
                self._timers[job] = asyncio.get_running_loop().call_later(delay, self._wake, job)

    async def _once(self, job: tuple[str, str]) -> datetime | None:
        kind, key = job
        try:
            return await self._jobs[kind](key)
        except StoreTrouble as trouble:
            log.info("job %s %s runs again in %.0f s: %s", kind, key, AFTER_A_CRASH, trouble)
        except Exception:
            # Whatever it was, the truth is in the store; giving up here would end this chat's or source's service.
            log.exception("job %s %s failed; it runs again in %.0f s", kind, key, AFTER_A_CRASH)
        await asyncio.sleep(AFTER_A_CRASH)
        return self._clock()
