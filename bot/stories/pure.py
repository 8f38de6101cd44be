"""Copies and stories in plain Python: what _core.c does where Pantau could be compiled, and the same answers."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from math import sqrt
from zlib import crc32

from bot.stories.packed import pack, unpack
from bot.stories.reading import LANGUAGE_WORDS, Reading
from bot.stories.sketch import sketch
from bot.stories.terms import KEPT, UNIT, Terms, Vector, terms
from bot.stories.wordcodes import COMMON, KIND_BITS, language, word_codes


def read(title: str, text: str) -> Reading:
    """A headline and a text, read once for everything that is asked about them."""
    headline, body = word_codes(title), word_codes(text)
    first = (body or headline)[:LANGUAGE_WORDS]
    return Reading(
        _hash(headline),
        _hash(body),
        _about_itself(headline, body),
        sketch(body or headline),
        terms(headline, body),
        language(set(first)),
    )


def _hash(codes: list[int]) -> int:
    """A number for these words in this order, however they are written; 0 for none."""
    return crc32(pack([code >> KIND_BITS for code in codes]))


def _about_itself(headline: list[int], body: list[int]) -> bool:
    said = {code >> KIND_BITS for code in headline if not code & COMMON}
    return not (said and body and said.isdisjoint([code >> KIND_BITS for code in body]))


class Times:
    """In how many articles a term stands."""

    def __init__(self) -> None:
        self._in: Counter[int] = Counter()

    def add(self, terms: bytes) -> None:
        """One more article has these terms."""
        self._in.update(unpack(terms))

    def remove(self, terms: bytes) -> None:
        """One article less has these terms."""
        times = self._in
        for term in unpack(terms):
            if times[term] == 1:
                del times[term]
            else:
                times[term] -= 1

    def heaviest(self, found: Terms, logs: array[float], every: float) -> Vector:
        """The KEPT heaviest terms, which were counted, at a length of UNIT, and the others.

        `logs`: the logarithm of each number of articles; `every`: that of all.
        """
        times = self._in
        weights = memoryview(found.weights).cast("d")
        weighed = [
            (weight * (every - logs[times[term]]), term)
            for term, weight in zip(unpack(found.terms), weights, strict=True)
        ]
        weighed.sort(reverse=True)
        light = pack([term for _, term in weighed[KEPT:]])
        del weighed[KEPT:]
        square = 0.0
        for weight, _ in weighed:  # since Python 3.12 sum() rounds in another way
            square += weight * weight
        scale = UNIT / (sqrt(square) or 1.0)
        rounded = [min(round(weight * scale) or 1, UNIT) for weight, _ in weighed]
        return Vector(pack([term for _, term in weighed]), bytes(rounded), light)


class Postings:
    """In which texts, or stories, a term stands."""

    def __init__(self) -> None:
        self._with: dict[int, int | list[int]] = {}  # a term -> its number, or its numbers, ascending

    def add(self, terms: bytes, number: int) -> None:
        """These terms stand in the text or story of this number."""
        for term in unpack(terms):
            held = self._with.setdefault(term, number)
            if isinstance(held, list):
                at = bisect_left(held, number)
                if held[at : at + 1] != [number]:
                    held.insert(at, number)
            elif held != number:
                self._with[term] = sorted((held, number))

    def remove(self, terms: bytes, number: int) -> None:
        """These terms no longer stand there."""
        for term in unpack(terms):
            held = self._with.get(term)
            if held == number:
                del self._with[term]
            elif isinstance(held, list):
                at = bisect_left(held, number)
                if held[at : at + 1] == [number]:
                    del held[at]
                if len(held) == 1:
                    self._with[term] = held[0]

    def most(
        self, terms: bytes, crowd: int, looked_at: int, fewest: int, kept: int, newest: bool
    ) -> list[int]:
        """The numbers that have most of these terms, at least `fewest`, at most `kept`; of equals the oldest or the newest first.

        A term that stands in `crowd` or more finds nothing; when more than `looked_at` were found, the terms that are left
        are not asked.
        """
        found: list[int] = []
        known = self._with.get
        for term in unpack(terms):
            if len(found) > looked_at:
                break
            held = known(term)
            if isinstance(held, int):
                found.append(held)
            elif held is not None and len(held) < crowd:
                found += held
        sign = 1 if newest else -1
        ranked = [(shared, sign * number) for number, shared in Counter(found).items() if shared >= fewest]
        ranked.sort(reverse=True)
        return [sign * number for _, number in ranked[:kept]]


class Sum:
    """The sum of the vectors of a story's articles; `square`: of its length."""

    __slots__ = ("_weights", "square")

    def __init__(self) -> None:
        self._weights: dict[int, int] = {}
        self.square = 0

    def __len__(self) -> int:
        return len(self._weights)

    def terms(self) -> bytes:
        """The terms, ascending."""
        return pack(sorted(self._weights))

    def add(self, terms: bytes, weights: bytes) -> bytes:
        """Add a vector; the terms that were not there before."""
        known, square, added = self._weights, self.square, []
        for term, weight in zip(unpack(terms), weights, strict=True):
            before = known.get(term)
            if before is None:
                added.append(term)
                before = 0
            known[term] = before + weight
            square += weight * (2 * before + weight)
        self.square = square
        return pack(added)

    def remove(self, terms: bytes, weights: bytes) -> bytes:
        """Take a vector away, of each term what is there of it; the terms that went."""
        known, gone = self._weights, []
        for term, weight in zip(unpack(terms), weights, strict=True):
            before = known.get(term)
            if before is None:
                continue
            left = known[term] = max(0, before - weight)
            self.square -= before * before - left * left
            if not left:
                del known[term]
                gone.append(term)
        return pack(gone)

    def agreeing(self, terms: bytes, weights: bytes) -> tuple[int, int, int]:
        """Of the terms of a vector that are there: how many, the sum of the products of both weights, of the vector's squares."""
        known = self._weights
        both = [
            (weight, known[term])
            for term, weight in zip(unpack(terms), weights, strict=True)
            if term in known
        ]
        return len(both), sum([one * other for one, other in both]), sum([one * one for one, _ in both])

    def lighten(self, kept: int) -> bytes:
        """Keep the heaviest terms, of equals the smaller; those that went."""
        ordered = sorted(self._weights.items(), key=lambda part: (-part[1], part[0]))
        self._weights = dict(ordered[:kept])
        self.square = sum([weight * weight for weight in self._weights.values()])
        return pack([term for term, _ in ordered[kept:]])
