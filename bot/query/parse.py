"""Reads a query: a recursive descent, because only so can an error name the very letters that are wrong.

Operators bind in this order, from the closest: NOT, NEAR, AND, OR; then the comma. Words side by side ask
for all. Seen in trials: grammars from luqum, lark and pyparsing accept `a AND OR b` or lose the place
of what is open.
"""

from __future__ import annotations

import difflib
import re

from bot.errors import QueryError
from bot.query.checks import require_findable, require_position, require_word
from bot.query.lexer import Piece, pieces
from bot.query.lists import Lists, starter
from bot.query.tree import (
    META_FIELDS,
    TEXT_FIELDS,
    In,
    Meta,
    Named,
    Near,
    Node,
    Not,
    Query,
    Style,
    Term,
    Times,
    all_of,
    any_of,
)

NESTED_MOST = 50  # brackets in brackets; Python's own stack is the limit behind it
NEAR_MOST = 999  # words; farther apart is "in the same article"

_NEAR = re.compile(r"(O?)NEAR/([1-9]\d{0,2})(f?)")
_TIMES = re.compile(r"\{\s*(\d{1,4})\s*\}")
_STARTS = frozenset(
    ["word", "quoted", "field", "braces", "name", "(", "~", "-"]
)  # what an operand begins with
_FIELDS = (*TEXT_FIELDS, *META_FIELDS, "case", "raw")


def parse(text: str, lists: Lists = starter) -> Query:
    """The query that `text` writes. Raises QueryError: where it is wrong and what to write instead."""
    reader = _Reader(text, lists)
    root = reader.everything()
    require_findable(root, text)
    return Query(root, reader.listed)


