"""Text as the matcher reads it: folded letters and words, each with its place in the original.

Seen: editors type "cafe", "DPRK" and "Jum'at"; publishers print "café", "ＤＰＲＫ" and "Jum’at". Folding is
NFKC, case folding and no diacritics, done cluster by cluster (a letter with its marks), so every folded
letter knows the code points it came from: a hit is exact in the original even where folding changes
lengths (ß, ligatures, combining marks, width forms). Words follow UAX #29 with two deviations: a dot
between letters separates (publishers lose the space after a full stop), in scripts that write no spaces
every letter is a word of its own, so a term there is found as a substring. Marks are dropped from Latin,
Greek, Arabic and Hebrew only: in Thai, Devanagari or kana they are letters, and й is not и.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

SEAM_LETTERS = 3  # on both sides of a lost space, at least: "McDonald" and "iPhone" are one word each


class Joint(IntEnum):
    """How a word follows the one before it."""

    APART = 0  # white space or punctuation between them; also before the first
    HYPHEN = 1  # one hyphen or dash, no space
    FREE = 2  # nothing between them, in a script that writes no spaces


class Word(NamedTuple):
    """A word: folded, and where it stands in the original text (code points, end exclusive)."""

    text: str
    start: int
    end: int
    joint: Joint = Joint.APART


class Folded(NamedTuple):
    """Folded text; its letter `i` came from `original[starts[i]:ends[i]]`. None: all in the same places."""

    text: str
    starts: list[int] | None = None
    ends: list[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the folded text (not empty) stands in the original."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


# Letters that have no decomposition but that people leave the stroke off.
_STROKES = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i"})
_QUOTES = str.maketrans(
    dict.fromkeys("‘’‛ʼʹ`´ʻ′", "'") | dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("“”„‟«»″", '"')
)
_SEMITIC = re.compile(
    "[\u0590-\u05cf\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]"
)  # points, harakat, tatweel
_LATIN_MARKS = re.compile("[\u0300-\u036f]")


@lru_cache(maxsize=8192)
def _marked(cluster: str) -> str:
    """A letter with its marks, width- and case-folded; what a reader would not see is gone."""
    text = unicodedata.normalize("NFKC", cluster).casefold().translate(_QUOTES).replace("ё", "е")
    if any("\u0590" <= letter <= "\u08ff" for letter in text):
        text = _SEMITIC.sub("", unicodedata.normalize("NFD", text))
        text = re.sub("[\u0653-\u0655]", "", text)
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=8192)
def _plain(cluster: str) -> str:
    """A letter without its marks, where they are marks and not part of the letter."""
    text = _marked(cluster)
    if any("\u0400" <= letter <= "\u052f" for letter in text):
        return _LATIN_MARKS.sub("", text)  # a stress mark goes; й, ї stay composed
    bare = _LATIN_MARKS.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", bare).translate(_STROKES)


class _Clusters(dict[int, str]):
    """For str.translate: "m" for what belongs to the letter before it, "x" for everything else."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        joins = (
            unicodedata.category(letter)[0] == "M"
            or "\u1160" <= letter <= "\u11ff"
            or letter in "\uff9e\uff9f"
        )
        self[code] = kind = "m" if joins else "x"
        return kind


_clusters = _Clusters()
_CLUSTER = re.compile("xm*|m+")


def unfold(text: str, *, marks: bool = False) -> Folded:
    """The text folded, with the way back to the original; `marks` keeps diacritics."""
    if text.isascii():
        return Folded(text.lower().replace("`", "'"))
    letter_of = _marked if marks else _plain
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for cluster in _CLUSTER.finditer(text.translate(_clusters)):
        start, end = cluster.span()
        piece = letter_of(text[start:end])
        pieces.append(piece)
        starts += [start] * len(piece)
        ends += [end] * len(piece)
    return Folded("".join(pieces), starts, ends)


def fold(text: str, *, marks: bool = False) -> str:
    """The text in NFKC, case-folded, without diacritics; with `marks`, diacritics stay."""
    return unfold(text, marks=marks).text


def keep_case(text: str, *, marks: bool = False) -> str:
    """The text folded in width only, its capitals as they are; with `marks`, diacritics stay."""
    visible = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    if not marks:
        visible = _LATIN_MARKS.sub("", unicodedata.normalize("NFD", visible))
    return unicodedata.normalize("NFKC", visible).translate(_QUOTES)


_SOLO = (  # scripts that write no spaces between words
    ("\u0e00", "\u0eff"),  # Thai, Lao
    ("\u1000", "\u109f"),  # Burmese
    ("\u1780", "\u17ff"),  # Khmer
    ("\u3005", "\u3007"),  # iteration mark, ideographic zero
    ("\u3040", "\u30ff"),  # kana
    ("\u31f0", "\u31ff"),
    ("\u3400", "\u9fff"),  # Han
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)


