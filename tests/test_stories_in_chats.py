"""A story in a chat: one alert that grows by its copies, developments as replies under it, and nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.grouping import Grouping, recall
from bot.model import Article, Kind, Reason
from bot.pipeline import Brought, look_at, take_in
from bot.ports import Delivery
from tests.builders import NOON, article, chat, watch
from tests.fakes import FakeEngine
from tests.test_pipeline import Newsroom, lookout

QUAKE = (
    "Gempa bermagnitudo 6,2 mengguncang Kabupaten Cianjur, Jawa Barat, pada Rabu pagi dan merobohkan puluhan rumah di "
    "Kecamatan Cugenang. Badan Nasional Penanggulangan Bencana mencatat 9 orang tewas dan puluhan lainnya luka-luka. "
    "Warga berhamburan ke luar rumah dan mengungsi ke tanah lapang karena takut akan gempa susulan, kata juru bicara badan itu."
)
COPY = f"CIANJUR - {QUAKE} Kepala desa setempat meminta bantuan tenda dan selimut. Baca juga berita lain di situs kami."
DEVELOPMENT = (
    "Korban tewas akibat gempa di Kabupaten Cianjur, Jawa Barat, bertambah menjadi 14 orang. Badan Nasional Penanggulangan "
    "Bencana menyebut puluhan rumah roboh di Kecamatan Cugenang dan warga masih mengungsi."
)
ENGLISH = (
    "The death toll of the 6.2 magnitude earthquake in Cianjur, West Java, rose to 21 people, the Badan Nasional "
    "Penanggulangan Bencana said. Dozens of houses collapsed in Cugenang, Cianjur, and residents fled."
)


def newsroom(store: SqlStore, **values: object) -> Newsroom:
    return Newsroom(store, lookout(watch("Gempa", "gempa, earthquake", **values)))


def quake(**values: object) -> Article:
    return article(**({"title": "Gempa guncang Cianjur", "body": QUAKE, "source": "Antara"} | values))


def copy(**values: object) -> Article:
    return article(**({"title": "Cianjur diguncang gempa", "body": COPY, "source": "Kompas"} | values))


def development(**values: object) -> Article:
    given = {"title": "Korban gempa Cianjur jadi 14 orang", "body": DEVELOPMENT, "source": "Tempo"}
    return article(**(given | values))


async def leave(room: Newsroom, name: str = "redaksi") -> list[Delivery]:
    """What leaves for a chat, each as if it was sent under its own subject."""
    left = []
    while True:
        async with room.store.write() as tx:
            delivery = await tx.deliveries.claim(name, room.now, room.now + timedelta(minutes=1))
            if not isinstance(delivery, Delivery):
                return left
            remote_id = delivery.subject if delivery.kind.makes_a_message else delivery.target
            await tx.deliveries.sent(delivery, remote_id, room.now)
        left.append(delivery)


async def test_a_near_copy_of_another_outlet_edits_the_alert_in_place(sqlite: SqlStore) -> None:
    room = newsroom(sqlite)
    await room.polls("Antara", quake())
    (alert,) = await leave(room)
    await room.polls("Kompas", copy(published=NOON + timedelta(minutes=6)))
    (edit,) = await leave(room)
    assert (edit.kind, edit.target) == (Kind.EDIT, alert.subject)
    assert edit.message.lines[0] == alert.message.lines[0]
    assert "Juga dimuat: Kompas 19.06" in edit.message.text and "laporan" not in edit.message.text


async def test_a_development_is_a_reply_under_the_alert_with_its_reason(sqlite: SqlStore) -> None:
    room = newsroom(sqlite)
    await room.polls("Antara", quake())
    await room.polls("Tempo", development())
    alert, reply = await leave(room)
    assert (reply.kind, reply.target) == (Kind.REPLY, alert.subject)
    heading, source, reason, *_ = [line.text for line in reply.message.lines]
    assert heading == "Korban gempa Cianjur jadi 14 orang" and source.startswith("Tempo · ")
    assert reason == "Baru: 14 orang (sebelumnya 9)"
    async with sqlite.read() as tx:
        ((first, second),) = (await tx.alerts.told([1])).values()
    assert (first.reason, second.reason, second.parent) == (Reason.NEW, Reason.NEW_FACTS, first.alert)


async def test_a_report_in_the_other_language_joins_the_story(sqlite: SqlStore) -> None:
    room = newsroom(sqlite)
    await room.polls("Antara", quake())
    await room.polls(
        "Reuters", article(title="Cianjur earthquake toll rises", body=ENGLISH, source="Reuters", lang="en")
    )
    _, reply = await leave(room)
    assert reply.kind is Kind.REPLY and "21 people" in reply.message.text


async def test_more_of_the_same_only_raises_the_count(sqlite: SqlStore) -> None:
    room = newsroom(sqlite)
    await room.polls("Antara", quake())
    (alert,) = await leave(room)
    same = "Gempa Kabupaten Cianjur, Jawa Barat: 9 orang tewas, puluhan rumah roboh di Cugenang, warga mengungsi ke tanah lapang."
    await room.polls("Detik", article(title="Gempa di Cianjur", body=same, source="Detik"))
    (edit,) = await leave(room)
    assert (edit.kind, edit.target) == (Kind.EDIT, alert.subject)
    assert edit.message.lines[-1].text == "2 laporan dari 2 sumber"


async def test_a_copy_of_a_development_edits_that_one(sqlite: SqlStore) -> None:
    room = newsroom(sqlite)
    await room.polls("Antara", quake())
    await room.polls("Tempo", development())
    _, reply = await leave(room)
    await room.polls("Kompas", development(source="Kompas"))
    (edit,) = await leave(room)
    assert edit.target == reply.subject and "Juga dimuat: Kompas" in edit.message.text
    assert "Baru: 14 orang (sebelumnya 9)" in edit.message.text  # it still says why it was told


async def test_copies_and_developments_of_one_poll_are_told_once_each(sqlite: SqlStore) -> None:
    room = newsroom(sqlite)
    await room.polls("Antara")
    now = NOON
    polls = [
        quake(published=NOON),
        development(published=NOON + timedelta(minutes=1)),
        copy(published=NOON + timedelta(minutes=2)),
    ]
    claimed = [await room._claim(name) for name in ("Antara", "Tempo", "Kompas")]
    claimed = [replace(source, ok_at=NOON) for source in claimed]
    looked = await look_at(sqlite, room.lookout, room.grouping, [(None, [one]) for one in polls], now)
    async with sqlite.write() as tx:
        brought = [Brought(source, some) for source, some in zip(claimed, looked, strict=True)]
        outcomes = await take_in(tx, room.engine, room.lookout, brought, now, 3)
    assert [one.alerts for one in outcomes] == [1, 1, 0]
    alert, reply = await leave(room)
    assert "Juga dimuat: Kompas" in alert.message.text and reply.kind is Kind.REPLY


@pytest.mark.parametrize(("copies", "told"), [("high", 1), ("medium", 1), ("off", 2)])
async def test_a_watch_says_how_like_a_copy_must_be_to_be_folded(
    sqlite: SqlStore, copies: str, told: int
) -> None:
    room = newsroom(sqlite, copies=copies)
    await room.polls("Antara", quake())
    await room.polls("Kompas", copy())
    left = await leave(room)
    assert len(left) == told
    if told == 2:
        assert left[1].kind is Kind.REPLY
        assert left[1].message.lines[2].text == "Hampir sama dengan yang sudah diberitakan"


async def test_two_look_alike_events_of_one_outlet_are_both_told(sqlite: SqlStore) -> None:
    room = newsroom(sqlite)
    form = (
        "Gempa bermagnitudo {size} mengguncang {place} pada {day}. Pusat gempa di {where} pada kedalaman {deep} kilometer. "
        "Gempa tidak berpotensi tsunami, kata Badan Meteorologi, Klimatologi, dan Geofisika dalam keterangan tertulisnya."
    )
    first = {"size": "5,2", "place": "Maluku Barat Daya", "day": "Senin", "where": "laut Banda", "deep": 120}
    second = {"size": "6,1", "place": "Bengkulu", "day": "Kamis", "where": "darat Seluma", "deep": 33}
    for number, values in enumerate((first, second)):
        one = article(title=f"Gempa {values['size']} guncang {values['place']}", body=form.format(**values))
        await room.polls("Antara", one)
        room.now += timedelta(hours=number)
    assert len([one for one in await leave(room) if one.kind is not Kind.EDIT]) == 2


async def test_the_next_days_issue_of_a_series_is_told_although_only_its_date_differs(
    sqlite: SqlStore,
) -> None:
    room = Newsroom(sqlite, lookout(watch("SIM", "SIM")))
    form = "Polda Metro Jaya membuka layanan SIM keliling di lima lokasi di Jakarta pada {day} mulai pukul 08.00 WIB."
    for day in ("Senin, 22 November 2026", "Selasa, 23 November 2026"):
        title = f"Lokasi SIM keliling di Jakarta {day}"
        await room.polls("Antara", article(title=title, body=form.format(day=day), source="Antara"))
        room.now += timedelta(hours=24)
    first, second = await leave(room)
    assert (first.kind, second.kind) == (Kind.POST, Kind.REPLY)
    assert "Kembali diberitakan" in second.message.text


async def test_a_chat_that_was_not_told_of_the_story_is_told_of_its_next_article(sqlite: SqlStore) -> None:
    chats = (chat("redaksi"), chat("olahraga"))
    rooms = lookout(
        watch("Gempa", "gempa", routes=("redaksi",)),
        watch("Korban", "korban", routes=("olahraga",)),
        chats=chats,
    )
    room = Newsroom(sqlite, rooms)
    await room.polls("Antara", quake())
    await room.polls("Tempo", development())
    assert [one.kind for one in await leave(room)] == [Kind.POST, Kind.REPLY]
    (only,) = await leave(room, "olahraga")
    assert only.kind is Kind.POST and "Baru:" not in only.message.text


async def test_a_muted_watch_has_no_developments_either(sqlite: SqlStore) -> None:
    room = newsroom(sqlite)
    await room.polls("Antara", quake())
    assert len(await leave(room)) == 1
    async with sqlite.write() as tx:
        await tx.watches.mute("redaksi", "Gempa", NOON + timedelta(hours=1))
    await room.polls("Tempo", development())
    assert await leave(room) == []


async def test_a_first_poll_holds_developments_back_too(sqlite: SqlStore) -> None:
    """What is held back begins no story: the newest is told as the alert."""
    room = Newsroom(sqlite, lookout(watch("Gempa", "gempa")), first_alerts=1)
    old, new = quake(published=NOON - timedelta(hours=3)), development(source="Antara")
    outcome = await room.polls("Antara", new, old, old=False)
    assert (outcome.alerts, outcome.held_back) == (1, 1)
    alert, note = await leave(room)
    assert (alert.kind, alert.message.lines[0].text) == (Kind.POST, new.title)
    assert "2 artikel cocok, 1 terbaru" in note.message.text


async def test_two_polls_that_bring_one_article_place_it_once(sqlite: SqlStore) -> None:
    room = newsroom(sqlite)
    one = development()
    await room.polls("Antara", quake())
    (first,) = await look_at(sqlite, room.lookout, room.grouping, [(None, [one])], NOON)
    (second,) = await look_at(sqlite, room.lookout, room.grouping, [(None, [one])], NOON)
    assert first[0].placed is second[0].placed and len(room.grouping) == 2
    await room.polls("Tempo", one)
    assert len(await leave(room)) == 2


async def test_what_was_placed_and_never_stored_is_copied_by_nobody(sqlite: SqlStore) -> None:
    """The poll that brought it was lost: the copy is the first article as far as anybody can know."""
    room = newsroom(sqlite)
    await look_at(sqlite, room.lookout, room.grouping, [(None, [quake()])], NOON)
    await room.polls("Kompas", copy())
    (alert,) = await leave(room)
    async with sqlite.read() as tx:
        (filed,) = await tx.articles.since(NOON)
    assert alert.kind is Kind.POST and filed.copy_of == ""


async def test_a_restart_gives_the_same_places_as_going_on(store: SqlStore) -> None:
    room = newsroom(store)
    came = [
        quake(),
        copy(),
        development(),
        article(title="Harga beras naik", body="Harga beras naik di Pasar Induk Cipinang."),
    ]
    for one in came:
        await room.polls(one.source, one)
    restarted = Grouping()
    assert await recall(store, restarted, room.now) == len(came)
    assert len(restarted) == len(room.grouping) == len(came) - 1, "the price of rice is not watched for"
    english = article(title="Cianjur earthquake toll rises", body=ENGLISH, source="Reuters", lang="en")
    for one in (
        english,
        copy(source="Detik", body=f"{QUAKE} Demikian."),
        quake(source="Jawa Pos"),
        development(source="Jawa Pos"),
    ):
        async with store.read() as tx:
            texts = await tx.articles.texts(list(Grouping.keys(one)), room.now)
        placed = room.grouping.place(one, Grouping.keys(one), room.now, texts, wanted=False)
        again = restarted.place(one, Grouping.keys(one), room.now, texts, wanted=False)
        assert replace(placed, order=0) == replace(again, order=0)
        assert placed.story == came[0].id


async def test_what_is_older_than_the_window_does_not_come_back(sqlite: SqlStore) -> None:
    room = newsroom(sqlite)
    await room.polls("Antara", quake())
    assert await recall(sqlite, Grouping(), NOON + timedelta(days=7)) == 1
    assert await recall(sqlite, Grouping(), NOON + timedelta(days=8)) == 0


async def test_a_copy_that_comes_when_its_text_is_no_longer_open_is_news(sqlite: SqlStore) -> None:
    room = newsroom(sqlite)
    await room.polls("Antara", quake())
    room.now = NOON + timedelta(days=9)
    await room.polls("Kompas", quake(source="Kompas"))
    assert [one.kind for one in await leave(room)] == [Kind.POST, Kind.POST]


async def test_a_development_waits_for_its_alert_but_not_for_one_that_is_kept_back(store: SqlStore) -> None:
    """A flash does not wait for the end of quiet hours, and what is heard does not wait for what is muted."""
    watches = watch("Gempa", "gempa", priority="normal"), watch("Korban", "korban", priority="flash")
    room = Newsroom(store, lookout(*watches))
    await room.polls("Antara", quake(body=QUAKE.replace("korban", "")))
    async with store.write() as tx:
        await tx.deliveries.quiet("redaksi", NOON + timedelta(hours=8))
    await room.polls("Tempo", development())
    (flash,) = await leave(room)
    assert (flash.kind, flash.target) == (Kind.POST, "") and "Baru: 14 orang" in flash.message.text
    async with store.write() as tx:
        await tx.deliveries.release("redaksi", NOON, quiet=False)
    assert len(await leave(room)) == 1


async def test_a_development_is_heard_although_the_alert_it_waits_for_is_muted(store: SqlStore) -> None:
    room = Newsroom(store, lookout(watch("Gempa", "gempa"), watch("Korban", "korban")))
    await room.polls("Antara", quake())
    await room.polls("Tempo", development())
    async with store.write() as tx:
        await tx.deliveries.mute("redaksi", {"Gempa": NOON + timedelta(hours=1)})
    (heard,) = await leave(room)
    assert heard.kind is Kind.POST and "Baru: 14 orang" in heard.message.text


async def test_after_a_restore_a_reply_is_looked_up_once_it_is_known_under_what(store: SqlStore) -> None:
    room = newsroom(store)
    await room.polls("Antara", quake())
    await room.polls("Tempo", development())
    async with store.write() as tx:
        assert await tx.deliveries.came_back(NOON - timedelta(hours=1)) == 2
    alert, reply = await leave(room)
    assert [one.state for one in (alert, reply)] == ["uncertain", "uncertain"]
    assert reply.target == alert.subject
    assert room.engine == FakeEngine(woken=room.engine.woken)
