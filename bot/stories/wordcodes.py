"""A text as numbers: each word is one integer that says which word it is and what kind.

Seen: folding and looking at every word again for copies and for stories was most of the time they took. Chosen: one pass,
one dictionary look-up a word; the integer holds a hash of the folded word and four bits. The hash is of the
letters alone (CRC-32), so a restart, another process and another machine get the same numbers; Python's own
`hash` is different in each. Turned down: `bot.text.words`, which knows where every word stands and costs ten
times as much: here nobody asks where.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set
from itertools import chain
from zlib import crc32

from bot.stories.tongues import ENGLISH, INDONESIAN, same_in_english
from bot.text import fold

CAPITAL = 1  # written with a capital: a name, or the first word of a sentence
NUMBER = 2
COMMON = 4  # a function word: says nothing about what happened
YEAR = 8
KIND_BITS = 4

REMEMBERED = 100_000  # a cache only: when it is full it is emptied, and nothing else changes
LONGEST_REMEMBERED = 40  # code points: no address, and no paragraph of a script without spaces

# Scripts that write no spaces: every letter is a word.
_SOLO = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_SOLO}]|[^\W_{_SOLO}]+(?:[.,]\d+)*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SEPARATORS = str.maketrans("", "", ".,")


class _Codes(dict[str, tuple[int, ...]]):
    """The codes of what stands between two spaces, mostly one word with its comma, found once."""

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        codes = chunk_codes(chunk)
        if len(chunk) <= LONGEST_REMEMBERED:
            if len(self) >= REMEMBERED:
                self.clear()
            self[chunk] = codes
        return codes


def chunk_codes(chunk: str) -> tuple[int, ...]:
    """The words of what stands between two spaces."""
    return tuple(map(_code, _WORD.findall(chunk)))


def _code(word: str) -> int:
    folded = fold(word)
    if word[0].isdigit():
        folded, kind = folded.translate(_SEPARATORS), NUMBER  # 12.000 and 12,000
        if _YEAR.fullmatch(word):
            kind |= YEAR
    else:
        folded = same_in_english(folded)
        kind = CAPITAL if word[0].isupper() else 0
    if folded in INDONESIAN or folded in ENGLISH or (len(folded) == 1 and folded.isascii()):
        kind |= COMMON
    return _hash(folded) << KIND_BITS | kind


def _hash(folded: str) -> int:
    # CRC-32 alone is linear: words that differ in one letter would be sampled together.
    value = crc32(folded.encode(errors="surrogatepass")) * 0x9E3779B1 & 0xFFFFFFFF
    return value ^ value >> 15


_codes = _Codes()
_ENGLISH_CODES = frozenset(_hash(word) << KIND_BITS | COMMON for word in ENGLISH - INDONESIAN)
_INDONESIAN_CODES = frozenset(_hash(word) << KIND_BITS | COMMON for word in INDONESIAN - ENGLISH)


def normal(text: str) -> str:
    """The text in NFKC, of which chunks are cut at white space."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def word_codes(text: str) -> list[int]:
    """The words of a text in order, each as its hash (32 bits) above the bits of its kind."""
    return list(chain.from_iterable(map(_codes.__getitem__, normal(text).split())))


def language(codes: Set[int]) -> str:
    """ "id" or "en", by the function words; "" when they do not say."""
    indonesian, english = len(codes & _INDONESIAN_CODES), len(codes & _ENGLISH_CODES)
    if indonesian > 2 * english:
        return "id"
    return "en" if english > 2 * indonesian else ""
