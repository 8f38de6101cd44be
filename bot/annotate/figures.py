"""Numbers and dates that a text states, each where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.model import Article

MOST_CHARS = 20_000

_MONTH_NAMES = re.findall(
    r"\w+",
    """januari februari maret april mei juni juli agustus september oktober november desember
    january february march april may june july august september october november december""",
)
_MONTHS = {name: at % 12 + 1 for at, name in enumerate(_MONTH_NAMES)}
_NUMBER = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
_SCALE = r"(?:\s+(?:ribu|juta|miliar|triliun|thousand|million|billion|trillion))?"
_NOTHING_COUNTED = (
    "dan|dengan|yang|untuk|dari|pada|oleh|ini|itu|lalu|and|with|the|for|from|that|which|wib|wita|wit"
)
_FIGURE = re.compile(
    rf"""
      (?P<date>\b\d{{1,2}}\s?/\s?\d{{1,2}}\s?/\s?\d{{4}}\b
        | \b\d{{1,2}}\s+(?:{"|".join(_MONTHS)})(?:\s+\d{{4}})?\b
        | \b(?:{"|".join(_MONTHS)})\s+\d{{1,2}}(?:,\s*\d{{4}})?\b)
    | (?P<money>(?:\bRp\.?|\bUS\$|\$|€|£|¥|\bRM|\bUSD|\bIDR)\s?(?:{_NUMBER}){_SCALE})
    | (?P<percent>\b(?:{_NUMBER})\s?(?:persen|percent|%))
    | (?P<count>(?<![\w/.,:-])(?:{_NUMBER}){_SCALE}\s+(?!(?:{_NOTHING_COUNTED})\b)[^\W\d_]{{3,}})
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """text == article.body[start:end]; `day` for a date that names its year."""

    text: str
    kind: str  # "date", "money", "percent", "count"
    start: int
    end: int
    day: date | None = None


def figures(article: Article) -> tuple[Figure, ...]:
    """In the order of the text."""
    body = article.body[:MOST_CHARS]
    return tuple(
        Figure(found[0], str(found.lastgroup), *found.span(), _day(found[0]) if found["date"] else None)
        for found in _FIGURE.finditer(body)
    )


def _day(text: str) -> date | None:
    """Day first, as Indonesian and British papers write; None when a part is missing or there is no such day."""
    parts = [int(part) for part in re.findall(r"\d+", text)]
    named = re.search(r"[^\W\d_]{3,}", text)
    if named and len(parts) == 2:
        parts.insert(1, _MONTHS[named[0].lower()])
    if len(parts) != 3:
        return None
    try:
        return date(parts[2], parts[1], parts[0])
    except ValueError:
        return None
