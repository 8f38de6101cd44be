"""A watch that brings far more than usual tells its chats once, with the cause and a chart, across restarts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select

from bot.adapters.store import SqlStore, SqlTx
from bot.adapters.store.articles import SqlArticles
from bot.adapters.store.tables import deliveries
from bot.causes import causes
from bot.chat import Message
from bot.model import Article, Chat, Watch
from bot.ports import Filed, WatchHour
from bot.spike_alert import Burst, alert
from bot.spike_watch import SpikeWatch
from bot.trending import BURST, Trend
from bot.trends import Usual
from bot.watchlist import Watchlist
from bot.words import LANGUAGES
from tests.builders import NOON, article, chat, match, settings, watch
from tests.fakes import FakeClock, FakeEngine
from tests.test_polling_chart import coloured

HOUR = timedelta(hours=1)
QUAKE = (
    "Gempa bermagnitudo 6,2 mengguncang Palu, Kamis. Warga Palu mengungsi karena takut tsunami, kata BMKG."
)
ORDINARY = (
    "Gempa kecil tercatat di Maluku.",
    "Gempa tektonik tidak dirasakan warga Jawa.",
    "Latihan gempa di sekolah Bali.",
)
_numbers = count(1)


async def bring(
    store: SqlStore,
    at: datetime,
    bodies: Sequence[str],
    *,
    name: str = "Gempa",
    source: str = "Antara",
    copied: str = "",
    event: str = "",
    published: datetime | None = None,
    title: str = "",
) -> None:
    """Articles that a watch matched, seen at a moment; each a text of its own, or all copies of `copied`."""
    async with store.write() as tx:
        number = await _source(tx, source)
        for body in bodies:
            one = article(body=body, source=source, published=published or at, title=title or body[:30])
            await _store(tx, number, one, at, name, copied, event)


async def ordinary(store: SqlStore, hours: range, name: str = "Gempa") -> None:
    """An article in each of these hours, counted back from NOON."""
    async with store.write() as tx:
        number = await _source(tx, "Antara")
        for ago in hours:
            body, at = ORDINARY[ago // 2 % 3], NOON - ago * HOUR
            await _store(tx, number, article(body=body, title=body[:30], published=at), at, name)


async def _source(tx: SqlTx, name: str) -> int:
    await tx.sources.add([settings(name)], NOON)
    return next(one.id for one in await tx.sources.all() if one.name == name)


async def _store(
    tx: SqlTx, source: int, one: Article, at: datetime, name: str, copied: str = "", event: str = ""
) -> None:
    key = event or copied or f"text {next(_numbers)}"
    stories = await tx.articles.stories([key], at)
    await tx.articles.add([(source, Filed(one, stories[key], copy_of=copied))], at)
    word = "Gempa" if "Gempa" in one.body else "gempa"
    await tx.articles.add_matches([(one.id, match(one, word, name))])


class Newsroom:
    """Chats that hear of one watch, its history of ten ordinary days, and the job."""

    def __init__(self, store: SqlStore, *chats: Chat, silent: Sequence[str] = ()) -> None:
        self.store, self.clock, self.silent = store, FakeClock(NOON + timedelta(minutes=40)), silent
        self.chats = chats or (chat("redaksi"),)

    async def open(self, *watches: Watch) -> Newsroom:
        async with self.store.write() as tx:
            await tx.watches.sync(watches or [watch("Gempa", "gempa")])
        await ordinary(self.store, range(10 * 24, 3, -2))
        await self.start()
        return self

    async def start(self) -> None:
        """As after a restart: nothing is remembered but what is stored."""
        self.watchlist = Watchlist(self.store, self.chats)
        await self.watchlist.load()
        self.job = SpikeWatch(self.store, FakeEngine(), self.watchlist, self.chats, self.clock, self.silent)

    async def burst(self, size: int = 12) -> None:
        for number in range(size):
            at = self.clock.now - timedelta(minutes=size - number)
            source = ("Antara", "Kompas", "Tempo")[number % 3]
            same = "gempa palu" if number % 4 == 3 else ""
            await bring(
                self.store,
                at,
                [f"{QUAKE} Laporan {number}."],
                source=source,
                copied=same,
                title="Gempa di Palu",
            )

    async def queued(self) -> list[tuple[str, str, str, Message]]:
        """(chat, subject, kind, message) of everything about spikes, in order."""
        async with self.store.read() as tx:
            query = select(deliveries).where(deliveries.c.subject.like("spike:%")).order_by(deliveries.c.seq)
            return [
                (row.chat, row.subject, row.kind, Message.from_json(row.payload))
                for row in await tx._db.execute(query)
            ]

    async def subjects(self) -> list[tuple[str, str]]:
        return [(name, subject) for name, subject, _, _ in await self.queued()]

    async def sent(self, name: str = "redaksi") -> None:
        """Everything that waits in a chat has left."""
        async with self.store.write() as tx:
            now = self.clock.now
            while (one := await tx.deliveries.claim(name, now, now + HOUR)) and not isinstance(one, datetime):
                await tx.deliveries.sent(one, "m1", now)


@pytest.fixture
async def room(sqlite: SqlStore) -> Newsroom:
    return await Newsroom(sqlite).open()


class TestVolumes:
    async def test_articles_are_counted_by_watch_and_hour(self, store: SqlStore) -> None:
        quarter = timedelta(minutes=15)
        await bring(store, NOON + quarter, ["gempa a", "gempa b"])
        await bring(store, NOON + HOUR - timedelta(microseconds=1), ["gempa c"])
        await bring(store, NOON + HOUR, ["gempa d"], name="Palu")
        async with store.read() as tx:
            assert await tx.articles.volumes(NOON) == [
                WatchHour("Gempa", NOON, 3, NOON + quarter),
                WatchHour("Palu", NOON + HOUR, 1, NOON + HOUR),
            ]
            assert [row.watch for row in await tx.articles.volumes(NOON, "Palu")] == ["Palu"]
            assert await tx.articles.volumes(NOON + 2 * HOUR) == []

    async def test_one_text_on_thirty_sites_counts_once(self, store: SqlStore) -> None:
        for number in range(30):
            await bring(
                store, NOON + timedelta(minutes=number), ["gempa"], source=f"S{number}", copied="kawat"
            )
        async with store.read() as tx:
            (row,) = await tx.articles.volumes(NOON)
            assert row.articles == 1
            assert len(await tx.articles.outlets(NOON, "Gempa")) == 30

    async def test_reports_of_one_event_in_their_own_words_each_count(self, store: SqlStore) -> None:
        for number in range(3):
            await bring(store, NOON, ["gempa"], source=f"S{number}", event="gempa palu")
        async with store.read() as tx:
            assert [row.articles for row in await tx.articles.volumes(NOON)] == [3]

    async def test_a_backlog_counts_when_it_was_published_and_the_future_when_it_was_seen(
        self, store: SqlStore
    ) -> None:
        for published in (NOON - 3 * HOUR, NOON - 2 * HOUR, NOON + 9 * HOUR):
            await bring(store, NOON, ["gempa"], published=published)
        async with store.read() as tx:
            hours = [(row.hour, row.articles) for row in await tx.articles.volumes(NOON - HOUR)]
        assert hours == [(NOON - 3 * HOUR, 1), (NOON - 2 * HOUR, 1), (NOON, 1)]

    async def test_outlets_come_with_their_articles_the_most_first(self, store: SqlStore) -> None:
        await bring(store, NOON, ["gempa a"])
        await bring(store, NOON, ["gempa a", "gempa b"], source="Tempo")
        await bring(store, NOON, ["gempa"], source="Kompas", name="Palu")
        async with store.read() as tx:
            assert await tx.articles.outlets(NOON, "Gempa") == [("Tempo", 2), ("Antara", 1)]


class TestCauses:
    def filed(self, body: str, story: int, **values: object) -> Filed:
        """All of one story are copies of one text."""
        one = article(**({"title": "", "body": body} | values))
        return Filed(one, story, ("Gempa",), copy_of=f"text {story}")

    def test_words_that_the_watch_always_has_do_not_stand_out(self) -> None:
        before = [self.filed(ORDINARY[number % 3], 100 + number) for number in range(30)]
        cause = causes([self.filed(QUAKE, number) for number in range(8)], before)
        words = {word.text: word for word in cause.words}
        assert {"Palu", "BMKG"} <= set(words) and not {"Gempa", "gempa", "Kamis", "karena"} & set(words)
        assert (words["Palu"].count, words["Palu"].usually) == (8, 0.0)

    def test_a_word_that_only_became_more_frequent_tells_its_usual_share(self) -> None:
        before = [
            self.filed(f"Gempa di {'Palu' if number < 3 else 'Bali'}.", 100 + number) for number in range(30)
        ]
        cause = causes([self.filed("Gempa di Palu.", number) for number in range(8)], before)
        assert [(word.text, word.usually) for word in cause.words] == [("Palu", 0.1)]

    def test_of_a_young_watch_no_usual_share_is_told(self) -> None:
        cause = causes([self.filed(QUAKE, number) for number in range(8)], [self.filed(ORDINARY[0], 99)])
        assert cause.words and all(word.usually is None for word in cause.words)

    def test_copies_count_once_for_words_and_each_for_outlets_and_the_story(self) -> None:
        copies = [self.filed("Gempa di Palu.", 1, source=f"S{number % 4}") for number in range(9)]
        others = [self.filed("Gempa di Bali.", 2 + number, source="Tempo") for number in range(3)]
        before = [self.filed("Gempa di laut.", 20 + number) for number in range(5)]
        cause = causes([*copies, *others], before)
        assert cause.texts == 4 and [word.text for word in cause.words] == ["Bali"]
        assert cause.outlets[:2] == (("S0", 3), ("Tempo", 3))
        assert (cause.told, cause.told_by) == (9, 4)

    def test_the_story_is_named_by_its_first_article(self) -> None:
        late = self.filed("a", 1, title="Kedua", published=NOON)
        first = self.filed("b", 1, title="Pertama", published=NOON - HOUR)
        cause = causes([late, first, self.filed("c", 2)], [])
        assert cause.head is not None and cause.head.title == "Pertama"

    def test_with_nothing_to_compare_with_no_word_stands_out(self) -> None:
        assert causes([self.filed(QUAKE, number) for number in range(8)], []).words == ()

    def test_where_no_two_tell_the_same_no_story_is_named(self) -> None:
        assert causes([self.filed("a", 1), self.filed("b", 2)], []).head is None
        assert causes([], []).outlets == ()


class TestJob:
    async def test_ordinary_hours_say_nothing(self, room: Newsroom) -> None:
        await room.burst(3)
        await room.job.look()
        assert await room.queued() == []

    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_a_burst_is_told_with_its_cause_and_a_chart(self, sqlite: SqlStore, language: str) -> None:
        room = await Newsroom(sqlite, chat("redaksi", language=language)).open()
        await room.burst(16)
        await room.job.look()
        ((name, subject, kind, message),) = await room.queued()
        assert (name, subject, kind) == ("redaksi", "spike:Gempa:2026-11-22T12", "post")
        told = {
            "id": [
                "Lonjakan Gempa: 13 artikel dalam 1 jam, biasanya 0,9",
                "Sejak Min, 22 Nov 2026 19.00 WIB",
                "(dari 13 teks)",
                "Palu 13 (biasanya 0 %)",
                "Media: Antara 6, Kompas 5, Tempo 5.",
                "Berita di baliknya, 4 artikel dari 3 media:",
                "Gempa di Palu",
            ],
            "en": [
                "Spike in Gempa: 13 articles in 1 h, usually 0.9",
                "Since Sun, 22 Nov 2026 19:00",
                "(of 13 texts)",
                "Palu 13 (usually 0 %)",
                "Outlets: Antara 6, Kompas 5, Tempo 5.",
                "articles: 4, outlets: 3",
                "Gempa di Palu",
            ],
        }
        for words in told[language]:
            assert words in message.text, (words, message.text)
        assert message.lines[-1].spans[0].url
        assert [button.command for button in message.buttons] == [
            "/trend Gempa 7d",
            "/summary Gempa 24h",
            "/mute Gempa 24h",
        ]
        picture = message.picture
        assert picture and coloured(picture.png, BURST) and message.lines[0].text in picture.alt
        rows = picture.drawn.splitlines()
        assert len(rows[1]) == 48 and rows[1].endswith("█") and rows[2].startswith(" " * 47 + "^")

    async def test_one_wire_report_on_thirty_sites_is_no_spike(self, room: Newsroom) -> None:
        for number in range(30):
            at = room.clock.now - timedelta(minutes=number)
            await bring(room.store, at, [QUAKE], source=f"S{number}", copied="kawat")
        await room.job.look()
        assert await room.queued() == []

    async def test_an_event_that_everybody_reports_is_a_spike_and_named(self, room: Newsroom) -> None:
        for number in range(12):
            at = room.clock.now - timedelta(minutes=12 - number)
            await bring(
                room.store, at, [QUAKE], source=f"S{number % 5}", event="gempa palu", title=f"Gempa {number}"
            )
        await room.job.look()
        ((_, _, _, message),) = await room.queued()
        assert "12 artikel dari 5 media:" in message.text and message.lines[-1].text == "Gempa 0"

    async def test_the_backlog_of_a_new_source_is_no_spike(self, room: Newsroom) -> None:
        for number in range(30):
            await bring(
                room.store, room.clock.now, [QUAKE], source="Baru", published=NOON - number * 3 * HOUR
            )
        await room.job.look()
        assert await room.queued() == []

    async def test_a_watch_of_two_days_says_nothing_yet(self, sqlite: SqlStore) -> None:
        room = Newsroom(sqlite)
        async with sqlite.write() as tx:
            await tx.watches.sync([watch("Gempa", "gempa")])
        await ordinary(sqlite, range(48))
        await room.start()
        await room.burst(20)
        await room.job.look()
        assert await room.queued() == []

    async def test_it_is_told_once_however_often_it_is_looked_for_and_whoever_restarts(
        self, room: Newsroom
    ) -> None:
        for _ in range(6):
            await room.burst(12)
            await room.job.look()
            await room.start()
            await room.job.look()
            room.clock.advance(minutes=20)
        assert await room.subjects() == [("redaksi", "spike:Gempa:2026-11-22T12")]

    async def test_nothing_is_told_if_the_transaction_fails_and_once_after_it(
        self, room: Newsroom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await room.burst(12)

        async def fails(*_: object) -> None:
            raise OSError("the power is out")

        with monkeypatch.context() as patch, pytest.raises(OSError, match="power"):
            patch.setattr(FakeEngine, "ensure", fails)
            await room.job.look()
        assert await room.queued() == []
        await room.start()
        await room.job.look()
        assert len(await room.queued()) == 1

    async def test_its_end_edits_the_alert_and_the_next_one_is_new(self, room: Newsroom) -> None:
        await room.burst(12)
        await room.job.look()
        await room.sent()
        room.clock.advance(hours=3)
        await room.job.look()
        assert len(await room.queued()) == 1  # two whole hours of calm are too few
        await room.start()
        room.clock.advance(hours=1)
        for _ in range(3):
            await room.job.look()
        _, (name, subject, kind, message) = await room.queued()
        assert (name, subject, kind) == ("redaksi", "spike:Gempa:2026-11-22T12", "edit")
        assert "Lonjakan Gempa mereda: 10 artikel dalam 1 jam" in message.text
        assert "19.00 WIB sampai Min, 22 Nov 2026 20.00 WIB" in message.text
        room.clock.advance(hours=20)
        await room.burst(12)
        await room.job.look()
        assert [subject for _, subject in await room.subjects()][-1] == "spike:Gempa:2026-11-23T12"

    async def test_a_spike_that_is_over_before_it_was_sent_is_told_as_it_ended(self, room: Newsroom) -> None:
        await room.burst(12)
        await room.job.look()
        room.clock.advance(hours=4)
        await room.job.look()
        ((_, _, kind, message),) = await room.queued()
        assert kind == "post" and "mereda" in message.text

    async def test_only_chats_that_the_watch_routes_to_hear_of_it_and_no_muted_one(
        self, sqlite: SqlStore
    ) -> None:
        room = Newsroom(sqlite, chat("redaksi"), chat("meja"), chat("lain"))
        await room.open(watch("Gempa", "gempa", routes=("redaksi", "meja")))
        async with sqlite.write() as tx:
            await tx.watches.mute("meja", "Gempa", NOON + 9 * HOUR)
        await room.burst(12)
        await room.job.look()
        assert await room.subjects() == [("redaksi", "spike:Gempa:2026-11-22T12")]
        await room.sent()
        room.clock.advance(hours=4)
        await room.job.look()
        assert [(name, kind) for name, _, kind, _ in await room.queued()] == [
            ("redaksi", "post"),
            ("redaksi", "edit"),
        ]

    async def test_a_watch_that_tells_of_no_spikes_does_not(self, sqlite: SqlStore) -> None:
        room = await Newsroom(sqlite, silent=["Gempa"]).open()
        await room.burst(12)
        await room.job.look()
        assert await room.queued() == []

    async def test_a_removed_watch_leaves_no_mark(self, room: Newsroom) -> None:
        await room.burst(12)
        await room.job.look()
        async with room.store.read() as tx:
            assert [name for name in await tx.marks() if name.startswith("spike")]
        async with room.store.write() as tx:
            await tx.watches.sync([])
        await room.start()
        await room.job.look()
        async with room.store.read() as tx:
            assert [name for name in await tx.marks() if name.startswith("spike")] == []

    async def test_a_look_asks_for_the_month_once_in_three_hours(
        self, room: Newsroom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[datetime] = []
        volumes = SqlArticles.volumes

        async def counted(self: SqlArticles, since: datetime, watch: str | None = None) -> list[WatchHour]:
            asked.append(since)
            return await volumes(self, since, watch)

        monkeypatch.setattr(SqlArticles, "volumes", counted)
        for _ in range(5):
            await room.job.look()
            room.clock.advance(hours=1)
        assert [since < room.clock.now - timedelta(days=20) for since in asked] == [
            True,
            False,
            False,
            True,
            False,
        ]

    async def test_after_a_backup_it_is_looked_up_before_it_is_sent_again(self, room: Newsroom) -> None:
        async with room.store.write() as tx:
            await tx.mark("restored", room.clock.now + timedelta(minutes=1))
            await tx.mark("restored-from", NOON)
        await room.burst(12)
        await room.job.look()
        async with room.store.read() as tx:
            states = [row.state for row in await tx._db.execute(select(deliveries.c.state))]
        assert states == ["uncertain"]


def test_a_message_with_its_chart_survives_the_store() -> None:
    """Charts are kept in the outbox: so they are small."""
    trend = Trend(NOON - 47 * HOUR, tuple(range(48)), Usual((4.0,) * 168, 0.2))
    burst = Burst(watch("Gempa" * 12), NOON - HOUR, NOON + HOUR, 93, 8.0)
    message = alert(burst, causes([], []), trend, chat())
    stored = json.dumps(message.to_json())
    assert Message.from_json(json.loads(stored)) == message and len(stored) < 60_000
    assert message.buttons == ()  # such a name fits no button
