"""A statement is one trip to SQLite's thread, and gives what four trips gave."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.store.database import engine_for
from bot.adapters.store.trips import AT_ONCE, Connection

NUMBERS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < :most) SELECT x FROM n"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = engine_for(f"sqlite:///{tmp_path / 'pantau.db'}")
    async with engine.begin() as db:
        await db.execute(text("CREATE TABLE told (name TEXT UNIQUE)"))
    yield engine
    await engine.dispose()


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What went to the thread."""
    made: list[Any] = []
    before = Connection._execute

    async def counted(self: Connection, act: Any, *given: Any, **more: Any) -> Any:
        made.append(act)
        untyped: Any = before
        return await untyped(self, act, *given, **more)

    monkeypatch.setattr(Connection, "_execute", counted)
    return made


@pytest.mark.parametrize("most", [1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE])
async def test_every_row_comes_once_and_in_order(engine: AsyncEngine, most: int) -> None:
    async with engine.connect() as db:
        rows = list(await db.scalars(text(NUMBERS), {"most": most}))
        async with db.stream(text(NUMBERS), {"most": most}) as streamed:
            parts = [some async for some in streamed.scalars().partitions(300)]
    assert rows == [*range(1, most + 1)] == [number for some in parts for number in some]


async def test_rows_can_be_taken_one_by_one(engine: AsyncEngine) -> None:
    async with engine.connect() as db:
        async with db.stream(text(NUMBERS), {"most": 2 * AT_ONCE}) as streamed:
            assert [row.x async for row in streamed] == [*range(1, 2 * AT_ONCE + 1)]
        few = await db.execute(text(NUMBERS), {"most": 3})
        assert [few.fetchmany(), few.fetchone(), few.fetchall()] == [[(1,)], (2,), [(3,)]]


async def test_a_statement_is_one_trip(engine: AsyncEngine, trips: list[Any]) -> None:
    async with engine.connect() as db, db.begin():
        trips.clear()
        await db.execute(text("INSERT INTO told VALUES ('a')"))
        assert (await db.scalars(text("SELECT name FROM told"))).all() == ["a"]
        assert len(trips) == 2


async def test_rows_that_a_change_returns_are_counted(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        await db.execute(text("INSERT INTO told VALUES (:name)"), [{"name": name} for name in "abc"])
        changed = await db.execute(text("UPDATE told SET name = name || '!' WHERE name < 'c' RETURNING name"))
        assert sorted(changed.scalars()) == ["a!", "b!"]
        gone = await db.execute(text("DELETE FROM told"))
        assert gone.rowcount == 3


async def test_what_fails_says_why_and_leaves_the_connection_whole(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        await db.execute(text("INSERT INTO told VALUES ('a')"))
    with pytest.raises(IntegrityError):
        async with engine.begin() as db:
            await db.execute(text("INSERT INTO told VALUES ('b')"))
            await db.execute(text("INSERT INTO told VALUES ('a')"))
    with pytest.raises(OperationalError, match="no such table"):
        async with engine.begin() as db:
            await db.execute(text("SELECT * FROM nobody"))
    async with engine.begin() as db:
        assert (await db.scalars(text("SELECT name FROM told"))).all() == ["a"]


async def test_rows_that_nobody_fetched_hold_up_no_commit(engine: AsyncEngine) -> None:
    async with engine.connect() as db, db.begin():
        async with db.stream(text(NUMBERS), {"most": 5 * AT_ONCE}) as streamed:
            assert await streamed.fetchone() == (1,)
        await db.execute(text("INSERT INTO told VALUES ('a')"))
    async with engine.connect() as db:
        assert await db.scalar(text("SELECT count(*) FROM told")) == 1
