"""How close messages may follow each other: one chat's pace, and the budget of a whole token.

Both are the generic cell rate algorithm (ITU-T I.371): a moment at which the next message would be on schedule, moved on
by one interval for each. It needs no window of past messages, and it cannot let through twice its rate at the start, as
the limiters do that python-telegram-bot has (40 of 20 in the first minute, measured).
"""

from __future__ import annotations

import asyncio
import heapq
from contextlib import suppress
from dataclasses import dataclass, field

from bot.model import Priority

NEVER = float("-inf")
SLOWEST = 1.0  # messages a second, after however many 429s
RECOVERY = 1 / 60  # of the full rate, regained each second: a minute from nothing to all


@dataclass(frozen=True, slots=True)
class Pace:
    """One chat's limit. A flash may come `hurry` seconds before its time; what follows waits the longer for it."""

    seconds: float  # between two messages
    hurry: float = 0.0


@dataclass(slots=True)
class Schedule:
    """When a chat's next message may leave, on a clock that nobody sets."""

    pace: Pace
    due: float = NEVER
    last: float = NEVER  # when one left

    def wait(self, now: float, priority: Priority) -> float:
        """Seconds until a message of this class may leave; 0 when it may."""
        early = self.pace.hurry if priority <= Priority.FLASH else 0.0
        return max(0.0, self.due - early - now)

    def take(self, now: float) -> None:
        """One leaves now."""
        self.due, self.last = max(self.due, now) + self.pace.seconds, now


@dataclass(slots=True)
class Gate:
    """A token's budget: `rate` messages a second in all. Whoever waits is served by priority, and then the chat whose last
    message is the longest ago: in order of arrival, chats with a slow pace of their own would fall behind the others.

    A 429 for everybody halves the rate (`slower`); it recovers by itself.
    """

    rate: float
    _due: float = NEVER
    _slow: float = 1.0  # share of the rate that is used
    _slow_at: float = 0.0
    _waiting: list[tuple[int, float, int, asyncio.Future[None]]] = field(default_factory=list)
    _arrived: int = 0
    _timer: asyncio.TimerHandle | None = None

    async def turn(self, priority: Priority, last: float = NEVER) -> None:
        """Wait until one more message may leave; `last`: when the chat's last one left."""
        loop = asyncio.get_running_loop()
        if not self._waiting and self._due <= loop.time():
            self._take(loop.time())
            return
        turn = loop.create_future()
        self._arrived += 1
        heapq.heappush(self._waiting, (priority, last, self._arrived, turn))
        self._wind()
        await turn

    def slower(self) -> None:
        """The platform said that it is too much in all."""
        now = asyncio.get_running_loop().time()
        self._slow, self._slow_at = max(SLOWEST / self.rate, self._share(now) / 2), now

    def _share(self, now: float) -> float:
        return min(1.0, self._slow + (now - self._slow_at) * RECOVERY)

    def _take(self, now: float) -> None:
        interval = 1 / (self.rate * self._share(now))
        # A timer that rings late gives back at most one interval: the rate is kept, and never made up for in a burst.
        self._due = (self._due if now - self._due < interval else now) + interval

    def _wind(self) -> None:
        if self._timer is None and self._waiting:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(self._due, loop.time()), self._open)

    def _open(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        while self._waiting and self._due <= now:
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():  # whoever gave up is passed over
                with suppress(asyncio.InvalidStateError):
                    turn.set_result(None)
                self._take(now)
        self._wind()
