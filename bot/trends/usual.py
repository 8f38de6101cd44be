"""What each hour of the week usually brings to a watch, learned from its own hours.

Four weeks hold four of each hour of the week, too few to be believed alone, so an hour leans on its hour of the day and its day
of the week, and these on the mean. Hours of an earlier burst are cut down to what is still ordinary, or the next burst at that
hour would pass for a habit. The last days say how high the level is now; a busy week raises it soon, a quiet one (holidays)
hardly lowers it, for the return of ordinary days is no spike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

DAY_HOURS, WEEK_HOURS = 24, 168
MEMORY_HOURS = 4 * WEEK_HOURS
RELEARN_HOURS = 3  # a rhythm is good for so long
LEAST_HOURS = 3 * DAY_HOURS  # of history before anything is said
DAY_TRUST = 2.0  # observations that the mean stands for in the rate of an hour of the day
WEEK_TRUST = 3.0  # observations that hour of day and day of week stand for in the rate of an hour of the week
CUT = 3.0  # standard deviations above the rate from which an hour of the past is no ordinary one
CUTS = 4  # times: a burst raises the very rate that it is measured by
LEVEL_HOURS = 3 * DAY_HOURS  # that say how high the level is now
LEVEL_TRUST = 20.0  # articles that "the level is as always" stands for
LOWEST_LEVEL, HIGHEST_LEVEL = 0.85, 3.0
FIRST_SPREAD = 0.25  # before a watch has shown its own
LEAST_SPREAD, MOST_SPREAD = 0.1, 1.0
TOGETHER = 0.5  # correlation of what hours in a row have beyond chance: a busy one is seldom alone


@dataclass(frozen=True, slots=True)
class Usual:
    """The rhythm of a watch."""

    week: tuple[float, ...]  # articles by hour of the week (UTC, Monday first)
    spread: float  # an hour's variance is rate + spread * rate ** 2 (negative binomial)

    def at(self, hour: datetime) -> float:
        """How many articles the hour that begins then usually brings."""
        return self.week[hour_of_week(hour)]

    def band(self, hours: Sequence[datetime]) -> tuple[float, float]:
        """Between which sums of these hours two of three lie: the rate and a standard deviation either way."""
        rate = sum(self.at(hour) for hour in hours)
        deviation = math.sqrt(rate + spread_of(self.spread, len(hours)) * rate * rate)
        return max(0.0, rate - deviation), rate + deviation


def spread_of(spread: float, hours: int) -> float:
    """The spread of the sum of so many hours in a row."""
    return spread * (1 / hours + (1 - 1 / hours) * TOGETHER)


def hour_of_week(hour: datetime) -> int:
    utc = hour.astimezone(UTC)
    return utc.weekday() * DAY_HOURS + utc.hour


def learn(counts: Sequence[int], first: datetime) -> Usual | None:
    """The rhythm of consecutive whole hours, the first of which begins at `first`; None if they are fewer than LEAST_HOURS."""
    if len(counts) < LEAST_HOURS:
        return None
    begin = hour_of_week(first)
    places = [(begin + at) % WEEK_HOURS for at in range(len(counts))]
    ordinary: Sequence[float] = counts
    for _ in range(CUTS):
        ordinary = _ordinary(counts, places, _week(ordinary, places))
    week = _week(ordinary, places)
    spread = _spread(ordinary, [week[place] for place in places])
    level = _level(ordinary[-LEVEL_HOURS:], [week[place] for place in places[-LEVEL_HOURS:]])
    return Usual(tuple(level * rate for rate in week), spread)


def _week(counts: Sequence[float], places: Sequence[int]) -> list[float]:
    mean = sum(counts) / len(counts)
    if not mean:
        return [0.0] * WEEK_HOURS
    sums, seen = [0.0] * WEEK_HOURS, [0] * WEEK_HOURS
    for count, place in zip(counts, places, strict=True):
        sums[place] += count
        seen[place] += 1
    hours = [
        (sum(sums[hour::DAY_HOURS]) + DAY_TRUST * mean) / (sum(seen[hour::DAY_HOURS]) + DAY_TRUST)
        for hour in range(DAY_HOURS)
    ]
    days = []
    for start in range(0, WEEK_HOURS, DAY_HOURS):
        own = slice(start, start + DAY_HOURS)
        due = sum(times * rate for times, rate in zip(seen[own], hours, strict=True))
        days.append((sum(sums[own]) + LEVEL_TRUST) / (due + LEVEL_TRUST))
    return [
        (sums[place] + WEEK_TRUST * hours[place % DAY_HOURS] * days[place // DAY_HOURS])
        / (seen[place] + WEEK_TRUST)
        for place in range(WEEK_HOURS)
    ]


def _ordinary(counts: Sequence[int], places: Sequence[int], week: Sequence[float]) -> list[float]:
    """The counts, none of them higher than what is still ordinary at its hour."""
    most = [rate + CUT * math.sqrt(rate + FIRST_SPREAD * rate * rate) + 1.0 for rate in week]
    return [min(float(count), most[place]) for count, place in zip(counts, places, strict=True)]


def _spread(counts: Sequence[float], rates: Sequence[float]) -> float:
    """By the method of moments; a watch with few articles shows little of it."""
    beyond = sum((count - rate) ** 2 - rate for count, rate in zip(counts, rates, strict=True))
    squares = sum(rate * rate for rate in rates)
    trust = LEVEL_TRUST
    return min(MOST_SPREAD, max(LEAST_SPREAD, (beyond + trust * FIRST_SPREAD) / (squares + trust)))


def _level(counts: Sequence[float], rates: Sequence[float]) -> float:
    level = (sum(counts) + LEVEL_TRUST) / (sum(rates) + LEVEL_TRUST)
    return min(HIGHEST_LEVEL, max(LOWEST_LEVEL, level))
