"""A query made ready to be asked: each step answers with its hits, or None where it does not hold."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Protocol

from bot.query.meta import holds
from bot.query.patterns import Pattern, pattern
from bot.query.reading import Found, Reading
from bot.query.tree import And, In, Meta, Named, Near, Node, Not, Or, Term, Times


class Step(Protocol):
    """One part of a query."""

    def ask(self, reading: Reading) -> Sequence[Found] | None:
        """The hits that make it hold, possibly none; None when it does not hold."""


class Look:
    """A term, in a part of the text."""

    __slots__ = ("key", "pattern", "scope", "times")

    def __init__(self, looked_for: Pattern, scope: str, times: int = 1) -> None:
        self.pattern, self.scope, self.times = looked_for, scope, times
        # Most terms fail because a word is not there: that is seen without a search.
        self.key = looked_for.ways[0][0].key if len(looked_for.ways) == 1 else ""

    def ask(self, reading: Reading) -> Sequence[Found] | None:
        if self.key and self.key not in reading.at:
            return None
        found = reading.hits(self.pattern, self.scope)
        return found if len(found) >= self.times else None


class All:
    """Every one of these."""

    __slots__ = ("parts",)

    def __init__(self, parts: list[Step]) -> None:
        self.parts = parts

    def ask(self, reading: Reading) -> Sequence[Found] | None:
        found: list[Found] = []
        for part in self.parts:
            one = part.ask(reading)
            if one is None:
                return None
            found += one
        return found


class Any:
    """At least one of these."""

    __slots__ = ("parts",)

    def __init__(self, parts: list[Step]) -> None:
        self.parts = parts

    def ask(self, reading: Reading) -> Sequence[Found] | None:
        found: list[Found] = []
        held = False
        for part in self.parts:
            one = part.ask(reading)
            if one is not None:
                held = True
                found += one
        return found if held else None


class Without:
    """Not this."""

    __slots__ = ("part",)

    def __init__(self, part: Step) -> None:
        self.part = part

    def ask(self, reading: Reading) -> Sequence[Found] | None:
        return () if self.part.ask(reading) is None else None


class Beside:
    """A place of one and a place of the other, few words apart. n log n in the number of places."""

    __slots__ = ("distance", "left", "ordered", "right")

    def __init__(self, left: Step, right: Step, distance: int, ordered: bool) -> None:
        self.left, self.right, self.distance, self.ordered = left, right, distance, ordered

    def ask(self, reading: Reading) -> Sequence[Found] | None:
        left, right = self.left.ask(reading), self.right.ask(reading)
        if not left or not right:
            return None
        left_places, right_places = reading.places(left), reading.places(right)
        met = self._meeting(left, left_places, right_places, forward=True, backward=not self.ordered)
        if not met:
            return None
        return met + self._meeting(right, right_places, left_places, forward=not self.ordered, backward=True)

    def _meeting(
        self,
        ones: Sequence[Found],
        places: list[tuple[int, int]],
        others: list[tuple[int, int]],
        *,
        forward: bool,
        backward: bool,
    ) -> list[Found]:
        """Those that have one of the others after them (forward) or before them (backward), near enough."""
        starts = sorted(start for start, _ in others)
        ends = sorted(end for _, end in others)
        met = []
        for one, (start, end) in zip(ones, places, strict=True):
            after = bisect_left(starts, end) < bisect_left(starts, end + self.distance) if forward else False
            before = (
                bisect_right(ends, start - self.distance) < bisect_right(ends, start) if backward else False
            )
            if after or before:
                met.append(one)
        return met


class Known:
    """What is known about the article besides its text."""

    __slots__ = ("meta",)

    def __init__(self, meta: Meta) -> None:
        self.meta = meta

    def ask(self, reading: Reading) -> Sequence[Found] | None:
        return () if holds(self.meta, reading.article) else None


def step(node: Node, scope: str = "") -> Step:
    """The way to ask a query."""
    match node:
        case Term():
            return Look(pattern(node), scope)
        case Times():
            return Look(pattern(node.term), scope, node.count)
        case And():
            # What must not be there is asked last: most queries fail before.
            ordered = sorted(node.parts, key=lambda part: isinstance(part, Not))
            return All([step(part, scope) for part in ordered])
        case Or():
            return Any([step(part, scope) for part in node.parts])
        case Not():
            return Without(step(node.part, scope))
        case Near():
            return Beside(step(node.left, scope), step(node.right, scope), node.distance, node.ordered)
        case In():
            return step(node.part, node.field)
        case Named():
            return step(node.part, scope)
        case Meta():
            return Known(node)
