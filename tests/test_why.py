"""Why a chat was told of an article, or was not."""

from __future__ import annotations

import pytest

from bot.adapters.store import SqlStore
from bot.chat import Place, Style
from bot.query import explain, parse
from bot.why import SHOWN, nearest
from handlers.why import clauses
from tests.builders import article, chat
from tests.test_handlers import Room
from tests.test_pipeline import WIRE, Newsroom
from tests.test_stories_in_chats import development, quake

URL = "https://www.example.com/berita/putin-tiba"


@pytest.fixture
async def room(sqlite: SqlStore) -> Room:
    return Room(sqlite, chat("redaksi"), chat("desk", language="en"))


async def told(room: Room) -> None:
    await room.says("/watch add Putin: Putin")
    await room.says("/watch add Kim: Kim AND sanksi")
    await room.polls("Antara", article(url=URL, title="Putin tiba", body=WIRE))


async def test_an_alert_is_named_with_the_watch_and_its_clauses(room: Room) -> None:
    await told(room)
    said = await room.says(f"/why {URL}")
    assert "Diberitakan di sini dengan peringatan #1." in said
    assert "Putin: cocok\n✓ Putin (2×)" in said  # in the title and in the body
    assert "Kim: tidak cocok\n✗ Kim AND sanksi (0×)\n✓ · Kim (1×)\n✗ · sanksi (0×)" in said


async def test_the_clauses_are_code_so_that_they_stand_in_columns(room: Room) -> None:
    await told(room)
    answer = await room.type(f"/why {URL}")
    code = [line.text for line in answer.lines if line.spans[0].style is Style.CODE]
    assert code[0] == "✓ Putin (2×)" and answer.private


async def test_one_watch_can_be_asked_about(room: Room) -> None:
    await told(room)
    said = await room.says(f"/why {URL} kim")
    assert "Kim: tidak cocok" in said and "Putin: cocok" not in said
    assert "Maksud Anda Kim?" in await room.says(f"/why {URL} Kims")


async def test_a_query_that_is_not_saved_can_be_tried(room: Room) -> None:
    await told(room)
    said = await room.says(f"/why {URL}: Vladimir NEAR/1 Kim")
    assert "✗ Vladimir NEAR/1 Kim (0×, kurang 14)" in said
    assert "tidak bisa dibaca" in await room.says(f'/why {URL}: "Kim')


async def test_a_watch_made_later_did_not_answer_when_the_article_came(room: Room) -> None:
    await told(room)
    await room.says("/watch add Rusia: Rusia", place=Place("fake", "desk"))
    said = await room.says(f"/why {URL}", place=Place("fake", "desk"))
    assert "when it came, it answered no watch" in said
    assert "Rusia: matches (it did not when it came)" in said


async def test_a_copy_leads_to_the_alert_it_was_folded_into(room: Room) -> None:
    await told(room)
    await room.polls(
        "Kompas", article(url="https://kompas.example/salinan", title="Lawatan", body=WIRE, source="Kompas")
    )
    answer = await room.type("/why https://kompas.example/salinan")
    assert "salinan, disebut di peringatan #1. Putin tiba" in answer.text
    assert URL in {span.url for line in answer.lines for span in line.spans}


async def test_a_development_and_what_was_only_counted_say_so(room: Room) -> None:
    await room.says("/watch add Gempa: gempa")
    await room.polls("Antara", quake())
    await room.polls("Tempo", development(url="https://tempo.example/14"))
    same = "Gempa Kabupaten Cianjur, Jawa Barat: 9 orang tewas, puluhan rumah roboh di Cugenang, warga mengungsi."
    await room.polls(
        "Detik", article(url="https://detik.example/1", title="Gempa Cianjur", body=same, source="Detik")
    )
    said = await room.says("/why https://tempo.example/14")
    assert "Diberitakan sebagai perkembangan, peringatan #2. Baru: 14 orang (sebelumnya 9)" in said
    counted = await room.says("/why https://detik.example/1")
    assert "hanya dihitung di peringatan #1. Gempa guncang Cianjur" in counted


