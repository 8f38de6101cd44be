"""Numbers that change from report to report, and which state is the latest.

Two sentences are held to tell the same when they share enough words; their numbers are compared when the same word
follows ("12 orang", "14 orang").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.model import Article
from bot.summary.candidates import Candidate
from bot.summary.ranking import when

SAME_SENTENCE = 0.75  # the same, where that is not enough
SAME_EVENT = 0.4  # share of the shorter sentence's words in the other
MOST_ARTICLES = 12  # of one story are compared
MOST_SENTENCES = 12  # of one article

_COUNT = re.compile(
    r"(?<![\w.,/])(\d{1,3}(?:[.,]\d{3})+|\d+(?:[.,]\d+)?)(?![\d/.:]*\d)\s+([^\W\d_]{3,})", re.UNICODE
)
_SPELT_WORDS = re.findall(
    r"\w+",
    """satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas
    one two three four five six seven eight nine ten eleven""",
)
_SPELT = {word: str(at % 11 + 1) for at, word in enumerate(_SPELT_WORDS)}
_SPELT_COUNT = re.compile(rf"\b({'|'.join(_SPELT)})\s+([^\W\d_]{{3,}})", re.IGNORECASE)
# A month, a clock or a unit of time follows a date or an age, which reports do not correct.
_NO_COUNT = frozenset(
    re.findall(
        r"\w+",
        """
    januari februari maret april mei juni juli agustus september oktober november desember january
    february march may june july august october december wib wita wit tahun jam menit hari years year
    hours days persen percent
""",
    )
)


# Sums and measures: one event has many of them, so only nearly the same sentence speaks of the same one.
_MEASURES = frozenset(
    re.findall(
        r"\w+",
        """
    ribu juta miliar triliun rupiah dolar ringgit meter kilometer kilogram hektare hektar ton liter derajat
    thousand million billion trillion dollars euros pounds meters metres kilometers kilometres miles feet acres tons degrees
""",
    )
)


def counts(sentence: str) -> dict[str, str]:
    """{"orang": "12"}: what is counted, and the number as digits; the first number of each."""
    found: dict[str, str] = {}
    for match in _COUNT.finditer(sentence):
        if (what := match[2].lower()) not in _NO_COUNT:
            found.setdefault(what, match[1])
    for match in _SPELT_COUNT.finditer(sentence):
        if (what := match[2].lower()) not in _NO_COUNT:
            found.setdefault(what, _SPELT[match[1].lower()])
    return found


@dataclass(frozen=True, slots=True)
class Placed:
    """A candidate with the article it stands in."""

    article: Article
    one: Candidate

    @property
    def text(self) -> str:
        return self.article.field(self.one.field)[self.one.start : self.one.end]


def alike(one: Candidate, other: Candidate, share: float = SAME_EVENT) -> bool:
    """Do they share enough of what the shorter one says?"""
    shorter = min(len(one.content), len(other.content))
    return shorter > 0 and len(one.content & other.content) >= share * shorter


def differ(one: Placed, other: Placed) -> bool:
    """Do they tell the same with another number?"""
    if not alike(one.one, other.one):
        return False
    here, there = counts(one.text), counts(other.text)
    differing = {what for what in here.keys() & there.keys() if here[what] != there[what]}
    return bool(differing) and (bool(differing - _MEASURES) or alike(one.one, other.one, SAME_SENTENCE))


def latest(one: Placed, others: Sequence[Placed]) -> Placed:
    """The newest sentence that tells the same with another number; itself when there is none."""
    newer = [
        other
        for other in others
        if when(other.article) > when(one.article) and alike(one.one, other.one) and differ(one, other)
    ]
    return max(newer, key=lambda other: when(other.article), default=one)
