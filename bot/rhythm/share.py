"""How all sources share the requests we allow ourselves.

With items at random moments and a request every T seconds, an item waits T / 2 on average. Spreading B requests per
second over sources so that the sum of rate x T / 2 is least gives T = c / sqrt(priority x rate), with one c for all.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

DAY = 86_400.0  # seconds
WARM = 20.0  # requests that must have been made before their number says much


def scale_of(rates: Sequence[float], budget: float, shortest: float, longest: float) -> float:
    """The c at which all sources together make `budget` requests per second.

    `rates`: items per second of each source (times its priority); an interval is c / sqrt(rate), never under `shortest`
    or over `longest` seconds. Where the limits alone ask for more or for less than the budget, the nearest there is.
    """
    if not rates:
        return longest
    roots = sorted(map(math.sqrt, rates))
    sums = list(accumulate(roots, initial=0.0))
    low, high = shortest * roots[0], longest * roots[-1]
    for _ in range(40):
        middle = math.sqrt(low * high)
        rare, often = bisect_left(roots, middle / longest), bisect_right(roots, middle / shortest)
        asked = rare / longest + (sums[often] - sums[rare]) / middle + (len(roots) - often) / shortest
        if asked > budget:
            low = middle
        else:
            high = middle
        if high / low < 1.01:
            break
    return math.sqrt(low * high)


@dataclass(frozen=True, slots=True)
class Budget:
    """The scale over time. A value; `step` makes the next one.

    One scale around the clock spends more by day, when more is published, and less at night: the mean of what each
    moment would ask for is what makes the whole day fit the budget.
    """

    scale: float = 0.0
    at: float = 0.0  # seconds
    mean: float = 0.0  # of the scale that each moment alone would ask for, over DAY
    spent: float = 0.0  # requests, each worth less the longer ago, over DAY
    allowed: float = 0.0  # the same of what the budget allows

    def step(
        self, rates: Sequence[float], budget: float, made: int, now: float, shortest: float, longest: float
    ) -> Budget:
        """After `made` requests since the last step; `now` in seconds of any clock, the rest as in `scale_of`."""
        alone = scale_of(rates, budget, shortest, longest)
        if not self.scale:
            return Budget(alone, now, alone)
        elapsed = max(0.0, now - self.at)
        fade = math.exp(-elapsed / DAY)
        mean = self.mean * fade + alone * (1 - fade)
        spent = self.spent * fade + made
        allowed = self.allowed * fade + budget * elapsed
        # Bursts and fixed minutes cost more or less than the rule says; that is made up for, by a third at most.
        over = min(max((spent + WARM) / (allowed + WARM), 0.75), 1.33) if allowed else 1.0
        return Budget(mean * over, now, mean, spent, allowed)
