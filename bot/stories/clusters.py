"""Which articles are about the same event: one pass, as they come.

Chosen: a story is the sum of its articles' vectors; an article joins the story it is most like, by cosine, when that is
ALIKE or more, and more than that with every day that the story was silent. An inverted index of terms finds the
stories that are compared. Across languages only names and numbers can agree, so there they alone are compared.
Turned down: MinHash (two outlets' own words of one event share almost no groups of words), and merging stories later (a chat
has been told by then; measured, it gained nothing). ALIKE is what cross-validation over topics chooses
(benchmarks/stories).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from bot.stories.terms import UNIT

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
    """A story as it is remembered: its terms' weights, their squared length, when its last article came."""

    lang: str
    at: float
    terms: dict[int, int]
    square: int


@dataclass(frozen=True, slots=True)
class Piece:
    """An article as stories see it: its vector, heaviest term first, its names, language and time (seconds)."""

    vector: Mapping[int, int]
    names: frozenset[int]
    lang: str
    at: float


class StoryIndex:
    """The stories of a window."""

    def __init__(self) -> None:
        self._stories: dict[int, Story] = {}
        self._with: dict[int, list[int]] = {}  # a term -> the stories it stands in

    def __len__(self) -> int:
        return len(self._stories)

    def nearest(self, piece: Piece) -> tuple[int, float] | None:
        """The story that an article belongs to, and how like it is; None for the first of a new one."""
        best: tuple[int, float] | None = None
        for number in self._candidates(piece.vector):
            likeness = _likeness(piece, self._stories[number])
            if likeness >= ALIKE and (best is None or likeness > best[1]):
                best = number, likeness
        return best

    def join(self, number: int, piece: Piece) -> None:
        """Put an article into a story, new or known."""
        story = self._stories.get(number)
        if story is None:
            square = sum([weight * weight for weight in piece.vector.values()])
            self._stories[number] = Story(piece.lang, piece.at, dict(piece.vector), square)
            for term in piece.vector:
                self._with.setdefault(term, []).append(number)
            return
        story.at = max(story.at, piece.at)
        terms, square = story.terms, story.square
        for term, weight in piece.vector.items():
            before = terms.get(term)
            if before is None:
                self._with.setdefault(term, []).append(number)
                before = 0
            terms[term] = before + weight
            square += weight * (2 * before + weight)
        story.square = square
        if len(terms) > MOST_TERMS:
            _lighten(story)

    def rebuild(self, gone: Iterable[int], again: Mapping[int, Iterable[Piece]]) -> None:
        """Forget the stories `gone`, and make those of `again` anew from the articles that are left of them."""
        for number in (*gone, *again):
            self._stories.pop(number, None)
        kept, self._with = self._stories, {}
        for number, story in kept.items():
            for term in story.terms:
                self._with.setdefault(term, []).append(number)
        for number, pieces in again.items():
            for piece in pieces:
                self.join(number, piece)

    def _candidates(self, vector: Mapping[int, int]) -> list[int]:
        found: list[int] = []
        for probe, term in enumerate(vector):
            if probe == PROBES or len(found) > LOOKED_AT:
                break
            held = self._with.get(term)
            if held is not None and len(held) < CROWD:
                found += held
        ranked = [(shared, number) for number, shared in Counter(found).items() if shared >= FEWEST_SHARED]
        ranked.sort(reverse=True)
        return [number for _, number in ranked[:CANDIDATES]]


def _likeness(piece: Piece, story: Story) -> float:
    terms = story.terms
    if piece.lang and story.lang and piece.lang != story.lang:
        return _across(piece, story)
    agreeing = [weight * terms[term] for term, weight in piece.vector.items() if term in terms]
    if len(agreeing) < FEWEST_TERMS:
        return 0.0
    dot = sum(agreeing)
    return dot / (UNIT * sqrt(story.square)) * _fading(piece.at - story.at)


def _across(piece: Piece, story: Story) -> float:
    """Likeness where only names and numbers can be the same, on the scale of ALIKE."""
    told = [(term, weight * weight) for term, weight in piece.vector.items() if term in piece.names]
    known = [weight for term, weight in told if term in story.terms]
    if len(known) < FEWEST_NAMES:
        return 0.0
    share = sqrt(sum(known) / sum([weight for _, weight in told]))
    return share * ALIKE / ALIKE_NAMES * _fading(piece.at - story.at)


def _fading(silence: float) -> float:
    return float(0.5 ** (abs(silence) / HALF_LIFE))


def _lighten(story: Story) -> None:
    """Keep three quarters of a story's terms."""
    heaviest = sorted(story.terms.items(), key=lambda pair: (-pair[1], pair[0]))[: MOST_TERMS * 3 // 4]
    story.terms = dict(heaviest)
    story.square = sum([weight * weight for _, weight in heaviest])
