"""What waits for a person to confirm it, or to ask on: watches, sources, questions too long for a button."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")

KEPT = timedelta(hours=1)
KEPT_MOST = 20  # in one chat; the oldest goes first


@dataclass(slots=True)
class Drafts(Generic[T]):
    """Keeps what was proposed in each chat for a while; forgotten when the program ends."""

    _kept: dict[str, dict[int, tuple[T, datetime]]] = field(default_factory=dict)
    _last: int = 0

    def keep(self, draft: T, chat: str, now: datetime) -> int:
        """The number under which the draft can be taken. No number of an earlier run of the program means another one."""
        self._last = max(self._last + 1, int(now.timestamp()))
        kept = self._kept.setdefault(chat, {})
        kept[self._last] = draft, now + KEPT
        for number in list(kept)[:-KEPT_MOST]:
            del kept[number]
        return self._last

    def take(self, number: int, chat: str, now: datetime) -> T | None:
        """The draft of this number, once; None when it is not known, or not any more."""
        draft = self.look(number, chat, now)
        self._kept.get(chat, {}).pop(number, None)
        return draft

    def look(self, number: int, chat: str, now: datetime) -> T | None:
        """As `take`, and it stays."""
        draft, until = self._kept.get(chat, {}).get(number, (None, now))
        return draft if now < until else None
