"""How well copies and stories are found, and how fast, beside named peers, in one run on the same texts.

    python -m benchmarks.stories.run [--articles FILE.jsonl] [--topics FILE.jsonl] [--count 30000] [--window 100000]

`--articles`: articles with a "body" (IndoSum), from which copies and the stream are made; without it these two are left out.
`--topics`: articles with "gold", the event, which the program is never shown (ECB+). The Indonesian set lies beside this file.
Peers for copies: pip install datasketch rensa. Speed is processor time in a process of its own, one core. `--window`: so many
articles in the 7 days that are remembered, and a third more, while the first are forgotten; then a restart.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from array import array
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.stories.copying import Copier
from benchmarks.stories.editing import weights
from benchmarks.stories.measures import b_cubed
from benchmarks.stories.peers import copy_finders, plain_single_pass
from benchmarks.stories.stream import stream
from bot.jsonl import Record, article_line, read
from bot.model import Article
from bot.stories import Memory, Place, clusters, terms
from bot.stories.edits import Version, Weight, compare

EDITS = Path(__file__).with_name("edits.jsonl")
OWN_SET = Path(__file__).with_name("nusantara.jsonl")
COPIED = 200  # articles, each in seven kinds
SHUFFLES = 5
FOLDS = 5
# ALIKE and OF_A_YEAR
GRID = [(alike, year) for alike in (0.22, 0.24, 0.26, 0.28, 0.30, 0.32) for year in (1.0, 1.5, 2.0)]
PLAIN_GRID = (0.10, 0.14, 0.18, 0.22, 0.26, 0.30)

Labelled = tuple[list[Article], list[dict[str, Any]]]  # articles, and what is known about them and not shown


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--articles", type=Path)
    options.add_argument("--topics", type=Path)
    options.add_argument("--count", type=int, default=30_000)
    options.add_argument("--window", type=int, default=0)
    chosen = options.parse_args()
    own_set()
    edits()
    if chosen.topics:
        topics(*labelled(chosen.topics))
    if chosen.articles:
        articles, _ = labelled(chosen.articles)
        machine_edits(articles)
        copies(articles)
        speed(articles, chosen.count)
        if chosen.window:
            window(articles, chosen.window)


def labelled(file: Path) -> Labelled:
    """Articles, and apart from them the fields that the program must not see."""
    records = [record for record in read(file.open(encoding="utf-8")) if isinstance(record, Record)]
    return [record.article for record in records], [dict(record.extra) for record in records]


def placed(articles: Sequence[Article], order: Sequence[int]) -> list[Hashable]:
    """The stories of the articles when they come in this order."""
    memory = Memory()
    found: list[Hashable] = [""] * len(articles)
    for number in order:
        found[number] = memory.place(articles[number]).story
    return found


def orders(count: int) -> list[list[int]]:
    return [random.Random(seed).sample(range(count), count) for seed in range(SHUFFLES)]


def own_set() -> None:
    articles, known = labelled(OWN_SET)
    gold = [one["gold"] for one in known]
    memory, story_of, copies_found, false = Memory(), [], 0, 0
    of = {article.id: one["gold"] for article, one in zip(articles, known, strict=True)}
    for article, one in zip(articles, known, strict=True):
        place = memory.place(article)
        story_of.append(place.story)
        copies_found += "copy_gold" in one and bool(place.copy_of)
        false += bool(place.copy_of) and of[place.copy_of] != one["gold"]
        false += bool(place.copy_of) and "copy_gold" not in one
    copied = sum("copy_gold" in one for one in known)
    undated = [replace(article, published=None) for article in articles]
    shuffled = [b_cubed(placed(undated, order), gold)[0] for order in orders(len(articles))]
    plain = b_cubed(plain_single_pass([f"{a.title} {a.body}" for a in articles], 0.18), gold)
    say(f"Indonesian set: {len(articles)} articles, {len(set(gold))} stories, {copied} copies")
    say(f"  as they came      {figures(b_cubed(story_of, gold))}")
    say(f"  shuffled, no dates F1 {', '.join(f'{one:.3f}' for one in shuffled)}")
    say(f"  copies found {copies_found / copied:.3f}, false {false}")
    say(f"  plain TF-IDF at .18 {figures(plain)}\n")


def edits() -> None:
    """The table of edits, each with the weight an editor would give."""
    table = [json.loads(line) for line in EDITS.read_text(encoding="utf-8").splitlines()]
    right = told = 0
    for one in table:
        weight = compare(Version(one["old_title"], one["old"]), Version(one["title"], one["body"])).weight
        right += weight.name.lower() == one["weight"]
        told += weight is Weight.HEAVY and one["weight"] == "nothing"
    say(f"Edits: {right} of {len(table)} ranked right; changes of boilerplate that would be told: {told}\n")


def machine_edits(articles: Sequence[Article]) -> None:
    """One change at a time in real articles, by kind."""
    for kind, (weight, given) in weights(articles).items():
        shown = ", ".join(f"{one.name.lower()} {given[one]}" for one in Weight)
        share = given[weight] / (given.total() or 1)
        say(
            f"Edits by machine, {kind} ({weight.name.lower()}): {share:.3f} ranked right of {given.total()} ({shown})"
        )
    say("")


def topics(articles: list[Article], known: list[dict[str, Any]]) -> None:
    """Every choice is made on four fifths of the topics and scored on the rest, in turn."""
    gold = [one["gold"] for one in known]
    topic = [re.match(r"\d+", event)[0] for event in gold]  # type: ignore[index]  # every name of the set begins with its topic
    texts = [f"{article.title} {article.body}" for article in articles]
    several = orders(len(articles))
    say(f"Topics: {len(articles)} articles, {len(set(gold))} events, {len(set(topic))} topics")

    def ours(choice: tuple[float, float], order: Sequence[int]) -> list[Hashable]:
        clusters.ALIKE, terms.OF_A_YEAR = choice
        return placed(articles, order)

    def plain(choice: float, order: Sequence[int]) -> list[Hashable]:
        found: list[Hashable] = [""] * len(texts)
        for number, story in zip(order, plain_single_pass([texts[n] for n in order], choice), strict=True):
            found[number] = story
        return found

    shipped = clusters.ALIKE, terms.OF_A_YEAR
    as_shipped = [b_cubed(ours(shipped, order), gold) for order in several]
    say(f"  as shipped, {SHUFFLES} orders: F1 {', '.join(f'{one[0]:.3f}' for one in as_shipped)}")
    for name, find, grid in (("held out", ours, GRID), ("plain TF-IDF, held out", plain, PLAIN_GRID)):
        score, chosen = held_out(find, grid, several, gold, topic)  # type: ignore[arg-type]  # the loop makes objects of its two finders
        say(f"  {name}: {figures(score)}; chosen in the {FOLDS} folds: {chosen}")
    clusters.ALIKE, terms.OF_A_YEAR = shipped
    say("")


def held_out(
    find: Callable[[Any, Sequence[int]], list[Hashable]],
    grid: Sequence[Any],
    several: Sequence[Sequence[int]],
    gold: Sequence[str],
    topic: Sequence[str],
) -> tuple[tuple[float, float, float], list[Any]]:
    names = sorted(set(topic), key=int)
    random.Random(0).shuffle(names)
    parts = [set(names[start::FOLDS]) for start in range(FOLDS)]
    found = {choice: [find(choice, order) for order in several] for choice in grid}

    def score(choice: Any, among: list[int]) -> tuple[float, float, float]:
        each = [b_cubed(one, gold, among) for one in found[choice]]
        return tuple(sum(one[at] for one in each) / len(each) for at in range(3))  # type: ignore[return-value]  # three, as the range says

    total, chosen = [0.0, 0.0, 0.0], []
    for part in parts:
        rest = [number for number, one in enumerate(topic) if one not in part]
        inside = [number for number, one in enumerate(topic) if one in part]
        best = max(grid, key=lambda choice: score(choice, rest)[0])
        chosen.append(best)
        # Weighted by articles, so that the folds together are the whole.
        for at, value in enumerate(score(best, inside)):
            total[at] += value * len(inside) / len(gold)
    precision, recall = total[1], total[2]
    return (2 * precision * recall / (precision + recall), precision, recall), chosen


def copies(articles: list[Article]) -> None:
    """All articles come, then seven copies of 200 of them; a false pair names another article than its own."""
    bodies = [article.body for article in articles]
    say(f"Copies: {COPIED * 7:,} of seven kinds among {len(articles):,} articles")
    say("| | " + " | ".join(Copier(bodies, 1).kinds) + " | all | false pairs | texts/s |")
    say("|---|" + "---|" * 10)
    for name, make in {"Pantau": our_finder, **copy_finders()}.items():
        copier, find = Copier(bodies, 1), make()
        picks = random.Random(1).sample(range(len(bodies)), COPIED)
        begin = time.process_time()
        origin = [number if (of := find(number, body)) is None else of for number, body in enumerate(bodies)]
        share, false = [], 0
        for make_copy in copier.kinds.values():
            hits = 0
            for pick in picks:
                of = find(len(origin), make_copy(bodies[pick]))
                root = None if of is None else origin[of]
                hits += root == origin[pick]
                false += root not in (None, origin[pick])
                origin.append(len(origin) if root is None else root)
            share.append(hits / COPIED)
        rate = len(origin) / (time.process_time() - begin)
        told = " | ".join(f"{one:.3f}" for one in share)
        say(f"| {name} | {told} | {sum(share) / len(share):.4f} | {false} | {rate:,.0f} |")
    say("")


def our_finder() -> Callable[[int, str], int | None]:
    memory = Memory()

    def find(number: int, text: str) -> int | None:
        place = memory.place(Article(str(number), body=text, source=f"outlet {number}"))
        return int(place.copy_of) if place.copy_of else None

    return find


def speed(articles: list[Article], count: int) -> None:
    """The whole way of an article: read, copies, story."""
    with TemporaryDirectory() as folder, get_context("spawn").Pool(1) as process:
        file = Path(folder) / "stream.jsonl"
        write(file, stream([one.body for one in articles], count, hours=72))
        told = process.apply(timed, (file,))
    rate, cut = count / told["placing"], count / told["cutting"]
    say(
        f"Speed: {count:,} articles of {told['words'] / count:.0f} words in 72 hours, "
        f"{told['stories']:,.0f} stories, {told['copies']:,.0f} copies"
    )
    say(f"  {rate:,.0f} articles/s, {told['megabytes']:.0f} MB at most for the process")
    say(
        f"  cutting the same texts into words with one regular expression: {cut:,.0f}/s; share {rate / cut:.3f}"
    )


def write(file: Path, articles: Iterable[Article]) -> None:
    with file.open("w", encoding="utf-8") as lines:
        for article in articles:
            print(article_line(article), file=lines)


def timed(file: Path) -> dict[str, float]:
    word = re.compile(r"\w+")
    memory, told = Memory(), dict.fromkeys(("placing", "cutting", "words", "copies"), 0.0)
    stories: set[str] = set()
    with file.open(encoding="utf-8") as lines:
        for record in read(lines):
            article = record.article  # type: ignore[union-attr]  # no line of the set is bad
            begin = time.process_time()
            place = memory.place(article)
            middle = time.process_time()
            told["words"] += len(word.findall(article.body))
            told["cutting"] += time.process_time() - middle
            told["placing"] += middle - begin
            told["copies"] += bool(place.copy_of)
            stories.add(place.story)
    return {**told, "stories": len(stories), "megabytes": megabytes()}


def megabytes() -> float:
    """The most that this process has taken."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1000  # type: ignore[index]  # Linux always says it


