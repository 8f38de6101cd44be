"""A copy of the store is whole while it is in use, and what was sent after it was made is not sent again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.store import SqlStore, open_store
from bot.adapters.store.backup import back_up, put_back
from bot.app import App, assemble, connected
from bot.config import Alerts, Config, Polling, SourceSettings
from bot.errors import CannotStart, Uncertain
from bot.model import Chat, Hold, State, Watch
from bot.ports import Stuck
from tests.builders import NOON, message
from tests.fakes import FakeMessenger, rss


def silent(_done: int, _total: int) -> None:
    """Nobody watches."""


async def test_a_copy_holds_the_store_of_one_moment_and_can_be_restored_into_any_other(
    store: SqlStore, store_url: str, tmp_path: Path
) -> None:
    async with store.write() as tx:
        for number in range(3):
            await tx.deliveries.post("redaksi", f"alert:{number}", message(f"Berita {number}"), NOON)
    async with store.write() as tx:
        await tx.deliveries.post("redaksi", "alert:late", message(), NOON)
        size = await back_up(store_url, tmp_path / "copy.db", NOON, silent)
    assert size == (tmp_path / "copy.db").stat().st_size
    with pytest.raises(CannotStart, match="there already"):
        await back_up(store_url, tmp_path / "copy.db", NOON, silent)
    with pytest.raises(CannotStart, match="not empty"):
        await put_back(store_url, tmp_path / "copy.db", silent)
    await put_back(f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "copy.db", silent)
    async with open_store(f"sqlite:///{tmp_path / 'new.db'}") as restored, restored.write() as tx:
        assert [one.text for one in await tx.deliveries.stuck(everything=True)] == [
            "Berita 0",
            "Berita 1",
            "Berita 2",
        ]
        assert (await tx.marks())["backup"] == NOON
        await tx.deliveries.post("redaksi", "alert:4", message(), NOON)


async def test_a_copy_can_be_restored_into_postgresql(
    sqlite: SqlStore, postgres_url: str, tmp_path: Path
) -> None:
    async with sqlite.write() as tx:
        await tx.deliveries.post("redaksi", "alert:1", message(), NOON)
    await back_up(f"sqlite:///{tmp_path / 'pantau.db'}", tmp_path / "copy.db", NOON, silent)
    await put_back(postgres_url, tmp_path / "copy.db", silent)
    async with open_store(postgres_url) as restored, restored.write() as tx:
        assert await tx.deliveries.post("redaksi", "alert:1", message(), NOON) == ""
        assert await tx.deliveries.post("redaksi", "alert:2", message(), NOON) != ""


class Newsroom:
    """A feed, and a chat on a platform that remembers deliveries, or cannot say."""

    def __init__(self, folder: Path, messenger: FakeMessenger) -> None:
        self.folder, self.messenger = folder, messenger
        self.config = Config(
            file=folder / "config.toml",
            storage_url=f"sqlite:///{folder / 'pantau.db'}",
            sources=(SourceSettings("Kawat", str(folder / "feed.xml"), interval=10.0, pinned=True),),
            watches=(Watch("Putin", "Putin"),),
            chats=(Chat("redaksi", "fake", "1"),),
            alerts=Alerts(),
            polling=Polling(first_alerts=9),
        )
        self.items: list[tuple[str, str]] = []

    def publish(self, *titles: str) -> None:
        self.items += [(f"Putin {title}", f"Isi berita {title}, lain sama sekali.") for title in titles]
        (self.folder / "feed.xml").write_text(rss(self.items), encoding="utf-8")

    @asynccontextmanager
    async def app(self, storage: str = "") -> AsyncIterator[App]:
        config = replace(self.config, storage_url=storage or self.config.storage_url)
        async with (
            assemble(config, [self.messenger], interactive=False) as app,
            connected(app, answering=False),
        ):
            yield app

    def heads(self) -> list[str]:
        return [text.splitlines()[0] for text in self.messenger.texts]


class Remembering(FakeMessenger):
    """As Slack: its history says what was sent."""

    async def find(self, place, delivery, since, under="") -> str | None:  # type: ignore[no-untyped-def]
        self.calls.append("find")
        there = dict(zip(self.deliveries, self.shown, strict=False))
        return there.get(delivery)


class Blind(FakeMessenger):
    """As Telegram."""

    async def find(self, place, delivery, since, under="") -> str | None:  # type: ignore[no-untyped-def]
        raise Uncertain("nobody can look")


async def a_restore(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[Stuck]]:
    """Backed up, told more, restored, and run again: what stands in the chat, and what needs a person."""
    monkeypatch.setattr("bot.dispatch.LOOK_UP_AFTER", timedelta(0))
    monkeypatch.setattr("bot.rests.back_off", lambda _: timedelta(0))
    monkeypatch.setattr("bot.dispatch.back_off", lambda _: timedelta(0))
    room.publish("satu")
    async with room.app() as app:
        await app.once()
    copy = room.folder / "copy.db"
    await back_up(room.config.storage_url, copy, NOON, silent)
    room.publish("dua")
    async with open_store(room.config.storage_url) as store, store.write() as tx:
        await tx._db.exec_driver_sql("UPDATE sources SET due_at = '2000-01-01 00:00:00.000000'")
    async with room.app() as app:
        await app.once()
    assert room.heads() == ["Putin satu", "Putin dua"]
    room.publish("tiga")
    async with open_store(f"sqlite:///{copy}") as store, store.write() as tx:
        await tx._db.exec_driver_sql("UPDATE sources SET due_at = '2000-01-01 00:00:00.000000'")
    async with room.app(f"sqlite:///{copy}") as app:
        await app.once()
        async with app.store.read() as tx:
            return room.heads(), await tx.deliveries.stuck()


async def test_where_one_can_look_a_restored_store_sends_only_what_was_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, stuck = await a_restore(Newsroom(tmp_path, Remembering()), monkeypatch)
    assert [head for head in told if head.startswith("Putin")] == ["Putin satu", "Putin dua", "Putin tiga"]
    assert stuck == []


async def test_where_nobody_can_look_it_holds_for_a_person_what_may_have_been_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, stuck = await a_restore(Newsroom(tmp_path, Blind()), monkeypatch)
    assert [head for head in told if head.startswith("Putin")] == ["Putin satu", "Putin dua"]
    assert [(one.state, one.hold) for one in stuck] == [(State.HELD, Hold.RESTORED)] * 2
    assert any("cadangan" in head for head in told), "the owners are told"
