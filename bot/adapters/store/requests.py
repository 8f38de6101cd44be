"""What people asked and have no answer to yet, in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.tables import requests as table
from bot.adapters.store.tables import seen_events
from bot.adapters.store.upsert import insert_new
from bot.ports import Kept


class SqlRequests:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add(self, requests: Sequence[Kept]) -> list[bool]:
        if not requests:
            return []
        events = [{"id": kept.key, "at": kept.at} for kept in requests]
        insert = insert_new(self._db, seen_events).returning(seen_events.c.id)
        new = set(await self._db.scalars(insert, events))
        rows = {
            kept.key: {"key": kept.key, "platform": kept.platform, "payload": kept.payload, "at": kept.at}
            for kept in requests
            if kept.key in new
        }
        if rows:
            await self._db.execute(insert_new(self._db, table), list(rows.values()))
        first: list[bool] = []
        for kept in requests:
            first.append(kept.key in new)
            new.discard(kept.key)
        return first

    async def remove(self, keys: Sequence[str]) -> None:
        if keys:
            await self._db.execute(delete(table).where(table.c.key.in_(keys)))

    async def begin_again(self, platform: str) -> list[Kept]:
        mine = table.c.platform == platform
        await self._db.execute(update(table).where(mine).values(tries=table.c.tries + 1))
        rows = await self._db.execute(select(table).where(mine).order_by(table.c.at, table.c.key))
        return [Kept(row.key, row.platform, row.payload, row.at, row.tries) for row in rows]
