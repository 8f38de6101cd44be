"""What a source's own items have taught us about when it publishes.

Seen in trials on traces of publishing hours, bursts and quiet nights: the recent rate alone polls a sleeping newsroom all
night, the hour of the week alone misses a day that is unlike others. So the expected rate is 0.3 of a moving average over a
week and 0.7 of what this hour of the week has brought before. Many publishers release on the minute (a cron job at :00 and
:30); where items keep to a few minutes of the hour, those are remembered too.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

WEEK_HOURS = 168
RECENT = timedelta(days=7)  # time constant of the moving average
MEMORY = timedelta(weeks=4)  # time constant of the hours of the week
RECENT_SHARE = 0.3
UNKNOWN_RATE = 1 / 3600  # items per second that a source is taken to have before it has shown any
TRUST = timedelta(days=1)  # after so long a source's own rate counts as much as UNKNOWN_RATE
BURST = timedelta(hours=1)  # time constant of what came just now
STEADINESS = (
    1.5  # shape of the Gamma distribution that rates are taken from: the smaller, the more a burst counts
)
STALE = timedelta(hours=6)  # an item that says it is older tells nothing about the minute

MINUTES_KNOWN = 8.0  # items, before the minutes of the hour are believed
MINUTES_SHARE = 0.6  # of the items within the minutes that stand out
MINUTES_MOST = 6  # minutes that may stand out; more are no habit


@dataclass(frozen=True, slots=True)
class Rhythm:
    """One source's habits. A value; `seen` makes the next one."""

    since: datetime | None = None  # first look
    at: datetime | None = None  # when the numbers below were brought up to date
    recent: float = 0.0  # items, each worth less the longer ago: exp(-age / RECENT)
    burst: float = 0.0  # the same over BURST
    week: tuple[float, ...] = ()  # the same for each hour of the week (UTC, Monday first), over MEMORY
    minutes: tuple[float, ...] = ()  # the same for each minute of the hour

    def seen(self, moments: Sequence[datetime], now: datetime) -> Rhythm:
        """After a look at `now` that brought items of these moments of publication (or of `now`, where none is known)."""
        since = self.since or now
        if not moments:
            return self if self.since else replace(self, since=now)
        elapsed = max(0.0, (now - (self.at or now)).total_seconds())
        recent = self.recent * math.exp(-elapsed / RECENT.total_seconds()) + len(moments)
        burst = self.burst * math.exp(-elapsed / BURST.total_seconds()) + len(moments)
        fade = math.exp(-elapsed / MEMORY.total_seconds())
        week = [one * fade for one in self.week] or [0.0] * WEEK_HOURS
        minutes = [one * fade for one in self.minutes] or [0.0] * 60
        for moment in moments:
            told = moment.astimezone(UTC) if now - STALE < moment <= now else now.astimezone(UTC)
            week[told.weekday() * 24 + told.hour] += 1.0
            minutes[told.minute] += 1.0
        return Rhythm(since, now, recent, burst, tuple(week), tuple(minutes))

    def rate(self, now: datetime) -> float:
        """Items per second to expect at this moment, above 0."""
        if self.since is None:
            return UNKNOWN_RATE
        watched = max(0.0, (now - self.since).total_seconds())
        trust = TRUST.total_seconds()
        if self.at is None:
            return UNKNOWN_RATE * trust / (trust + watched)
        elapsed = max(0.0, (now - self.at).total_seconds())
        long = RECENT.total_seconds()
        # Over a time constant that is not yet full, the items so far stand for as long as we have looked.
        recent = (
            self.recent * math.exp(-elapsed / long) / (long * (1 - math.exp(-max(watched, 3600.0) / long)))
        )
        memory = MEMORY.total_seconds()
        fade = math.exp(-elapsed / memory)
        weeks = memory / (7 * 86400.0) * (1 - math.exp(-max(watched, 3600.0) / memory))  # effective
        utc = now.astimezone(UTC)
        hour = utc.weekday() * 24 + utc.hour
        # An hour that was looked at seldom leans on the same hour of the other days, and that on the rate as it is.
        same = sum(self.week[utc.hour :: 24]) / 7
        typical = recent * 3600.0
        daily = (same * fade + typical * 0.5) / (weeks + 0.5) if weeks < 1 else same * fade / weeks
        hourly = (self.week[hour] * fade + daily * 1.0) / (weeks + 1.0)
        mixed = RECENT_SHARE * recent + (1 - RECENT_SHARE) * hourly / 3600.0
        doubt = trust * math.exp(-watched / trust)
        usual = max((mixed * watched + UNKNOWN_RATE * doubt) / (watched + doubt), 1e-9)
        # Rates are Gamma distributed around the usual one; what came in the last hour says which one it is today.
        short = BURST.total_seconds()
        came = self.burst * math.exp(-elapsed / short)
        return (STEADINESS + came) / (STEADINESS / usual + short)

    def typical(self, now: datetime) -> float:
        """Items per second over the last weeks, whatever the hour."""
        if self.since is None or self.at is None:
            return UNKNOWN_RATE
        memory = MEMORY.total_seconds()
        watched = max((now - self.since).total_seconds(), 3600.0)
        fade = math.exp(-max(0.0, (now - self.at).total_seconds()) / memory)
        return sum(self.week) * fade / (memory * (1 - math.exp(-watched / memory)))

    def expected(self, start: datetime, end: datetime) -> float:
        """How many items should have come between two moments, by the hours of the week; at most a week is looked at."""
        if self.since is None or self.at is None or end - self.since < TRUST:
            return 0.0
        memory = MEMORY.total_seconds()
        watched = (end - self.since).total_seconds()
        weeks = max(memory / (7 * 86400.0) * (1 - math.exp(-watched / memory)), 1.0)
        hours = min(int((end - start).total_seconds() // 3600), WEEK_HOURS)
        first = start.astimezone(UTC)
        begin = first.weekday() * 24 + first.hour + 1
        return sum(self.week[(begin + hour) % WEEK_HOURS] for hour in range(hours)) / weeks

    def habit(self) -> tuple[tuple[int, ...], float]:
        """The minutes of the hour at which it publishes, and which share of its items keeps to them; () where it has no habit."""
        total = sum(self.minutes)
        if total < MINUTES_KNOWN:
            return (), 0.0
        ranked = sorted(range(60), key=self.minutes.__getitem__, reverse=True)
        held, chosen = 0.0, []
        for minute in ranked[:MINUTES_MOST]:
            held += self.minutes[minute]
            chosen.append(minute)
            if held >= MINUTES_SHARE * total:
                return tuple(sorted(chosen)), held / total
        return (), 0.0

    def pack(self) -> bytes:
        """For the store: 944 bytes, or none where nothing was learned."""
        if self.since is None:
            return b""
        at = (self.at or self.since).timestamp()
        numbers = (*self.week, *self.minutes) if self.week else (0.0,) * (WEEK_HOURS + 60)
        return struct.pack(
            _FORM, self.since.timestamp(), at if self.at else 0.0, self.recent, self.burst, *numbers
        )

    @staticmethod
    @lru_cache(maxsize=128)  # a poll asks for it twice, once before it is stored and once after
    def unpack(packed: bytes) -> Rhythm:
        """What `pack` made; a rhythm that knows nothing where it is empty or of another version."""
        if len(packed) != struct.calcsize(_FORM):
            return Rhythm()
        since, at, recent, burst, *numbers = struct.unpack(_FORM, packed)
        return Rhythm(
            datetime.fromtimestamp(since, UTC),
            datetime.fromtimestamp(at, UTC) if at else None,
            recent,
            burst,
            tuple(numbers[:WEEK_HOURS]) if at else (),
            tuple(numbers[WEEK_HOURS:]) if at else (),
        )


_FORM = f"<4d{WEEK_HOURS + 60}f"
