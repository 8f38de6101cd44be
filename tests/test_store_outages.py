"""A store that takes nothing while the program runs: each message once and in order, and someone is told what to do.

Both SDKs, both lanes and the clockwork, on SQLite. The trouble begins while each platform has a message and has not answered
yet, so that nothing that was sent can be written down before the trouble ends.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.adapters.store import SqlStore
from bot.chat import Place, Request, User
from bot.errors import StoreTrouble
from bot.facts import vitals
from tests.builders import NOON
from tests.emulators.faults import Slow
from tests.faultline import CHATS, Faultline, faultline, hurry, mark

LAST = 8
ANSWER, TROUBLE = 1.0, 2.0  # seconds
PATIENCE = 30.0  # seconds: nobody gives up an answer, however busy the machine is

Trouble = Callable[[SqlStore, Path], AbstractAsyncContextManager[None]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)
    monkeypatch.setattr("bot.adapters.slack.messenger.CALL_SECONDS", PATIENCE)
    monkeypatch.setattr("bot.adapters.engine.AFTER_A_CRASH", 0.2)
    monkeypatch.setattr("bot.adapters.store.database.BUSY_SECONDS", 0.2)
    monkeypatch.setattr("bot.adapters.store.database.OVER_AFTER", 0.5)
    monkeypatch.setattr("bot.jobs.BEAT", 0.1)


@asynccontextmanager
async def read_only(store: SqlStore, _file: Path) -> AsyncIterator[None]:
    """Nobody may write the file. A connection that was opened meanwhile stays as it is for the rest of its life."""
    pool = store._transactions._engine.sync_engine.pool

    def closed(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    event.listen(pool, "checkout", closed)
    try:
        yield
    finally:
        event.remove(pool, "checkout", closed)


@asynccontextmanager
async def locked(_store: SqlStore, file: Path) -> AsyncIterator[None]:
    """Another program keeps it busy."""
    with closing(sqlite3.connect(file, PATIENCE, isolation_level=None, check_same_thread=False)) as other:
        await asyncio.to_thread(
            other.execute, "BEGIN IMMEDIATE"
        )  # the program may be in the middle of a write
        yield


@asynccontextmanager
async def no_room(_store: SqlStore, _file: Path) -> AsyncIterator[None]:
    """The system lets no file grow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


TROUBLES: dict[str, tuple[Trouble, str]] = {
    "read-only": (read_only, "Let the user that Pantau runs as write the file"),
    "locked by another program": (locked, "Another program keeps it busy: close it."),
    "a full disk": (no_room, "Look whether its disk is full"),
}


@pytest.mark.parametrize(("trouble", "remedy"), TROUBLES.values(), ids=TROUBLES)
async def test_a_store_that_takes_nothing_for_a_while(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, trouble: Trouble, remedy: str
) -> None:
    async with faultline(tmp_path, read_seconds=PATIENCE) as line:
        await line.post(1)
        await line.all_have(1, PATIENCE)
        for platform, method in ((line.slack.faults, "chat.postMessage"), (line.telegram, "sendMessage")):
            for _ in CHATS:
                platform.fail(method, Slow(ANSWER))
        for number in range(2, 5):
            await line.post(number)
        await under_way(line)
        async with trouble(line.app.store, tmp_path / "pantau.db"):
            await asyncio.sleep(TROUBLE)
            assert all(len(line.texts(chat)) == 2 for chat in CHATS), "what cannot be claimed is not sent"
            with pytest.raises(StoreTrouble):
                await line.post(5)
            facts = await vitals(line.app.store, line.app.messengers, line.app.polls.clock)
            assert remedy in facts.trouble
            told = await asked(line)
            assert "cannot be written" in told and remedy in told
        for number in range(5, LAST + 1):
            await queue(line, number)
        await line.all_have(LAST, PATIENCE)
        for chat in CHATS:
            assert line.texts(chat) == [mark(chat, number) for number in range(1, LAST + 1)]
        async with asyncio.timeout(PATIENCE):
            while line.app.store.trouble:  # noqa: ASYNC110  # the store has no event
                await asyncio.sleep(0.02)
    said = [record for record in caplog.records if record.name == "bot.adapters.store.database"]
    assert [record.levelno for record in said] == [logging.ERROR, logging.WARNING]
    assert remedy in said[0].message and "Nothing is lost" in said[0].message
    assert said[1].message.endswith("can be used again.")


async def queue(line: Faultline, number: int) -> None:
    """As a poll does it, which is made again. One failure at most: after it no connection of the bad time is left."""
    try:
        await line.post(number)
    except StoreTrouble:
        await line.post(number)


async def under_way(line: Faultline) -> None:
    """Until every platform has a message and has not answered."""
    async with asyncio.timeout(PATIENCE):
        while not all(mark(chat, 2) in line.texts(chat) for chat in CHATS):  # noqa: ASYNC110  # a chat has no event
            await asyncio.sleep(0.01)


async def asked(line: Faultline) -> str:
    """What /status says in a chat."""
    chat = line.app.router.desk.chats[0]
    someone = User(chat.platform, "1", "Rani")
    return (await line.app.router(Request("status", "", Place(chat.platform, chat.id), someone, NOON))).text
