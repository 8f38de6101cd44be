"""When a chat wants its digest: "07:00", "mon-fri 17:00", "senin-jumat 17.00". Pure; by the wall clock of the chat's timezone.

A moment that the clock skips in spring comes when the clock has moved on; one that it repeats in autumn counts the first time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAYS = {
    name: at % 7
    for at, name in enumerate(
        re.findall(
            r"\w+",
            """mon tue wed thu fri sat sun sen sel rab kam jum sab min
            monday tuesday wednesday thursday friday saturday sunday senin selasa rabu kamis jumat sabtu minggu""",
        )
    )
}
_TIME = re.compile(
    r"(?:([a-z]{3,9})(?:\s*-\s*([a-z]{3,9}))?\s+)?([01]?\d|2[0-3])[:.]([0-5]\d)", re.IGNORECASE
)
_NAMES = "mon tue wed thu fri sat sun".split()  # noqa: SIM905  # seven words, not a list
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class DigestTime:
    """A time of day on some days of the week (Monday is 0)."""

    days: frozenset[int]
    at: time

    def __str__(self) -> str:
        """As it is read again: "mon-fri 17:00"."""
        clock = f"{self.at:%H:%M}"
        if self.days == EVERY_DAY:
            return clock
        first = next(day for day in range(7) if day in self.days and (day - 1) % 7 not in self.days)
        last = (first + len(self.days) - 1) % 7
        return f"{_NAMES[first]} {clock}" if first == last else f"{_NAMES[first]}-{_NAMES[last]} {clock}"


def read(text: str) -> DigestTime | None:
    """None when it is no such time."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        return None
    names = [name.lower() for name in (found[1], found[2]) if name]
    if not all(name in _DAYS for name in names):
        return None
    first, last = (_DAYS[names[0]], _DAYS[names[-1]]) if names else (0, 6)
    days = frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))
    return DigestTime(days, time(int(found[3]), int(found[4])))


def last_due(times: Iterable[DigestTime], timezone: str, now: datetime) -> datetime | None:
    """The latest moment up to now at which one of the times came; None without times."""
    return max((moment for moment in _moments(times, timezone, now, -7, 0) if moment <= now), default=None)


def next_due(times: Iterable[DigestTime], timezone: str, now: datetime) -> datetime | None:
    """The first moment after now."""
    return min((moment for moment in _moments(times, timezone, now, 0, 7) if moment > now), default=None)


def _moments(
    times: Iterable[DigestTime], timezone: str, now: datetime, first: int, last: int
) -> Iterable[datetime]:
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    for wanted in times:
        for ahead in range(first, last + 1):
            day = today + timedelta(days=ahead)
            if day.weekday() in wanted.days:
                # Compared in UTC: two wall clock times of one zone are compared by their hands, which a change of clock breaks.
                yield datetime.combine(day, wanted.at, zone).astimezone(now.tzinfo)
