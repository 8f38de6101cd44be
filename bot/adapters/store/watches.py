"""Watches and mutes in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.tables import mutes
from bot.adapters.store.tables import watches as table
from bot.adapters.store.upsert import insert_new, inserted
from bot.model import Watch


class SqlWatches:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def sync(self, watches: Sequence[Watch]) -> None:
        # A watch of the configuration wins over one of the same name that was made in a chat.
        await self._db.execute(delete(table).where(table.c.origin == "config"))
        configured = {watch.name for watch in watches}
        for name in await self._db.scalars(select(table.c.name)):
            if name in configured:
                await self._db.execute(delete(table).where(table.c.name == name))
        if watches:
            await self._db.execute(insert_new(self._db, table), [_row(watch) for watch in watches])

    async def all(self) -> list[Watch]:
        rows = await self._db.execute(select(table).order_by(table.c.id))
        return [
            Watch(row.name, row.query, row.priority, tuple(row.routes), row.origin, copies=row.copies)
            for row in rows
        ]

    async def add(self, watch: Watch) -> bool:
        return await inserted(self._db, table, _row(watch))

    async def remove(self, name: str) -> bool:
        await self._db.execute(delete(mutes).where(mutes.c.watch == name))
        return (await self._db.execute(delete(table).where(table.c.name == name))).rowcount == 1

    async def mute(self, chat: str, watch: str, until: datetime) -> None:
        await self.unmute(chat, watch)
        await self._db.execute(insert(mutes).values(chat=chat, watch=watch, until=until))

    async def unmute(self, chat: str, watch: str) -> bool:
        return (
            await self._db.execute(delete(mutes).where(mutes.c.chat == chat, mutes.c.watch == watch))
        ).rowcount == 1

    async def mutes(self, now: datetime) -> dict[tuple[str, str], datetime]:
        rows = await self._db.execute(select(mutes).where(mutes.c.until > now))
        return {(row.chat, row.watch): row.until for row in rows}


def _row(watch: Watch) -> dict[str, Any]:
    return {
        "name": watch.name,
        "query": watch.query,
        "priority": watch.priority,
        "routes": list(watch.routes),
        "origin": watch.origin,
        "copies": watch.copies,
    }
