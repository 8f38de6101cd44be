"""The store on SQLite or PostgreSQL, through one set of queries (SQLAlchemy Core)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.alerts import SqlAlerts
from bot.adapters.store.articles import SqlArticles
from bot.adapters.store.database import Transactions, engine_for, migrate
from bot.adapters.store.deliveries import SqlDeliveries
from bot.adapters.store.ownership import StillOwned, always, owned
from bot.adapters.store.requests import SqlRequests
from bot.adapters.store.revisits import SqlRevisits
from bot.adapters.store.sources import SqlSources
from bot.adapters.store.standings import SqlStandings
from bot.adapters.store.subscriptions import SqlSubscriptions
from bot.adapters.store.tables import marks, seen_events
from bot.adapters.store.upsert import inserted
from bot.adapters.store.watches import SqlWatches

HEARTBEAT = "heartbeat"
SAVE_LOCK = 0x5341  # PostgreSQL advisory lock of those who judge and store articles


class SqlTx:
    """One open transaction (bot.ports.Tx)."""

    def __init__(self, connection: AsyncConnection, after: list[Callable[[], None]]) -> None:
        self._db, self._after = connection, after
        self.sources = SqlSources(connection)
        self.articles = SqlArticles(connection)
        self.alerts = SqlAlerts(connection)
        self.revisits = SqlRevisits(connection)
        self.deliveries = SqlDeliveries(connection)
        self.standings = SqlStandings(connection)
        self.watches = SqlWatches(connection)
        self.subscriptions = SqlSubscriptions(connection)
        self.requests = SqlRequests(connection)

    def after_commit(self, act: Callable[[], None]) -> None:
        self._after.append(act)

    async def alone(self) -> None:
        if (
            self._db.dialect.name == "postgresql"
        ):  # SQLite's writers are alone from their first word (BEGIN IMMEDIATE)
            await self._db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SAVE_LOCK})

    async def first_time(self, event: str, now: datetime) -> bool:
        return await inserted(self._db, seen_events, {"id": event, "at": now})

    async def forget_events(self, before: datetime) -> None:
        await self._db.execute(delete(seen_events).where(seen_events.c.at < before))

    async def mark(self, name: str, at: datetime) -> None:
        if not await inserted(self._db, marks, {"name": name, "at": at}):
            await self._db.execute(update(marks).where(marks.c.name == name).values(at=at))

    async def unmark(self, name: str) -> None:
        await self._db.execute(delete(marks).where(marks.c.name == name))

    async def marks(self) -> dict[str, datetime]:
        return {row.name: row.at for row in await self._db.execute(select(marks))}

    async def beat(self, now: datetime) -> None:
        await self.mark(HEARTBEAT, now)

    async def last_beat(self) -> datetime | None:
        return await self._db.scalar(select(marks.c.at).where(marks.c.name == HEARTBEAT))


class SqlStore:
    """The store (bot.ports.Store). Open it with `open_store`."""

    def __init__(self, transactions: Transactions, still_owned: StillOwned = always) -> None:
        self._transactions = transactions
        self._still_owned = still_owned

    async def still_owned(self) -> bool:
        return await self._still_owned()

    @property
    def trouble(self) -> str:
        return self._transactions.trouble

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqlTx]:
        async with self._transactions.writing() as (connection, after):
            yield SqlTx(connection, after)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTx]:
        async with self._transactions.reading() as connection:
            yield SqlTx(connection, [])


@asynccontextmanager
async def open_store(url: str, *, own: bool = False) -> AsyncIterator[SqlStore]:
    """Open the store and bring its tables up to date; with `own`, for this process alone. Raises CannotStart."""
    engine = engine_for(url)
    try:
        if own:
            async with owned(engine) as still_owned:
                await migrate(engine)
                yield SqlStore(Transactions(engine), still_owned)
        else:
            await migrate(engine)
            yield SqlStore(Transactions(engine))
    finally:
        await engine.dispose()
