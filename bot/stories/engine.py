"""The two engines of copies and stories, with one behaviour: C where Pantau could be compiled, and plain Python.

The tests ask both. benchmarks/stories says why: half of the time went into reading words, the rest into look-ups and counting.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.stories import pure, sketch
from bot.stories.reading import Reading
from bot.stories.terms import Terms, Vector


class Times(Protocol):
    """In how many articles a term stands."""

    def add(self, terms: bytes, /) -> None: ...
    def remove(self, terms: bytes, /) -> None: ...
    def heaviest(self, found: Terms, logs: array[float], every: float, /) -> Vector: ...


class Postings(Protocol):
    """In which texts, or stories, a term stands."""

    def add(self, terms: bytes, number: int, /) -> None: ...
    def remove(self, terms: bytes, number: int, /) -> None: ...
    def most(
        self, terms: bytes, crowd: int, looked_at: int, fewest: int, kept: int, newest: bool, /
    ) -> list[int]: ...


class Sum(Protocol):
    """The sum of the vectors of a story's articles."""

    @property
    def square(self) -> int: ...
    def __len__(self) -> int: ...
    def add(self, terms: bytes, weights: bytes, /) -> bytes: ...
    def remove(self, terms: bytes, weights: bytes, /) -> bytes: ...
    def agreeing(self, terms: bytes, weights: bytes, /) -> tuple[int, int, int]: ...
    def lighten(self, kept: int, /) -> bytes: ...
    def terms(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Engine:
    """What is asked most often."""

    read: Callable[[str, str], Reading]  # headline, text
    common: Callable[[bytes, bytes], int]
    times: Callable[[], Times]
    postings: Callable[[], Postings]
    sum: Callable[[], Sum]


PURE = Engine(pure.read, sketch.common, pure.Times, pure.Postings, pure.Sum)

try:
    from bot.stories import compiled
except ImportError:  # installed where there was no C compiler
    COMPILED = None
else:
    COMPILED = Engine(compiled.read, compiled.common, compiled.Times, compiled.Postings, compiled.Sum)

ENGINE = COMPILED or PURE
