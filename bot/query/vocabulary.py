"""The keys that stored queries look for, and the chunks of text that carry them.

A chunk is analysed when it is first seen; from then on an article's words are found by intersecting sets
of strings, which costs less than cutting the text with a regular expression.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import compress
from operator import attrgetter
from typing import NamedTuple

from bot.query.affixes import affixed
from bot.query.cells import Cell, cells
from bot.query.forms import Profile
from bot.query.patterns import is_wild, wild_match

LETTERS = 500_000  # remembered per profile, some 60,000 chunks; a rarer one comes once and never again


class Keys:
    """Which keys are wanted, how often, and those that stand for many words."""

    def __init__(self) -> None:
        self._wanted: dict[str, int] = {}
        self._roots: dict[str, set[str]] = {}  # an affixed form -> keys "~root"
        self._wild: dict[str, set[str]] = {}  # letters before the first wildcard -> keys "begin*"
        self._lengths: Counter[int] = Counter()  # of these beginnings

    def __contains__(self, key: str) -> bool:
        return key in self._wanted

    def add(self, key: str) -> bool:
        """Want a key (once more). True when it was not wanted before."""
        count = self._wanted.get(key, 0)
        self._wanted[key] = count + 1
        if count:
            return False
        if key[0] == "~":
            for form in affixed(key[1:]):
                self._roots.setdefault(form, set()).add(key)
        elif is_wild(key):
            self._wild.setdefault(beginning(key), set()).add(key)
            self._lengths[len(beginning(key))] += 1
        return True

    def remove(self, key: str) -> None:
        """Want a key once less."""
        self._wanted[key] -= 1
        if self._wanted[key]:
            return
        del self._wanted[key]
        if key[0] == "~":
            for form in affixed(key[1:]):
                _drop(self._roots, form, key)
        elif is_wild(key):
            _drop(self._wild, beginning(key), key)
            self._lengths -= Counter([len(beginning(key))])

    def of(self, cell: Cell) -> set[str]:
        """The wanted keys that a cell answers."""
        found = {key for key in cell.keys if key in self._wanted}
        if self._roots:
            for key in cell.keys:
                found |= self._roots.get(key, _NONE)
        if self._wild:
            for length in self._lengths:
                for key in self._wild.get(cell.word[:length], ()):
                    if wild_match(key, cell.word):
                        found.add(key)
        return found


_NONE: set[str] = set()
_by_place = attrgetter("place")


def _drop(table: dict[str, set[str]], at: str, key: str) -> None:
    table[at].discard(key)
    if not table[at]:
        del table[at]


def beginning(wild: str) -> str:
    """The letters before the first wildcard."""
    return wild.split("*")[0].split("?")[0]


class Chunk(NamedTuple):
    """A chunk's cells by their keys, in order of place."""

    by_key: dict[str, list[Cell]]
    width: int  # words


class _Read(dict[str, Chunk]):
    """The cells of chunks that were looked into."""

    def __init__(self, keys: Keys, profile: Profile) -> None:
        super().__init__()
        self._keys, self._profile = keys, profile

    def __missing__(self, chunk: str) -> Chunk:
        by_key: dict[str, list[Cell]] = {}
        width = 0
        for cell in cells(chunk, self._profile):
            for key in self._keys.of(cell).union(cell.keys):
                by_key.setdefault(key, []).append(cell)
            width = max(width, cell.place + cell.width)
        for found in by_key.values():
            found.sort(key=_by_place)
        self[chunk] = read = Chunk(by_key, width)
        return read


class Chunks:
    """The chunks seen in texts of one profile. `where` knows every form, so that a new query finds it."""

    def __init__(self, keys: Keys, profile: Profile) -> None:
        self._keys, self._profile = keys, profile
        self.where: dict[str, set[str]] = {}  # a word's form or a wanted key -> chunks
        self._begun: dict[str, set[str]] = {}  # a first letter -> the words that begin with it
        self._keys_of: dict[str, tuple[str, ...]] = {}  # chunk -> the wanted keys it answers
        self._letters = 0
        self.read = _Read(keys, profile)

    def locate(self, chunks: list[str]) -> dict[str, list[int]]:
        """The wanted keys that stand in a text of these chunks, each with the numbers of its chunks."""
        found = list(map(self._keys_of.get, chunks))
        if None in found:
            if self._letters > LETTERS:
                self.forget()
            for chunk in set(chunks) - self._keys_of.keys():
                self._learn(chunk)
            found = list(map(self._keys_of.get, chunks))
        at: dict[str, list[int]] = {}
        for number, keys in compress(enumerate(found), found):
            for key in keys or ():
                if key in at:
                    at[key].append(number)
                else:
                    at[key] = [number]
        return at

    def forms_in(self, chunks: Iterable[str]) -> set[str]:
        """All words of a text with these chunks, and those they are forms of."""
        return {key for chunk in set(chunks) for cell in cells(chunk, self._profile) for key in cell.keys}

    def forget(self) -> None:
        """Begin anew: the chunks seen so far are not remembered."""
        for table in (self.where, self._begun, self._keys_of, self.read):
            table.clear()
        self._letters = 0

    def _learn(self, chunk: str) -> None:
        self._letters += len(chunk)
        keys: set[str] = set()
        for cell in cells(chunk, self._profile):
            found = self._keys.of(cell)
            for key in found.union(cell.keys):
                self.where.setdefault(key, set()).add(chunk)
            self._begun.setdefault(cell.word[0], set()).add(cell.word)
            keys |= found
        self._keys_of[chunk] = tuple(keys)

    def want(self, key: str) -> None:
        """A key is wanted from now on: chunks seen before must answer it too."""
        if not self.where:
            return
        if key[0] == "~":
            chunks = {chunk for form in affixed(key[1:]) for chunk in self.where.get(form, ())}
        elif is_wild(key):
            begin = beginning(key)
            words = [word for word in self._begun.get(key[0], ()) if word.startswith(begin)]
            chunks = {chunk for word in words if wild_match(key, word) for chunk in self.where[word]}
        else:
            chunks = self.where.get(key, set())
        for chunk in chunks:
            if key not in self._keys_of[chunk]:  # it may have been wanted before
                self._keys_of[chunk] = (*self._keys_of[chunk], key)
            self.read.pop(chunk, None)
        if chunks:
            self.where[key] = chunks
