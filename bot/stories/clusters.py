"""Which articles are about the same event: one pass, as they come.

Chosen: a story is the sum of its articles' vectors; an article joins the story it is most like, by cosine, when that is
ALIKE or more, and more than that with every day that the story was silent. An inverted index of terms finds the
stories that are compared. Across languages only names and numbers can agree, so there they alone are compared.
Turned down: MinHash (two outlets' own words of one event share almost no groups of words), and merging stories later (a chat
has been told by then; measured, it gained nothing). ALIKE is what cross-validation over topics chooses
(benchmarks/stories).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from bot.stories.engine import ENGINE, Engine, Sum
from bot.stories.packed import pack, unpack
from bot.stories.terms import UNIT, Vector

ALIKE = 0.26
HALF_LIFE = 5 * 86_400.0  # seconds of silence after which a story must be twice as like
FEWEST_TERMS = 4  # in common: two teasers that name one country are no story
ALIKE_NAMES = 0.6  # across languages: of the weight of the article's names and numbers, this share is in the story (its root)
FEWEST_NAMES = 4
MOST_TERMS = 160  # of a story; the lightest go
PROBES = 20  # an article's heaviest terms find the stories it may belong to
CROWD = 200  # stories with one term: it finds nothing
LOOKED_AT = 400  # finds
FEWEST_SHARED = 2  # of the probes
CANDIDATES = 6


@dataclass(slots=True)
class Story:
    """A story as it is remembered: its language, when its last article came, the sum of their vectors."""

    lang: str
    at: float
    sum: Sum


@dataclass(frozen=True, slots=True)
class Piece:
    """An article as stories see it: its vector, names, language and time (seconds)."""

    vector: Vector
    names: frozenset[int]
    lang: str
    at: float


class StoryIndex:
    """The stories of a window."""

    def __init__(self, engine: Engine = ENGINE) -> None:
        self._sum = engine.sum
        self._stories: dict[int, Story] = {}
        self._with = engine.postings()  # the terms of the stories

    def __len__(self) -> int:
        return len(self._stories)

    def nearest(self, piece: Piece) -> tuple[int, float] | None:
        """The story that an article belongs to, and how like it is; None for the first of a new one."""
        best: tuple[int, float] | None = None
        probes = pack(unpack(piece.vector.terms)[:PROBES])
        for number in self._with.most(probes, CROWD, LOOKED_AT, FEWEST_SHARED, CANDIDATES, True):
            likeness = _likeness(piece, self._stories[number])
            if likeness >= ALIKE and (best is None or likeness > best[1]):
                best = number, likeness
        return best

    def join(self, number: int, piece: Piece) -> None:
        """Put an article into a story, new or known."""
        story = self._stories.get(number)
        if story is None:
            story = self._stories[number] = Story(piece.lang, piece.at, self._sum())
        story.at = max(story.at, piece.at)
        self._with.add(story.sum.add(piece.vector.terms, piece.vector.weights), number)
        if len(story.sum) > MOST_TERMS:
            self._with.remove(story.sum.lighten(MOST_TERMS * 3 // 4), number)

    def leave(self, number: int, vector: Vector) -> None:
        """Take an article out of a story that goes on."""
        self._with.remove(self._stories[number].sum.remove(vector.terms, vector.weights), number)

    def rebuild(self, gone: Iterable[int], again: Mapping[int, Iterable[Piece]]) -> None:
        """Forget the stories `gone`, and make those of `again` anew from their articles."""
        for number in (*gone, *again):
            if known := self._stories.pop(number, None):
                self._with.remove(known.sum.terms(), number)
        for number, pieces in again.items():
            for piece in pieces:
                self.join(number, piece)


def _likeness(piece: Piece, story: Story) -> float:
    if piece.lang and story.lang and piece.lang != story.lang:
        return _across(piece, story)
    agreeing, product, _ = story.sum.agreeing(piece.vector.terms, piece.vector.weights)
    if agreeing < FEWEST_TERMS:
        return 0.0
    return product / (UNIT * sqrt(story.sum.square)) * _fading(piece.at - story.at)


def _across(piece: Piece, story: Story) -> float:
    """Likeness where only names and numbers can be the same, on the scale of ALIKE."""
    terms, weights, _ = piece.vector
    told = [
        (term, weight) for term, weight in zip(unpack(terms), weights, strict=True) if term in piece.names
    ]
    agreeing, _, square = story.sum.agreeing(
        pack([term for term, _ in told]), bytes([weight for _, weight in told])
    )
    if agreeing < FEWEST_NAMES:
        return 0.0
    share = sqrt(square / sum([weight * weight for _, weight in told]))
    return share * ALIKE / ALIKE_NAMES * _fading(piece.at - story.at)


def _fading(silence: float) -> float:
    return float(0.5 ** (abs(silence) / HALF_LIFE))
