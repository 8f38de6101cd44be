"""Sources in SQL: which are due, who has claimed them, what the last poll brought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.tables import sources as table
from bot.config import SourceSettings
from bot.errors import LostLease
from bot.model import Source, SourceKind
from bot.ports import Fetched

FORGOTTEN = {"etag": "", "last_modified": "", "ok_at": None, "item_at": None, "failures": 0, "problem": ""}
"""What a new address makes worthless: it is another source under an old name."""


CLOCK_STEP = timedelta(minutes=1)  # a smaller step of the clock delays a poll by no more than itself


def _free(now: datetime) -> Any:
    return (
        table.c.active,
        # Polled in the future: the clock was set back, and so what was due then says nothing.
        or_(table.c.due_at <= now, table.c.polled_at > now + CLOCK_STEP),
        or_(table.c.claimed_until.is_(None), table.c.claimed_until <= now),
    )


class SqlSources:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def sync(self, sources: Sequence[SourceSettings], now: datetime) -> None:
        known = {row.name: row for row in await self._db.execute(select(table))}
        await self._rename(sources, known)
        await self._db.execute(update(table).values(active=False))
        fresh = []
        for source in sources:
            values: dict[str, Any] = {
                "url": source.url,
                "kind": source.kind.value,
                "interval": source.interval,
                "active": True,
            }
            if source.name not in known:
                fresh.append({**values, "name": source.name, "due_at": now})
                continue
            old = known[source.name]
            if old.url != source.url:
                values |= {**FORGOTTEN, "due_at": now}
            elif old.interval != source.interval or not old.active:
                values |= {"due_at": now}
            await self._db.execute(update(table).where(table.c.id == old.id).values(**values))
        if fresh:
            await self._db.execute(insert(table), fresh)

    async def _rename(self, sources: Sequence[SourceSettings], known: dict[str, Row[Any]]) -> None:
        """A source under a new name is known by its address: its backlog is not told as news, or held back, again."""
        names = {source.name for source in sources}
        left = {row.url: row for name, row in known.items() if name not in names}
        for source in sources:
            if source.name not in known and (row := left.pop(source.url, None)):
                await self._db.execute(update(table).where(table.c.id == row.id).values(name=source.name))
                known[source.name] = known.pop(row.name)

    async def due(self, now: datetime) -> list[int]:
        return list(
            await self._db.scalars(select(table.c.id).where(*_free(now)).order_by(table.c.due_at, table.c.id))
        )

    async def claim(self, source: int, now: datetime, until: datetime) -> Source | None:
        taken = await self._db.execute(
            update(table)
            .where(table.c.id == source, *_free(now))
            .values(lease=table.c.lease + 1, claimed_until=until)
            .returning(table)
        )
        row = taken.first()
        return _source(row) if row else None

    async def polled(
        self, source: Source, fetched: Fetched, *, now: datetime, due_at: datetime, unseen: bool, problem: str
    ) -> None:
        values: dict[str, Any] = {"ok_at": now, "failures": 0, "problem": problem}
        values |= {"etag": fetched.etag, "last_modified": fetched.last_modified}
        if unseen:
            values["item_at"] = now
        await self._finish(source, now, due_at, values)

    async def failed(self, source: Source, problem: str, *, now: datetime, due_at: datetime) -> None:
        await self._finish(source, now, due_at, {"failures": table.c.failures + 1, "problem": problem})

    async def _finish(self, source: Source, now: datetime, due_at: datetime, values: dict[str, Any]) -> None:
        done = await self._db.execute(
            update(table)
            .where(table.c.id == source.id, table.c.lease == source.lease)
            .values(polled_at=now, due_at=due_at, claimed_until=None, **values)
        )
        if done.rowcount != 1:
            raise LostLease(f"the claim on {source.name!r} has passed to somebody else")

    async def release_all(self) -> None:
        # The lease goes up too: a poll of the old process that still comes to its end cannot store its result.
        await self._db.execute(
            update(table)
            .where(table.c.claimed_until.is_not(None))
            .values(claimed_until=None, lease=table.c.lease + 1)
        )

    async def all(self) -> list[Source]:
        rows = await self._db.execute(
            select(table).where(table.c.active).order_by(table.c.failures.desc(), table.c.name)
        )
        return [_source(row) for row in rows]


def _source(row: Row[Any]) -> Source:
    return Source(
        id=row.id,
        name=row.name,
        url=row.url,
        kind=SourceKind(row.kind),
        interval=row.interval,
        etag=row.etag,
        last_modified=row.last_modified,
        due_at=row.due_at,
        polled_at=row.polled_at,
        ok_at=row.ok_at,
        item_at=row.item_at,
        failures=row.failures,
        problem=row.problem,
        lease=row.lease,
    )
