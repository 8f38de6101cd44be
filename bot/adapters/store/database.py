"""One way to open SQLite and PostgreSQL: connections, transactions, migrations, and one process to a store."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import CannotStart

BUSY_SECONDS = 30  # how long SQLite waits for another process before it gives up
OWNER_LOCK = 0x50414E54  # "PANT": PostgreSQL advisory lock held by the process that runs the bot
MIGRATION_LOCK = OWNER_LOCK + 1


def engine_for(url: str) -> AsyncEngine:
    """An engine for `sqlite:///file`, `sqlite://` is refused (nothing would survive), `postgresql://…`."""
    parsed = make_url(url)
    name = parsed.get_backend_name()
    if name == "postgresql":
        return create_async_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    if name != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise CannotStart(
            f"[storage] url = {url!r} cannot be used. Write sqlite:///file.db or postgresql://user@host/database."
        )
    Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        parsed.set(drivername="sqlite+aiosqlite"), connect_args={"timeout": BUSY_SECONDS}
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = (
        None  # we say BEGIN ourselves: the driver's own begin comes too late to be immediate
    )
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",  # NORMAL may forget that a message was sent when the power fails, and send it again
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # Immediate: a transaction that reads first and writes later would otherwise fail at once when another one wrote.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _alembic(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    command.upgrade(config, "head")


async def migrate(engine: AsyncEngine) -> None:
    """Bring the tables to the newest version. Safe to call when they are, and from two processes at once."""
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_alembic)
    except (OperationalError, DBAPIError) as error:
        raise CannotStart(
            f"The store {_shown(engine)} cannot be opened: {_reason(error)}. Check [storage] url."
        ) from error


def _shown(engine: AsyncEngine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _reason(error: DBAPIError) -> str:
    return str(error.orig or error).strip().splitlines()[0]


@asynccontextmanager
async def owned(engine: AsyncEngine) -> AsyncIterator[None]:
    """Hold the store for this process alone; raises CannotStart when another process runs on it.

    Because nobody else sends or polls while we hold it, whatever is marked as under way at start was cut off by a crash.
    """
    if engine.dialect.name == "postgresql":
        async with _owned_postgres(engine):
            yield
    else:
        lock = await asyncio.to_thread(_lock_file, Path(f"{engine.url.database}.lock"))
        try:
            yield
        finally:
            lock.close()


def _lock_file(path: Path) -> sqlite3.Connection:
    # SQLite's own lock on a file beside the store: it ends with the process on every system, however the process ends.
    lock = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        raise CannotStart(_taken(str(path.with_suffix("")))) from error
    return lock


def _taken(store: str) -> str:
    return f"Another pantau is running on {store}. Stop it first, or give this one its own [storage] url."


@asynccontextmanager
async def _owned_postgres(engine: AsyncEngine) -> AsyncIterator[None]:
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        if not await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": OWNER_LOCK}):
            raise CannotStart(_taken(_shown(engine)))
        try:
            yield
        finally:
            with suppress(DBAPIError):
                await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": OWNER_LOCK})


class Transactions:
    """Opens transactions, one writer at a time within this process, and calls what waits for their commit."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = asyncio.Lock()  # waiting here is cheaper and fairer than SQLite's busy loop

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[tuple[AsyncConnection, list[Callable[[], None]]]]:
        after: list[Callable[[], None]] = []
        async with self._writer, self._engine.begin() as connection:
            yield connection, after
        for act in after:
            act()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        async with self._engine.connect() as connection:
            await connection.execution_options(reading=True)
            async with connection.begin():
                yield connection
