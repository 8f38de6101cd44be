"""`pantau sources` and /sources add: sources that no file names."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from bot.adapters.store import SqlStore
from bot.config import SourceSettings
from bot.errors import SourceError
from bot.model import Options
from bot.scouting import Found
from handlers.desk import Desk
from handlers.router import Router
from tests.builders import NOON, article, settings
from tests.test_cli import pantau
from tests.test_handlers import Room

CONFIG = '[[sources]]\nname = "Berkas"\nurl = "https://file.example/rss"\n'


def opml(count: int) -> str:
    feeds = "".join(
        f'<outline type="rss" text="Sumber {n}" xmlUrl="https://s{n}.example/rss"/>' for n in range(count)
    )
    return f'<opml version="2.0"><body><outline text="Dunia">{feeds}</outline></body></opml>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def test_ten_thousand_sources_come_in_as_a_list_and_go_out_again(folder: Path) -> None:
    config = ("-c", folder / "config.toml")
    (folder / "list.opml").write_text(opml(10_000), encoding="utf-8")
    said = pantau("sources", "import", folder / "list.opml", *config)
    assert (said.returncode, said.stdout) == (0, "10000 sources added, 0 were known already.\n")
    again = pantau("sources", "import", folder / "list.opml", *config)
    assert again.stdout == "0 sources added, 10000 were known already.\n"
    out = pantau("sources", "export", *config).stdout
    assert out.count("xmlUrl=") == 10_001 and '<outline text="Dunia"' in out
    rows = pantau("sources", "list", *config).stdout.splitlines()
    assert len(rows) == 10_001
    assert "Sumber 7\thttps://s7.example/rss\tDunia\tadded\tnot read yet" in rows


def test_a_source_that_was_added_can_be_removed_and_one_of_the_file_cannot(folder: Path) -> None:
    config = ("-c", folder / "config.toml")
    pantau("sources", "import", "-", *config, given=opml(2))
    assert pantau("sources", "remove", "Sumber 1", *config).returncode == 0
    left = pantau("sources", "list", *config).stdout
    assert "Sumber 0" in left and "Sumber 1" not in left
    refused = pantau("sources", "remove", "Berkas", *config)
    assert refused.returncode == 1 and "take it out there" in refused.stderr
    unknown = pantau("sources", "remove", "Tidak ada", *config)
    assert unknown.returncode == 1 and "There is no source" in unknown.stderr


def test_a_list_that_cannot_be_read_says_so_in_one_line(folder: Path) -> None:
    config = ("-c", folder / "config.toml")
    assert "No such file" in pantau("sources", "import", folder / "none.opml", *config).stderr
    assert "no OPML list" in pantau("sources", "import", "-", *config, given="Selamat pagi").stderr


async def test_an_added_source_outlives_a_restart_with_its_options(sqlite: SqlStore) -> None:
    options = Options(tags=("Dunia",), include="main li", full_text=True)
    async with sqlite.write() as tx:
        await tx.sources.sync([settings("Berkas")], NOON)
        added = await tx.sources.add(
            [SourceSettings("Baru", "https://new.example/rss", options=options)], NOON
        )
        assert [one.name for one in added] == ["Baru"]
        before = await tx.sources.stamp()
    async with sqlite.write() as tx:
        await tx.sources.sync([settings("Berkas")], NOON)
        (found,) = [source for source in await tx.sources.all() if source.name == "Baru"]
        assert (found.options, found.origin) == (options, "added")
        assert await tx.sources.stamp() == before
        await tx.sources.remove("Baru")
        assert await tx.sources.stamp() != before
        assert [source.name for source in await tx.sources.all()] == ["Berkas"]


async def test_neither_a_name_nor_an_address_is_added_twice(sqlite: SqlStore) -> None:
    async with sqlite.write() as tx:
        one = SourceSettings("A", "https://a.example/")
        assert await tx.sources.add([one, one, SourceSettings("B", "https://a.example/")], NOON) == [one]
        assert await tx.sources.add([SourceSettings("A", "https://c.example/")], NOON) == []


class Scouts(Room):
    """A room whose scout finds what it is told to."""

    def __init__(self, store: SqlStore, *, editors: tuple[str, ...] = ()) -> None:
        super().__init__(store, editors=editors)
        self.found: Found | SourceError = Found(
            SourceSettings("Kawat", "https://kawat.example/rss"), (article(title="Putin tiba"),) * 3, 25
        )
        desk = Desk(
            store,
            self.watchlist,
            self.chats,
            self.router.desk.access,
            self.clock,
            scout=self._scout,
            interval=60.0,
        )
        self.router = Router(desk)

    async def _scout(self, url: str, taken: Collection[str]) -> Found:
        if isinstance(self.found, SourceError):
            raise self.found
        return self.found


async def test_a_source_is_shown_with_three_titles_before_a_button_saves_it(sqlite: SqlStore) -> None:
    room = Scouts(sqlite)
    shown = await room.type("/sources add kawat.example")
    assert shown.text.count("Putin tiba") == 3 and "25 artikel" in shown.text
    (button,) = shown.buttons
    async with sqlite.read() as tx:
        assert await tx.sources.all() == []
    assert "disimpan" in await room.says(button.command)
    async with sqlite.read() as tx:
        (source,) = await tx.sources.all()
    assert (source.name, source.url, source.interval) == ("Kawat", "https://kawat.example/rss", 60.0)
    assert "tidak saya ingat" in await room.says(button.command)
    assert "sudah dibaca: Kawat" in await room.says("/sources add kawat.example")
    assert "tidak dibaca lagi" in await room.says("/sources remove Kawat")


async def test_what_goes_wrong_is_answered_in_words(sqlite: SqlStore) -> None:
    room = Scouts(sqlite)
    room.found = SourceError("No feed was found at kawat.example.", "Give its address.")
    assert "No feed was found" in await room.says("/sources add kawat.example")
    assert "/sources add https://" in await room.says("/sources add")
    async with sqlite.write() as tx:
        await tx.sources.sync([settings("Antara")], NOON)
    assert "berkas konfigurasi" in await room.says("/sources remove Antara")
    assert "Tidak ada sumber" in await room.says("/sources remove X")


async def test_only_editors_add_and_remove(sqlite: SqlStore) -> None:
    room = Scouts(sqlite, editors=("slack:U999",))
    for command in ("/sources add kawat.example", "/sources confirm 1", "/sources remove Kawat"):
        assert "kawat" not in (await room.says(command)).lower()
