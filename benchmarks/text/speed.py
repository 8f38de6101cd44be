"""Articles summarised and fully annotated a second: one process, and a pool of two, on IndoSum's articles of 270 words.

Processor time of the process itself for one core; for two, the wall clock as it was and, since other work may have had the
cores meanwhile, articles over half of the processor time that both processes used together. The peer, sumy's TextRank, is in
summary.py. The program itself annotates in one thread of its own process, beside the event loop, and only what a watch
has matched; a pool pays where a whole archive is annotated.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from statistics import median

from benchmarks.text import indosum
from bot.annotate import annotate
from bot.model import Article
from bot.summary import gist

CORES = 2
STRETCH = 100  # articles
Work = Callable[[Article], object]


def work_through(work: Work, articles: Sequence[Article]) -> float:
    """Seconds of this process's processor time."""
    began = time.process_time()
    for article in articles:
        work(article)
    return time.process_time() - began


def alone(work: Work, articles: Sequence[Article]) -> tuple[float, float]:
    """The median and the best stretch of articles that were not read before."""
    work_through(work, articles[:STRETCH])  # weights are loaded
    stretches = [articles[at : at + STRETCH] for at in range(STRETCH, len(articles), STRETCH)]
    speeds = [len(one) / work_through(work, one) for one in stretches]
    return median(speeds), max(speeds)


def together(work: Work, articles: Sequence[Article]) -> tuple[float, float]:
    """Articles a second by the clock, and over half of both processes' processor time."""
    shares = [articles[at::CORES] for at in range(CORES)]
    with ProcessPoolExecutor(CORES) as pool:
        list(pool.map(partial(work_through, work), [share[:STRETCH] for share in shares]))
        began = time.perf_counter()
        used = sum(pool.map(partial(work_through, work), shares))
        wall = time.perf_counter() - began
    return len(articles) / wall, len(articles) / (used / CORES)


def main() -> None:
    articles = [row.article for row in indosum.load()]
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")  # noqa: T201
    print(f"{'articles/s':<12}{'one core':>10}{'(best)':>9}{'two, wall':>11}{'two, processor time':>21}")  # noqa: T201
    for name, work in (("summarised", gist), ("annotated", annotate)):
        usual, best = alone(work, articles)
        wall, busy = together(work, articles)
        print(f"{name:<12}{usual:>10,.0f}{best:>9,.0f}{wall:>11,.0f}{busy:>21,.0f}")  # noqa: T201


if __name__ == "__main__":
    main()
