"""How a chat platform is, seen from here: what a person has to know, and what only passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class Condition(StrEnum):
    """The worst first: of several troubles the first counts."""

    REFUSED = "refused"  # it does not accept our token any more: a person has to act
    RIVAL = "rival"  # another program takes what people write to us: a person has to act
    AWAY = "away"  # it does not answer, or is not connected yet: it passes
    WELL = "well"

    @property
    def needs_a_person(self) -> bool:
        return self in (Condition.REFUSED, Condition.RIVAL)


ORDER = tuple(Condition)


@dataclass(frozen=True, slots=True)
class Health:
    condition: Condition = Condition.WELL
    since: datetime | None = None  # since when it is in this condition; None: from the start
    detail: str = ""  # the platform's own words, or the network's


def now() -> datetime:
    return datetime.now(UTC)


class Pulse:
    """What an adapter's parts say of their platform ("sending", "listening"), put together."""

    def __init__(self, clock: Callable[[], datetime] = now) -> None:
        self._clock = clock
        self._parts: dict[str, Health] = {}
        self._well_since: datetime | None = None

    def well(self, part: str) -> None:
        """It works."""
        if self._parts.pop(part, None) and not self._parts:
            self._well_since = self._clock()

    def ill(self, part: str, condition: Condition, detail: str) -> None:
        """It does not, and why; the moment of the first time stays."""
        before = self._parts.get(part)
        same = before is not None and before.condition is condition
        self._parts[part] = before if same and before else Health(condition, self._clock(), detail)

    def clear(self) -> None:
        """Nothing is known any more: the adapter was stopped."""
        self._parts.clear()

    @property
    def health(self) -> Health:
        worst = min(self._parts.values(), key=lambda one: ORDER.index(one.condition), default=None)
        return worst or Health(since=self._well_since)
