"""Of which known text a new one is a copy: sketches in an inverted index, over a window of time.

Chosen: half of a text's groups find the candidates (half the memory), all of them decide. A copy shares CONTAINED of the
shorter text's groups: copies with one word in five changed share half, two reports of one event in their own words share
almost nothing. Two rules keep templates apart, because weather, prices and results are told in the same words every
day: a copy has most of the shorter text's numbers, and one publisher's second headline at a second address is
its own article, whatever its text (docs/decisions/0003).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.stories.engine import ENGINE, Engine
from bot.stories.packed import count, pack, unpack
from bot.stories.sketch import Sketch

FEWEST_SHARED = 3  # groups; two texts of any length can share a stock phrase
SHORT = 18  # groups (twenty words): of a headline or a line, nearly all must be there
ALIKE_NUMBERS = 0.5
SAME_ADDRESS = 0.15  # contained, where the address is one: an article that its publisher went on writing
AGAIN = (
    0.8  # contained, and the share of the numbers, for one publisher's text under the headline it had before
)
CANDIDATES = 6  # the texts that share most; a wire report on thirty sites is found through any of them
CROWD = 300  # texts with one group: boilerplate, which finds nothing
FINDERS = 16  # groups through which a text is found, at least; a short one has no more


class Folding(StrEnum):
    """How like a known text must be to be folded into it: a setting of a watch."""

    HIGH = "high"
    MEDIUM = "medium"
    OFF = "off"  # only the very same words


CONTAINED = {Folding.HIGH: 0.33, Folding.MEDIUM: 0.7, Folding.OFF: 1.1}


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it is remembered: who printed it, under which headline and where, and its sketch."""

    number: int
    source: str
    headline: int  # hash of the folded headline; 0 when there is none
    address: int  # hash of the canonical URL; 0 when there is none
    whole: int  # hash of all its words
    about_itself: bool  # does the text say a word of its headline? A cookie wall does not
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class Copy:
    """`of`: the number of the text that is copied; `contained`: how much of the shorter one the other has."""

    of: int
    contained: float


# A text as it is kept: plain values in a plain tuple, so that a search for garbage leaves a hundred thousand of them alone.
_Kept = tuple[str, int, int, int, bool, bytes, bytes, bytes]


class CopyIndex:
    """The texts of a window, and which of them a new one copies."""

    def __init__(self, engine: Engine = ENGINE) -> None:
        self._common = engine.common
        self._texts: dict[int, _Kept] = {}
        self._at: dict[int, int] = {}  # an address -> the text that was last seen there
        self._under: dict[int, int] = {}  # a headline -> the text that last had it
        self._with = engine.postings()  # the groups of the texts

    def __len__(self) -> int:
        return len(self._texts)

    def __contains__(self, number: int) -> bool:
        return number in self._texts

    def find(self, text: Text, folding: Folding = Folding.HIGH) -> Copy | None:
        """The text that shares most with this one, if it is a copy; of equals the one that came first."""
        best: Copy | None = None
        candidates = self._with.most(_finders(text.sketch), CROWD, sys.maxsize, 1, CANDIDATES, False)
        candidates += [
            known
            for known in (self._at.get(text.address), self._under.get(text.headline))
            if known is not None
        ]
        for number in candidates:
            known = _unfolded(number, self._texts[number])
            contained = self._contained(text.sketch, known.sketch)
            if self._is_copy(text, known, contained, folding) and (
                best is None or (contained, -number) > (best.contained, -best.of)
            ):
                best = Copy(number, contained)
        return best

    def add(self, text: Text) -> None:
        """Remember a text. Numbers only grow."""
        self._texts[text.number] = _kept(text)
        if text.address:
            self._at[text.address] = text.number
        if text.headline:
            self._under[text.headline] = text.number
        self._with.add(_finders(text.sketch), text.number)

    def forget(self, numbers: Iterable[int]) -> None:
        """Forget texts, the oldest first; some ten microseconds for each."""
        for number in numbers:
            text = _unfolded(number, self._texts.pop(number))
            self._with.remove(_finders(text.sketch), number)
            if self._at.get(text.address) == number:
                del self._at[text.address]
            if self._under.get(text.headline) == number:
                del self._under[text.headline]

    def _contained(self, one: Sketch, other: Sketch) -> float:
        """The share of the groups of one, the one with fewer, that the other has too."""
        if one.all_groups and other.all_groups:
            left, right = one.all_groups, other.all_groups
        else:
            left, right = one.groups, other.groups
        together, fewest = self._common(left, right), min(count(left), count(right))
        contained = together / fewest if together >= FEWEST_SHARED else 0.0
        short = one.all_groups and other.all_groups and fewest < SHORT
        return contained if contained >= AGAIN or not short else 0.0

    def _same_numbers(self, one: Sketch, other: Sketch) -> float:
        """The share of the numbers of one, the one with fewer, that the other has too; 1 when it has none.

        Weather, prices and results are told in one form of words every day: what differs is the numbers.
        """
        fewer = min(count(one.numbers), count(other.numbers))
        return self._common(one.numbers, other.numbers) / fewer if fewer else 1.0

    def _is_copy(self, text: Text, known: Text, contained: float, folding: Folding) -> bool:
        """Whose they are, under which headline and where, and which numbers they tell decides beside the words."""
        same_headline = bool(text.headline) and text.headline == known.headline
        same_address = bool(text.address) and text.address == known.address
        same_words = same_headline and text.whole == known.whole
        numbers = self._same_numbers(text.sketch, known.sketch)
        if text.source and text.source == known.source:
            # Comments stand under one address and headline, events under one headline without a text.
            again = same_words or (contained >= AGAIN and numbers >= AGAIN)
            return again and (same_address or (same_headline and count(text.sketch.groups) >= FINDERS // 2))
        if same_address:
            return same_headline or contained >= SAME_ADDRESS
        if not (text.about_itself and known.about_itself) and not same_headline:
            return False
        return contained >= CONTAINED[folding] and numbers >= ALIKE_NUMBERS


def _kept(text: Text) -> _Kept:
    sketch = text.sketch
    described = text.source, text.headline, text.address, text.whole, text.about_itself
    return *described, sketch.groups, sketch.all_groups, sketch.numbers


def _unfolded(number: int, kept: _Kept) -> Text:
    source, headline, address, whole, about_itself, *sketched = kept
    return Text(number, source, headline, address, whole, about_itself, Sketch(*sketched))


def _finders(sketch: Sketch) -> bytes:
    """The groups through which a text is found: of a long one every second or fourth, always the same ones."""
    kept = count(sketch.groups)
    if kept < FINDERS:
        return pack({*unpack(sketch.groups), *unpack(sketch.all_groups)})
    if kept < 2 * FINDERS:
        return sketch.groups
    step = 3 if kept >= 4 * FINDERS else 1
    return pack([group for group in unpack(sketch.groups) if group & step == step])
