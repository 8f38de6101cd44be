"""Shared fixtures: the stores, each of them real."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from bot.adapters.store import SqlStore, open_store

POSTGRES = os.environ.get("PANTAU_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
"""A server on which the tests may create and drop databases of their own."""


def _postgres_answers() -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", 5432)) == 0


@pytest.fixture
async def postgres_url() -> AsyncIterator[str]:
    """An empty database on the PostgreSQL server, dropped afterwards."""
    if "PANTAU_TEST_POSTGRES" not in os.environ and not _postgres_answers():
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL does not answer on 127.0.0.1:5432; in CI it must")
        pytest.skip("PostgreSQL does not answer on 127.0.0.1:5432")
    name = f"pantau_test_{uuid.uuid4().hex[:12]}"
    async with await psycopg.AsyncConnection.connect(POSTGRES, autocommit=True) as server:
        await server.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield POSTGRES.rpartition("/")[0] + f"/{name}"
        finally:
            await server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'pantau.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[SqlStore]:
    """An open, empty store of every kind there is."""
    async with open_store(store_url) as opened:
        yield opened


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """An open, empty store on SQLite, for tests of what stands above it."""
    async with open_store(f"sqlite:///{tmp_path / 'pantau.db'}") as opened:
        yield opened
