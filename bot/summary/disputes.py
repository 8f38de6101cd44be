"""Where the outlets of a story contradict each other, in a number or in a name.

A later report replaces an earlier one of its own outlet; two outlets that differ are shown side by side, because
nobody here can know who is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

from bot.summary import numbers, roles
from bot.summary.numbers import Placed
from bot.summary.ranking import when


class About(StrEnum):
    NUMBER = "number"
    NAME = "name"


Differ = Callable[[Placed, Placed], bool]
_KINDS: dict[About, Differ] = {About.NUMBER: numbers.differ, About.NAME: roles.differ}


def disputes(placed: Sequence[Placed]) -> Iterator[tuple[About, Placed, Placed]]:
    """Pairs of sentences from two outlets that tell the same otherwise; each outlet speaks with its latest word."""
    for about, differ in _KINDS.items():
        for at, one in enumerate(placed):
            for other in placed[at + 1 :]:
                if (
                    one.article.source != other.article.source
                    and differ(one, other)
                    and _latest_word(one, placed, differ)
                    and _latest_word(other, placed, differ)
                ):
                    yield about, one, other


def _latest_word(one: Placed, others: Sequence[Placed], differ: Differ) -> bool:
    """Has its own outlet not corrected it since?"""
    return not any(
        other.article.source == one.article.source
        and when(other.article) > when(one.article)
        and differ(one, other)
        for other in others
    )
