"""A query as a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase; `words` are its folded words in order."""

    text: str  # as written, without the quotes
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f'"{self.text}"' if any(mark in self.text for mark in " ,") else self.text


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class Or:
    """Any of these."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return ", ".join(map(str, self.parts))


Node = Term | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """What a watch looks for. `str(query)` is its canonical form: `parse(str(query)) == query`."""

    root: Node

    @property
    def terms(self) -> tuple[str, ...]:
        """The words and phrases it looks for, as written, each once."""
        return tuple(dict.fromkeys(term.text for term in leaves(self.root)))

    def __str__(self) -> str:
        return str(self.root)


def leaves(node: Node) -> Iterator[Term]:
    """The terms of a query from left to right."""
    if isinstance(node, Term):
        yield node
    else:
        for part in node.parts:
            yield from leaves(part)
