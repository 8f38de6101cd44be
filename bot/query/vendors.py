"""Queries pasted from other tools: carried over as far as the meaning allows, with a list of what was not.

Sources: the query-writing help pages of Meltwater, Brandwatch and Talkwalker, and Google's search
operators. What has no counterpart here is left out together with its operator, so the rest still reads as
it did.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.errors import QueryError
from bot.query.lists import Lists, starter
from bot.query.parse import parse
from bot.query.tree import Query


@dataclass(frozen=True, slots=True)
class Carried:
    """One query of a pasted file: as it reads here (None when it cannot be read), and what was left out."""

    written: str
    query: Query | None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Vendor:
    """How a tool's language differs from this one."""

    fields: dict[str, str]  # its name for a field -> ours
    any_case: bool = False  # its operators are read in lower case too
    by_line: bool = False  # one query a line, or one between blank lines


_SAME = {name: name for name in ("title", "author", "site", "country", "tag")}
_VENDORS = {
    "meltwater": _Vendor(
        _SAME | {"ingress": "lead", "language": "lang", "source": "source", "sourcename": "source"},
        any_case=True,
    ),
    "brandwatch": _Vendor(_SAME | {"language": "lang", "raw": "raw"}),
    "talkwalker": _Vendor(
        _SAME | {"content": "body", "lang": "lang", "sourcecountry": "country", "domain_url": "site"},
        any_case=True,
    ),
    "google": _Vendor({"intitle": "title", "site": "site", "source": "source"}, by_line=True),
}
VENDORS = tuple(_VENDORS)

_PIECE = re.compile(
    r"""<<<.*?>>>|\s+|(?P<near>(?:AROUND\(|o?near/)\d+f?\)?)|(?P<field>[A-Za-z_]+:)|(?P<mention>@\w+)
    |(?P<quoted>["“”][^"“”]*["“”](?:\{\d+\})?)|\{[^{}]*\}|[(),|~]|(?P<word>[^\s()"“”,|]+)|["“”]""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_OPERATORS = frozenset(["AND", "OR", "NOT", "|", "-"])
_NEAR = re.compile(r"O?NEAR/\d+f?")


def import_queries(text: str, vendor: str, lists: Lists = starter) -> list[Carried]:
    """The queries of a pasted file. Raises KeyError for a vendor that is not among VENDORS."""
    kind = _VENDORS[vendor]
    blocks = text.splitlines() if kind.by_line else re.split(r"\n\s*\n", text)
    return [_carry(block.strip(), kind, lists) for block in blocks if block.strip()]


def _carry(written: str, vendor: _Vendor, lists: Lists) -> Carried:
    left_out: list[str] = []
    pieces = _without_dropped(_translated(written, vendor, left_out))
    try:
        return Carried(written, parse(" ".join(pieces), lists), tuple(left_out))
    except QueryError as error:
        return Carried(written, None, (*left_out, f"{error.text}\n{error.caret()}"))


_DROPPED = "\0"  # stands where something was left out, until its operator goes too


def _translated(written: str, vendor: _Vendor, left_out: list[str]) -> list[str]:
    """The pieces in our language; what has no counterpart is noted and marked."""
    found = [
        match for match in _PIECE.finditer(written) if match[0].strip() and not match[0].startswith("<<<")
    ]
    pieces: list[str] = []
    at = 0
    while at < len(found):
        kind, value = found[at].lastgroup, found[at][0]
        at += 1
        if kind == "near":
            number = re.search(r"\d+f?", value, re.IGNORECASE)
            ordered = "O" if value[0] in "Oo" else ""
            pieces.append(f"{ordered}NEAR/{number[0].lower() if number else 5}")
        elif kind == "field":
            end = _operand_end(found, at)
            ours = vendor.fields.get(value[:-1].lower())
            if ours is None:
                left_out.append(written[found[at - 1].start() : found[end - 1].end()])
                pieces.append(_DROPPED)
                at = end
            elif at < len(found):
                pieces.append(f"{ours}:")
        elif kind == "mention":
            left_out.append(f"{value} (looked for as a word)")
            pieces.append(f'"{value[1:]}"')
        elif kind == "word":
            pieces.append(_word(value, vendor, left_out))
        else:
            pieces.append(value)
    return pieces


def _word(value: str, vendor: _Vendor, left_out: list[str]) -> str:
    if vendor.any_case and value.upper() in ("AND", "OR", "NOT"):
        return value.upper()
    bare = value.lstrip("*?")
    if bare != value:
        left_out.append(f"{value} (a wildcard at the start)")
    return bare or _DROPPED


def _operand_end(found: list[re.Match[str]], at: int) -> int:
    """Where the operand that begins at this piece ends."""
    if at >= len(found) or found[at][0] != "(":
        return min(at + 1, len(found))
    depth = 0
    for number in range(at, len(found)):
        depth += {"(": 1, ")": -1}.get(found[number][0], 0)
        if depth == 0:
            return number + 1
    return len(found)


def _without_dropped(pieces: list[str]) -> list[str]:
    """The pieces without what was left out, the operators that held it and brackets that are empty now."""
    kept: list[str] = []
    skip_operator = False
    for piece in pieces:
        empty = piece == ")" and kept and kept[-1] == "("
        if empty:
            kept.pop()
        if piece == _DROPPED or empty:
            while kept and _is_operator(kept[-1]):
                kept.pop()
            skip_operator = not kept or kept[-1] == "("
        elif not (skip_operator and piece in ("AND", "OR", "|")):
            kept.append(piece)
            skip_operator = False
    return kept


def _is_operator(piece: str) -> bool:
    return piece in _OPERATORS or _NEAR.fullmatch(piece) is not None
