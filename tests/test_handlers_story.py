"""/story: who reported what first, what was a copy, and what was told of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.annotate import country_of
from bot.chat import Button, LineKind, Message
from tests.builders import NOON, article
from tests.test_handlers import Room
from tests.test_stories_in_chats import ENGLISH, copy, development, quake


@pytest.fixture
async def room(sqlite: SqlStore) -> Room:
    return Room(sqlite)


async def told(room: Room) -> None:
    """A quake: a report, its copy, a development, and one in English that answers no watch."""
    await room.says("/watch add Gempa: gempa")
    await room.polls("Antara", quake(url="https://antara.co.id/1", published=NOON - timedelta(minutes=20)))
    await room.polls("Kompas", copy(url="https://kompas.com/1", published=NOON - timedelta(minutes=14)))
    await room.polls("Tempo", development(url="https://tempo.co/1", published=NOON - timedelta(minutes=5)))
    english = article(
        title="Cianjur earthquake toll rises",
        body=ENGLISH,
        source="Reuters",
        url="https://reuters.co.uk/1",
        lang="en",
    )
    await room.polls("Reuters", english)


def items(message: Message) -> list[str]:
    return [line.text for line in message.lines if line.kind is LineKind.ITEM]


async def test_the_timeline_says_who_reported_what_first(room: Room) -> None:
    await told(room)
    answer = await room.type("/story #1")
    heading, counts, languages, countries, *_ = [line.text for line in answer.lines]
    assert heading == "Gempa guncang Cianjur"
    assert counts == "4 laporan dari 4 sumber"
    assert languages == "Bahasa: Indonesia 3, Inggris 1"
    assert countries == "Negara: Inggris Raya 1, Indonesia 1, tidak diketahui 2"
    assert items(answer) == [
        "22 Nov 18.40 Antara: Gempa guncang Cianjur (#1)",
        "22 Nov 18.55 Tempo: Korban gempa Cianjur jadi 14 orang (#2)",
        "22 Nov 18.59 Reuters: Cianjur earthquake toll rises",
    ]
    assert "salinan: Kompas 22 Nov 18.46" in answer.text
    assert "Baru: 14 orang (sebelumnya 9)" in answer.text
    assert any(line.kind is LineKind.QUOTE for line in answer.lines)
    linked = [span.url for line in answer.lines for span in line.spans if span.url]
    assert "https://tempo.co/1" in linked and answer.buttons == ()


@pytest.mark.parametrize("asked", ["https://kompas.com/1", "Cugenang", "Gempa", "#2"])
async def test_a_story_is_found_by_any_of_its_articles_by_words_and_by_watch(room: Room, asked: str) -> None:
    await told(room)
    assert (await room.type(f"/story {asked}")).lines[0].text == "Gempa guncang Cianjur"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("", "Tulis /story #NOMOR"),
        ("#99", "Peringatan nomor 99 tidak ada"),
        ("https://kompas.com/lain", "Maksud Anda https://kompas.com/1?"),
        ("beras", "Tidak ada berita tersimpan tentang beras"),
        ("=99 1", "Tidak ada berita tersimpan"),
        ("=9999999999 1", "Tidak ada berita tersimpan"),
    ],
)
async def test_what_is_not_there_is_said(room: Room, asked: str, said: str) -> None:
    await told(room)
    assert said in await room.says(f"/story {asked}")


async def test_a_long_timeline_has_pages(room: Room) -> None:
    await room.says("/watch add Gempa: gempa")
    for number in range(10):
        one = development(
            title=f"Korban gempa Cianjur jadi {20 + number} orang",
            body=f"Korban tewas akibat gempa di Cianjur, Jawa Barat, menjadi {20 + number} orang. Badan Nasional "
            f"Penanggulangan Bencana menyebut rumah roboh di Cugenang. {'Tim ' * number}",
            source=f"Kantor {number}",
            published=NOON - timedelta(minutes=60 - number),
        )
        await room.polls(f"Kantor {number}", one)
    first = await room.type("/story #1")
    assert len(items(first)) == 8 and first.buttons == (Button("Berikutnya ›", "/story =1 2"),)
    second = await room.type("/story =1 2")
    assert len(items(second)) == 2 and second.buttons == (Button("‹ Sebelumnya", "/story =1 1"),)
    assert not any(line.kind is LineKind.QUOTE for line in second.lines)
    assert items(await room.type("/story =1 99")) == items(second)


async def test_every_alert_leads_to_its_story(room: Room) -> None:
    await told(room)
    async with room.store.write() as tx:
        delivery = await tx.deliveries.claim("redaksi", NOON, NOON + timedelta(minutes=1))
        await tx.deliveries.sent(delivery, "m1", NOON)
    assert Button("Kronologi", "/story #1") in delivery.message.buttons
    assert (await room.type("/story", under="m1")).lines[0].text == "Gempa guncang Cianjur"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://antara.co.id/1", "ID"),
        ("https://bbc.co.uk/1", "GB"),
        ("https://tempo.co/1", ""),  # sold to everybody
        ("https://kompas.com/1", ""),
        ("https://example.zz/1", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_the_country_of_an_outlet_is_what_its_address_says(url: str, code: str) -> None:
    assert country_of(url) == code
