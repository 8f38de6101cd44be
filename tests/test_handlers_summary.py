"""What /summary can be asked, and what it answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.briefing import Quoted
from bot.chat import COMMAND_BYTES, Place
from bot.errors import RequestRefused, SourceError
from bot.model import Article
from bot.ports import Delivery
from bot.summary import Story
from handlers.asked import Asked, read
from handlers.router import Router
from handlers.summary import stories
from tests.builders import article, chat
from tests.test_handlers import Room

THURSDAY = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)  # 16.00 WIB


@pytest.fixture
async def room(sqlite: SqlStore) -> Room:
    room = Room(sqlite)
    await room.says("/watch add Palu: Palu")
    return room


def asked(text: str, **values: str) -> Asked:
    return read(text, chat(**values), THURSDAY)


@pytest.mark.parametrize(
    ("typed", "about", "since"),
    [
        ("", "", THURSDAY - timedelta(hours=24)),
        ("Putin", "Putin", THURSDAY - timedelta(hours=24)),
        ("7d", "", THURSDAY - timedelta(days=7)),
        ('"Korea Utara" sejak Senin', '"Korea Utara"', datetime(2026, 11, 22, 17, tzinfo=UTC)),
        ("Putin since Monday", "Putin", datetime(2026, 11, 22, 17, tzinfo=UTC)),
        ("Putin sejak 19 November", "Putin", datetime(2026, 11, 18, 17, tzinfo=UTC)),
        ("since November 19", "", datetime(2026, 11, 18, 17, tzinfo=UTC)),
        ("sejak 19/11", "", datetime(2026, 11, 18, 17, tzinfo=UTC)),
        ("sejak kemarin", "", datetime(2026, 11, 24, 17, tzinfo=UTC)),
        ("Putin sejak 3 jam yang lalu", "Putin", THURSDAY - timedelta(hours=3)),
        ("Putin kemarin", "Putin", datetime(2026, 11, 24, 17, tzinfo=UTC)),
        ("hari ini", "", datetime(2026, 11, 25, 17, tzinfo=UTC)),
        ("last week", "", datetime(2026, 11, 15, 17, tzinfo=UTC)),
        ("Senin Legi", "Senin Legi", THURSDAY - timedelta(hours=24)),
    ],
)
def test_periods_are_read_in_indonesian_and_english(typed: str, about: str, since: datetime) -> None:
    found = asked(typed)
    assert (found.about, found.since) == (about, since)
    assert found.until == (
        datetime(2026, 11, 25, 17, tzinfo=UTC) if typed == "Putin kemarin" else found.until
    )


@pytest.mark.parametrize(
    "typed", ["sejak Kamisan", "since 2019", "sejak besok", "--keras", "3x", "Putin 9999d"]
)
def test_what_cannot_be_read_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(RequestRefused):
        asked(typed)


def test_options_choose_length_language_and_page() -> None:
    found = asked("Putin --long 7d --en --page 3")
    assert (found.about, found.long, found.language, found.page) == ("Putin", True, "en", 3)
    assert found.plain == "Putin 7d --long --en"
    assert asked("G20 —long").about == "G20"


TOLL = "Gempa di Kota Palu menewaskan {} orang menurut badan penanggulangan bencana daerah."


async def test_every_sentence_is_numbered_to_its_article_with_link_outlet_and_time(room: Room) -> None:
    await room.polls("Antara", article(title="Gempa Palu", body=TOLL.format(12), url="https://a.example/1"))
    message = await room.type("/summary")
    (quote,) = [line for line in message.lines if line.kind == "quote"]
    assert (quote.spans[-1].text, quote.spans[-1].url) == ("[1]", "https://a.example/1")
    (head,) = [line for line in message.lines if line.kind == "item"]
    assert head.text.startswith("[1] Gempa Palu · Antara · ")


def test_outlets_that_contradict_each_other_are_shown_side_by_side() -> None:
    one = article(body=TOLL.format(12), source="Antara", url="https://a.example/1")
    other = article(body=TOLL.format(14), source="Kompas", url="https://k.example/1")
    from bot.briefing import Briefing
    from bot.summary import contradictions, summarise

    story = Story((one, other), 2)
    told = Quoted(story, summarise([story], sentences=2).sentences, contradictions(story))
    lines = [line.text for line in stories(Briefing((told,), 2, 2, 1), chat())]
    at = lines.index("Angkanya berbeda antarmedia:")
    assert {lines[at + 1], lines[at + 2]} == {f"{TOLL.format(12)} [1]", f"{TOLL.format(14)} [2]"}
    assert lines[at + 3].startswith("[2] Kompas")
    assert sum(TOLL.format(12) in line for line in lines) == 1


async def test_a_long_answer_is_turned_over_by_buttons_and_shows_every_story_once(room: Room) -> None:
    for number in range(12):
        of_its_own = " ".join("ABCDEFGHIJKL"[number] * length for length in range(5, 35))
        body = f"Ada kabar dari Palu: {of_its_own}."
        await room.polls("Antara", article(title=f"Judul nomor {number}", body=body))
    heads: list[str] = []
    command: str | None = "/summary 7d"
    while command:
        message = await room.type(command)
        heads += [line.text for line in message.lines if line.kind == "item"]
        command = next((one.command for one in message.buttons if "›" in one.label), None)
        assert all(len(one.command.encode()) <= COMMAND_BYTES for one in message.buttons)
    assert sorted(head.split(" · ")[0][4:] for head in heads) == sorted(f"Judul nomor {n}" for n in range(12))


async def test_a_question_too_long_for_a_button_is_turned_over_too_as_often_as_people_like(
    room: Room,
) -> None:
    for number in range(12):
        of_its_own = " ".join("ABCDEFGHIJKL"[number] * length for length in range(5, 35))
        body = f"Ada kabar dari Palu: {of_its_own}."
        await room.polls("Antara", article(title=f"Judul nomor {number}", body=body))
    long = "Palu AND (kabar OR laporan OR keterangan OR pengumuman OR berita) 7d --en"
    first = await room.type(f"/summary {long}")
    onward = next(one.command for one in first.buttons if "›" in one.label)
    assert len(onward.encode()) <= COMMAND_BYTES
    for _ in range(2):  # two people press it
        second = await room.type(onward)
        assert "Summary of the last 7 days: Palu AND" in second.text
        heads = [{line.text for line in one.lines if line.kind == "item"} for one in (first, second)]
        assert not heads[0] & heads[1] and heads[1]
    back = next(one.command for one in second.buttons if "‹" in one.label)
    assert (await room.type(back)).lines == first.lines
    room.clock.advance(hours=2)
    assert "tidak saya ingat" in await room.says(onward)
    assert "tidak saya ingat" in await room.says("/summary ?99999999999999999999 --page 2")


async def test_nothing_found_names_what_answers_the_same_question_earlier(room: Room) -> None:
    await room.polls("Antara", article(title="Gempa Palu", body=TOLL.format(12)))
    room.clock.advance(hours=30)
    said = await room.says("/summary gempa")
    assert "Tidak ada yang ditemukan untuk gempa" in said
    assert "sebelum waktu itu" in said and "Gempa Palu" in said


async def test_nothing_found_names_the_headlines_that_come_nearest(room: Room) -> None:
    await room.polls("Antara", article(title="Gempa Palu", body=TOLL.format(12)))
    said = await room.says("/summary gemba")
    assert "Yang paling mirip:" in said and "Gempa Palu" in said


async def test_the_frame_speaks_the_language_that_is_asked_for(room: Room) -> None:
    await room.polls("Antara", article(title="Gempa Palu", body=TOLL.format(12)))
    said = await room.says("/summary gempa --en")
    assert "Summary of the last 24 hours: gempa" in said and TOLL.format(12) in said


class Web:
    """Answers for the only page that there is."""

    async def __call__(self, url: str) -> Article:
        if url != "https://a.example/baru":
            raise SourceError("404: there is no such page")
        return article(title="Halaman baru", body=TOLL.format(12), url=url)


async def test_an_address_that_nobody_brought_is_read_and_an_unreadable_one_is_said(room: Room) -> None:
    room.router = Router(replace(room.router.desk, read=Web()))
    assert "Halaman baru" in await room.says("/summary https://a.example/baru")
    assert TOLL.format(12) in await room.says("/summary <https://a.example/baru|a.example>")
    assert "tidak bisa dibaca: 404" in await room.says("/summary https://a.example/lama")


async def delivered(room: Room) -> list[str]:
    """Everything that waits has arrived; the ids of the messages, in order."""
    ids: list[str] = []
    while True:
        async with room.store.write() as tx:
            one = await tx.deliveries.claim("redaksi", room.clock(), room.clock() + timedelta(minutes=1))
            if not isinstance(one, Delivery):
                return ids
            ids.append(f"m{len(ids) + 1}")
            await tx.deliveries.sent(one, ids[-1], room.clock())


async def test_a_reply_to_an_alert_is_answered_with_its_article_alone(room: Room) -> None:
    await room.polls("Antara", article(title="Gempa Palu", body=TOLL.format(12)))
    await room.polls("Tempo", article(title="Pasar Palu", body="Pasar besar di Palu dibuka lagi pagi ini."))
    room.clock.advance(days=3)
    _, second = await delivered(room)
    for typed in ("/summary", "/summary --long"):
        said = await room.says(typed, under=second)
        assert "Pasar besar" in said and "Gempa" not in said
    assert "Summary" not in await room.says("/summary --en", under=second)


async def test_a_reply_that_asks_for_something_is_answered_with_that(room: Room) -> None:
    await room.polls("Antara", article(title="Gempa Palu", body=TOLL.format(12)))
    await room.polls("Tempo", article(title="Pasar Palu", body="Pasar besar di Palu dibuka lagi pagi ini."))
    first, _ = await delivered(room)
    assert "Pasar besar" in await room.says("/summary pasar", under=first)
    assert "Ringkasan 7 hari terakhir" in await room.says("/summary 7d", under=first)


async def test_a_reply_to_what_is_no_alert_is_an_ordinary_question(room: Room) -> None:
    await room.polls("Antara", article(title="Gempa Palu", body=TOLL.format(12)))
    assert "Ringkasan 24 jam terakhir" in await room.says("/summary", under="m77")


async def test_an_address_that_is_stored_is_not_read_again(room: Room) -> None:
    await room.polls("Antara", article(title="Gempa Palu", body=TOLL.format(12), url="https://a.example/1"))
    for written in ("https://a.example/1", "http://m.a.example/1/amp?utm_source=x"):
        assert "Gempa Palu" in await room.says(f"/summary {written}")
    assert "Gempa Palu" not in await room.says("/summary https://a.example/1?id=2")


async def test_a_thousand_articles_are_answered_in_a_second(room: Room) -> None:
    """Doubled for slow machines; processor time, because others run here too."""
    import time

    many = [
        article(
            title=f"Berita {n}", body=TOLL.format(n) + " Kedua kalinya pemerintah daerah membantu warga. " * 9
        )
        for n in range(1000)
    ]
    await room.polls("Antara", *many)
    began = time.process_time()
    assert "1000 artikel" in await room.says("/summary gempa")
    assert time.process_time() - began < 2


async def test_the_options_are_a_form_whose_every_choice_can_be_typed(room: Room) -> None:
    await room.polls("Antara", article(title="Gempa Palu", body=TOLL.format(12)))
    message = await room.type("/summary 7d")
    command = next(one.command for one in message.buttons if one.label == "Pilihan")
    form = (await room.type(command)).form
    assert form is not None
    for field in form.fields:
        for choice in field.choices:
            assert "tidak saya kenal" not in await room.says(f"{form.command} {choice.words}"), choice
    said = await room.says("/summary Palu this week --long --en")
    assert "Summary" in said and "Gempa Palu" in said


async def test_the_options_are_buttons_where_there_are_no_forms(room: Room) -> None:
    buttons = {one.label: one.command for one in (await room.type("/summary —options")).buttons}
    assert buttons["7 hari terakhir"] == "/summary 7d" and buttons["Palu"] == "/summary Palu"
    assert all(len(command.encode()) <= COMMAND_BYTES for command in buttons.values())


async def test_asked_in_no_chat_the_form_asks_for_one_and_names_no_watch(room: Room) -> None:
    form = (await room.type("/summary", place=Place("fake", ""))).form
    assert form is not None and form.where
    assert [field.name for field in form.fields] == ["period", "length", "language"]
    assert "tidak ada di daftar" in await room.says("/status", place=Place("fake", ""))


FLOOD = """Banjir merendam tiga kecamatan di Kota Palu sejak Senin malam setelah hujan lebat selama enam jam di hulu sungai.

