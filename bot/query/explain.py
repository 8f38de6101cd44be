"""Why an article answers a query or does not: which clause failed, and how near it was."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import Article
from bot.query.forms import profile_of
from bot.query.patterns import keys as term_keys
from bot.query.reading import Reading
from bot.query.steps import step
from bot.query.tree import And, In, Named, Near, Node, Not, Or, Query, Term, Times, every
from bot.query.vocabulary import Chunks, Keys


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a query and what the article says to it."""

    text: str  # in canonical form
    holds: bool
    hits: int
    short: int | None = None  # by how much it failed: words too far for NEAR, times too few for {n}
    parts: tuple[Clause, ...] = ()

    def lines(self, depth: int = 0) -> list[str]:
        """The clause and its parts as indented text, a line each."""
        mark = "yes" if self.holds else "no "
        missed = f", {self.short} short" if self.short else ""
        return [f"{'  ' * depth}{mark} {self.text} ({self.hits}{missed})"] + [
            line for part in self.parts for line in part.lines(depth + 1)
        ]


def explain(query: Query, article: Article) -> Clause:
    """What the article says to each clause of the query."""
    keys = Keys()
    for term in every(query.root, Term):
        for way in term_keys(term):
            for key in way:
                keys.add(key)
    text = f"{article.title} {article.body}"
    cut = text.split(" ")
    chunks = Chunks(keys, profile_of(article.lang, cut))
    return _explain(Reading(article, text, cut, chunks.read, chunks.locate(cut)), query.root)


def _explain(reading: Reading, node: Node, scope: str = "") -> Clause:
    """What an article that is being read says to a part of a query."""
    found = step(node, scope).ask(reading)
    hits = [] if found is None else list(found)
    match node:
        case And() | Or():
            parts = tuple(_explain(reading, part, scope) for part in node.parts)
        case Not():
            parts = (_explain(reading, node.part, scope),)
        case In():
            parts = (_explain(reading, node.part, node.field),)
        case Named():
            parts = (_explain(reading, node.part, scope),)
        case Near():
            parts = (_explain(reading, node.left, scope), _explain(reading, node.right, scope))
        case _:
            parts = ()
    short = None if found is not None else _short(reading, node, scope)
    return Clause(str(node), found is not None, len(hits), short, parts)


def _short(reading: Reading, node: Node, scope: str) -> int | None:
    """By how much a NEAR or a count failed; None where both sides are not even there."""
    if isinstance(node, Times):
        return node.count - len(step(node.term, scope).ask(reading) or ())
    if not isinstance(node, Near):
        return None
    left = reading.places(list(step(node.left, scope).ask(reading) or ()))
    right = reading.places(list(step(node.right, scope).ask(reading) or ()))
    return _nearest(left, right, node) if left and right else None


def _nearest(left: list[tuple[int, int]], right: list[tuple[int, int]], near: Near) -> int | None:
    """How many words the two sides are farther apart than allowed, at their nearest."""
    marked = sorted([(*place, True) for place in left] + [(*place, False) for place in right])
    best: int | None = None
    last: dict[bool, int] = {}
    for start, end, is_left in marked:
        behind = last.get(not is_left)
        if behind is not None and start >= behind and not (near.ordered and is_left):
            missed = start - behind + 1 - near.distance
            best = missed if best is None else min(best, missed)
        last[is_left] = max(end, last.get(is_left, end))
    return best
