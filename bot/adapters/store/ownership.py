"""One process to a store: the lock that says so, and whether it is still ours."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.adapters.store.troubles import explained, named
from bot.errors import CannotStart, StoreTaken

OWNER_LOCK = 0x50414E54  # "PANT": PostgreSQL advisory lock held by the process that runs the bot
ANSWER_SECONDS = 10.0  # after which a silent server is taken for gone
StillOwned = Callable[[], Awaitable[bool]]


async def always() -> bool:
    """The answer where no lock is held, or none that could get lost."""
    return True


@asynccontextmanager
async def owned(engine: AsyncEngine) -> AsyncIterator[StillOwned]:
    """Hold the store for this process alone; raises CannotStart when another process runs on it.

    Because nobody else sends or polls while we hold it, whatever is marked as under way at start was cut off by a crash.
    """
    if engine.dialect.name == "postgresql":
        async with _owned_postgres(engine) as still:
            yield still
    else:
        lock = await asyncio.to_thread(_lock_file, Path(f"{engine.url.database}.lock"))
        try:
            yield always
        finally:
            lock.close()


def _lock_file(path: Path) -> sqlite3.Connection:
    # SQLite's own lock on a file beside the store: it ends with the process on every system, however the process ends.
    lock = None
    try:
        lock = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        lock.execute("PRAGMA journal_mode = MEMORY")
        lock.execute("BEGIN EXCLUSIVE")
        # On a file that can only be read, SQLite quietly begins a transaction that excludes nobody: so write.
        lock.execute("PRAGMA user_version = 1")
    except sqlite3.Error as error:
        if lock:
            lock.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise StoreTaken(_taken(str(path.with_suffix("")))) from error
        raise CannotStart(f"The lock file {path} cannot be used: {explained(error)}") from error
    return lock


def _taken(store: str) -> str:
    return f"Another pantau is running on {store}. Stop it first, or give this one its own [storage] url."


@asynccontextmanager
async def _owned_postgres(engine: AsyncEngine) -> AsyncIterator[StillOwned]:
    shown = named(engine.url)
    async with AsyncExitStack() as stack:
        try:
            connection = await stack.enter_async_context(engine.connect())
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            ours = await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": OWNER_LOCK})
        except DBAPIError as error:
            raise CannotStart(f"The store {shown} cannot be opened: {explained(error)}") from error
        if not ours:
            raise StoreTaken(_taken(shown))
        try:
            yield lambda: _holds(connection)
        finally:
            with suppress(SQLAlchemyError, TimeoutError):
                async with asyncio.timeout(ANSWER_SECONDS):
                    await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": OWNER_LOCK})


async def _holds(connection: AsyncConnection) -> bool:
    """Asked of the server: SQLAlchemy would quietly replace a lost connection by one that holds nothing."""
    question = text(
        "SELECT EXISTS (SELECT FROM pg_locks"
        " WHERE locktype = 'advisory' AND objid = :key AND pid = pg_backend_pid() AND granted)"
    )
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return bool(await connection.scalar(question, {"key": OWNER_LOCK}))
    except (SQLAlchemyError, TimeoutError):
        return False
