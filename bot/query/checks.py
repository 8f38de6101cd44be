"""What a query must not be, although it can be read."""

from __future__ import annotations

import re

from bot.errors import QueryError
from bot.query.lexer import Piece
from bot.query.tree import And, In, Meta, Named, Near, Node, Not, Or, Style, Term, Times

PREFIX_LETTERS = 2  # before a *, at least: fewer would catch most of a language

_LETTER = re.compile(r"[^\W_]")
_WILD = re.compile(r"[*?]")


def require_word(piece: Piece, style: Style, text: str) -> None:
    """A term has a letter or digit, and its wildcards stand where they can. Raises QueryError."""
    value = piece.value
    if value.isalpha():
        return
    first = piece.start + (1 if piece.kind == "quoted" else 0)
    if not _LETTER.search(value):
        raise QueryError("There is no word in this; write letters or digits.", text, piece.start, piece.end)
    if style is Style.RAW or not _WILD.search(value):
        return
    if style is Style.AFFIXED:
        raise QueryError(
            "~ makes the forms itself; write ~serang or serang*, not both.", text, piece.start, piece.end
        )
    for word in re.finditer(r"\S+", value):
        wild = _WILD.search(word[0])
        if wild is None:
            continue
        before = _LETTER.findall(word[0][: wild.start()])
        at = first + word.start() + wild.start()
        if not before:
            raise QueryError(
                f"A word cannot begin with {wild[0]}; write its first letters.", text, at, at + 1
            )
        star = word[0].find("*")
        if star >= 0 and len(_LETTER.findall(word[0][:star].split("?")[0])) < PREFIX_LETTERS:
            where = first + word.start()
            raise QueryError(
                f"Write at least {PREFIX_LETTERS} letters before *, or this finds nearly every word.",
                text,
                where,
                where + star + 1,
            )


def require_position(node: Node, text: str, start: int, end: int) -> None:
    """An operand of NEAR has places in a text: a term, an OR of terms, a NEAR. Raises QueryError."""
    match node:
        case Term() | Near():
            return
        case Or():
            for part in node.parts:
                require_position(part, text, start, end)
        case Named():
            require_position(node.part, text, start, end)
        case Not():
            raise QueryError(
                "NEAR needs words on both sides, and what is not there has no place; write NOT (a NEAR/5 b).",
                text,
                start,
                end,
            )
        case And():
            raise QueryError(
                "NEAR needs a place, and an AND has several; write (a NEAR/5 c) AND (b NEAR/5 c).",
                text,
                start,
                end,
            )
        case Times():
            raise QueryError(
                "A counted word has no single place; put the count outside of NEAR.", text, start, end
            )
        case In() | Meta():
            raise QueryError(
                "A field cannot stand inside NEAR; put NEAR inside the field: title:(a NEAR/5 b).",
                text,
                start,
                end,
            )


def require_findable(root: Node, text: str) -> None:
    """A query asks for something that is there, in each of its alternatives. Raises QueryError."""
    if not asks(root):
        raise QueryError(
            "This only says what must not be there; add a word that must be.",
            text,
            0,
            len(text.rstrip()) or len(text),
        )


def asks(node: Node) -> bool:
    """Does a query ask for something that is there, and not only for what is not?"""
    match node:
        case Not():
            return False
        case And():
            return any(asks(part) for part in node.parts)
        case Or():
            return all(asks(part) for part in node.parts)
        case In() | Named():
            return asks(node.part)
    return True
