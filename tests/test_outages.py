"""While the store takes nothing, a lane sends nothing twice and loses nothing, and the log says once what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from bot.adapters.store import SqlStore
from bot.adapters.store.database import Transactions, engine_for, migrate
from bot.chat import Message, Place
from bot.dispatch import Lanes
from bot.errors import StoreTrouble
from tests.builders import chat, message
from tests.fakes import FakeClock, FakeMessenger


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another process keeps it busy for longer than anybody waits."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def test_a_store_that_takes_nothing_costs_time_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.adapters.store.database.BUSY_SECONDS", 0.05)
    file = tmp_path / "pantau.db"
    engine = engine_for(f"sqlite:///{file}")

    await migrate(engine)
    store, clock = SqlStore(Transactions(engine)), FakeClock()
    outage = ExitStack()

    class Messenger(FakeMessenger):
        async def send(self, place: Place, message: Message, delivery: str, under: str = "") -> str:
            if self.calls == []:  # it sets in between the sending and the writing down
                outage.enter_context(locked(file))
            return await super().send(place, message, delivery, under)

    messenger = Messenger()
    lanes = Lanes(store, {"redaksi": chat()}, {"fake": messenger}, clock, stopping=lambda: False)
    async with store.write() as tx:
        for text in ("satu", "dua"):
            await tx.deliveries.post("redaksi", f"notice:{text}", message(text), clock())
    with locked(file), pytest.raises(StoreTrouble):
        await lanes.drain("redaksi")
    assert messenger.calls == [], "what cannot be written down is not sent"
    for _ in range(2):
        with pytest.raises(StoreTrouble):
            await lanes.drain("redaksi")
    outage.close()
    clock.advance(minutes=2)
    await lanes.drain("redaksi")
    assert messenger.texts == ["satu", "dua"] and messenger.calls == ["send", "send"]
    (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "close it" in line.message and "Nothing is lost" in line.message
    await engine.dispose()
