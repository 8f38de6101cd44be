"""A term made ready to be looked up: the keys of its words, and what the original letters must be besides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bot.query.affixes import affixed
from bot.query.cells import Cell
from bot.query.tree import Style, Term
from bot.text import Joint, Word, fold, keep_case, words


class Wanted(NamedTuple):
    """One word of a term. `key`: the folded word, "~root" for affixed forms, "begin*" for a wildcard."""

    key: str
    exact: bool = False  # no clitics or plurals: every word of a phrase but its last
    free: bool = False  # nothing may stand between it and the word before: scripts without spaces
    sign: str = ""  # must stand between it and the word before, as in R&D
    letters: str = ""  # how the original must begin: with its capitals or its marks
    case: bool = False
    marks: bool = False

    @property
    def plain(self) -> bool:
        """Every cell that is filed under the key is this word."""
        return not (self.exact or self.letters)

    def accepts(self, cell: Cell, chunk: str) -> bool:
        """Is the cell this word, in its original letters too?"""
        if self.key[0] == "~":
            forms = affixed(self.key[1:])
            if not any(key in forms for key in cell.keys):
                return False
        elif is_wild(self.key):
            if not wild_match(self.key, cell.word):
                return False
        elif self.key != cell.word and (self.exact or self.key not in cell.keys):
            return False
        return not self.letters or self._written(chunk[cell.start : cell.end])

    def _written(self, original: str) -> bool:
        marks = self.marks
        letters = keep_case(original, marks=marks) if self.case else fold(original, marks=marks)
        if is_wild(self.letters):
            return wild_match(self.letters, letters)
        return letters.replace("-", "").startswith(self.letters)


@dataclass(frozen=True, slots=True, eq=False)  # compared and remembered as the object it is
class Pattern:
    """What a term looks for: any of these sequences of words."""

    text: str
    ways: tuple[tuple[Wanted, ...], ...]
    head: str = ""  # signs right before the first word, as in #G20
    tail: str = ""  # signs right behind the last, as in C++
    raw: str = ""  # the original from first word to last, letter for letter

    @property
    def signs(self) -> bool:
        """Is there more to look at than words?"""
        return bool(self.head or self.tail or self.raw)


# Letters of a dead script stand in for the wildcards while the term is cut into words.
_STAND_INS = {"*": "\U00012000", "?": "\U00012001"}
_TO_LETTERS = str.maketrans(_STAND_INS)
_TO_SIGNS = str.maketrans({letter: sign for sign, letter in _STAND_INS.items()})
_HEAD = re.compile(r"[#$€£]+$")
_TAIL = re.compile(r"[+#%]+")


def keys(term: Term) -> tuple[tuple[str, ...], ...]:
    """For each way to find the term, the keys that an article must have."""
    text = term.text
    if is_plain(term):
        return (tuple(text.lower().split(" ")),)
    return tuple(tuple(wanted.key for wanted in way) for way in pattern(term).ways)


def is_plain(term: Term) -> bool:
    """Is it a word or phrase in plain letters, with nothing to look at but its words?"""
    text = term.text
    return text.isascii() and term.style is Style.WORD and (text.isalpha() or text.replace(" ", "").isalpha())


@lru_cache(maxsize=65536)
def pattern(term: Term) -> Pattern:
    """The term as it is looked up."""
    text = term.text
    if is_plain(term):
        *front, last = text.lower().split(" ")
        return Pattern(text, ((*map(_exact, front), _plain(last)),))
    found = list(words(text if term.style is Style.RAW else text.translate(_TO_LETTERS)))
    split = tuple(_wanted(term, found, at) for at in range(len(found)))
    if term.style is Style.RAW:
        begin, end = found[0].start, found[-1].end
        return Pattern(text, (split,), text[:begin], text[end:], text[begin:end])
    head, tail = _HEAD.search(text[: found[0].start]), _TAIL.match(text, found[-1].end)
    joined = tuple(_wanted(term, whole, at) for whole in [_joined(found)] for at in range(len(whole)))
    ways = (split,) if len(joined) == len(split) else (split, joined)
    return Pattern(text, ways, head[0] if head else "", tail[0] if tail else "")


@lru_cache(maxsize=65536)
def _plain(key: str) -> Wanted:
    return Wanted(key)


@lru_cache(maxsize=65536)
def _exact(key: str) -> Wanted:
    return Wanted(key, exact=True)


def _wanted(term: Term, found: list[Word], at: int) -> Wanted:
    word, last = found[at], at == len(found) - 1
    key = word.text.translate(_TO_SIGNS)
    sign = ""
    if at and word.joint is Joint.APART:
        gap = term.text[found[at - 1].end : word.start]
        sign = gap if gap and not any(letter.isspace() for letter in gap) else ""
    free = bool(at) and word.joint is Joint.FREE
    if term.style is Style.RAW:
        return Wanted(key, exact=True, free=free, sign=sign)
    if term.style is Style.AFFIXED and last:
        return Wanted("~" + key, free=free, sign=sign)
    if last and "\uac00" <= key[-1] <= "\ud7a3" and not is_wild(key):
        key += "*"  # Hangul: a noun's particles are written on to it
    original = term.text[word.start : word.end]
    marks = fold(original, marks=True) != fold(original)
    case = term.style is Style.CASE
    letters = ""
    if marks or case:
        letters = (keep_case(original, marks=marks) if case else fold(original, marks=marks)).replace("-", "")
    return Wanted(key, exact=not last, free=free, sign=sign, letters=letters, case=case, marks=marks)


def _joined(found: list[Word]) -> list[Word]:
    """The words with those on both sides of a hyphen put together: COVID-19 is also Covid19."""
    whole: list[Word] = []
    for word in found:
        if whole and word.joint is Joint.HYPHEN:
            whole[-1] = Word(whole[-1].text + word.text, whole[-1].start, word.end, whole[-1].joint)
        else:
            whole.append(word)
    return whole


def is_wild(text: str) -> bool:
    """Does it have a wildcard?"""
    return "*" in text or "?" in text


def wild_match(wild: str, word: str) -> bool:
    """Does the whole word fit: * any letters, ? one. Linear: each piece is taken where it first fits."""
    first, *rest = _wild_pieces(wild)
    head = first.match(word)
    if head is None:
        return False
    if not rest:
        return head.end() == len(word)
    at = head.end()
    for piece in rest[:-1]:
        found = piece.search(word, at)
        if found is None:
            return False
        at = found.end()
    length = len(wild.rsplit("*", 1)[1])
    return len(word) - at >= length and rest[-1].match(word, len(word) - length) is not None


@lru_cache(maxsize=4096)
def _wild_pieces(wild: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(re.escape(piece).replace(r"\?", "."), re.DOTALL) for piece in wild.split("*"))
