"""WebSub subscriptions in SQL."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.tables import sources
from bot.adapters.store.tables import subscriptions as table
from bot.adapters.store.upsert import inserted
from bot.model import Subscription


class SqlSubscriptions:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def all(self) -> list[Subscription]:
        query = select(table).join(sources, sources.c.id == table.c.source).where(sources.c.active)
        return [_subscription(row) for row in await self._db.execute(query.order_by(table.c.source))]

    async def by_token(self, token: str) -> Subscription | None:
        row = (await self._db.execute(select(table).where(table.c.token == token))).first()
        return _subscription(row) if row else None

    async def keep(self, subscription: Subscription) -> None:
        values = asdict(subscription)
        if not await inserted(self._db, table, values):
            await self._db.execute(
                update(table).where(table.c.source == subscription.source).values(**values)
            )

    async def drop(self, source: int) -> None:
        await self._db.execute(delete(table).where(table.c.source == source))


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        row.source, row.hub, row.topic, row.token, row.secret, row.ask_at, row.until, row.tries
    )
