"""Copies and stories over the compiled core (_core.c). Importing this raises ImportError where it was not compiled."""

from __future__ import annotations

from array import array
from zlib import crc32

from bot.stories import _core, sketch, terms
from bot.stories._core import Postings, Sum, common
from bot.stories.reading import LANGUAGE_WORDS, Reading
from bot.stories.wordcodes import REMEMBERED, chunk_codes, language, normal

__all__ = ["Postings", "Sum", "Times", "common", "read"]

_SKETCHED = (sketch.SAMPLED, sketch.FEWEST_GROUPS, sketch.MOST_WORDS, sketch.MOST_NUMBERS)

_reader = _core.Reader(chunk_codes, REMEMBERED)


def read(title: str, text: str) -> Reading:
    """A headline and a text, read once for everything that is asked about them."""
    weighed = (terms.WORDS, terms.LEAD, terms.FREQUENT, terms.NAME, terms.OF_A_YEAR)
    headline, whole, about_itself, words, sketched, told = _reader.read(
        normal(title), normal(text), _SKETCHED, weighed, LANGUAGE_WORDS
    )
    return Reading(
        crc32(headline),
        crc32(whole),
        about_itself,
        sketch.Sketch(*sketched),
        terms.Terms(*told),
        language(words),
    )


class Times:
    """In how many articles a term stands."""

    def __init__(self) -> None:
        self._times = _core.Times()
        self.add, self.remove = self._times.add, self._times.remove

    def heaviest(self, found: terms.Terms, logs: array[float], every: float) -> terms.Vector:
        """The heaviest terms, which were counted."""
        heaviest = self._times.heaviest(found.terms, found.weights, logs, every, terms.KEPT, terms.UNIT)
        return terms.Vector(*heaviest)
