"""Who is named for a role, and what for a place: where two reports of one event name somebody else.

Seen: "sopir bernama Budi Santoso" here, "sopir bernama Agus Salim" there. Chosen: the words right before a name have to be
the same, from a closed list, because then the two names answer one question; and neither report may know the other's name
anywhere, because one event has several victims. Offices of a whole state were turned down: "Menteri Luar Negeri" and "Menteri
Pertahanan" are two people, and where an office's title ends and the name begins is not written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from bot.summary.numbers import Placed, alike

SPELLING = (
    0.8  # likeness of two words from which on they are one name in two spellings: "Zelensky", "Zelenskyy"
)

_PEOPLE = (
    "korban|tersangka|pelaku|terdakwa|terduga|saksi|sopir|pengemudi|pilot|masinis|nakhoda|pemilik|pelatih|juru bicara|"
    "pemenang|victim|suspect|driver|gunman|witness|spokesman|spokeswoman|spokesperson|coach|winner"
)
_LOCAL = "kapolres|kapolsek|bupati|wali kota|walikota|camat|lurah|rektor|mayor of|sheriff of"
_PLACES = "kabupaten|kota|kecamatan|kelurahan|desa|dusun|jalan|stasiun|bandara|pelabuhan"
_CALLED = (
    r"(?:(?:[a-z]+\s+)?(?:bernama|berinisial|atas nama|adalah|yakni|yaitu|named|identified as|is|was)\s+)?"
)
_NAME = r"[A-Z][\w'’.-]*(?:\s+(?:bin\s+|binti\s+|al\s+|de\s+)?[A-Z][\w'’.-]*){0,4}"
_NAMED = re.compile(rf"\b((?i:{_PEOPLE}|{_LOCAL}|{_PLACES})),?\s+{_CALLED}({_NAME})")
_DIRECTIONS = frozenset(("barat", "timur", "utara", "selatan", "tengah", "tenggara"))
_OFFICES = frozenset(_LOCAL.split("|"))


def named(sentence: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each role or kind of place in a sentence with the words of the name that follows it."""
    for found in _NAMED.finditer(sentence):
        yield found[1].lower(), tuple(word.strip(".'’-") for word in found[2].split())


def differ(one: Placed, other: Placed) -> bool:
    """Do they tell the same of somebody, or somewhere, else?"""
    here, there = list(named(one.text)), list(named(other.text))
    if not here or not there or not alike(one.one, other.one):
        return False
    return any(_contradict(role, name, there, one, other) for role, name in here)


def _contradict(
    role: str, name: tuple[str, ...], there: list[tuple[str, tuple[str, ...]]], one: Placed, other: Placed
) -> bool:
    others = [its for its_role, its in there if its_role == role]
    if not others or any(_same(name, its) for its in others) or _knows(other, name):
        return False
    return all(not _knows(one, its) and (role not in _OFFICES or _same_office(name, its)) for its in others)


def _same_office(name: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """ "Cianjur Doni", "Cianjur Aszhari": the place is the same, and a name is left of both."""
    return name[0] == other[0] and min(len(name), len(other)) > 1 and name[1].lower() not in _DIRECTIONS


def _same(name: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Can both be one name: a word of it in common, or its initials?"""
    for short, long in ((name, other), (other, name)):
        if len(short) == 1 and short[0].isupper() and short[0] == "".join(word[0] for word in long):
            return True
    first, second = name[-1], other[-1]
    offices = len(name) > 1 and len(other) > 1 and name[0] == other[0]
    words = [(a, b) for a in name[offices:] for b in other[offices:]]
    return first == second or any(_alike(a.lower(), b.lower()) for a, b in words)


def _alike(one: str, other: str) -> bool:
    return one == other or SequenceMatcher(None, one, other).ratio() >= SPELLING


def _knows(placed: Placed, name: tuple[str, ...]) -> bool:
    """Does its article have the last word of a name anywhere?"""
    text = f"{placed.article.title}\n{placed.article.body}"
    return re.search(rf"\b{re.escape(name[-1])}\b", text) is not None
