"""A store that comes from a backup: what may have been sent since is not sent again before somebody has looked.

What was open when the copy was made is uncertain. So is every alert that the first poll of a source brings now: the older self
may have told it. Slack's history knows (an alert's id is made of its chat and text, so it is the same in both lives); where
nobody can look, a person decides. After a source's first poll all is as usual.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.model import Source
from bot.ports import Tx

BACKUP = "backup"  # mark: the moment of the copy; only copies have it
RESTORED, RESTORED_FROM = (
    "restored",
    "restored-from",
)  # marks: when a copy was put into use, and from when it is


async def wake_up(tx: Tx, now: datetime) -> tuple[datetime, int] | None:
    """At a start, before anything is sent: if the store is a copy, when it was made and how many messages may have been sent."""
    since = (await tx.marks()).get(BACKUP)
    if since is None:
        return None
    count = await tx.deliveries.came_back(since)
    await tx.mark(RESTORED, now)
    await tx.mark(RESTORED_FROM, since)
    await tx.unmark(BACKUP)
    return since, count


def told_before(source: Source, marks: Mapping[str, datetime]) -> datetime | None:
    """Since when the older self may have told what this poll brings; None if it cannot have."""
    restored = marks.get(RESTORED)
    if restored is None or (source.ok_at is not None and source.ok_at >= restored):
        return None
    return marks.get(RESTORED_FROM)


def seen_before(seen: datetime | None, marks: Mapping[str, datetime]) -> datetime | None:
    """Since when the older self may have told what the page of an article adds that was stored at `seen`."""
    restored = marks.get(RESTORED)
    return marks.get(RESTORED_FROM) if restored and seen and seen < restored else None
