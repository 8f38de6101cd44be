"""Which stored queries does an article answer, and on which words?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from bot.model import Article, Hit
from bot.query.forms import forms
from bot.query.tree import And, Node, Query, Term, leaves
from bot.text import Joint, ends_sentence, parts, words


class Cell(NamedTuple):
    """A word where it stands; the next begins at `place + width`. A glued word is one wide, more narrow."""

    place: int
    width: int
    text: str
    start: int
    end: int
    opens: Joint  # how it follows what is before it
    closes: Joint  # how what comes after follows it


class Field:
    """A text of an article, its words by their forms."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        self._at: dict[int, list[Cell]] = defaultdict(list)
        self._forms: dict[str, list[Cell]] = defaultdict(list)
        for cell in _cells(text):
            self._at[cell.place].append(cell)
            for form in forms(cell.text):
                self._forms[form].append(cell)

    def hits(self, term: Term) -> Iterator[Hit]:
        """Where the term stands, in order, not overlapping."""
        behind = -1
        for first in self._forms.get(term.words[0], ()):
            last = self._follow(term.words, first)
            if (
                last is None
                or first.opens is Joint.TIGHT
                or last.closes is Joint.TIGHT
                or first.start < behind
            ):
                continue
            glued = Joint.SEAM in (first.opens, last.closes)
            yield Hit(term.text, self.name, first.start, last.end, self.text[first.start : last.end], glued)
            behind = last.end

    def _follow(self, wanted: tuple[str, ...], first: Cell) -> Cell | None:
        """The last cell of the phrase that begins with `first`; only the last word may carry clitics."""
        if len(wanted) == 1:
            return first
        if first.text != wanted[0]:
            return None
        here = [first]
        for at, word in enumerate(wanted[1:], 2):
            here = [
                after
                for cell in here
                for after in self._at[cell.place + cell.width]
                if (after.text == word or (at == len(wanted) and word in forms(after.text)))
                and self._one_sentence(cell, after)
            ]
        return here[0] if here else None

    def _one_sentence(self, cell: Cell, after: Cell) -> bool:
        return not ends_sentence(cell.text, self.text[cell.end : after.start], self.text[after.start])


def _cells(text: str) -> Iterator[Cell]:
    found = list(words(text))
    place = 0
    for at, word in enumerate(found):
        closes = found[at + 1].joint if at + 1 < len(found) else Joint.APART
        pieces = parts(text, word)
        width = max(1, len(pieces))
        yield Cell(place, width, word.text, word.start, word.end, word.joint, closes)
        for number, piece in enumerate(pieces):
            after = Joint.SEAM if number + 1 < len(pieces) else closes
            yield Cell(place + number, 1, piece.text, piece.start, piece.end, piece.joint, after)
        place += width


class Index:
    """Stored queries by key; finds those that an article answers."""

    def __init__(self) -> None:
        self._queries: dict[str, Query] = {}

    def __len__(self) -> int:
        return len(self._queries)

    def __contains__(self, key: str) -> bool:
        return key in self._queries

    def add(self, key: str, query: Query) -> None:
        """Store a query, in place of the one that had this key."""
        self._queries[key] = query

    def remove(self, key: str) -> None:
        """Forget a query. Raises KeyError when there is none of that key."""
        del self._queries[key]

    def match(self, article: Article) -> dict[str, tuple[Hit, ...]]:
        """The queries that this article answers, each with its hits: title first, then body, by place."""
        fields = [Field(name, article.field(name)) for name in ("title", "body")]
        found: dict[Term, list[Hit]] = {}
        matches = {}
        for key, query in self._queries.items():
            for term in leaves(query.root):
                if term not in found:
                    found[term] = [hit for field in fields for hit in field.hits(term)]
            if _holds(query.root, found):
                hits = {hit for term in leaves(query.root) for hit in found[term]}
                matches[key] = tuple(
                    sorted(hits, key=lambda hit: (hit.field != "title", hit.start, hit.end, hit.term))
                )
        return matches


def _holds(node: Node, found: dict[Term, list[Hit]]) -> bool:
    if isinstance(node, Term):
        return bool(found[node])
    test = all if isinstance(node, And) else any
    return test(_holds(part, found) for part in node.parts)