async def test_a_muted_watch_is_the_reason_while_it_is_muted(room: Room) -> None:
    await room.says("/watch add Putin: Putin")
    await room.says("/mute Putin 2h")
    await room.polls("Antara", article(url=URL, body=WIRE))
    assert "sedang dibisukan" in await room.says(f"/why {URL}")
    room.clock.advance(hours=3)
    assert "atau pantauannya dibisukan waktu itu" in await room.says(f"/why {URL}")


async def test_what_a_first_poll_held_back_is_said(room: Room) -> None:
    await room.says("/watch add Putin: Putin")
    newsroom = Newsroom(room.store, room.watchlist.lookout, first_alerts=0)
    await newsroom.polls("Antara", article(url=URL, body=WIRE), old=False)
    assert "ditahan karena kunjungan pertama" in await room.says(f"/why {URL}")


@pytest.mark.parametrize(
    "asked",
    [
        "http://example.com/berita/putin-tiba/",
        "https://m.example.com/berita/putin-tiba/amp",
        f"{URL}?utm_source=x",
        f"{URL}#atas",
        URL.upper(),
    ],
)
async def test_an_address_is_found_without_what_often_differs(room: Room, asked: str) -> None:
    await told(room)
    assert "peringatan #1" in await room.says(f"/why {asked}")


async def test_an_unknown_address_gets_the_nearest(room: Room) -> None:
    await told(room)
    said = await room.says("/why https://example.com/berita/putin-tib")
    assert "Tidak ada artikel tersimpan" in said and f"Maksud Anda {URL}?" in said
    assert "Maksud" not in await room.says("/why https://lain.example/berita/putin-tiba")


@pytest.mark.parametrize("asked", ["/why", "/why :"])
async def test_what_is_incomplete_gets_an_example(room: Room, asked: str) -> None:
    assert "/why URL: KUERI" in await room.says(asked)


async def test_of_very_many_watches_those_that_answer_come_first(room: Room) -> None:
    for number in range(SHOWN + 2):
        await room.says(f"/watch add W{number}: xyz{number}")
    await told(room)
    said = await room.says(f"/why {URL}")
    assert said.index("Putin: cocok") < said.index("W0: tidak cocok")
    assert "dan 4 pantauan lain" in said and f"W{SHOWN}" not in said


def test_a_shared_list_is_not_spelt_out() -> None:
    clause = explain(parse("@KoreaUtara AND sanksi"), article(body="Putin"))
    assert list(clauses(clause, "id")) == [
        "✗ @KoreaUtara AND sanksi (0×)",
        "✗ · @KoreaUtara (0×)",
        "✗ · sanksi (0×)",
    ]


def test_what_holds_inside_a_clause_is_not_spelt_out() -> None:
    clause = explain(parse("(a OR Putin) AND sanksi"), article(body="Putin"))
    assert list(clauses(clause, "id"))[1:] == ["✓ · a OR Putin (1×)", "✗ · sanksi (0×)"]


def test_the_nearest_address_is_on_the_same_host() -> None:
    known = ["https://a.example/satu", "https://b.example/dua"]
    assert nearest("https://b.example/dwa", known) == known[1]
    assert nearest("https://c.example/dua", known) == ""


async def test_the_newest_of_two_articles_with_one_address_is_meant(store: SqlStore) -> None:
    """On every store there is."""
    room = Room(store)
    await room.polls("Antara", article(url=URL, title="Lama", body="Lama sekali."))
    newsroom = Newsroom(store, room.watchlist.lookout)
    newsroom.names, newsroom.now = ["Antara"], newsroom.now.replace(hour=13)
    await newsroom.polls("Antara", article(url=URL, title="Baru", body="Baru saja."))
    async with store.read() as tx:
        filed = await tx.articles.at(URL)
        assert filed and filed.article.title == "Baru"
        assert await tx.articles.at("https://example.com/tidak-ada") is None
