"""/trend: the chart of a watch, or of any query, with its numbers in words."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.chat import Message
from bot.trending import BARS
from bot.words import LANGUAGES
from tests.builders import NOON, article, chat
from tests.fakes import FakeClock
from tests.test_handlers import Room
from tests.test_pipeline import WIRE
from tests.test_polling_chart import coloured
from tests.test_spikes import HOUR, bring, ordinary


async def newsroom(store: SqlStore, *, days: int = 40, language: str = "id") -> Room:
    """One article every other hour for so many days, and eight in the hour before NOON, of two outlets."""
    room = Room(store, chat("redaksi", language=language), clock=FakeClock(NOON + timedelta(minutes=10)))
    await room.says("/watch add Gempa: gempa")
    await ordinary(store, range(days * 24, 1, -2))
    await bring(store, NOON - HOUR, [f"Gempa {number} di Palu." for number in range(8)], source="Tempo")
    return room


def bars(message: Message) -> str:
    """The row of bars in a terminal."""
    assert message.picture
    return message.picture.drawn.splitlines()[1]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_week_is_told_in_words_and_drawn_with_what_is_usual(sqlite: SqlStore, language: str) -> None:
    room = await newsroom(sqlite, language=language)
    message = await room.type("/trend gempa")
    assert message.picture and coloured(message.picture.png, BARS)
    told = {
        "id": [
            "Gempa, 7 hari terakhir",
            "91 artikel, biasanya 84",
            "Jam tersibuk: Min 22, 18.00 (8, biasanya 0,0)",
            "Media: Antara 83, Tempo 8.",
        ],
        "en": [
            "Gempa, the last 7 days",
            "Articles: 91, usually 84",
            "Busiest hour: Sun 22, 18:00 (8, usually 0.0)",
            "Outlets: Antara 83, Tempo 8.",
        ],
    }
    for words in told[language]:
        assert words in message.text, message.text
        assert words in message.picture.alt
    assert (len(bars(message)) == 84 and bars(message)[-1] == "█") or bars(message)[-2] == "█"
    assert {"id": "biasanya", "en": "usual"}[language] in message.picture.drawn


@pytest.mark.parametrize(("asked", "letters"), [("24h", 24), ("2d", 48), ("7d", 84), ("30d", 60)])
async def test_a_period_can_be_named(sqlite: SqlStore, asked: str, letters: int) -> None:
    room = await newsroom(sqlite, days=12)
    assert len(bars(await room.type(f"/trend Gempa {asked}"))) == letters


async def test_of_a_young_watch_nothing_usual_is_said(sqlite: SqlStore) -> None:
    room = await newsroom(sqlite, days=2)
    message = await room.type("/trend Gempa")
    assert "32 artikel;" in message.text and "biasanya" not in message.text
    assert message.picture and "biasanya" not in message.picture.drawn


async def test_of_a_watch_that_is_younger_than_the_chart_its_own_days_are_the_usual(sqlite: SqlStore) -> None:
    room = await newsroom(sqlite, days=5)
    found = re.search(r"68 artikel, biasanya (\d+);", await room.says("/trend Gempa 7d"))
    assert found and 60 <= int(found[1]) <= 75  # of five days, not of seven


async def test_a_watch_without_articles_is_told_as_that(sqlite: SqlStore) -> None:
    room = Room(sqlite)
    await room.says("/watch add Gempa: gempa")
    assert "0 artikel;" in await room.says("/trend Gempa")


async def test_an_unknown_name_brings_the_nearest(sqlite: SqlStore) -> None:
    room = await newsroom(sqlite, days=1)
    assert await room.says("/trend Gmpa") == "Tidak ada pantauan bernama Gmpa. Maksud Anda Gempa?"
    assert "Tidak ada pantauan bernama (a" in await room.says("/trend (a")
    assert "Tulis /trend NAMA" in await room.says("/trend")
    assert "Tulis /trend NAMA" in await room.says("/trend 7d")
    assert "30 hari" in await room.says("/trend Gempa 90d")


async def test_any_query_is_counted_too_and_says_that_it_is_one(sqlite: SqlStore) -> None:
    room = await newsroom(sqlite, days=1)
    message = await room.type("/trend Palu OR tsunami 24h")
    assert message.picture and bars(message)[-2] == "█"
    assert "Palu OR tsunami, 24 jam terakhir\n8 artikel;" in message.text
    assert "Media: Tempo 8." in message.text and "Ini dihitung sebagai kueri." in message.text


async def test_a_query_that_meets_too_many_articles_says_how_far_it_looked(
    sqlite: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await newsroom(sqlite, days=1)
    monkeypatch.setattr("bot.adapters.store.articles.LISTED", 10)
    monkeypatch.setattr("bot.trending.LISTED", 10)
    message = await room.type("/trend Palu 24h")
    assert "Hanya 10 artikel tersimpan terbaru" in message.text
    assert len(bars(message)) < 8  # what was not looked at is not drawn as nothing


async def test_a_watch_whose_name_ends_like_a_period_is_that_watch(sqlite: SqlStore) -> None:
    room = Room(sqlite)
    await room.says("/watch add Tenggat 7d: tenggat")
    assert "Tenggat 7d, 7 hari terakhir" in await room.says("/trend Tenggat 7d")
    assert "Tenggat 7d, 24 jam terakhir" in await room.says("/trend Tenggat 7d 24h")


async def test_copies_of_a_query_count_once_an_hour(sqlite: SqlStore) -> None:
    room = Room(sqlite, clock=FakeClock(NOON + timedelta(minutes=10)))
    for source in ("Antara", "Tempo", "Kompas"):
        await room.polls(source, article(title="Kunjungan", body=WIRE, source=source))
    assert "1 artikel;" in await room.says("/trend Putin 24h")


async def test_the_list_of_watches_has_a_button_for_the_first_few(sqlite: SqlStore) -> None:
    room = Room(sqlite)
    for number in range(8):
        await room.says(f"/watch add W{number}: gempa{number}")
    await room.says("/watch remove W1")
    await room.says(f"/watch add {'W' * 60}: lain")
    buttons = (await room.type("/watch list")).buttons
    assert [button.command for button in buttons] == [f"/trend W{number} 7d" for number in (0, 2, 3, 4, 5, 6)]
    assert buttons[0].label == "Tren W0"
