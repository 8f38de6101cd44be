"""Spikes on a year of made watches: how often one is told that is none, how many real bursts are found, and how late.

    python -m benchmarks.stories.spikes [--years 1] [--seed 1]

A watch's rate follows the hours of a newsroom (nights, weekends), drifts, rests on holidays, has heavy news days of up to
twice the usual and hours that hang together; articles bring others with them. None of that is a spike. Bursts of 3, 5 and 10
times the rate, three hours long, are put in at random minutes. The peer is the rule that most dashboards have, more than the
mean and three standard deviations of the last 24 hours, with the same least number of articles; and the same made as quiet as
ours.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from benchmarks.polling.simulate import JAKARTA, newspaper, office, wire
from bot.trends import LOOKED_AT, MEMORY_HOURS, RELEARN_HOURS, Usual, Verdict, judge, learn
from bot.trends.spikes import LEAST

START = datetime(2024, 1, 1, tzinfo=UTC)  # a Monday
YEAR_HOURS = 364 * 24
SIZES = (2, 8, 30, 120, 500)  # articles on a day
SHAPES = (newspaper, office, wire)
HEAVY = 1 / 15  # of the days
HOLIDAYS = 14  # a year
MOST_LOST = 3.0  # hours: the length of a burst, and how long after its end it may still be found
FACTORS = (3, 5, 10)
EVERY = 5  # minutes between two looks


@dataclass
class Trace:
    """What a watch brings: its true rate, and its articles, by hour."""

    size: int
    rates: list[float]
    counts: list[int]


def poisson(mean: float, rng: random.Random) -> int:
    if mean > 50:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, number = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        number += 1
    return number


def make(size: int, shape: Callable[[float, int], float], hours: int, rng: random.Random) -> Trace:
    """A seeded trace of one watch."""
    weights = [shape((at + JAKARTA) % 24, int((at + JAKARTA) // 24) % 7) for at in range(168)]
    mean = sum(weights) / 168
    drift, mood, rates, counts = 0.0, 0.0, [], []
    day = 1.0
    for at in range(hours):
        if at % 24 == 17:  # midnight in Jakarta
            drift = min(1.0, max(-1.0, drift + rng.gauss(0, 0.05)))
            draw = rng.random()
            day = rng.uniform(1.4, 2.0) if draw < HEAVY else 1.0
            day = rng.uniform(0.2, 0.4) if draw > 1 - HOLIDAYS / 364 else day
        mood = 0.7 * mood + rng.gauss(0, 0.15)  # hours that hang together
        rate = size / 24 * max(weights[at % 168] / mean, 0.01) * day * math.exp(drift + mood)
        first = poisson(rate * 0.8, rng)
        counts.append(first + sum(rng.random() < 0.2 for _ in range(first)) + poisson(rate * 0.04, rng))
        rates.append(rate)
    return Trace(size, rates, counts)


class Pantau:
    """The rule of the program, learning anew as often as it does."""

    def __init__(self, counts: Sequence[int]) -> None:
        self._counts, self._hour = counts, -RELEARN_HOURS
        self._usual: Usual | None = None

    def verdict(self, hour: int, running: int, *, open_: bool) -> Verdict:
        """With `running` articles so far in this hour."""
        if not self._hour <= hour < self._hour + RELEARN_HOURS:
            begin = max(0, hour - MEMORY_HOURS)
            self._usual = learn(self._counts[begin:hour], START + timedelta(hours=begin))
            self._hour = hour
        if self._usual is None:
            return Verdict.USUAL
        hours = [START + timedelta(hours=at) for at in range(hour - LOOKED_AT + 1, hour + 1)]
        counts = [*self._counts[hour - LOOKED_AT + 1 : hour], running]
        return judge(counts, [self._usual.at(one) for one in hours], self._usual.spread, open_=open_).verdict


class Deviations:
    """More than the mean and so many standard deviations of the last 24 hours."""

    deviations = 3.0

    def __init__(self, counts: Sequence[int]) -> None:
        self._counts = counts

    def verdict(self, hour: int, running: int, *, open_: bool) -> Verdict:
        """With `running` articles so far in this hour."""
        last = self._counts[hour - 24 : hour]
        limit = statistics.fmean(last) + self.deviations * statistics.pstdev(last)
        high = running > limit and running >= LEAST
        if open_:
            calm = not high and max(self._counts[hour - 3 : hour]) <= max(limit, LEAST)
            return Verdict.OVER if calm else Verdict.GOES_ON
        return Verdict.BEGINS if high else Verdict.USUAL


class Quiet(Deviations):
    """The same, with as many as make it about as quiet as ours."""

    deviations = 8.0


Rule = type[Pantau] | type[Deviations]


def false_spikes(trace: Trace, rule: Rule) -> int:
    """Spikes told on a trace that has none; looked at once an hour, at its end, where a count is highest."""
    judging, told, open_ = rule(trace.counts), 0, False
    for hour in range(MEMORY_HOURS, len(trace.counts)):
        verdict = judging.verdict(hour, trace.counts[hour], open_=open_)
        told += verdict is Verdict.BEGINS
        open_ = verdict in (Verdict.BEGINS, Verdict.GOES_ON)
    return told


def bursts(trace: Trace, factor: int, rule: Rule, rng: random.Random) -> Iterator[tuple[float, float | None]]:
    """For each burst that is put in: the rate at its beginning, and the minutes until it was told (None: it was not)."""
    for begin in range(MEMORY_HOURS, len(trace.counts) - 12, 101):  # every hour of the week has its turn
        counts = list(trace.counts)
        start = begin + rng.random()
        length = MOST_LOST
        moments = []
        for hour in range(begin, begin + 5):
            inside = max(0.0, min(hour + 1, start + length) - max(hour, start))
            more = poisson((factor - 1) * trace.rates[hour] * inside, rng)
            low = max(hour, start)
            moments += [(hour, low + inside * rng.random()) for _ in range(more)]
            moments += [(hour, hour + rng.random()) for _ in range(trace.counts[hour])]
            counts[hour] += more
        judging = rule(counts)
        if judging.verdict(begin - 1, counts[begin - 1], open_=False) is Verdict.BEGINS:
            continue  # one had begun by itself
        yield trace.rates[begin], _found(judging, begin, start, start + length + 1, moments)


def _found(
    judging: Pantau | Deviations, begin: int, start: float, end: float, moments: list[tuple[int, float]]
) -> float | None:
    minute = math.ceil(start * 60)
    while minute < end * 60:
        hour = minute // 60
        running = sum(1 for own, at in moments if own == hour and at * 60 <= minute)
        if judging.verdict(hour, running, open_=False) is Verdict.BEGINS:
            return minute - start * 60
        minute += EVERY
    return None


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--years", type=int, default=1, help="of each size and shape")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    rng = random.Random(chosen.seed)
    began = time.process_time()
    traces = [
        make(size, shape, MEMORY_HOURS + YEAR_HOURS, rng)
        for size in SIZES
        for shape in SHAPES
        for _ in range(chosen.years)
    ]
    rules: list[tuple[str, Rule]] = [
        ("Pantau", Pantau),
        ("mean + 3 sd of 24 h", Deviations),
        ("mean + 8 sd", Quiet),
    ]
    say(f"{len(traces)} watch-years; false spikes in a watch-year\n")
    say(f"| rule | {' | '.join(f'{size} a day' for size in SIZES)} | all |\n|---|{'---|' * (len(SIZES) + 1)}")
    for name, rule in rules:
        told = {size: [false_spikes(one, rule) for one in traces if one.size == size] for size in SIZES}
        means = [statistics.fmean(told[size]) for size in SIZES]
        say(f"| {name} | {' | '.join(f'{mean:.1f}' for mean in means)} | {statistics.fmean(means):.1f} |")
    say("\nBursts of three hours that were found, and the median of minutes until then\n")
    say("| rule | burst | usual < 1 an hour | 1 to 5 | more than 5 |\n|---|---|---|---|---|")
    for name, rule in rules:
        for factor in FACTORS:
            own = random.Random(chosen.seed)
            found = [one for trace in traces for one in bursts(trace, factor, rule, own)]
            cells = []
            for low, high in ((0.0, 1.0), (1.0, 5.0), (5.0, math.inf)):
                late = [minutes for rate, minutes in found if low <= rate < high]
                well = [minutes for minutes in late if minutes is not None]
                middle = f", {statistics.median(well):.0f} min" if well else ""
                cells.append(f"{len(well) / max(1, len(late)):.2f} of {len(late)}{middle}")
            say(f"| {name} | ×{factor} | {' | '.join(cells)} |")
    say(f"\n{time.process_time() - began:.0f} s of processor time, seed {chosen.seed}")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
