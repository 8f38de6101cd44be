"""One way to open SQLite and PostgreSQL: connections, transactions, migrations."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import await_only

from bot.adapters.store import trips
from bot.adapters.store.ownership import OWNER_LOCK
from bot.adapters.store.troubles import explained, is_trouble, named
from bot.errors import CannotStart, StoreTrouble

BUSY_SECONDS = 30  # how long SQLite waits for another process before it gives up
WAL_PAUSE = 0.02  # seconds between two tries to switch a new file to WAL
MIGRATION_LOCK = OWNER_LOCK + 1
EXPECTED = "Write sqlite:///file.db or postgresql://user@host/database."
TELL_AGAIN = 60.0  # seconds between two log lines about a store in trouble: every job meets it
OPENED = "opened"  # monotonic; a note that the pool keeps beside each connection
OVER_AFTER = 20.0  # seconds with no trouble: a sign of life is written every 15, so it has come through since

log = logging.getLogger(__name__)


def engine_for(url: str) -> AsyncEngine:
    """An engine for `sqlite:///file`, `sqlite://` is refused (nothing would survive), `postgresql://…`."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise CannotStart(f"[storage] url cannot be read. {EXPECTED}") from error
    name = parsed.get_backend_name()
    if name == "postgresql":
        return create_async_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    if name != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise CannotStart(f"[storage] url = {named(parsed)} cannot be used. {EXPECTED}")
    folder = Path(parsed.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            f"The store's folder {folder} cannot be made: {error.strerror}. Name another place in [storage] url."
        ) from error
    engine = create_async_engine(
        parsed.set(drivername="sqlite+aiosqlite"),
        connect_args={"timeout": BUSY_SECONDS, "async_creator_fn": trips.connect},
        json_deserializer=_from_json,
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _from_json(written: str) -> Any:
    return {} if written == "{}" else json.loads(written)  # what most sources have


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # We say BEGIN ourselves: the driver's own begin comes too late to be immediate.
    connection.isolation_level = None
    cursor = connection.cursor()
    _switch_to_wal(cursor)
    for pragma in (
        "synchronous = FULL",  # NORMAL may forget that a message was sent when the power fails, and send it again
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _switch_to_wal(cursor: Any) -> None:
    """Done once in a file's life. SQLite does not wait by itself when two connections do it at the same moment."""
    for _ in range(int(BUSY_SECONDS / WAL_PAUSE)):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            await_only(asyncio.sleep(WAL_PAUSE))
        else:
            return
    cursor.execute("PRAGMA journal_mode = WAL")


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
    """Bring the tables to the newest version. Safe to call when they are, and from two processes at once.

    Raises CannotStart.
    """
    shown = named(engine.url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_alembic)
    except CommandError as error:
        raise CannotStart(
            f"The store {shown} was last used by a newer Pantau ({error}): install that version again."
        ) from error
    except DBAPIError as error:
        raise CannotStart(f"The store {shown} cannot be opened: {explained(error)}") from error


class Transactions:
    """Opens transactions, one writer at a time within this process, and calls what waits for their commit.

    A database that is full, locked or away is StoreTrouble, and an error in the log once a minute. `trouble` says it until
    writes have gone well for a while: one that changes nothing goes well on a full disk, too.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = asyncio.Lock()  # waiting here is cheaper and fairer than SQLite's busy loop
        self._silent_until = 0.0  # monotonic
        self._met_at = 0.0  # monotonic
        self.trouble = ""
        event.listen(engine.sync_engine, "connect", self._opened)
        event.listen(engine.sync_engine, "checkout", self._handed_out)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[tuple[AsyncConnection, list[Callable[[], None]]]]:
        after: list[Callable[[], None]] = []
        with self._troubles_told():
            async with self._writer, self._transaction() as connection:
                yield connection, after
        if self.trouble and time.monotonic() > self._met_at + OVER_AFTER:
            log.warning("The store %s can be used again.", named(self._engine.url))
            self.trouble = ""
        for act in after:
            act()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        with self._troubles_told():
            async with self._transaction(reading=True) as connection:
                yield connection

    @asynccontextmanager
    async def _transaction(self, *, reading: bool = False) -> AsyncIterator[AsyncConnection]:
        async with self._engine.connect() as connection:
            await connection.execution_options(reading=reading)
            async with connection.begin():
                yield connection

    def _opened(self, _connection: object, record: ConnectionPoolEntry) -> None:
        record.info[OPENED] = time.monotonic()

    def _handed_out(self, _connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        """No connection outlives a trouble: one that was opened while the file was read-only stays so when the file does not."""
        if record.info.get(OPENED, 0.0) < self._met_at:
            raise DisconnectionError  # the pool opens it anew

    @contextmanager
    def _troubles_told(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if not is_trouble(error):
                raise
            shown = named(self._engine.url)
            trouble = StoreTrouble(f"The store {shown} cannot be used now: {explained(error)}")
            self.trouble, self._met_at = str(trouble), time.monotonic()
            if self._met_at >= self._silent_until:
                self._silent_until = self._met_at + TELL_AGAIN
                log.error("%s Nothing is lost; Pantau goes on when it can be used again.", trouble)
            raise trouble from error
