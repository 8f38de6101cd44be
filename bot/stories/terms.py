"""What an article is about, as weighted terms; how rare a term is, counted as the articles come.

Chosen: words that say something, from the headline and the first WORDS words of the text, by how often they stand there
and how rare they are; names count NAME times. Names decide: "quake, magnitude, epicentre" are in every report
of every quake. Turned down, measured: every term of the text (no better, and twice the room), numbers above or
below other words (no difference), names as other words (F1 .04 less), each word once (.13 less).
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import log, sqrt

from bot.stories.wordcodes import CAPITAL, COMMON, KIND_BITS, NUMBER, YEAR

WORDS = 250  # of the text; what comes later is background
LEAD = 40  # words count three times, those of the headline twice
NAME = 2.5
OF_A_YEAR = 1.5  # beside a name: last year's fight of the same two men is another event
KEPT = 60  # terms of an article
UNIT = 255  # the length of an article's vector: a weight fits a byte

_PRIOR = 100  # articles that count as seen, so that the first ones do not make every word look frequent
_NAMING = CAPITAL | NUMBER
_FREQUENT = [0.0, *(1 + log(times) for times in range(1, 4 * WORDS))]


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of an article by weight before rarity is known; `names`: those that are names or numbers."""

    weights: Mapping[int, float]
    names: frozenset[int]


def terms(headline: Sequence[int], text: Sequence[int]) -> Terms:
    """The terms of a headline and a text, both as word codes."""
    codes = [*headline[:WORDS], *headline[:WORDS], *text[:WORDS], *text[:LEAD], *text[:LEAD]]
    counts = Counter([code >> KIND_BITS for code in codes if not code & COMMON])
    named = Counter([code >> KIND_BITS for code in codes if code & _NAMING and not code & COMMON])
    names = frozenset([term for term, times in named.items() if 2 * times > counts[term]])
    weights = {
        term: _FREQUENT[times] * NAME if term in names else _FREQUENT[times] for term, times in counts.items()
    }
    for term in {code >> KIND_BITS for code in codes if code & YEAR}:
        weights[term] *= OF_A_YEAR
    return Terms(weights, names)


class Rarity:
    """In how many articles of the window each term stands, counted by day so that a day can be forgotten."""

    def __init__(self) -> None:
        self._in: Counter[int] = Counter()
        self._articles = 0
        self._days: dict[int, list[array[int]]] = {}  # day -> the terms of its articles

    def count(self, found: Terms, day: int) -> None:
        """An article with these terms has come on this day."""
        self._in.update(found.weights.keys())
        self._days.setdefault(day, []).append(array("I", found.weights))
        self._articles += 1

    def forget(self, before: int) -> None:
        """Forget the days before this one."""
        for day in [day for day in self._days if day < before]:
            articles = self._days.pop(day)
            self._articles -= len(articles)
            self._in.subtract(chain.from_iterable(articles))
        self._in = Counter({term: times for term, times in self._in.items() if times > 0})

    def vector(self, found: Terms) -> dict[int, int]:
        """The KEPT heaviest terms, heaviest first, weighted by rarity, at a length of UNIT. They were counted before."""
        times = self._in
        every = log(self._articles + _PRIOR)
        weighed = [(weight * (every - log(times[term])), term) for term, weight in found.weights.items()]
        weighed.sort(reverse=True)
        del weighed[KEPT:]
        scale = UNIT / (sqrt(sum([weight * weight for weight, _ in weighed])) or 1.0)
        return {term: min(round(weight * scale) or 1, UNIT) for weight, term in weighed}
