"""How fast articles are matched, beside a named peer, in one run on the same articles and queries.

    python -m benchmarks.matching.run [--articles FILE.jsonl] [--sizes 1000 10000] [--passes 9]

Without a file of JSON lines with a "body", made-up articles over a Zipf vocabulary are used. Every figure is
the best of several passes by processor time, after one pass that warms what each engine remembers; that
first, cold pass is its own column. A share is the time to cut the same articles into words with one regular
expression, over the engine's time. Peer for plain terms: pyahocorasick, with word bounds checked and offsets
returned (pip install pyahocorasick).
"""

from __future__ import annotations

import argparse
import gc
import re
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.matching.workload import (
    make_articles,
    make_hard_queries,
    make_plain_terms,
    make_queries,
    read_articles,
)
from bot.model import Article
from bot.query import Index, Query, parse

ARTICLES = 300
SAMPLE = 100  # articles that the index is shown to learn which words are rare

_WORD = re.compile(r"\w+")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--articles", type=Path)
    options.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    options.add_argument("--passes", type=int, default=9)
    chosen = options.parse_args()
    articles = read_articles(chosen.articles, ARTICLES) if chosen.articles else make_articles(ARTICLES)
    words = sum(len(_WORD.findall(article.body)) for article in articles) / len(articles)
    say(f"{len(articles)} articles of {words:.0f} words, {sys.version.split()[0]}\n")
    queries(articles, chosen.sizes, chosen.passes)
    plain_terms(articles, chosen.sizes, chosen.passes)
    changes(articles, max(chosen.sizes))
    adversarial()


def queries(articles: list[Article], sizes: list[int], passes: int) -> None:
    """Boolean queries, hits and offsets produced."""
    say("| stored queries | read, s | build, s | MB | matches/article | cold/s | articles/s | share |")
    say("|---|---|---|---|---|---|---|---|")
    workloads = [(f"{size:,}", make_queries(articles, size)) for size in sizes]
    workloads.append((f"{max(sizes):,} hard", make_hard_queries(articles, max(sizes))))
    for name, written in workloads:
        begin = time.process_time()
        parsed = [parse(one) for one in written]
        read = time.process_time() - begin
        index, build = timed_index(articles, parsed)
        begin = time.process_time()
        matches = sum(len(index.match(article)) for article in articles) / len(articles)
        cold = len(articles) / (time.process_time() - begin)
        gc.collect()
        tokenised, matched = together(articles, tokenise, index.match, passes)
        size = memory(articles, parsed)
        say(
            f"| {name} | {read:.1f} | {build:.1f} | {size:.0f} | {matches:.1f} | {cold:,.0f} "
            f"| {1 / matched:,.0f} | {tokenised / matched:.2f} |"
        )
    say("")


def plain_terms(articles: list[Article], sizes: list[int], passes: int) -> None:
    """Single words, beside an Aho-Corasick automaton in C."""
    try:
        import ahocorasick
    except ImportError:
        say("pyahocorasick is not installed: no comparison of plain terms\n")
        return
    say("| plain terms | Pantau, articles/s | pyahocorasick | times |")
    say("|---|---|---|---|")
    for size in sizes:
        terms = make_plain_terms(articles, size)
        index, _ = timed_index(articles, [parse(term) for term in terms])
        automaton = ahocorasick.Automaton()
        for term in terms:
            automaton.add_word(term, term)
        automaton.make_automaton()

        def search(
            article: Article, automaton: ahocorasick.Automaton = automaton
        ) -> list[tuple[str, int, int]]:
            return list(bounded(article.body.lower(), automaton.iter))

        for article in articles:
            index.match(article)
        ours, theirs = together(articles, index.match, search, passes)
        say(f"| {size:,} | {1 / ours:,.0f} | {1 / theirs:,.0f} | {theirs / ours:.2f} |")
    say("")


def bounded(text: str, find: Callable[[str], Iterator[tuple[int, str]]]) -> Iterator[tuple[str, int, int]]:
    """The automaton's hits that are whole words."""
    length = len(text)
    for last, term in find(text):
        start, end = last + 1 - len(term), last + 1
        if (start == 0 or not text[start - 1].isalnum()) and (end == length or not text[end].isalnum()):
            yield term, start, end


def changes(articles: list[Article], size: int) -> None:
    """Adding and removing one watch among many, with words seen and words never seen."""
    index, _ = timed_index(articles, [parse(one) for one in make_queries(articles, size)])
    for article in articles:
        index.match(article)
    slowest: dict[str, float] = {}
    for number, written in enumerate(
        ["Presiden", "Zelensk*", "~serang", '"Korea Utara" AND (sanksi OR embargo)'] * 20
    ):
        query = parse(written)
        for name, change in (
            ("add", lambda q=query, n=number: index.add(f"n{n}", q)),
            ("remove", lambda n=number: index.remove(f"n{n}")),
        ):
            begin = time.perf_counter()
            change()
            slowest[name] = max(slowest.get(name, 0.0), time.perf_counter() - begin)
    say(
        f"One watch among {size:,}, slowest of 80: "
        + ", ".join(f"{name} {one * 1e3:.2f} ms" for name, one in slowest.items())
    )


def adversarial() -> None:
    """Queries and texts made to be slow: the time for a text twice as long is about twice the time."""
    cases = {
        "a*a*a*a*a*b on aaaa…": ("aa*a*a*a*a*b", "a"),
        "NEAR of one word with itself": ("satu NEAR/9 satu NEAR/9 satu", "satu "),
        "a phrase of one word": ('"' + "satu " * 20 + 'dua"', "satu "),
        "Han without spaces": ("朝鲜朝鲜", "朝鲜"),
        "glued words": ('"Korea Utara"', "PyongyangKorea"),
    }
    say("\n| adversarial | 100,000 letters, ms | 200,000, ms | times |\n|---|---|---|---|")
    for name, (written, letters) in cases.items():
        times = []
        for length in (100_000, 200_000):
            article = Article("1", body=(letters * length)[:length])
            best = float("inf")
            for _ in range(3):  # each time as a text never seen
                index = Index()
                index.add("q", parse(written))
                gc.collect()
                begin = time.process_time()
                index.match(article)
                best = min(best, time.process_time() - begin)
            times.append(best)
        say(f"| {name} | {times[0] * 1e3:.0f} | {times[1] * 1e3:.0f} | {times[1] / times[0]:.1f} |")


def timed_index(articles: list[Article], parsed: list[Query]) -> tuple[Index, float]:
    """The queries stored, and the seconds that it took (without learning from the sample)."""
    index = Index(articles[:SAMPLE])
    begin = time.process_time()
    for number, query in enumerate(parsed):
        index.add(str(number), query)
    return index, time.process_time() - begin


def memory(articles: list[Article], parsed: list[Query]) -> float:
    """MB that the stored queries take, above the queries themselves."""
    index = Index(articles[:SAMPLE])
    gc.collect()
    tracemalloc.start()
    for number, query in enumerate(parsed):
        index.add(str(number), query)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / 1e6


def tokenise(article: Article) -> list[str]:
    """The measure of all shares."""
    return _WORD.findall(article.body)


def together(
    articles: list[Article], one: Callable[[Article], object], other: Callable[[Article], object], passes: int
) -> tuple[float, float]:
    """Best seconds per article of two engines that take turns, so that a busy machine is busy for both."""
    best = [float("inf"), float("inf")]
    for _ in range(passes):
        for at, engine in enumerate((one, other)):
            begin = time.process_time()
            for article in articles:
                engine(article)
            best[at] = min(best[at], time.process_time() - begin)
    return best[0] / len(articles), best[1] / len(articles)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