def window(articles: list[Article], count: int) -> None:
    """A full window: does it get slower with what it holds, what does forgetting cost, how long does a restart take?"""
    every, week = count * 4 // 3, 168
    with TemporaryDirectory() as folder, get_context("spawn").Pool(1, maxtasksperchild=1) as process:
        file, places = Path(folder) / "stream.jsonl", Path(folder) / "places.jsonl"
        write(file, stream([one.body for one in articles], every, hours=week * every / count))
        calls, most = process.apply(fill, (file, places))
        recalled, recalled_most = process.apply(recall, (file, places, count))
    say(f"Window: {count:,} articles in 7 days")
    tenth = count // 10
    for name, some in (
        ("the first tenth", calls[:tenth]),
        ("the last tenth", calls[count - tenth : count]),
        ("beyond, while as many are forgotten", calls[count + tenth :]),
    ):
        longest = ", ".join(f"{1e3 * sorted(some)[at]:.1f}" for at in (-1, -1 - len(some) // 1_000))
        say(
            f"  {name}: {len(some) / sum(some):,.0f} articles/s; longest call, and of 999 in 1,000: {longest} ms"
        )
    say(f"  {most:.0f} MB at most for the process")
    say(f"  recalled: {count / recalled:,.0f} articles/s, {recalled:.1f} s for all, {recalled_most:.0f} MB\n")


def fill(file: Path, places: Path) -> tuple[list[float], float]:
    """Processor seconds of each call; the most megabytes."""
    memory, calls = Memory(), array("d")
    with file.open(encoding="utf-8") as lines, places.open("w", encoding="utf-8") as told:
        for record in read(lines):
            begin = time.thread_time()
            place = memory.place(record.article)  # type: ignore[union-attr]  # no line of the set is bad
            calls.append(time.thread_time() - begin)
            print(json.dumps([place.story, place.copy_of]), file=told)
    return list(calls), megabytes()


def recall(file: Path, places: Path, count: int) -> tuple[float, float]:
    """Processor seconds for the first so many articles; the most megabytes."""
    memory, taken = Memory(), 0.0
    with file.open(encoding="utf-8") as lines, places.open(encoding="utf-8") as told:
        for record, place in islice(zip(read(lines), told, strict=False), count):
            decided = Place(*json.loads(place))
            begin = time.thread_time()
            memory.recall(record.article, decided)  # type: ignore[union-attr]  # as above
            taken += time.thread_time() - begin
    return taken, megabytes()


def figures(score: tuple[float, float, float]) -> str:
    return f"B-cubed F1 {score[0]:.3f} (precision {score[1]:.3f}, recall {score[2]:.3f})"


def say(text: str) -> None:
    print(text)  # noqa: T201
    sys.stdout.flush()


if __name__ == "__main__":
    main()
