"""What people can ask, and what they are told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.chat import Message, Place, User
from bot.config import Access
from bot.grouping import Grouping
from bot.model import Article, Chat
from bot.ports import Delivery, Fetched
from bot.query import Lists, parse, starter, with_own
from bot.watchlist import Watchlist
from handlers.desk import Desk, duration
from handlers.router import COMMANDS, Router
from handlers.status import percentile
from tests.builders import NOON, article, chat, message, request, settings, watch
from tests.fakes import FakeClock
from tests.polled import claim, failed, polled
from tests.test_pipeline import WIRE, Newsroom

RANI, TAMU = User("fake", "rani"), User("fake", "tamu")


class Room:
    """A newsroom with one chat, to type in."""

    def __init__(
        self,
        store: SqlStore,
        *chats: Chat,
        editors: tuple[str, ...] = (),
        clock: FakeClock | None = None,
        lists: Lists = starter,
    ) -> None:
        self.store, self.clock, self.grouping = store, clock or FakeClock(), Grouping()
        self.chats = chats or (chat("redaksi"),)
        self.watchlist = Watchlist(store, self.chats, lists)
        self.router = Router(Desk(store, self.watchlist, self.chats, Access(editors), self.clock))

    async def type(
        self, text: str, *, user: User = RANI, place: Place | None = None, under: str = ""
    ) -> Message:
        return await self.router(request(text, user=user, place=place, under=under))

    async def says(self, text: str, *, user: User = RANI, place: Place | None = None, under: str = "") -> str:
        return (await self.type(text, user=user, place=place, under=under)).text

    async def polls(self, name: str, *articles: Article) -> None:
        """Articles arrive from a source that has been polled before."""
        room = Newsroom(self.store, self.watchlist.lookout)
        room.grouping = self.grouping
        async with self.store.read() as tx:
            room.names = [source.name for source in await tx.sources.all()]
        await room.polls(name, *articles)


@pytest.fixture
async def room(sqlite: SqlStore) -> Room:
    return Room(sqlite)


class TestWatch:
    async def test_a_watch_that_is_added_is_in_force_at_once(self, room: Room) -> None:
        assert "Memantau Korea" in await room.says('/watch add Korea: "Korea Utara", Korut')
        await room.polls("Antara", article(body=WIRE))
        async with room.store.read() as tx:
            assert await tx.deliveries.waiting(NOON) == ["redaksi"]

    async def test_a_watch_outlives_a_restart(self, room: Room) -> None:
        await room.says("/watch add Putin: Putin")
        again = Room(room.store)
        await again.watchlist.load()
        assert "Putin: Putin" in await again.says("/watch list")

    async def test_a_watch_keeps_its_wish_for_numbers_also_where_the_alert_is_worded_again(
        self, sqlite: SqlStore
    ) -> None:
        async with sqlite.write() as tx:
            await tx.watches.sync([watch("Palu", "Palu"), watch("Poso", "Poso")])
        room = Room(sqlite)
        room.watchlist = Watchlist(sqlite, room.chats, figures=["Palu"])
        await room.watchlist.load()
        quake = {"title": "Gempa Palu", "body": f"Gempa di Palu merusak 40 rumah. {WIRE}"}
        await room.polls("Antara", article(**quake))
        await room.polls("Tempo", article(**quake, source="Tempo"))
        await room.polls("Antara", article(body="Banjir di Poso merusak 30 rumah."))
        async with sqlite.read() as tx:
            first, other = (await tx.deliveries.stuck(everything=True))[:2]
        assert "Tempo" in first.text and "Angka dan tanggal: 40 rumah" in first.text
        assert "Poso" in other.text and "Angka" not in other.text

    async def test_a_list_with_commas_is_read_as_any_of_and_the_answer_says_so(self, room: Room) -> None:
        assert 'salah satu dari»: "Korea Utara", Korut' in await room.says(
            '/watch add Korea: "Korea Utara", Korut'
        )

    async def test_a_query_with_or_is_no_list_to_explain(self, room: Room) -> None:
        assert "salah satu" not in await room.says("/watch add Korea: Korea OR Korut")

    async def test_a_list_of_the_newsroom_is_known_to_every_command(self, sqlite: SqlStore) -> None:
        room = Room(sqlite, lists=with_own({"Kilang": parse("Pertamina, kilang").root}))
        assert "Memantau Minyak" in await room.says("/watch add Minyak: @kilang")
        await room.polls("Antara", article(body="Pertamina membuka sumur."))
        assert "1 artikel dari 1 sumber" in await room.says("/summary @Kilang")
        assert "1 artikel dari 1 sumber" in await room.says("/summary Minyak")
        assert "@Kilan" in await room.says("/watch add X: @Kilan")
        again = Room(sqlite, lists=with_own({"Kilang": parse("Pertamina").root}))
        await again.watchlist.load()
        assert "Minyak" in await again.says("/watch list")

    @pytest.mark.parametrize(
        ("query", "caret"),
        [
            ("*utin", "^"),
            ("p*", "^^"),
            ("NOT Putin", "^^^^^^^^^"),
            ('Kim "Korea', "    ^"),
            ("(Kim", "^"),
            ("Kim)", "   ^"),
            ("(a b) NEAR/3 c", "^^^^^"),
            ("a NEAR b", "  ^^^^"),
            ("judl:Kim", "^^^^^"),
            ("@TidakAda", "^^^^^^^^^"),
            ("a AND OR b", "      ^^"),
            ("<<< a", "^"),
        ],
    )
    async def test_every_refused_query_is_shown_with_a_caret_line(
        self, room: Room, query: str, caret: str
    ) -> None:
        why, line, under = (await room.says(f"/watch add X: {query}")).splitlines()
        assert "tidak bisa dibaca: " in why and line == query and under.startswith(caret)
        assert "Belum ada" in await room.says("/watch list")

    async def test_words_with_spaces_are_all_asked_for_and_the_answer_says_so(self, room: Room) -> None:
        assert "semuanya: Korea, Utara" in await room.says("/watch add Korea: Korea Utara")

    async def test_a_query_that_cannot_be_read_is_shown_with_the_place(self, room: Room) -> None:
        said = await room.says('/watch add Korea: "Korea Utara')
        assert '"Korea Utara\n^' in said
        assert "Belum ada" in await room.says("/watch list")

    async def test_a_name_is_taken_once_in_any_case(self, room: Room) -> None:
        await room.says("/watch add Putin: Putin")
        assert "putin sudah dipantau: Putin" in await room.says("/watch add putin: Vladimir")

    async def test_a_watch_can_be_removed_and_then_says_nothing_more(self, room: Room) -> None:
        await room.says("/watch add Putin: Putin")
        assert "tidak lagi dipantau" in await room.says("/watch remove putin")
        await room.polls("Antara", article(body=WIRE))
        async with room.store.read() as tx:
            assert await tx.deliveries.waiting(NOON) == []

    async def test_a_misspelt_name_gets_the_nearest(self, room: Room) -> None:
        await room.says("/watch add Korea Utara: Korut")
        assert "Maksud Anda Korea Utara?" in await room.says("/watch remove Korea Utra")

    async def test_a_watch_of_the_configuration_is_removed_there(self, room: Room) -> None:
        async with room.store.write() as tx:
            await tx.watches.sync([watch("Putin")])
        await room.watchlist.load()
        assert "berkas konfigurasi" in await room.says("/watch remove Putin")
        assert "Putin" in await room.says("/watch list")

    async def test_a_watch_made_in_one_chat_is_not_heard_or_listed_in_another(self, sqlite: SqlStore) -> None:
        room = Room(sqlite, chat("redaksi"), chat("olahraga"))
        await room.says("/watch add Putin: Putin")
        assert "Belum ada" in await room.says("/watch list", place=Place("fake", "olahraga"))
        await room.polls("Antara", article(body=WIRE))
        async with sqlite.read() as tx:
            assert await tx.deliveries.waiting(NOON) == ["redaksi"]

    @pytest.mark.parametrize(
        "typed", ["/watch add", "/watch add Putin", "/watch add : Putin", "/watch add Putin:", "/watch frob"]
    )
    async def test_what_is_incomplete_gets_an_example(self, room: Room, typed: str) -> None:
        assert "/watch add NAMA: KATA" in await room.says(typed)

    async def test_a_name_too_long_for_every_alert_is_refused(self, room: Room) -> None:
        assert "60 huruf" in await room.says(f"/watch add {'x' * 61}: Putin")


class TestMute:
    async def test_a_muted_watch_is_silent_until_it_ends(self, room: Room) -> None:
        await room.says("/watch add Putin: Putin")
        assert "dibisukan di sini sampai Min, 22 Nov 2026 21.00 WIB" in await room.says("/mute Putin 2h")
        assert "dibisukan sampai" in await room.says("/watch list")
        await room.polls("Antara", article(body=WIRE))
        async with room.store.read() as tx:
            assert await tx.deliveries.waiting(NOON) == []

    async def test_it_can_be_taken_back_by_the_button_of_the_answer(self, room: Room) -> None:
        await room.says("/watch add Putin: Putin")
        (button,) = (await room.type("/mute Putin")).buttons
        assert "bersuara lagi" in await room.says(button.command)
        assert "tidak dibisukan" in await room.says("/mute Putin off")
        assert "Tidak ada yang dibisukan" in await room.says("/mute")

    async def test_the_button_of_an_alert_mutes_its_only_watch(self, room: Room) -> None:
        await room.says("/watch add Putin: Putin")
        await room.polls("Antara", article(body=WIRE))
        assert "Putin dibisukan" in await room.says("/mute #1")
        assert "Putin: dibisukan sampai" in await room.says("/mute")

    async def test_an_alert_of_several_watches_asks_which_one(self, room: Room) -> None:
        await room.says("/watch add Putin: Putin")
        await room.says("/watch add Korea: Korea")
        await room.polls("Antara", article(body=WIRE))
        asked = await room.type("/mute 1")
        assert [button.label for button in asked.buttons] == ["Putin", "Korea"]
        assert "Korea dibisukan" in await room.says(asked.buttons[1].command)

    async def test_an_alert_of_another_chat_is_not_told(self, sqlite: SqlStore) -> None:
        room = Room(sqlite, chat("redaksi"), chat("olahraga"))
        await room.says("/watch add Putin: Putin")
        await room.polls("Antara", article(body=WIRE))
        for typed in ("/mute #1", "/summary #1", "/mute #77", "/mute 99999999999999999999"):
            assert "tidak ada di obrolan ini" in await room.says(typed, place=Place("fake", "olahraga"))

    async def test_a_long_name_has_no_button_that_a_platform_would_refuse(self, room: Room) -> None:
        await room.says(f"/watch add {'北' * 30}: Putin")
        assert (await room.type(f"/mute {'北' * 30}")).buttons == ()


class TestSummary:
    async def filled(self, room: Room) -> None:
        await room.says("/watch add Putin: Putin")
        await room.polls("Antara", article(title="Putin tiba di Pyongyang", body=WIRE, source="Antara"))
        await room.polls("Kompas", article(title="Lawatan Putin", body=WIRE, source="Kompas"))
        await room.polls(
            "Kompas",
            article(title="Hujan di Bogor", body="Hujan lebat turun di Bogor sejak pagi.", source="Kompas"),
        )

    async def test_a_period_is_summed_up_in_sentences_of_its_articles_with_links(self, room: Room) -> None:
        await self.filled(room)
        answer = await room.type("/summary")
        assert (
            "Ringkasan 24 jam terakhir" in answer.text and "2 artikel dari 2 sumber, 1 berita" in answer.text
        )
        assert WIRE in answer.text and "(+1 sumber)" in answer.text and "Hujan" not in answer.text
        assert any(
            span.url.startswith("https://example.com/") for line in answer.lines for span in line.spans
        )

    async def test_words_are_looked_for_in_everything_that_is_stored(self, room: Room) -> None:
        await self.filled(room)
        assert "Hujan lebat turun di Bogor" in await room.says("/summary hujan 7d")
        assert WIRE in await room.says("/summary putin")

    async def test_nothing_found_is_said_plainly(self, room: Room) -> None:
        await self.filled(room)
        said = await room.says("/summary gempa 2h")
        assert (
            "Tidak ada yang ditemukan untuk gempa dalam 2 jam terakhir." in said
            and "3 artikel tersimpan" in said
        )

    async def test_a_chat_that_watches_nothing_is_told_so(self, room: Room) -> None:
        assert "Tidak ada artikel yang cocok" in await room.says("/summary")

    async def test_a_period_ends_where_it_says(self, room: Room) -> None:
        await self.filled(room)
        room.clock.advance(hours=3)
        assert "Tidak ada yang ditemukan" in await room.says("/summary putin 2h")
        assert WIRE in await room.says("/summary putin 4h")

    async def test_the_button_of_an_alert_sums_up_its_story(self, room: Room) -> None:
        await self.filled(room)
        said = await room.says("/summary #1")
        assert WIRE in said and "(+1 sumber)" in said

    @pytest.mark.parametrize("typed", ["/summary putin 9999d", "/summary 3x"])
    async def test_a_period_that_is_none_is_refused_with_examples(self, room: Room, typed: str) -> None:
        assert "bukan lama waktu. Tulis misalnya 30m, 24h, atau 7d." in await room.says(typed)

    async def test_a_query_that_cannot_be_read_is_refused(self, room: Room) -> None:
        assert "tidak bisa dibaca" in await room.says('/summary "putin')


class TestSourcesAndStatus:
    async def test_failing_sources_come_first_in_plain_words(self, room: Room) -> None:
        async with room.store.write() as tx:
            await tx.sources.sync([settings("Antara"), settings("Zaman")], NOON)
            good, bad = [
                await claim(tx, number, NOON, NOON + timedelta(minutes=1))
                for number in await tx.sources.due(NOON)
            ]
            assert good and bad
            await polled(tx, good, Fetched(), now=NOON, due_at=NOON, unseen=False, problem="")
            await failed(tx, bad, "404: periksa alamatnya", now=NOON, due_at=NOON)
        lines = (await room.says("/sources")).splitlines()
        assert lines[0] == "Sumber (2, 1 bermasalah)"
        assert lines[1] == "Zaman: gagal 1× berturut-turut · belum pernah dibaca. 404: periksa alamatnya"
        assert lines[2] == "Antara: terakhir dibaca Min, 22 Nov 2026 19.00 WIB."

    async def test_status_counts_what_waits_and_how_fast_it_was(self, room: Room) -> None:
        await room.says("/watch add Putin: Putin")
        await room.polls("Antara", article(body=WIRE, published=NOON - timedelta(seconds=20)))
        await room.polls("Antara", article(body=f"{WIRE} Lagi."))
        async with room.store.write() as tx:
            delivery = await tx.deliveries.claim("redaksi", NOON, NOON + timedelta(minutes=1))
            assert isinstance(delivery, Delivery)
            await tx.deliveries.sent(delivery, "1", NOON + timedelta(seconds=5))
            await tx.deliveries.post("hilang", "alert:9", message(), NOON)
        said = await room.says("/status")
        assert "Pesan: 1 terkirim, 2 menunggu, 0 belum pasti, 0 ditahan, 0 gagal" in said
        assert "hilang: 1 menunggu" in said
        assert "(24 jam, 1 peringatan): separuh dalam 25 s, 95% dalam 25 s" in said

    def test_percentiles_are_values_that_were_measured(self) -> None:
        values = [float(number) for number in range(1, 101)]
        assert (percentile(values, 50), percentile(values, 95), percentile([7.0], 95)) == (50.0, 95.0, 7.0)


class TestWhoMayAsk:
    async def test_a_stranger_chat_is_told_its_id_and_nothing_else(self, room: Room) -> None:
        said = await room.says("/summary", place=Place("fake", "-100777"))
        assert "fake -100777" in said and "Obrolan ini" in said and "This chat" in said

    @pytest.mark.parametrize("typed", ["/watch add X: y", "/watch remove Putin", "/mute Putin", "/mute #1"])
    async def test_only_listed_editors_change_things(self, sqlite: SqlStore, typed: str) -> None:
        room = Room(sqlite, editors=("fake:rani",))
        await room.says("/watch add Putin: Putin")
        said = await room.says(typed, user=TAMU)
        assert "Maaf" in said and "fake:tamu" in said
        assert "Putin: Putin" in await room.says("/watch list", user=TAMU)
        assert "Tidak ada yang dibisukan" in await room.says("/mute", user=TAMU)

    async def test_a_topic_is_its_own_chat_where_it_is_listed(self, sqlite: SqlStore) -> None:
        room = Room(sqlite, chat("umum", id="-1"), chat("topik", id="-1", thread="7"))
        await room.says("/watch add Putin: Putin", place=Place("fake", "-1", "7"))
        assert "Putin" in await room.says("/watch list", place=Place("fake", "-1", "7"))
        assert "Belum ada" in await room.says("/watch list", place=Place("fake", "-1", "8"))


class TestRouter:
    async def test_every_command_answers_in_both_languages(self, sqlite: SqlStore) -> None:
        room = Room(sqlite, chat("redaksi"), chat("desk", language="en"))
        for name in COMMANDS:
            for place in (Place("fake", "redaksi"), Place("fake", "desk")):
                answer = await room.type(f"/{name}", place=place)
                assert answer.text and "{" not in answer.text

    async def test_an_unknown_command_gets_the_nearest(self, room: Room) -> None:
        assert "Maksud Anda /summary?" in await room.says("/sumary")
        assert "/help" in await room.says("/xyzzy")

    async def test_a_fault_of_ours_is_said_and_does_not_spread(
        self, room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def broken(*_: object) -> Message:
            raise RuntimeError("oops")

        monkeypatch.setitem(COMMANDS, "status", broken)
        assert "kesalahan di pihak saya" in await room.says("/status")


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("24h", 24),
        ("7d", 168),
        ("30m", 0.5),
        ("2 j", 2),
        ("1w", 168),
        ("0h", None),
        ("9999d", None),
        ("h", None),
    ],
)
def test_lengths_of_time(text: str, hours: float | None) -> None:
    assert duration(text) == (timedelta(hours=hours) if hours is not None else None)
