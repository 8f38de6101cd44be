"""A query's text in pieces: words, operators, brackets, each with its place."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.errors import QueryError


class Piece(NamedTuple):
    """A piece of a query's text. `value` is what it says: an operator in English, a phrase without quotes."""

    kind: str  # word, quoted, operator, near, field, braces, name, or the sign itself: ( ) , ~ -
    value: str
    start: int
    end: int


_QUOTES = '"“”„«»'
_PIECE = re.compile(
    rf"""[^\S\n]*(?:(?P<blank><<<.*?>>>|\Z)
    |(?P<line>\n\s*)
    |(?P<quoted>[{_QUOTES}][^{_QUOTES}]*[{_QUOTES}])
    |(?P<sign>[(),~|])
    |(?P<braces>\{{[^{{}}]*\}})
    |(?P<name>@[\w-]+)
    |(?P<field>[^\W\d_]+:(?!//))
    |(?P<minus>-(?=[^\s-]))
    |(?P<word>[^\s(){{}},~|{_QUOTES}@:<>]+(?::(?=\d)\d+)*))
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = {"AND": "AND", "DAN": "AND", "OR": "OR", "ATAU": "OR", "NOT": "NOT", "BUKAN": "NOT"}
_NEAR = re.compile(r"O?NEAR(?:/\w*)?")
_NEARS = ("NEAR", "ONEA")

_STRAY = {
    "{": "This brace is never closed; write sanksi{2} for “at least twice”, {BT} or case:(BT) for capitals.",
    "}": "This brace was never opened; remove it.",
    "@": "A list has a name after the @, as in @KoreaUtara.",
    "<": "This comment is never closed; end it with >>>.",
    ">": "This sign means nothing here; put text with signs in quotation marks.",
    ":": "This sign means nothing here; put an address or a text with signs in quotation marks.",
}


def pieces(text: str) -> list[Piece]:
    """The pieces of a query, in order; line breaks are commas in a query that is nothing but a list.

    Raises QueryError at what cannot be a piece.
    """
    found: list[Piece] = []
    lines: list[int] = []  # where in `found` a line began
    bare = True
    at, length = 0, len(text)
    while at < length:
        match = _PIECE.match(text, at)
        if match is None:
            raise _stray(text, _visible(text, at))
        kind = match.lastgroup or ""
        value = match[kind]
        at, end = match.span(kind)
        if kind == "line":
            lines.append(len(found))
        elif kind == "word":
            if value in _OPERATORS:
                found.append(Piece("operator", _OPERATORS[value], at, end))
                bare = False
            elif value[:4] in _NEARS and _NEAR.fullmatch(value):
                found.append(Piece("near", value, at, end))
                bare = False
            else:
                found.append(Piece("word", value, at, end))
        elif kind == "sign":
            found.append(Piece("operator", "OR", at, end) if value == "|" else Piece(value, value, at, end))
            bare = bare and value not in "(|"
        elif kind == "quoted":
            found.append(Piece("quoted", value[1:-1], at, end))
        elif kind == "minus":
            found.append(Piece("-", "-", at, end))
        elif kind != "blank":
            found.append(Piece(kind, value, at, end))
        at = end
    if bare and lines:
        found = _with_commas(found, lines)
    return found


def _with_commas(found: list[Piece], lines: list[int]) -> list[Piece]:
    """The pieces of a bare list, with a comma where a line ended."""
    breaks = set(lines)
    joined: list[Piece] = []
    for number, piece in enumerate(found):
        if number in breaks and joined and "," not in (joined[-1].kind, piece.kind):
            joined.append(Piece(",", ",", joined[-1].end, joined[-1].end))
        joined.append(piece)
    return joined


def _visible(text: str, at: int) -> int:
    while text[at].isspace() and text[at] != "\n":
        at += 1
    return at


def _stray(text: str, at: int) -> QueryError:
    sign = text[at]
    if sign in _QUOTES:
        return QueryError("This quotation mark is never closed; close it after the phrase.", text, at, at + 1)
    return QueryError(_STRAY.get(sign, "This sign means nothing here; remove it."), text, at, at + 1)
