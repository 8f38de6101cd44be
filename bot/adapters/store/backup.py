# ruff: noqa: ASYNC240  # a command line of its own: nothing else runs in its loop
"""A copy of the store, made while it is in use, and what a program does that finds itself on such a copy.

The copy is a SQLite file whatever the store is: SQLite's own backup of one moment, or all tables of PostgreSQL as one snapshot
sees them. It carries a mark with its moment. A program that starts on a store with that mark is on a backup: its older self may
have sent since then what waits here, and may have told what it will find new in the feeds. See docs/decisions/0012.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, insert, make_url, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.adapters.store.database import engine_for, migrate
from bot.adapters.store.tables import metadata, written
from bot.adapters.store.troubles import explained, named
from bot.errors import CannotStart
from bot.restoring import BACKUP

ROWS = 500  # copied at once

Progress = Callable[[int, int], None]
"""Rows copied, of all."""


async def back_up(url: str, file: Path, now: datetime, progress: Progress) -> int:
    """Copy the store at `url` into a new file; its size in bytes. Raises CannotStart."""
    if file.exists():
        raise CannotStart(f"{file} is there already: name a new file, or move that one away.")
    part = file.with_name(file.name + ".part")
    source = engine_for(url)
    try:
        if source.dialect.name == "sqlite":
            await asyncio.to_thread(_copy_file, Path(make_url(url).database or ""), part)
        else:
            part.unlink(missing_ok=True)
            await _copy_rows(source, part, progress)
        with closing(sqlite3.connect(part)) as copy, copy:
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
            copy.execute("DELETE FROM marks WHERE name = ?", (BACKUP,))
            copy.execute("INSERT INTO marks (name, at) VALUES (?, ?)", (BACKUP, written(now)))
        part.rename(file)
    except (OSError, sqlite3.Error, DBAPIError) as error:
        raise CannotStart(f"The copy {file} could not be made: {explained(error)}") from error
    finally:
        await source.dispose()
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return file.stat().st_size


async def put_back(url: str, file: Path, progress: Progress) -> None:
    """Fill an empty store from a copy. Raises CannotStart."""
    if not file.is_file():
        raise CannotStart(f"There is no file {file}.")
    copy, target = engine_for(f"sqlite:///{file.absolute()}"), engine_for(url)
    try:
        await migrate(copy)
        await migrate(target)
        async with copy.connect() as reading, target.begin() as writing:
            await reading.execution_options(reading=True)
            for table in metadata.sorted_tables:
                if await writing.scalar(select(func.count()).select_from(table)):
                    raise CannotStart(
                        f"The store {named(target.url)} is not empty: restore into a new one, and name it in [storage] url."
                    )
            await _rows(reading, writing, progress)
            await _advance(writing)
    except (OSError, DBAPIError) as error:
        raise CannotStart(f"{file} could not be restored: {explained(error)}") from error
    finally:
        await copy.dispose()
        await target.dispose()


def _copy_file(database: Path, part: Path) -> None:
    """SQLite's own copy, in one step: nobody who writes meanwhile makes it begin anew."""
    if not database.is_file():
        raise CannotStart(f"There is no store at {database} yet.")
    with closing(sqlite3.connect(database, timeout=30)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)


async def _copy_rows(source: AsyncEngine, part: Path, progress: Progress) -> None:
    copy = engine_for(f"sqlite:///{part.absolute()}")
    try:
        await migrate(copy)
        async with source.connect() as reading, copy.begin() as writing:
            await reading.execution_options(isolation_level="REPEATABLE READ")
            async with reading.begin():
                await _rows(reading, writing, progress)
    finally:
        await copy.dispose()


async def _rows(reading: AsyncConnection, writing: AsyncConnection, progress: Progress) -> None:
    total = done = 0
    for table in metadata.sorted_tables:
        total += await reading.scalar(select(func.count()).select_from(table)) or 0
    for table in metadata.sorted_tables:
        async with reading.stream(select(table)) as rows:
            async for some in rows.mappings().partitions(ROWS):
                await writing.execute(insert(table), [dict(row) for row in some])
                done += len(some)
                progress(done, total)


async def _advance(connection: AsyncConnection) -> None:
    """PostgreSQL's counters go on behind the rows that were put there."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        for column in table.primary_key:
            if column.autoincrement and column.type.python_type is int and len(table.primary_key) == 1:
                sequence = func.pg_get_serial_sequence(table.name, column.name)
                last = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
                await connection.execute(select(func.setval(sequence, last, False)))
