"""SQLite's connection, which lives in a thread of its own, asked once for a statement instead of four times.

aiosqlite goes to its thread for a cursor, for the statement, for the rows and for the cursor's end. Each way there and back
wakes two threads and turns the event loop once; with the transactions of a busy program that is more work than SQLite has.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import aiosqlite

T = TypeVar("T")

AT_ONCE = 1_000  # rows that come back with the statement; where there are more, they are asked for


class Cursor(aiosqlite.Cursor):
    """The result of one statement. Used by SQLAlchemy's adapter as any cursor of aiosqlite's."""

    arraysize = 1  # rows that `fetchmany` gives unless told otherwise (PEP 249)

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._conn = connection
        self.iter_chunk_size = AT_ONCE
        self._open: sqlite3.Cursor | None = None  # only while there are more rows than have come
        self._rows: list[Any] = []
        self._said: tuple[Any, int, int | None] = (None, -1, None)

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> Cursor:
        await self._in_thread(self._run, "execute", sql, parameters or ())
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Cursor:
        await self._in_thread(self._run, "executemany", sql, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        if self._open:
            rows += await self._in_thread(self._rest, None)
        return rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        wanted = size or self.arraysize
        if self._open and len(self._rows) < wanted:
            self._rows += await self._in_thread(self._rest, max(wanted, AT_ONCE))
        some, self._rows = self._rows[:wanted], self._rows[wanted:]
        return some

    async def fetchone(self) -> Any:
        return next(iter(await self.fetchmany(1)), None)

    async def close(self) -> None:
        self._rows = []
        if self._open:
            await self._in_thread(self._end)

    @property
    def description(self) -> Any:
        return self._said[0]

    @property
    def rowcount(self) -> int:
        return self._said[1]

    @property
    def lastrowid(self) -> int | None:
        return self._said[2]

    async def _in_thread(self, act: Callable[..., T], *given: object) -> T:
        untyped: Any = self._execute
        done: T = await untyped(act, *given)
        return done

    # In the connection's thread.

    def _run(self, method: str, sql: str, parameters: Iterable[Any]) -> None:
        cursor = self._conn._conn.cursor()
        self._open = cursor
        try:
            getattr(cursor, method)(sql, parameters)
            self._rows = self._rest(AT_ONCE) if cursor.description else []
            # A statement that changes rows and returns them has counted them only now.
            self._said = cursor.description, cursor.rowcount, cursor.lastrowid
        except BaseException:
            self._end()
            raise
        if not cursor.description:
            self._end()

    def _rest(self, most: int | None) -> list[Any]:
        assert self._open
        rows = self._open.fetchall() if most is None else self._open.fetchmany(most)
        if most is None or len(rows) < most:
            self._end()
        return rows

    def _end(self) -> None:
        if self._open:
            self._open.close()
            self._open = None


class Connection(aiosqlite.Connection):
    """A connection whose cursors are `Cursor`s."""

    def cursor(self) -> Any:
        return Cursor(self)


def connect(database: str, **settings: Any) -> Connection:
    """What `aiosqlite.connect` gives, with fewer trips to its thread; to be awaited. Its thread ends with the program."""

    def connector() -> sqlite3.Connection:
        made: sqlite3.Connection = sqlite3.connect(database, **settings)
        return made

    opened = Connection(connector, AT_ONCE)
    opened._thread.daemon = True
    return opened
