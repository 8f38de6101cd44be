"""The next poll of one source, and the reason for it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.model import Politeness
from bot.rhythm.learned import Rhythm

SHORTEST = 60.0  # seconds between two polls of one source, at least, whatever it publishes
LONGEST = 6 * 3600.0  # and at most
LONGEST_BACK_OFF = 3600.0  # seconds: a failing source is asked at least so often, for ever
LONGEST_WISH = (
    900.0  # seconds: a publisher's ttl and sy:updatePeriod count up to here; many never looked at theirs
)
LONGEST_FRESH = 1800.0  # seconds: so far we believe a Cache-Control
AFTER_FRESH = 2.0  # seconds after a cached copy ran out
AFTER_MINUTE = 20.0  # seconds after the minute at which a publisher releases: its own cache takes a moment
JITTER = 0.05  # of the interval, either way: sources added together must not stay together
LONGEST_SKIP = timedelta(hours=12)  # skipHours and skipDays are believed for so long at once


UNSAID = Politeness()  # a publisher who says nothing about being polled


class Why(StrEnum):
    """What decided when a source is polled next; for the log and for people."""

    RHYTHM = "rhythm"  # its share of the budget, by how much it publishes
    FIXED = "fixed"  # the configuration names its interval
    HABIT = "habit"  # the minute at which it releases
    FRESH = "fresh"  # its cache says when there can be something new
    FLOOR = "floor"  # the publisher wishes no more
    SKIP = "skip"  # skipHours or skipDays
    BACK_OFF = "back-off"  # it failed
    RETRY_AFTER = "retry-after"  # it said when to come back
    WINDOW = "window"  # later, items could leave its window unseen


def next_poll(
    rhythm: Rhythm,
    now: datetime,
    *,
    scale: float,
    fixed: float | None = None,
    failures: int = 0,
    polite: Politeness = UNSAID,
    fresh: float | None = None,
    retry_after: float | None = None,
    chance: float = 0.5,
) -> tuple[timedelta, Why]:
    """How long to leave a source alone, and why.

    `scale`: from `scale_of`; `fixed`: the interval in seconds that the configuration asks for, in place of the rhythm;
    `failures`: in a row; `fresh`: seconds until the publisher's cache runs out; `retry_after`: seconds; `chance`: 0 to 1,
    spreads sources out.
    """
    interval, why = (fixed, Why.FIXED) if fixed else (scale / math.sqrt(rhythm.rate(now)), Why.RHYTHM)
    if not fixed:
        interval = min(max(interval, SHORTEST), LONGEST)
    if failures:
        backed_off = min(max(LONGEST_BACK_OFF, interval), interval * 2.0 ** min(failures - 1, 10))
        interval, why = backed_off, Why.BACK_OFF if failures > 1 else why
    interval *= 1 + JITTER * (2 * chance - 1)
    if not failures:
        interval, why = _aimed(rhythm, now, interval, why, fixed=fixed is not None)
        if fresh is not None and not fixed and interval < fresh <= LONGEST_FRESH:
            # A cache on the way has nothing new before; right after, it can.
            interval, why = fresh + AFTER_FRESH + chance, Why.FRESH
        if polite.window is not None and interval > (most := max(polite.window / 3, SHORTEST)):
            interval, why = most, Why.WINDOW
    floor = min(polite.wish, LONGEST_WISH)
    if interval < floor:
        interval, why = floor, Why.FLOOR
    if retry_after and interval < retry_after:
        interval, why = retry_after, Why.RETRY_AFTER
    wait = timedelta(seconds=interval)
    skipped = _after_skips(now + wait, polite)
    return (skipped - now, Why.SKIP) if skipped > now + wait else (wait, why)


def _aimed(rhythm: Rhythm, now: datetime, interval: float, why: Why, *, fixed: bool) -> tuple[float, Why]:
    """For a source that releases at certain minutes: the next of these; or sooner, for what does not keep to them."""
    minutes, share = rhythm.habit() if not fixed else ((), 0.0)
    if not minutes:
        return interval, why
    utc = now.astimezone(UTC)
    second = utc.minute * 60 + utc.second
    ahead = min((minute * 60 + AFTER_MINUTE - second) % 3600.0 or 3600.0 for minute in minutes)
    # The rest of its items come at other minutes, at a rate that is smaller by that share.
    otherwise = min(interval / math.sqrt(max(1 - share, 0.02)), LONGEST)
    if ahead < SHORTEST:  # only just polled
        ahead = min(
            (
                wait
                for wait in ((minute * 60 + AFTER_MINUTE - second) % 3600.0 for minute in minutes)
                if wait >= SHORTEST
            ),
            default=ahead + 3600.0,
        )
    slots = ahead if ahead >= interval / 2 else _later(minutes, second, interval / 2)
    return (slots, Why.HABIT) if slots <= otherwise * 1.5 else (otherwise, why)


def _later(minutes: tuple[int, ...], second: int, least: float) -> float:
    """Seconds until the first of these minutes that is at least so far ahead."""
    waits = [
        (minute * 60 + AFTER_MINUTE - second) % 3600.0 + hour * 3600.0
        for minute in minutes
        for hour in range(8)
    ]
    return min((wait for wait in waits if wait >= least), default=least)


def _after_skips(moment: datetime, polite: Politeness) -> datetime:
    """The first moment from this one on that the publisher does not ask to be spared."""
    if not (polite.skip_hours or polite.skip_days):
        return moment
    utc = moment.astimezone(UTC)
    last = utc + LONGEST_SKIP
    while utc < last and (utc.hour in polite.skip_hours or utc.weekday() in polite.skip_days):
        utc = utc.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return min(utc, last)
