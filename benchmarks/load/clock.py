"""An event loop whose time stands still while anything is under way, and jumps to the next timer when nothing is.

So limits of minutes pass in no time, and yet every wait is exact: what a lane waits for by the clock, and nothing else.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

BLINK = 0.005  # real seconds that the loop waits for a thread or a socket at most
STEP = 0.00005  # processor seconds


class _Selector(selectors.DefaultSelector):
    """Jumps instead of waiting."""

    loop: JumpingLoop

    def select(self, timeout: float | None = None) -> Any:
        if self.loop.busy or timeout is None:
            return super().select(BLINK if timeout is None else min(timeout, BLINK))
        events = super().select(0)
        if not events and timeout > 0:
            self.loop.jump(timeout)
        return events


class JumpingLoop(asyncio.SelectorEventLoop):
    """`busy`: how many things are under way that take real time."""

    def __init__(self) -> None:
        selector = _Selector()
        selector.loop = self
        self.busy, self._now = 0, 1_000.0
        self.turns: Counter[int] = Counter()  # rounds of callbacks by their processor time, in steps of STEP
        super().__init__(selector)

    def time(self) -> float:
        return self._now

    def jump(self, seconds: float) -> None:
        self._now += seconds

    def _run_once(self) -> None:
        # It never stands quite still: asyncio calls a timer that is less than its clock's resolution away, and one that finds
        # itself too early sets itself for the same moment again, for ever.
        self._now += self._clock_resolution
        began = time.thread_time()
        super()._run_once()  # type: ignore[misc]  # asyncio's own step, which its types leave out
        self.turns[int((time.thread_time() - began) / STEP)] += 1

    def turn(self, share: float) -> float:
        """Processor seconds that this share of the rounds took at most, rounded up to a whole STEP."""
        left = share * self.turns.total()
        for step, count in sorted(self.turns.items()):
            left -= count
            if left <= 0:
                return (step + 1) * STEP
        return 0.0


@asynccontextmanager
async def under_way() -> AsyncIterator[None]:
    """Time stands still in here."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, JumpingLoop)
    loop.busy += 1
    try:
        yield
    finally:
        loop.busy -= 1
