"""How each chat stands with us, in SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.tables import standings as table
from bot.adapters.store.upsert import inserted
from bot.ports import Standing


class SqlStandings:
    """bot.ports.Standings."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def all(self) -> dict[str, Standing]:
        rows = await self._db.execute(select(table))
        return {row.chat: Standing(**row._mapping) for row in rows}

    async def pause(self, chat: str, until: datetime) -> None:
        await self._set(chat, paused_until=until)

    async def gone(self, chat: str, since: datetime, why: str) -> bool:
        before = await self._db.scalar(select(table.c.gone_since).where(table.c.chat == chat))
        await self._set(chat, gone_since=before or since, gone_why=why)
        return before is None

    async def back(self, chat: str) -> datetime | None:
        before: datetime | None = await self._db.scalar(
            select(table.c.gone_since).where(table.c.chat == chat)
        )
        if before is not None:
            await self._set(chat, gone_since=None, gone_why="")
        return before

    async def moved(self, chat: str, old: str, new: str) -> None:
        await self._set(chat, moved_from=old, moved_to=new)

    async def lost_thread(self, chat: str, thread: str) -> None:
        await self._set(chat, lost_thread=thread)

    async def _set(self, chat: str, **values: Any) -> None:
        if not await inserted(self._db, table, {"chat": chat, **values}):
            await self._db.execute(update(table).where(table.c.chat == chat).values(**values))
