"""A query as a value, and its canonical form.

Parts of And and Or are never And and Or again themselves, and never stand twice: `all_of` and `any_of` see
to it, so that a query has one value however it was typed, and `parse(str(query)) == query`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar


class Style(StrEnum):
    """How closely a term's letters must agree with the text's."""

    WORD = "word"  # folded, with clitics and particles
    AFFIXED = "affixed"  # also the forms made from it by prefixes and suffixes
    CASE = "case"  # capitals as written
    RAW = "raw"  # every letter as written, nothing else


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase as written, its quotes left out and its white space single (but in RAW)."""

    text: str
    style: Style = Style.WORD

    def __str__(self) -> str:
        if self.style is Style.RAW:
            return f'raw:"{self.text}"'
        written = (
            self.text if _BARE.fullmatch(self.text) and self.text not in _OPERATORS else f'"{self.text}"'
        )
        if self.style is Style.CASE:
            return f"case:({written})"
        return f"~{written}" if self.style is Style.AFFIXED else written


@dataclass(frozen=True, slots=True)
class Meta:
    """A condition on what is known about an article besides its text."""

    field: str  # one of META_FIELDS
    text: str

    def __str__(self) -> str:
        return f"{self.field}:{Term(self.text)}"


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        first, *rest = (_inside(part, And) for part in self.parts)
        return first + "".join(f" {part}" if part.startswith("NOT ") else f" AND {part}" for part in rest)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of these."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class Not:
    """An article that does not answer this."""

    part: Node

    def __str__(self) -> str:
        return f"NOT {_inside(self.part, Not)}"


@dataclass(frozen=True, slots=True)
class Near:
    """A place of `left` and one of `right` at most `distance` words on: 1 is side by side."""

    left: Node
    right: Node
    distance: int
    ordered: bool = False

    def __str__(self) -> str:
        operator = f"{'O' if self.ordered else ''}NEAR/{self.distance}"
        left = str(self.left) if isinstance(self.left, Near) else _inside(self.left, Near)
        return f"{left} {operator} {_inside(self.right, Near)}"


@dataclass(frozen=True, slots=True)
class Times:
    """A term that stands in the text at least `count` times."""

    term: Term
    count: int

    def __str__(self) -> str:
        times = f"{{{self.count}}}"
        if self.term.style is Style.CASE:
            return f"case:({Term(self.term.text)}{times})"
        return f"{self.term}{times}"


@dataclass(frozen=True, slots=True)
class In:
    """A condition on one part of the text."""

    field: str  # one of TEXT_FIELDS
    part: Node

    def __str__(self) -> str:
        return f"{self.field}:{_inside(self.part, Not)}"


@dataclass(frozen=True, slots=True)
class Named:
    """A shared list, with what it stands for when the query was read."""

    name: str
    part: Node

    def __str__(self) -> str:
        return f"@{self.name}"


Node = Term | Meta | And | Or | Not | Near | Times | In | Named

TEXT_FIELDS = ("title", "lead", "body")
META_FIELDS = ("author", "source", "site", "lang", "country", "tag")

_BARE = re.compile(r"[^\s(){}|,:;~@<>\"“”„«»*?-][^\s(){}|,:;~@<>\"“”„«»]*")
_OPERATORS = frozenset(["AND", "OR", "NOT", "NEAR", "ONEAR", "DAN", "ATAU", "BUKAN"])
_BINDING: dict[type, int] = {
    Or: 0,
    And: 1,
    Near: 2,
    Not: 3,
}  # from the loosest; what is not here is one piece


def _inside(part: Node, around: type) -> str:
    """A part as it is written inside an operator: in brackets unless it binds more closely."""
    close = _BINDING.get(type(part), 4) > _BINDING[around] or (isinstance(part, Not) and around is Not)
    return str(part) if close else f"({part})"


def all_of(parts: Iterable[Node]) -> Node:
    """The And of these, flat and without repetition; a single part stays itself."""
    flat = tuple(
        dict.fromkeys(one for part in parts for one in (part.parts if isinstance(part, And) else (part,)))
    )
    return flat[0] if len(flat) == 1 else And(flat)


def any_of(parts: Iterable[Node]) -> Node:
    """The Or of these, flat and without repetition; a single part stays itself."""
    flat = tuple(
        dict.fromkeys(one for part in parts for one in (part.parts if isinstance(part, Or) else (part,)))
    )
    return flat[0] if len(flat) == 1 else Or(flat)


@dataclass(frozen=True, slots=True)
class Query:
    """What a watch looks for. `str(query)` is its canonical form: `parse(str(query)) == query`."""

    root: Node
    listed: bool = field(
        default=False, compare=False
    )  # a bare list that was read as OR: the answer should say so

    @property
    def terms(self) -> tuple[str, ...]:
        """The words and phrases it looks for, as written, each once; those it excludes are left out."""
        return tuple(dict.fromkeys(term.text for term in leaves(self.root)))

    def __str__(self) -> str:
        return str(self.root)


T = TypeVar("T")


def every(node: Node, kind: type[T]) -> Iterator[T]:
    """Everything of a kind in a query, also under NOT."""
    waiting: list[Node] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, kind):
            yield one
        match one:
            case Term() | Meta():
                pass
            case And() | Or():
                waiting += reversed(one.parts)
            case Near():
                waiting += (one.right, one.left)
            case Times():
                waiting.append(one.term)
            case Not() | In() | Named():
                waiting.append(one.part)


def leaves(node: Node) -> Iterator[Term]:
    """The terms that a query looks for, from left to right; nothing under a NOT."""
    match node:
        case Term():
            yield node
        case And() | Or():
            for part in node.parts:
                yield from leaves(part)
        case Near():
            yield from leaves(node.left)
            yield from leaves(node.right)
        case Times():
            yield node.term
        case In() | Named():
            yield from leaves(node.part)
