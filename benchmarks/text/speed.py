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

from benchmarks.text import indosum
from bot.annotate import annotate
from bot.model import Article
from bot.summary import gist

CORES = 2
ROUNDS = 3
Work = Callable[[Article], object]


def work_through(work: Work, articles: Sequence[Article]) -> float:
    """Seconds of this process's processor time."""
    began = time.process_time()
    for article in articles:
        work(article)
    return time.process_time() - began


def alone(work: Work, articles: Sequence[Article]) -> float:
    work_through(work, articles[:50])  # weights are loaded
    return len(articles) / min(work_through(work, articles) for _ in range(ROUNDS))


def together(work: Work, articles: Sequence[Article]) -> tuple[float, float]:
    """Articles a second by the clock, and over half of both processes' processor time."""
    shares = [articles[at::CORES] for at in range(CORES)]
    with ProcessPoolExecutor(CORES) as pool:
        list(pool.map(partial(work_through, work), [share[:50] for share in shares]))
        began = time.perf_counter()
        used = sum(pool.map(partial(work_through, work), shares))
        wall = time.perf_counter() - began
    return len(articles) / wall, len(articles) / (used / CORES)


def main() -> None:
    articles = [row.article for row in indosum.load()]
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")  # noqa: T201
    print(f"{'articles/s':<12}{'one core':>10}{'two, wall':>11}{'two, processor time':>21}")  # noqa: T201
    for name, work, count in (("summarised", gist, 1000), ("annotated", annotate, 400)):
        wall, busy = together(work, articles[:count])
        print(f"{name:<12}{alone(work, articles[:count]):>10,.0f}{wall:>11,.0f}{busy:>21,.0f}")  # noqa: T201


if __name__ == "__main__":
    main()
