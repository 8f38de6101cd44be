"""Is a sentence that somebody wrote borne out by the sentences it cites?

Every number and every name in it must stand in what it cites, and most of its other words too. What was seen: models
invent numbers, swap names, and cite the wrong article; what this cannot see is a relation turned round ("A beat B").
So it is a floor and not a judge, and the guides say so. Figures: benchmarks/README.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.summary.newswords import EMPTY

COVERED = 0.5  # share of the sentence's words that what it cites must hold, word forms aside
STEM = 5  # letters that two forms of a word share: "menandatangani", "ditandatangani" share none, so roots are tried too

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_GROUPS = re.compile(r"(?<=\d)[.,](?=\d{3}(?:\D|\Z))")
_PREFIX = re.compile(r"^(?:me(?:ng|ny|n|m)?|di|ber|ter|pe(?:ng|ny|n|m)?|ke|se)(?=\w{4})")
_RUN = re.compile(r"(?<=[\w,] )[A-Z][\w-]+(?: [A-Z][\w-]+)*")  # a name inside a sentence
WINDOW = 6  # words beside a name, on each side
NEAR = 0.3  # share of them that one cited sentence with the name must hold

_STARTS = re.compile(r"[.!?:]\s+[\"“']?\Z|\A\W*\Z")
_NUMERALS = re.findall(
    r"\w+",
    """satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas
    one two three four five six seven eight nine ten eleven""",
)
_SPELT = {word: str(at % 11 + 1) for at, word in enumerate(_NUMERALS)}
_MONTH_NAMES = re.findall(
    r"\w+",
    """januari februari maret april mei juni juli agustus september oktober november desember
    january february march april may june july august september october november december""",
)
_MONTHS = {word: str(at % 12 + 1) for at, word in enumerate(_MONTH_NAMES)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Empty `why`: supported."""

    why: str = ""

    def __bool__(self) -> bool:
        return not self.why


def supported(sentence: str, cited: Sequence[str]) -> Verdict:
    """Says which number or name is not in what is cited, or that too little of the sentence is."""
    if not cited:
        return Verdict("cites nothing")
    text = "\n".join(cited)
    known = [word.lower() for word in _WORD.findall(text)]
    words, stems = (
        set(known) | {part for word in known for part in re.split(r"['’-]", word)},
        set(map(_stem, known)),
    )
    numbers = _numbers(text)
    numbers |= {_SPELT[word] for word in known if word in _SPELT}
    for number in sorted(_numbers(sentence) - numbers):
        return Verdict(f"the number {number} is not in what it cites")
    said = list(_WORD.finditer(sentence))
    missing = 0
    telling = 0
    for word in said:
        low = word[0].lower()
        held = low in words or _SPELT.get(low) in numbers or _MONTHS.get(low) in numbers
        if word[0][0].isdigit() or low in EMPTY or len(low) < 2:
            continue
        begins = _STARTS.search(sentence[: word.start()]) is not None
        if word[0][0].isupper() and not held and not begins and not _initials(word[0], text):
            return Verdict(f"the name {word[0]} is not in what it cites")
        telling += 1
        missing += not (held or _stem(low) in stems)
    for name in _RUN.finditer(sentence):
        if not _near(name, sentence, cited):
            return Verdict(f"nothing that it cites says this of {name[0]}")
    if telling and (telling - missing) / telling < COVERED:
        return Verdict("too little of it is in what it cites")
    return Verdict()


def _near(name: re.Match[str], sentence: str, cited: Sequence[str]) -> bool:
    """Does a cited sentence that holds the whole name also hold enough of the words beside it?"""
    beside = {
        _stem(word.lower())
        for side in (sentence[: name.start()].split()[-WINDOW:], sentence[name.end() :].split()[:WINDOW])
        for word in _WORD.findall(" ".join(side))
        if word.lower() not in EMPTY and len(word) > 1
    }
    if _initials(name[0], "\n".join(cited)):
        return True
    holding = [text for text in cited if re.search(rf"\b{re.escape(name[0])}\b", text)]
    if not holding:  # its words stand apart: "Menteri Luar Negeri" beside "Retno Marsudi"
        first, last = name[0].split()[0], name[0].split()[-1]
        holding = [text for text in cited if first in text and last in text]
    best = max(
        (len(beside & {_stem(word.lower()) for word in _WORD.findall(text)}) for text in holding), default=0
    )
    return not beside or best >= NEAR * len(beside)


def _numbers(text: str) -> set[str]:
    """Those in digits, without separators of thousands: "8.000" and "8000" are one."""
    return {_plain(one) for one in _NUMBER.findall(_GROUPS.sub("", text))}


def _plain(number: str) -> str:
    return (number.replace(",", ".").rstrip(".").lstrip("0") or "0").removesuffix(".0")


def _stem(word: str) -> str:
    return _PREFIX.sub("", word)[:STEM]


def _initials(name: str, text: str) -> bool:
    """ "PBB" for "Perserikatan Bangsa-Bangsa": short forms that the cited text spells out."""
    if not (name.isupper() and 2 <= len(name) <= 5):
        return False
    return re.search(r"\b" + r"\w*[ -]".join(map(re.escape, name)), text) is not None
