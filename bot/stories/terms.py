"""What an article is about, as weighted terms.

Chosen: words that say something, from the headline and the first WORDS words of the text, by how often they stand there
and how rare they are; names count NAME times. Names decide: "quake, magnitude, epicentre" are in every report
of every quake. Turned down, measured: every term of the text (no better, and twice the room), numbers above or
below other words (no difference), names as other words (F1 .04 less), each word once (.13 less).
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import NamedTuple

from bot.stories.packed import pack
from bot.stories.wordcodes import CAPITAL, COMMON, KIND_BITS, NUMBER, YEAR

WORDS = 250  # of the text; what comes later is background
LEAD = 40  # words count three times, those of the headline twice
NAME = 2.5
OF_A_YEAR = 1.5  # beside a name: last year's fight of the same two men is another event
KEPT = 60  # terms of an article
UNIT = 255  # the length of an article's vector: a weight fits a byte

_NAMING = CAPITAL | NUMBER
FREQUENT = array(
    "d", [0.0, *(1 + log(times) for times in range(1, 4 * WORDS))]
)  # what a number of mentions weighs


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of an article with their weights before rarity is known; `names`: those that are names or numbers.

    Terms are packed, weights are packed floats (64-bit).
    """

    terms: bytes
    weights: bytes
    names: frozenset[int]


class Vector(NamedTuple):
    """The heaviest terms of an article, heaviest first, their weights, a byte each, and the terms that are too light."""

    terms: bytes
    weights: bytes
    light: bytes


def terms(headline: Sequence[int], text: Sequence[int]) -> Terms:
    """The terms of a headline and a text, both as word codes."""
    codes = [*headline[:WORDS], *headline[:WORDS], *text[:WORDS], *text[:LEAD], *text[:LEAD]]
    counts = Counter([code >> KIND_BITS for code in codes if not code & COMMON])
    named = Counter([code >> KIND_BITS for code in codes if code & _NAMING and not code & COMMON])
    names = frozenset([term for term, times in named.items() if 2 * times > counts[term]])
    weights = {
        term: FREQUENT[times] * NAME if term in names else FREQUENT[times] for term, times in counts.items()
    }
    for term in {code >> KIND_BITS for code in codes if code & YEAR}:
        weights[term] *= OF_A_YEAR
    return Terms(pack(weights), array("d", weights.values()).tobytes(), names)
