"""Where sentences begin and end, in Indonesian and English news, by one expression and a few rules.

Sentence libraries were measured on Indonesian and were slower and less often right. What they stumble
over: "Prof. Dr. H. Budi", "pukul 19.30", "U.S.", and a stop inside a quotation that goes on ("“Benar?”
tanya dia").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# After a stop. A quote with a space before it (tokenised text) closes for sure only as ” or at a line's end.
_CLOSERS = r"[\"'”’»)\]]*(?: ”| \"(?= ?(?:[\n(]|\Z)))?"
# Nothing here can fail once it has begun, so no input makes it look at a letter twice.
_END = re.compile(rf"(?P<wide>[。！？｡]+[」』”’）]*)|(?P<stop>[.!?…]+{_CLOSERS})|[\n\v\f\r\x85\u2028\u2029]+")
_VISIBLE = re.compile(r"\S")
_WORD_BEFORE = re.compile(r"[\w.]*\Z")
_NEXT_LETTER = re.compile(
    r"[\"'“‘«]*(\w?)"
)  # none after a bracket: "(fit/pra)", a byline, is no continuation
_NUMBER_OF_AN_ENTRY = re.compile(r"\d{1,2}")

WINDOW = 14  # code points looked at on either side of a stop: the longest abbreviation, with room

# These stand before a name or a number, so a capital letter after them begins nothing. Those that may close
# a sentence ("dll.", "etc.", "Tbk.") need no list: a lower-case letter after them says that it goes on.
_BEFORE_A_NAME = re.compile(
    "drs?|dra|prof|ir|hj?|kh|tn|ny|sdri?|bpk|yth|jend|letjen|mayjen|brigjen|kol|letkol|kapt|komjen|irjen|kombes|"
    "akbp|akp|ip[td][ua]|no|nomor|jln?|gg|rp|ps|kab|kec|kel|kep|tgl|hlm|hal|vol|pt|cv|"
    "mrs?|ms|st|sen|rep|gov|gen|lt|col|sgt|capt|cmdr|adm|rev|hon|pres|supt|vs|fig|mt|ft",
    re.IGNORECASE,
)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The sentences as (start, end) in code points: in order, trimmed, together all that is not white space.

    Time grows with the length of the text and with nothing else.
    """
    start = 0
    for found in _END.finditer(text):
        if _ends(text, found, start):
            yield from _trimmed(text, start, found.end())
            start = found.end()
    yield from _trimmed(text, start, len(text))


def _ends(text: str, found: re.Match[str], start: int) -> bool:
    """Does the sentence that began at `start` end with this stop or line break?"""
    if not found["stop"]:
        return True
    after = _VISIBLE.search(text, found.end(), found.end() + WINDOW)
    if after is None:
        return True
    following = _NEXT_LETTER.match(text, after.start())
    letter = following[1] if following else ""
    if letter.islower():
        return False
    if after.start() == found.end():  # no space: "19.30", "Detik.Com"; after a quotation it was lost
        return found["stop"][-1] in '"”' and letter.isupper()
    return found["stop"] != "." or not _abbreviates(text, found.start(), start)


def _abbreviates(text: str, stop: int, start: int) -> bool:
    """Is the word before the stop a title, an initial, or the number of a list's entry?"""
    before = _WORD_BEFORE.search(text, max(start, stop - WINDOW), stop)
    word = before[0] if before else ""
    if _NUMBER_OF_AN_ENTRY.fullmatch(word):
        return not text[start : stop - len(word)].strip()
    last = word.rpartition(".")[2]
    return (len(last) == 1 and last.isupper()) or _BEFORE_A_NAME.fullmatch(word) is not None


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    first = _VISIBLE.search(text, start, end)
    if first:
        yield first.start(), start + len(text[start:end].rstrip())