Sebanyak 400 warga mengungsi ke gedung olahraga dan dua sekolah, kata kepala badan penanggulangan bencana daerah.

Pemerintah kota membuka dapur umum dan mengirim perahu karet untuk menjemput warga yang masih terjebak di rumah.

Pemerintah provinsi menyiapkan dana darurat untuk memperbaiki tanggul yang jebol di dua tempat pada Senin malam.

Sekolah di kecamatan yang terendam diliburkan sampai hari Rabu, dan ujian akhir ditunda sampai pekan depan.

Jalan utama menuju pelabuhan Pantoloan ditutup untuk semua kendaraan sampai air surut, kata polisi setempat.

Beberapa warga mengeluhkan bantuan selimut yang terlambat datang ke tempat pengungsian pada malam pertama."""


@pytest.mark.parametrize("asked", ["#1", "", "https://a.example/9", "selimut"])
async def test_what_the_chat_watches_or_asks_about_is_among_the_sentences(room: Room, asked: str) -> None:
    await room.polls("Antara", article(title="Banjir Palu", body=FLOOD, url="https://a.example/9"))
    if asked != "selimut":
        assert "selimut" not in await room.says(f"/summary {asked}")
        await room.says("/watch add Bantuan: selimut")
    assert "selimut" in await room.says(f"/summary {asked}")