class _Reader:
    """Where the reading of one query stands."""

    def __init__(self, text: str, lists: Lists) -> None:
        self._text, self._lists = text, lists
        self._pieces = pieces(text)
        self._at = 0
        self._depth = 0
        self._style = Style.WORD
        self._field: Piece | None = None  # the title:, lead: or body: around this place
        self.listed = False

    def everything(self) -> Node:
        if not self._pieces:
            raise QueryError("The query is empty; write a word to watch for.", self._text, 0, len(self._text))
        root = self._list()
        if (piece := self._peek()) is not None:
            if piece.kind == ")":
                raise self._wrong(piece, "This bracket was never opened; remove it.")
            raise self._wrong(piece, f"“{piece.value}” cannot stand here; remove it.")
        return root

    # The grammar, from the loosest operator to the closest.

    def _list(self) -> Node:
        self._skip_commas()
        parts = [self._any()]
        while self._take(","):
            self._skip_commas()
            if self._peek() is None or self._is(")"):
                break
            parts.append(self._any())
            self.listed = True
        return parts[0] if len(parts) == 1 else any_of(parts)

    def _any(self) -> Node:
        parts = [self._all()]
        while self._take("operator", "OR"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else any_of(parts)

    def _all(self) -> Node:
        parts = [self._near()]
        while (piece := self._peek()) is not None:
            if not self._take("operator", "AND") and not (
                piece.kind in _STARTS or (piece.kind == "operator" and piece.value == "NOT")
            ):
                break
            parts.append(self._near())
        return parts[0] if len(parts) == 1 else all_of(parts)

    def _near(self) -> Node:
        start = self._place()
        left = self._one()
        chained = 0
        while (piece := self._take("near")) is not None:
            chained += 1
            if chained > NESTED_MOST:
                raise self._wrong(piece, "These are too many NEAR in a row; split the query.")
            found = _NEAR.fullmatch(piece.value)
            if found is None:
                raise self._wrong(
                    piece,
                    f"{piece.value.split('/')[0]} needs a number of words; write NEAR/5 (1 to {NEAR_MOST}).",
                )
            require_position(left, self._text, start, self._pieces[self._at - 2].end)
            right_start = self._place()
            right = self._one()
            require_position(right, self._text, right_start, self._pieces[self._at - 1].end)
            left = Near(left, right, int(found[2]), ordered=bool(found[1] or found[3]))
        return left

    def _one(self) -> Node:
        self._depth += 1
        if self._depth > NESTED_MOST:
            place = min(self._place(), len(self._text) - 1)
            raise QueryError("This is nested too deeply; split the query.", self._text, place, place + 1)
        part = self._operand()
        self._depth -= 1
        return part

    def _operand(self) -> Node:
        if self._take("operator", "NOT") or self._take("-"):
            part = self._one()
            return part.part if isinstance(part, Not) else Not(part)
        piece = self._next()
        match piece.kind:
            case "(":
                return self._group(piece)
            case "field":
                return self._in_field(piece)
            case "name":
                return self._named(piece)
            case "~":
                word = self._next_word(piece, "The ~ belongs before a word, as in ~serang.")
                return self._counted(word, Style.AFFIXED)
            case "braces":
                return self._braces(piece)
            case "word" | "quoted":
                return self._counted(piece, self._style)
        raise self._misplaced(piece)

    # The pieces of which an operand is made.

    def _group(self, opening: Piece) -> Node:
        if self._is(")"):
            raise QueryError(
                "There is nothing between these brackets.", self._text, opening.start, self._next().end
            )
        part = self._list()
        if not self._take(")"):
            if (piece := self._peek()) is not None:
                raise self._misplaced(piece)
            raise self._wrong(opening, "This bracket is never closed; add a ) where the group ends.")
        if (
            (braces := self._peek()) is not None
            and braces.kind == "braces"
            and braces.start == self._pieces[self._at - 1].end
        ):
            raise self._wrong(braces, "Only a word or phrase can be counted, not a group; write sanksi{2}.")
        return part

    def _in_field(self, piece: Piece) -> Node:
        name = piece.value[:-1].lower()
        if name not in _FIELDS:
            near = difflib.get_close_matches(name, _FIELDS, 1)
            hint = (
                f"did you mean {near[0]}:?"
                if near
                else f"there are {', '.join(f'{one}:' for one in _FIELDS)}."
            )
            raise self._wrong(piece, f"There is no field “{name}:”; {hint}")
        if name == "raw":
            quoted = self._next_word(
                piece, 'Write what raw: looks for in quotation marks, as in raw:"iPhone".'
            )
            return self._counted(quoted, Style.RAW)
        if name in META_FIELDS:
            return self._meta(name, piece)
        outer_style, outer_field = self._style, self._field
        if name == "case":
            self._style = Style.CASE
        elif outer_field is not None:
            raise self._wrong(
                piece, f"{piece.value} cannot stand inside {outer_field.value}; close that group first."
            )
        else:
            self._field = piece
        part = self._one_after(piece)
        self._style, self._field = outer_style, outer_field
        return part if name == "case" else In(name, part)

    def _meta(self, name: str, piece: Piece) -> Node:
        if self._take("("):
            parts: list[Node] = []
            while not self._take(")"):
                value = self._next_word(
                    piece, f"Write words in the brackets after {name}:, with OR between them."
                )
                parts.append(Meta(name, " ".join(value.value.split())))
                if not (self._take("operator", "OR") or self._take(",") or self._is(")")):
                    raise self._misplaced(self._next())
            if not parts:
                raise self._wrong(piece, f"{name}: needs something after it.")
            return any_of(parts)
        value = self._next_word(piece, f"{name}: needs a word or a phrase in quotation marks after it.")
        require_word(value, Style.WORD, self._text)
        return Meta(name, " ".join(value.value.split()))

    def _named(self, piece: Piece) -> Node:
        part = self._lists(piece.value[1:])
        if part is None:
            near = self._lists.nearest(piece.value[1:])
            hint = f"did you mean @{near}?" if near else "make it first, or write its words here."
            raise self._wrong(piece, f"There is no list {piece.value}; {hint}")
        return Named(piece.value[1:], part)

    def _braces(self, piece: Piece) -> Node:
        inner = piece.value[1:-1].strip()
        if _TIMES.fullmatch(piece.value):
            raise self._wrong(piece, "The count belongs right behind a word, without a space: sanksi{2}.")
        word = Piece("quoted", inner, piece.start, piece.end)
        require_word(word, Style.CASE, self._text)
        return Term(" ".join(inner.split()), Style.CASE)

    def _counted(self, piece: Piece, style: Style) -> Node:
        require_word(piece, style, self._text)
        term = Term(piece.value if style is Style.RAW else " ".join(piece.value.split()), style)
        braces = self._peek()
        if braces is None or braces.kind != "braces" or braces.start != piece.end:
            return term
        found = _TIMES.fullmatch(braces.value)
        if found is None or int(found[1]) == 0:
            raise self._wrong(braces, "Between the braces stands how often at least, as in sanksi{2}.")
        self._next()
        return Times(term, int(found[1]))

    # Steps through the pieces.

    def _peek(self) -> Piece | None:
        return self._pieces[self._at] if self._at < len(self._pieces) else None

    def _is(self, kind: str) -> bool:
        return self._at < len(self._pieces) and self._pieces[self._at].kind == kind

    def _take(self, kind: str, value: str | None = None) -> Piece | None:
        if self._at < len(self._pieces):
            piece = self._pieces[self._at]
            if piece.kind == kind and (value is None or piece.value == value):
                self._at += 1
                return piece
        return None

    def _skip_commas(self) -> None:
        while self._take(","):
            pass

    def _place(self) -> int:
        piece = self._peek()
        return piece.start if piece else len(self._text)

    def _next(self) -> Piece:
        if self._at < len(self._pieces):
            self._at += 1
            return self._pieces[self._at - 1]
        if not self._pieces or self._pieces[-1].kind == ",":
            raise QueryError("There is no word in this list; write one.", self._text, 0, len(self._text))
        last = self._pieces[-1]
        if last.kind == "(":
            raise self._wrong(last, "This bracket is never closed; add a ) where the group ends.")
        raise self._wrong(last, f"Something is missing after “{last.value}”; add a word or remove it.")

    def _next_word(self, before: Piece, otherwise: str) -> Piece:
        piece = self._peek()
        if piece is None or piece.kind not in ("word", "quoted"):
            raise self._wrong(before, otherwise)
        return self._next()

    def _one_after(self, before: Piece) -> Node:
        piece = self._peek()
        if piece is None or piece.kind not in _STARTS:
            raise self._wrong(before, f"{before.value} needs a word or a group in brackets after it.")
        return self._one()

    def _misplaced(self, piece: Piece) -> QueryError:
        before = self._pieces[self._pieces.index(piece) - 1] if piece is not self._pieces[0] else None
        if piece.kind not in ("operator", "near"):
            return self._wrong(
                piece, f"“{piece.value}” cannot stand here; write a word before it, or remove it."
            )
        if before is not None and before.kind in ("operator", "near"):
            return self._wrong(piece, f"Two operators in a row: remove {before.value} or {piece.value}.")
        return self._wrong(
            piece, f"{piece.value} needs a word before it; write one, or remove {piece.value}."
        )

    def _wrong(self, piece: Piece, text: str) -> QueryError:
        return QueryError(text, self._text, piece.start, piece.end)
