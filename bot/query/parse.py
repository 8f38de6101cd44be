"""Reads a query: words and "phrases"; spaces between them ask for all, commas or line breaks for any."""

from __future__ import annotations

import re

from bot.errors import QueryError
from bot.query.tree import And, Node, Or, Query, Term
from bot.text import words

_PIECE = re.compile(
    r'(?P<quoted>["“”„«»][^"“”„«»]*["“”„«»])|(?P<any>[,\n]+)|(?P<space>[^\S\n]+)|(?P<word>[^\s,"“”„«»]+)'
)
_RESERVED = re.compile(r"^(?:AND|OR|NOT|O?NEAR(?:/\w*)?)$|[*?()~@{}|]|^-|^[A-Za-z]+:|<<<")


def parse(text: str) -> Query:
    """The query that `text` writes. Raises QueryError: where it is wrong and what to write instead."""
    branches: list[Node] = []
    together: list[Node] = []
    at = 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None:
            raise QueryError(
                "This quotation mark is never closed; close it after the phrase.", text, at, at + 1
            )
        if piece.lastgroup == "any":
            _close(together, branches)
        elif piece.lastgroup != "space":
            together.append(_term(text, *piece.span(), quoted=piece.lastgroup == "quoted"))
        at = piece.end()
    _close(together, branches)
    if not branches:
        raise QueryError("The query is empty; write a word to watch for.", text, 0, len(text))
    return Query(branches[0] if len(branches) == 1 else Or(tuple(dict.fromkeys(branches))))


def _close(together: list[Node], branches: list[Node]) -> None:
    if together:
        branches.append(together[0] if len(together) == 1 else And(tuple(together)))
        together.clear()


def _term(text: str, start: int, end: int, *, quoted: bool) -> Term:
    written = text[start + 1 : end - 1] if quoted else text[start:end]
    if not quoted and (reserved := _RESERVED.search(written)):
        raise QueryError(
            f"“{reserved[0]}” is not understood yet; write words and “phrases”, commas between alternatives.",
            text,
            start + reserved.start(),
            start + reserved.end(),
        )
    found = tuple(word.text for word in words(written))
    if not found:
        raise QueryError("There is no word in this; write letters or digits.", text, start, end)
    return Term(" ".join(written.split()), found)
