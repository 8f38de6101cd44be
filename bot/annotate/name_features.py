"""What the name tagger sees of each word: itself, its shape, its neighbours, its run of capitals, and the lists.

One class for the program and for the script that trains it (benchmarks/text/train_names.py). What depends on one word alone
is worked out once and kept as the bytes that the tagger wants: that halves the time of tagging.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from bot.annotate.lexicon import Lexicon

PLACE_WORDS = 3  # the longest name of a city or country that is looked up
KEPT = 20_000  # words whose part of the features is remembered, for each place beside a word

Row = list[bytes]


@lru_cache(maxsize=65_536)
def shape(word: str) -> str:
    """("Kota" -> "Xx", "KPK" -> "X", "2024" -> "d"): runs count once."""
    kinds = "".join("X" if c.isupper() else "x" if c.isalpha() else "d" if c.isdigit() else c for c in word)
    return re.sub(r"(X|x|d)\1+", r"\1", kinds)


class Features:
    """For each word of one sentence the names of what holds for it."""

    def __init__(self, lists: Lexicon) -> None:
        self._lists = lists
        self._begins = {name.split(" ", 1)[0] for name in (*lists.countries, *lists.cities)}
        self._own = _Kept(self._of_word)
        self._left = _Kept(lambda word: [*self._near(word, -1), f"-1x={word.lower()[-3:]}"])
        self._right = _Kept(lambda word: self._near(word, 1))
        self._far_left = _Kept(lambda word: [f"-2={word.lower()}", f"-2s={shape(word)}"])
        self._far_right = _Kept(lambda word: [f"+2={word.lower()}", f"+2s={shape(word)}"])
        self._shapes = _Kept(lambda pair: [f"-1s0={pair}"])

    def __call__(self, words: Sequence[str]) -> list[Row]:
        """The rows of a sentence, as pycrfsuite takes them."""
        low = [word.lower() for word in words]
        shapes = [shape(word) for word in words]
        proper = [one[:1] == "X" for one in shapes]
        runs = _runs(proper)
        last = len(words) - 1
        rows = []
        for at, word in enumerate(words):
            row = [*self._own[word]]
            if at:
                row += self._left[words[at - 1]]
                row += self._shapes[shapes[at - 1] + shapes[at]]
            else:
                row.append(b"BOS")
            if at > 1:
                row += self._far_left[words[at - 2]]
            if at < last:
                row += self._right[words[at + 1]]
            else:
                row.append(b"EOS")
            if at < last - 1:
                row += self._far_right[words[at + 2]]
            if proper[at]:
                named = [*_in_run(at, low, runs[at]), *self._as_name(at, low, proper)]
                row += map(_bytes, named)
            rows.append(row)
        for at, place in self._places(low, proper):
            rows[at].append(place)
        return rows

    def _of_word(self, word: str) -> list[str]:
        low = word.lower()
        groups = self._lists.clusters.get(low, ())
        return [
            "b",
            f"w={low}",
            f"s={shape(word)}",
            f"p2={word[:2]}",
            f"p3={word[:3]}",
            f"s2={low[-2:]}",
            f"s3={low[-3:]}",
            f"s4={low[-4:]}",
            f"cr={self._lists.capitals.get(low, '?')}",
            *(f"k{kind}0={group}" for kind, group in enumerate(groups)),
        ]

    def _near(self, word: str, by: int) -> list[str]:
        """Of the word right before (-1) or after (1)."""
        low = word.lower()
        groups = self._lists.clusters.get(low, ())
        return [
            f"{by:+d}={low}",
            f"{by:+d}s={shape(word)}",
            *(f"k{kind}{by}={group}" for kind, group in enumerate(groups)),
        ]

    def _as_name(self, at: int, low: Sequence[str], proper: Sequence[bool]) -> list[str]:
        lists, found = self._lists, []
        if given := lists.given.get(low[at]):
            found.append(f"fn{given}")
        if family := lists.family.get(low[at]):
            found.append(f"ln{family}")
        for by in (-1, 1):
            near = at + by
            named = 0 <= near < len(low) and proper[near]
            if named and (low[near] in lists.given or low[near] in lists.family):
                found.append(f"nn{by:+d}")
        return found

    def _places(self, low: Sequence[str], proper: Sequence[bool]) -> list[tuple[int, bytes]]:
        """Where names of cities and countries stand, the longest first: (word, what to add to its row)."""
        found: dict[int, str] = {}
        for at, is_proper in enumerate(proper):
            if not is_proper or low[at] not in self._begins:
                continue
            for size in range(min(PLACE_WORDS, len(low) - at), 0, -1):
                name = " ".join(low[at : at + size])
                kind = "C" if name in self._lists.countries else "c" if name in self._lists.cities else ""
                if kind:
                    for member in range(at, at + size):
                        found.setdefault(member, f"g={kind}{'B' if member == at else 'I'}")
                    break
        return [(at, _bytes(place)) for at, place in found.items()]


class _Kept(dict[str, Row]):
    """What a function says of a word, kept; emptied when there is too much of it."""

    def __init__(self, names: Callable[[str], list[str]]) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, word: str) -> Row:
        if len(self) >= KEPT:
            self.clear()
        self[word] = row = [*map(_bytes, self._names(word))]
        return row


def _bytes(name: str) -> bytes:
    return name.encode(errors="replace")  # half a letter is no UTF-8


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


def _in_run(at: int, low: Sequence[str], run: tuple[int, int]) -> list[str]:
    first, last = run
    found = []
    if first > 0:
        found += [f"L={low[first - 1]}", f"Ld={min(3, at - first)}"]
    if last < len(low) - 1:
        found.append(f"R={low[last + 1]}")
    found.append(f"run={min(4, last - first)}")
    if first < at:
        found.append(f"h={low[first]}")
    if last > at:
        found.append(f"t={low[last]}")
    return found
