"""Two versions of a text as words that stayed, went and came: what a person sees struck out and in bold.

Chosen: sentences are aligned first, then the words of those that differ, so a moved comma far away cannot pull words out of their
sentences, and a long text costs no more than its changed part. Turned down: a diff of letters (unreadable in a chat), and
a diff of all words at once (quadratic in the length of the text).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from bot.sentences import sentences

MOST_WORDS = 400  # of one changed stretch on either side; longer ones are shown whole, old then new
CONTEXT = 4  # words around a change that are shown
_WORD = re.compile(r"\S+")


class Fate(StrEnum):
    """What became of some words."""

    STAYED = "stayed"
    GONE = "gone"
    CAME = "came"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in a row with one fate. Pieces are joined by single spaces."""

    fate: Fate
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """One changed stretch: the words that went and those that came in their place, as sentences where whole ones did.

    `whole`: nothing stood there in the other version; `at`: number of the sentence in the newer version.
    """

    gone: str
    came: str
    at: int

    @property
    def whole(self) -> bool:
        return not (self.gone and self.came)


def split(text: str) -> list[str]:
    """The sentences of a text, white space made single."""
    return [" ".join(text[start:end].split()) for start, end in sentences(text)]


def stretches(old: Sequence[str], new: Sequence[str]) -> list[Stretch]:
    """The sentences that differ, each old one beside the new one that took its place."""
    found: list[Stretch] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        found += _paired(old[a:b], new[c:d], c)
    return found


def _paired(gone: Sequence[str], came: Sequence[str], at: int) -> list[Stretch]:
    """Sentences that took each other's place, by the words they share; the rest went or came whole."""
    left = list(gone)
    found = []
    for place, sentence in enumerate(came, start=at):
        words = set(_words(sentence))
        likest = max(left, key=lambda one: _alike(words, set(_words(one))), default="")
        if likest and _alike(words, set(_words(likest))) >= 0.4:
            left.remove(likest)
            found.append(Stretch(likest, sentence, place))
        else:
            found.append(Stretch("", sentence, place))
    return [*(Stretch(sentence, "", at) for sentence in left), *found]


def _alike(one: set[str], other: set[str]) -> float:
    return len(one & other) / (min(len(one), len(other)) or 1)


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def word_diff(old: str, new: str) -> list[Piece]:
    """Every word of both texts once, with its fate, in reading order: what went stands before what came."""
    before, after = _words(old), _words(new)
    if max(len(before), len(after)) > MOST_WORDS:
        return _merged([Piece(Fate.GONE, " ".join(before)), Piece(Fate.CAME, " ".join(after))])
    pieces = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(Fate.STAYED, " ".join(before[a:b])))
        else:
            pieces += [Piece(Fate.GONE, " ".join(before[a:b])), Piece(Fate.CAME, " ".join(after[c:d]))]
    return _merged(pieces)


def glance(pieces: Sequence[Piece], context: int = CONTEXT) -> list[Piece]:
    """The changes with a few words around each; what is left out in between is "…"."""
    shown = []
    last = len(pieces) - 1
    for number, piece in enumerate(pieces):
        words = piece.text.split()
        if piece.fate is not Fate.STAYED or len(words) <= 2 * context:
            shown.append(piece)
            continue
        head = words[:context] if number else []
        tail = words[-context:] if number != last else []
        shown.append(Piece(Fate.STAYED, " ".join([*head, "…", *tail])))
    return shown


def _merged(pieces: Iterable[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.text]
