"""How long an item waits to be seen, at an equal request budget: Pantau's rule beside those of other programs.

    python -m benchmarks.polling.simulate [--sources 120] [--budget 300] [--seed 1]

The trace has the shape of what newsrooms poll: wires around the clock, newspapers with a morning and an evening and quiet nights,
publishers who release at fixed minutes, agencies in bursts, ministries in office hours, blogs, and feeds that sleep. Two weeks
teach the rules, the third is measured. Every rule is scaled by one factor until it makes as many requests as a fixed interval of
`--budget` seconds would. Peers' rules as published: NewsBlur (stories a day, several subscribers), CommaFeed (mean interval of
entries and age of the last), miniflux (entry frequency of a week). Times are UTC.
"""

from __future__ import annotations

import argparse
import bisect
import heapq
import random
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.rhythm import LONGEST, SHORTEST, Budget, Rhythm, next_poll

DAY, WEEK = 86400.0, 604800.0
START = datetime(2024, 6, 3, tzinfo=UTC)  # a Monday
WARM, END = 2 * WEEK, 3 * WEEK

JAKARTA = 7  # hours ahead of UTC


@dataclass
class Feed:
    """One source of the trace: the seconds at which its items appear, ascending."""

    kind: str
    items: list[float]


def hours(shape: Callable[[float, int], float], per_day: float, rng: random.Random) -> list[float]:
    """A Poisson process whose rate follows `shape(hour, weekday)` (local time), `per_day` items on a day on average."""
    weights = [
        shape((hour + JAKARTA) % 24, int((hour + JAKARTA) // 24 + day) % 7)
        for day in range(7)
        for hour in range(24)
    ]
    mean = sum(weights) / 168
    moments, at = [], 0.0
    while at < END:
        weight = weights[int(at // 3600) % 168] / mean
        rate = per_day / DAY * max(weight, 1e-6)
        step = rng.expovariate(rate)
        edge = (at // 3600 + 1) * 3600
        if at + step >= edge:
            at = edge
            continue
        at += step
        moments.append(at)
    return moments


def newspaper(hour: float, weekday: int) -> float:
    day = {5: 0.7, 6: 0.6}.get(weekday, 1.0)
    return day * (0.03 if hour < 5 else 2.0 if hour < 10 else 1.2 if hour < 17 else 1.6 if hour < 21 else 0.4)


def office(hour: float, weekday: int) -> float:
    return 0.0 if weekday > 4 or not 8 <= hour < 17 else 1.0


def wire(hour: float, weekday: int) -> float:
    return 0.6 if hour < 5 else 1.0


def in_bursts(moments: list[float], rng: random.Random) -> list[float]:
    """Some items bring others with them within the hour."""
    more = [at + rng.uniform(60, 2400) for at in moments for _ in range(rng.choice([0, 0, 0, 0, 4, 8]))]
    return sorted([*moments, *more])


def released(moments: list[float], minutes: list[int]) -> list[float]:
    """The items as a publisher shows them who releases at these minutes of the hour."""
    slots = sorted(minute * 60.0 for minute in minutes)
    shown = []
    for at in moments:
        hour, second = at // 3600 * 3600, at % 3600
        place = bisect.bisect_left(slots, second)
        shown.append(hour + slots[place] if place < len(slots) else hour + 3600 + slots[0])
    return shown


def make(count: int, seed: int) -> list[Feed]:
    rng = random.Random(seed)
    feeds = []
    for number in range(count):
        draw = number / count
        size = rng.lognormvariate(0, 0.8)
        if draw < 0.08:
            feeds.append(Feed("wire", in_bursts(hours(wire, 120 * size, rng), rng)))
        elif draw < 0.35:
            feeds.append(Feed("newspaper", hours(newspaper, 40 * size, rng)))
        elif draw < 0.50:
            minutes = rng.choice([[0], [0, 30], [5, 35], [15], [0, 20, 40]])
            feeds.append(Feed("on the minute", released(hours(newspaper, 25 * size, rng), minutes)))
        elif draw < 0.60:
            feeds.append(Feed("bursts", in_bursts(hours(newspaper, 6 * size, rng), rng)))
        elif draw < 0.75:
            feeds.append(Feed("office", hours(office, 6 * size, rng)))
        elif draw < 0.90:
            feeds.append(Feed("blog", hours(newspaper, 0.6 * size, rng)))
        else:
            feeds.append(Feed("asleep", hours(wire, 0.03, rng)))
    return feeds


@dataclass
class Known:
    """What a rule may know of a source: the items it has been shown."""

    items: list[float] = field(default_factory=list)
    rhythm: Rhythm = field(default_factory=Rhythm)


Rule = Callable[[Known, float], float]
"""Seconds until the next poll, by what is known and the moment."""


def fixed(known: Known, now: float) -> float:
    return 300.0


def newsblur(known: Known, now: float) -> float:
    per_day = (len(known.items) - bisect.bisect_left(known.items, now - 30 * DAY)) / min(
        30.0, max(1.0, now / DAY)
    )
    if per_day >= 1:
        return 15 * 60.0
    if per_day > 0:
        return max((60 - per_day * 60) * 60.0, 15 * 60.0)
    return 6 * 3600.0


def commafeed(known: Known, now: float) -> float:
    shortest, longest = 300.0, 4 * 3600.0
    if not known.items:
        return longest
    silent = (now - known.items[-1]) / DAY
    if silent >= 7:
        return longest if silent >= 30 else longest / 2 if silent >= 14 else longest / 4
    recent = known.items[-50:]
    mean = (recent[-1] - recent[0]) / (len(recent) - 1) if len(recent) > 1 else longest
    return min(max(mean / 2, shortest), longest / 4)


def miniflux(known: Known, now: float) -> float:
    count = len(known.items) - bisect.bisect_left(known.items, now - WEEK)
    return min(max(WEEK / count, 300.0), DAY) if count else DAY


def run(feeds: list[Feed], rule: Rule, factor: float, seed: int) -> tuple[float, list[float]]:
    """Requests per second in the measured week, and how long its items waited."""
    rng = random.Random(seed)
    known = [Known() for _ in feeds]
    queue = [(rng.uniform(0, 600), number) for number in range(len(feeds))]
    heapq.heapify(queue)
    shown = [0] * len(feeds)
    requests, waits = 0, []
    while queue:
        now, number = heapq.heappop(queue)
        if now >= END:
            break
        items, known_one = feeds[number].items, known[number]
        upto = bisect.bisect_right(items, now)
        if now >= WARM:
            requests += 1
            waits += [now - at for at in items[shown[number] : upto] if at >= WARM]
        known_one.items += items[shown[number] : upto]
        shown[number] = upto
        wait = rule(known_one, now) * factor * (1 + 0.05 * rng.uniform(-1, 1))
        heapq.heappush(queue, (now + max(wait, 60.0), number))
    return requests / (END - WARM), waits


def equal(feeds: list[Feed], rule: Rule, budget: float, seed: int) -> tuple[float, list[float]]:
    """The rule, scaled to the budget (requests per second)."""
    low, high = 0.02, 50.0
    asked, waits = 0.0, []
    for _ in range(9):
        factor = (low * high) ** 0.5
        asked, waits = run(feeds, rule, factor, seed)
        if abs(asked / budget - 1) < 0.01:
            break
        low, high = (factor, high) if asked > budget else (low, factor)
    return asked, waits


def pantau(feeds: list[Feed], budget: float, seed: int) -> tuple[float, list[float]]:
    """Our rule; its scale is solved from what was learned, as the program does it, and knows nothing of the requests made."""
    rng = random.Random(seed)
    known = [Rhythm() for _ in feeds]
    queue = [(rng.uniform(0, 600), number) for number in range(len(feeds))]
    heapq.heapify(queue)
    shown = [0] * len(feeds)
    requests, waits = 0, []
    share, made = Budget(), 0
    while queue:
        now, number = heapq.heappop(queue)
        if now >= END:
            break
        moment = START + timedelta(seconds=now)
        if not share.scale or now - share.at >= 600:
            rates = [rhythm.rate(moment) for rhythm in known]
            share, made = share.step(rates, budget, made, now, SHORTEST, LONGEST), 0
        made += 1
        items = feeds[number].items
        upto = bisect.bisect_right(items, now)
        new = items[shown[number] : upto]
        if now >= WARM:
            requests += 1
            waits += [now - at for at in new if at >= WARM]
        shown[number] = upto
        known[number] = known[number].seen([START + timedelta(seconds=at) for at in new], moment)
        wait, _ = next_poll(known[number], moment, scale=share.scale, chance=rng.random())
        heapq.heappush(queue, (now + wait.total_seconds(), number))
    return requests / (END - WARM), waits


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--sources", type=int, default=120)
    options.add_argument(
        "--budget", type=float, default=300.0, help="seconds between two polls of a source, on average"
    )
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    feeds = make(chosen.sources, chosen.seed)
    budget = len(feeds) / chosen.budget
    say(
        f"{len(feeds)} sources, {sum(len(feed.items) for feed in feeds)} items in three weeks, {budget:.2f} requests/s\n"
    )
    say("| rule | requests/s | mean delay, s | median | p90 | times ours |\n|---|---|---|---|---|---|")
    asked, ours = pantau(feeds, budget, chosen.seed)
    rows = [("Pantau", asked, ours)]
    for name, rule in (
        ("fixed interval", fixed),
        ("NewsBlur", newsblur),
        ("CommaFeed", commafeed),
        ("miniflux", miniflux),
    ):
        # Equal to what we really used, which is what is fair.
        rows.append((name, *equal(feeds, rule, asked, chosen.seed)))
    mean = statistics.fmean(ours)
    for name, asked, waits in rows:
        waits.sort()
        say(
            f"| {name} | {asked:.3f} | {statistics.fmean(waits):.0f} | {statistics.median(waits):.0f} "
            f"| {waits[int(len(waits) * 0.9)]:.0f} | {statistics.fmean(waits) / mean:.2f} |"
        )


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
