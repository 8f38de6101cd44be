"""INSERT that passes over rows which are there already, in both dialects."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert_new(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT … ON CONFLICT DO NOTHING for this connection's database."""
    return _insert_new(connection.dialect.name, table)


@cache
def _insert_new(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    if dialect == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


async def inserted(connection: AsyncConnection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert one row; False when its key is taken. (Drivers disagree on the row count of a conflict, not on RETURNING.)"""
    (key,) = table.primary_key
    done = await connection.execute(insert_new(connection, table).values(**row).returning(key))
    return done.first() is not None
