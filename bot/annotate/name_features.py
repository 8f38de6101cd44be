"""What the name tagger sees of each word: itself, its shape, its neighbours, its run of capitals, and the lists.

One function for the program and for the script that trains it (benchmarks/text/train_names.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.annotate.lexicon import Lexicon

PLACE_WORDS = 3  # the longest name of a city or country that is looked up
CLUSTER_KINDS = 3


@lru_cache(maxsize=65_536)
def shape(word: str) -> str:
    """("Kota" -> "Xx", "KPK" -> "X", "2024" -> "d"): runs count once."""
    kinds = "".join("X" if c.isupper() else "x" if c.isalpha() else "d" if c.isdigit() else c for c in word)
    return re.sub(r"(X|x|d)\1+", r"\1", kinds)


@lru_cache(maxsize=65_536)
def _own(word: str) -> tuple[str, ...]:
    low = word.lower()
    return (
        f"w={low}",
        f"s={shape(word)}",
        f"p2={word[:2]}",
        f"p3={word[:3]}",
        f"s2={low[-2:]}",
        f"s3={low[-3:]}",
        f"s4={low[-4:]}",
    )


def features(words: Sequence[str], lists: Lexicon) -> list[list[str]]:
    """For each word of one sentence the names of what holds for it."""
    low = [word.lower() for word in words]
    shapes = [shape(word) for word in words]
    proper = [one[:1] == "X" for one in shapes]
    runs = _runs(proper)
    places = _places(low, proper, lists)
    groups = [lists.clusters.get(word, ()) for word in low]
    rows = []
    for at, word in enumerate(words):
        row = ["b", *_own(word)]
        if places[at]:
            row.append(f"g={places[at]}")
        _neighbours(row, at, low, shapes)
        if proper[at]:
            _in_run(row, at, low, runs[at])
            _as_name(row, at, low, proper, lists)
        for by in (-1, 0, 1):
            if 0 <= at + by < len(words):
                row += [f"k{kind}{by}={group}" for kind, group in enumerate(groups[at + by])]
        row.append(f"cr={lists.capitals.get(low[at], '?')}")
        rows.append(row)
    return rows


def _neighbours(row: list[str], at: int, low: Sequence[str], shapes: Sequence[str]) -> None:
    last = len(low) - 1
    if at:
        row += [
            f"-1={low[at - 1]}",
            f"-1s={shapes[at - 1]}",
            f"-1s0={shapes[at - 1]}{shapes[at]}",
            f"-1x={low[at - 1][-3:]}",
        ]
    else:
        row.append("BOS")
    if at > 1:
        row += [f"-2={low[at - 2]}", f"-2-1={low[at - 2]}|{low[at - 1]}", f"-2s={shapes[at - 2]}"]
    if at < last:
        row += [f"+1={low[at + 1]}", f"+1s={shapes[at + 1]}"]
    else:
        row.append("EOS")
    if at < last - 1:
        row += [f"+2={low[at + 2]}", f"+2s={shapes[at + 2]}"]


def _runs(proper: Sequence[bool]) -> list[tuple[int, int]]:
    """For each word the run of capitalised words it stands in: first and last."""
    runs = [(at, at) for at in range(len(proper))]
    first = 0
    for at, is_proper in enumerate(proper):
        if not is_proper:
            first = at + 1
            continue
        for member in range(first, at + 1):
            runs[member] = (first, at)
    return runs


def _in_run(row: list[str], at: int, low: Sequence[str], run: tuple[int, int]) -> None:
    first, last = run
    if first > 0:
        row += [f"L={low[first - 1]}", f"Ld={min(3, at - first)}"]
    if last < len(low) - 1:
        row.append(f"R={low[last + 1]}")
    row.append(f"run={min(4, last - first)}")
    if first < at:
        row.append(f"h={low[first]}")
    if last > at:
        row.append(f"t={low[last]}")


def _as_name(row: list[str], at: int, low: Sequence[str], proper: Sequence[bool], lists: Lexicon) -> None:
    if given := lists.given.get(low[at]):
        row.append(f"fn{given}")
    if family := lists.family.get(low[at]):
        row.append(f"ln{family}")
    for by in (-1, 1):
        near = at + by
        if 0 <= near < len(low) and proper[near] and (low[near] in lists.given or low[near] in lists.family):
            row.append(f"nn{by:+d}")


def _places(low: Sequence[str], proper: Sequence[bool], lists: Lexicon) -> list[str]:
    found = [""] * len(low)
    for at in range(len(low)):
        if not proper[at]:
            continue
        for size in range(PLACE_WORDS, 0, -1):
            if at + size > len(low):
                continue
            name = " ".join(low[at : at + size])
            kind = "C" if name in lists.countries else "c" if name in lists.cities else ""
            if kind:
                for member in range(at, at + size):
                    found[member] = found[member] or kind + ("B" if member == at else "I")
                break
    return found