class _Kinds(dict[int, str]):
    """For str.translate: a letter, 0 digit, s and m letter and mark of a script without spaces, else a space.

    Apostrophe, hyphen, dot and comma are themselves.
    """

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        if letter in "'-.,":
            kind = letter
        elif any(low <= letter <= high for low, high in _SOLO) and unicodedata.category(letter)[0] in "LM":
            kind = "s" if unicodedata.category(letter)[0] == "L" else "m"
        elif letter.isdigit() or unicodedata.category(letter)[0] == "N":
            kind = "0"
        else:
            kind = "a" if unicodedata.category(letter)[0] in "LM" else " "
        self[code] = kind
        return kind


_kinds = _Kinds()
_WORD = re.compile(r"(?:a+(?:'a+)*|0+(?:[.,]0+)*)+|sm*|m+")
_ASCII_WORD = re.compile(r"(?:[a-z]+(?:'[a-z]+)*|[0-9]+(?:[.,][0-9]+)*)+")  # the same, of folded letters


def folded_words(text: str) -> list[str]:
    """The words of a text as `words` folds them, where nobody asks where they stand: a third of the time, or less."""
    folded = fold(text)
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    return [folded[found.start() : found.end()] for found in _WORD.finditer(folded.translate(_kinds))]


def words(text: str) -> Iterator[Word]:
    """The words of a text, in order."""
    folded = unfold(text)
    kinds = folded.text.translate(_kinds)
    behind = 0
    for found in _WORD.finditer(kinds):
        start, end = found.span()
        joint = Joint.APART
        if behind and start - behind <= 1:
            if start == behind:
                joint = Joint.FREE
            elif kinds[behind] == "-":
                joint = Joint.HYPHEN
        yield Word(folded.text[start:end], *folded.span(start, end), joint)
        behind = end


class _Cases(dict[int, str]):
    """For str.translate: l lower case, u upper case, 0 digit, a another letter; a space for the rest."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        kind = "l" if letter.islower() else "u" if letter.isupper() else "a" if letter.isalpha() else " "
        self[code] = kind = "0" if letter.isdigit() else kind
        return kind


_cases = _Cases()
_SEAM = re.compile("(?<=l)(?=u)|(?<=0)(?=[lua])|(?<=[lua])(?=0)")


def parts(text: str, word: Word) -> tuple[Word, ...]:
    """The words that a lost space glued together; () when there is no seam.

    A seam is where lower case meets upper case or letters meet digits, three or more on both sides.
    """
    if word.end - word.start < 2 * SEAM_LETTERS:
        return ()
    written = text[word.start : word.end]
    cuts = [0]
    for seam in _SEAM.finditer(written.translate(_cases)):
        at = seam.start()
        if at - cuts[-1] >= SEAM_LETTERS and len(written) - at >= SEAM_LETTERS:
            cuts.append(at)
    if len(cuts) == 1:
        return ()
    spans = zip(cuts, [*cuts[1:], len(written)], strict=True)
    pieces = [Word(fold(written[a:b]), word.start + a, word.start + b, Joint.FREE) for a, b in spans]
    return (pieces[0]._replace(joint=word.joint), *pieces[1:])


# An abbreviation's dot ends no sentence, nor does an initial's.
_ABBREVIATIONS = frozenset(
    re.findall(
        r"\w+", "dr prof ir drs hj st mr mrs ms jl no hal tgl vs gen col lt sgt jr sr inc ltd pt cv tbk"
    )
)
_STOP = re.compile(r"[.!?…][\"'”’»)\]]*\s+|[。！？]|\n\s*\n")


def ends_sentence(before: str, gap: str, after: str) -> bool:
    """Does a sentence end in `gap`, between the words `before` (folded) and `after` (as written)?"""
    stop = _STOP.search(gap)
    if not stop:
        return False
    if stop[0][0] != ".":
        return True
    initial = len(before) == 1 and before.isalpha()
    return not (initial or before in _ABBREVIATIONS or after[:1].islower())


_BLANK = re.compile(r"\s*")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a text stand (start, end), white space around them left out."""
    start, last = -1, None
    for word in words(text):
        if last is None:
            start = _skip_blank(text, 0)
        elif ends_sentence(last.text, gap := text[last.end : word.start], text[word.start]):
            stop = _STOP.search(gap)
            end = last.end + (stop.end() if stop else len(gap))
            yield start, start + len(text[start:end].rstrip())
            start = _skip_blank(text, end)
        last = word
    if last is not None:
        yield start, len(text.rstrip())


def _skip_blank(text: str, start: int) -> int:
    found = _BLANK.match(text, start)
    return found.end() if found else start
