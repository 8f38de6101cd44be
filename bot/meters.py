"""What this process counts about itself, in plain numbers; an adapter shows them to whoever measures.

What the store knows (sent, waiting, uncertain, dead) is asked of the store. Here stands what no table holds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

DELAYS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 21600.0)
"""Upper bounds in seconds: from a push within a second to a source that is read a few times a day."""

WAITS = (0.01, 0.1, 0.5, 1.0, 3.1, 10.0, 30.0, 60.0, 300.0)
"""Upper bounds in seconds: a chat's own pace is 1.05 s or 3.1 s, beyond that somebody asked us to wait."""


@dataclass(slots=True)
class Histogram:
    """Counts of values by upper bound."""

    bounds: Sequence[float]
    counts: list[int] = field(default_factory=list)  # by bound, the last one for what is beyond all
    total: float = 0.0

    def __post_init__(self) -> None:
        self.counts = [0] * (len(self.bounds) + 1)

    def add(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


@dataclass(slots=True)
class Meters:
    """Counted since the start of the process."""

    delays: defaultdict[str, Histogram] = field(
        default_factory=lambda: defaultdict(lambda: Histogram(DELAYS))
    )
    """By chat: seconds from the publication of an article to its alert on the screen."""
    waits: defaultdict[str, Histogram] = field(default_factory=lambda: defaultdict(lambda: Histogram(WAITS)))
    """By platform: seconds that messages were kept back for the pace of their chat or the platform's limits."""
    troubles: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By chat and kind (TryAgain, Uncertain, …): attempts that did not end in an arrived message."""
    paused_until: dict[str, datetime] = field(default_factory=dict)
    """By chat: until when its lane rests because of a trouble."""

    def arrived(self, chat: str, published: datetime | None, now: datetime) -> None:
        """A message stands in its chat; `published` is when its article was, None if that says nothing of our speed."""
        self.paused_until.pop(chat, None)
        if published is not None:
            self.delays[chat].add(max(0.0, (now - published).total_seconds()))

    def troubled(self, chat: str, trouble: Exception, until: datetime | None) -> None:
        """An attempt failed; the lane rests `until` then, None if it goes on at once."""
        self.troubles[chat, type(trouble).__name__] += 1
        if until is not None:
            self.paused_until[chat] = until

    def waited(self, platform: str, seconds: float) -> None:
        """A message was kept back for so long."""
        self.waits[platform].add(seconds)
