"""Alerts in SQL: what each chat has been told, once per story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.batches import batches
from bot.adapters.store.tables import alerts as table
from bot.adapters.store.tables import articles, sources
from bot.ports import Told


class SqlAlerts:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def told(self, stories: Sequence[int]) -> dict[tuple[str, int], Told]:
        found = {}
        for some in batches(stories):
            for row in await self._db.execute(_told().where(table.c.story_id.in_(some))):
                found[row.chat, row.story_id] = _value(row)
        return found

    async def add(
        self, chat: str, story: int, article: str, watches: Sequence[str], *, backlog: bool, now: datetime
    ) -> int:
        row = {
            "chat": chat,
            "story_id": story,
            "article_id": article,
            "watches": list(watches),
            "also": [],
            "backlog": backlog,
            "created_at": now,
        }
        number: int = (await self._db.execute(insert(table).values(row).returning(table.c.id))).scalar_one()
        return number

    async def also(self, alert: int, sources: Sequence[str]) -> None:
        await self._db.execute(update(table).where(table.c.id == alert).values(also=list(sources)))

    async def get(self, alert: int) -> Told | None:
        row = (await self._db.execute(_told().where(table.c.id == alert))).first()
        return _value(row) if row else None

    async def of_article(self, article: str) -> list[Told]:
        query = _told().where(table.c.article_id == article).order_by(table.c.id)
        return [_value(row) for row in await self._db.execute(query)]


def _told() -> Any:
    return (
        select(table, sources.c.name.label("source"))
        .join(articles, articles.c.id == table.c.article_id)
        .join(sources, sources.c.id == articles.c.source_id)
    )


def _value(row: Row[Any]) -> Told:
    return Told(
        alert=row.id,
        chat=row.chat,
        story=row.story_id,
        article=row.article_id,
        watches=tuple(row.watches),
        sources=(row.source, *row.also),
        backlog=row.backlog,
    )
