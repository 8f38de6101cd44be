"""A store that cannot be opened, or used for a while, is told in one sentence that says what to do."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text

from bot.adapters.store import SqlStore, SqlTx, open_store
from bot.adapters.store.database import Transactions, engine_for
from bot.adapters.store.ownership import OWNER_LOCK
from bot.errors import CannotStart, StoreTrouble
from tests.builders import NOON, message


async def refused(url: str) -> str:
    """The sentence with which a start on this store ends."""
    with pytest.raises(CannotStart) as caught:
        async with open_store(url, own=True):
            pass
    sentence = str(caught.value)
    assert "\n" not in sentence and "Another pantau" not in sentence
    return sentence


class TestStart:
    async def test_a_server_that_is_down_is_named_without_the_password(self) -> None:
        sentence = await refused("postgresql://rani:rahasia@127.0.0.1:1/pantau")
        assert "postgresql://rani:***@127.0.0.1:1/pantau" in sentence and "Start the server" in sentence

    async def test_a_database_that_nobody_created_is_said_to_be_missing(self, postgres_url: str) -> None:
        assert 'database "nowhere" does not exist. Create it' in await refused(
            postgres_url.rpartition("/")[0] + "/nowhere"
        )

    async def test_a_folder_that_cannot_be_made_is_named(self) -> None:
        assert "The store's folder /dev/null/x cannot be made: Not a directory." in await refused(
            "sqlite:////dev/null/x/pantau.db"
        )

    async def test_a_lock_file_that_cannot_be_opened_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "pantau.db.lock").mkdir()
        assert f"The lock file {tmp_path / 'pantau.db.lock'} cannot be used: unable to open" in await refused(
            f"sqlite:///{tmp_path / 'pantau.db'}"
        )

    @pytest.mark.parametrize("name", ["pantau.db", "pantau.db.lock"])
    async def test_a_file_of_another_kind_is_left_alone_and_named(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_text("Ini bukan basis data. " * 50)
        sentence = await refused(f"sqlite:///{tmp_path / 'pantau.db'}")
        assert name in sentence and "file is not a database" in sentence
        assert (tmp_path / name).read_text().startswith("Ini bukan")

    async def test_a_disk_that_cannot_be_written_is_not_another_pantau(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        connect = sqlite3.connect

        def read_only(path: Path, **options: object) -> sqlite3.Connection:
            connect(path).close()
            return connect(f"file:{path}?mode=ro", uri=True, **options)  # type: ignore[call-overload, no-any-return]

        monkeypatch.setattr("bot.adapters.store.ownership.sqlite3.connect", read_only)
        sentence = await refused(f"sqlite:///{tmp_path / 'pantau.db'}")
        assert "The lock file" in sentence and "readonly database. Let the user" in sentence

    async def test_a_store_of_a_newer_version_is_said_to_be_that(self, store_url: str) -> None:
        async with open_store(store_url):
            pass
        engine = engine_for(store_url)
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await engine.dispose()
        assert "newer Pantau" in await refused(store_url)

    @pytest.mark.parametrize("url", ["nonsense", "postgresql://host:port/x", "mysql://rani:rahasia@host/x"])
    async def test_an_address_that_is_none_shows_how_one_is_written(self, url: str) -> None:
        sentence = await refused(url)
        assert "Write sqlite:///file.db or postgresql://" in sentence and "rahasia" not in sentence


@asynccontextmanager
async def narrow(folder: Path) -> AsyncIterator[SqlStore]:
    """A store on a disk that is as good as full."""
    url = f"sqlite:///{folder / 'pantau.db'}"
    async with open_store(url):
        pass
    engine = engine_for(url)

    def no_more(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite makes it the present size

    event.listen(engine.sync_engine, "connect", no_more)
    yield SqlStore(Transactions(engine))
    await engine.dispose()


async def fill(tx: SqlTx) -> None:
    await tx.deliveries.post("redaksi", "alert:1", message("x" * 1_000_000), NOON)


class TestRunning:
    async def test_a_full_disk_is_one_line_in_the_log_with_the_remedy(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with narrow(tmp_path) as store:
            for _ in range(3):
                with pytest.raises(StoreTrouble, match=r"disk is full\. Make room"):
                    async with store.write() as tx:
                        await fill(tx)
            async with store.read() as tx:
                assert await tx.deliveries.waiting(NOON) == []
        (line,) = caplog.records
        assert line.levelname == "ERROR" and line.exc_info is None and "Make room" in line.message

    async def test_a_store_that_another_program_holds_is_trouble_and_works_again_afterwards(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.adapters.store.database.BUSY_SECONDS", 0.05)
        file = tmp_path / "pantau.db"
        async with open_store(f"sqlite:///{file}") as store:
            with closing(sqlite3.connect(file, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                with pytest.raises(StoreTrouble, match=r"is locked\. Another program"):
                    async with store.write() as tx:
                        await tx.beat(NOON)
            async with store.write() as tx:
                await tx.beat(NOON)
                assert await tx.last_beat() == NOON

    async def test_a_server_that_breaks_a_connection_is_trouble(self, postgres_url: str) -> None:
        async with open_store(postgres_url) as store:
            with pytest.raises(StoreTrouble):
                async with store.write() as tx:
                    await tx.beat(NOON)
                    await disconnect_all(postgres_url)
                    await tx.beat(NOON)
            async with store.read() as tx:
                assert await tx.last_beat() is None


async def disconnect_all(url: str) -> None:
    """What a restart of the server does to those who are connected to this database."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as server:
        await server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


class TestOwnership:
    async def test_a_store_is_ours_as_long_as_it_is_open(self, store_url: str) -> None:
        async with open_store(store_url, own=True) as store:
            assert await store.still_owned()
            await asyncio.sleep(0)
            assert await store.still_owned()

    async def test_a_lock_lost_with_its_connection_is_noticed_and_stays_lost(self, postgres_url: str) -> None:
        """SQLAlchemy replaces the connection quietly; the lock does not come back with it."""
        async with open_store(postgres_url, own=True) as store:
            await disconnect_all(postgres_url)
            assert not await store.still_owned()
            assert not await store.still_owned()
            async with store.write() as tx:
                await tx.beat(NOON)

    async def test_another_programs_lock_of_that_number_is_not_ours(self, postgres_url: str) -> None:
        async with open_store(postgres_url, own=True) as store:
            await disconnect_all(postgres_url)
            async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as other:
                await other.execute("SELECT pg_advisory_lock(%s)", (OWNER_LOCK,))
                assert not await store.still_owned()
