"""When a watch brings far more than usual, and when that is over.

The running hour is compared with all that it usually brings, never with a part: a count only grows within its hour, so it does
not matter how often one looks, and two looks are not two chances of a false alarm. A burst that lies across the end of an hour,
or is slow, shows in two or three hours together. Far more is three things at once: so rare that chance does not explain it (tail
of a negative binomial), a multiple of the usual, and more articles than anybody would have read one by one. What was turned
down (mean and deviations of the last 24 hours) tells of every morning: benchmarks/stories/spikes.py has the figures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.trends.usual import spread_of

WINDOWS = (1, 2, 3)  # hours that are looked at together, the running one among them
LOOKED_AT = max(WINDOWS) + 1  # hours that `judge` is given
LEAST = 6  # articles
FACTOR = 2.5  # times the usual
RARE = 1e-5  # chance that a window of a watch brings so many or more
CALM = 1.5  # times the usual: below it for as long as the longest window, a spike is over
CALM_COUNT = 3  # articles in that time that never prolong a spike


class Verdict(StrEnum):
    """What a look at a watch says."""

    USUAL = "usual"
    BEGINS = "begins"
    GOES_ON = "goes on"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Spike:
    """A verdict; of one that begins also in how many hours, this one included, and what they brought and usually bring."""

    verdict: Verdict
    hours: int = 0
    count: int = 0
    usual: float = 0.0


def judge(counts: Sequence[int], rates: Sequence[float], spread: float, *, open_: bool) -> Spike:
    """Look at the last LOOKED_AT hours, the running one last: what they brought, and what they usually bring.

    `open_`: a spike has begun and is not over. The verdict depends on nothing else, so a restart changes nothing.
    """
    if open_:
        return Spike(Verdict.OVER if _calm(counts, rates) else Verdict.GOES_ON)
    found = [
        hours for hours in WINDOWS if _far_more(sum(counts[-hours:]), sum(rates[-hours:]), spread, hours)
    ]
    if not found:
        return Spike(Verdict.USUAL)
    hours = max(found)
    while hours > 1 and counts[-hours] < CALM * rates[-hours] + 1:
        hours -= 1  # it began later
    return Spike(Verdict.BEGINS, hours, sum(counts[-hours:]), sum(rates[-hours:]))


def _far_more(count: int, usual: float, spread: float, hours: int) -> bool:
    return count >= max(LEAST, FACTOR * usual) and tail(count, usual, spread_of(spread, hours)) < RARE


def _calm(counts: Sequence[int], rates: Sequence[float]) -> bool:
    whole, usual = sum(counts[:-1]), sum(rates[:-1])
    return whole < max(CALM_COUNT, CALM * usual) and counts[-1] < max(CALM_COUNT, CALM * rates[-1])


def tail(count: int, rate: float, spread: float) -> float:
    """The chance that a negative binomial of this mean, with variance rate + spread * rate ** 2, brings `count` or more."""
    if count <= 0:
        return 1.0
    if rate <= 0.0:
        return 0.0
    size = 1.0 / spread
    share = rate / (rate + size)
    term = size * math.log1p(-share)  # logarithm of the chance of none
    below = math.exp(term)
    for one in range(1, count):
        term += math.log(share * (size + one - 1) / one)
        below += math.exp(term)
    return max(0.0, 1.0 - below)
