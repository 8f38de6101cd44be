"""An alerted article is looked at again, and its alert says what became of it, once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.chat import Line, Message, Style
from bot.dispatch import Lanes
from bot.errors import SourceError
from bot.hosts import SPACING
from bot.model import Article, Source, SourceKind
from bot.pace import Pace
from bot.poll import Polls
from bot.ports import Document, Fetched
from bot.reading import InThread
from bot.revisits import Revisits
from bot.stories import LOOKS
from tests.builders import NOON, chat, settings, watch
from tests.fakes import FakeClock, FakeEngine, FakeMessenger, rss
from tests.test_pipeline import lookout

LEAD = "Gempa bermagnitudo 6,1 mengguncang Palu, Sulawesi Tengah, pada Senin pagi, kata Putin di Jakarta."
FACTS = (
    "Sedikitnya 12 orang luka dan 85 rumah rusak di Kecamatan Tatanga. Warga tidak mengungsi ke perbukitan."
)
URL = "https://example.com/1"
MISSING = SourceError("example.com has nothing at this address.", status=404)


def page(title: str = "Gempa guncang Palu", text: str = f"{LEAD} {FACTS}", head: str = "") -> str:
    return (
        f"<html><head><title>{title} - Kawat</title>{head}</head>"
        f"<body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    )


@dataclass
class Web:
    """A feed and one page."""

    feed: str = ""
    page: str | SourceError | RuntimeError = field(default_factory=page)
    final: str = URL  # where the page's address leads
    asked: list[Source] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] | None = None  # happens while the page is asked

    async def fetch(self, source: Source) -> Fetched:
        if source.kind is not SourceKind.ARTICLE:
            return Fetched((Document(source.url, self.feed.encode()),))
        self.asked.append(source)
        if self.meanwhile:
            await self.meanwhile()
        if isinstance(self.page, Exception):
            raise self.page
        etag = str(hash(self.page))
        if source.etag == etag and self.final == URL:
            return Fetched(etag=etag, unchanged=True)
        return Fetched((Document(self.final, self.page.encode(), "text/html"),), etag=etag)


class Room(FakeMessenger):
    def pace(self, place: object) -> Pace:
        return Pace(0.0)


class Town:
    """A publisher, the program's parts, and a chat that shows what was sent."""

    def __init__(self, store: SqlStore, *, clock: FakeClock | None = None, web: Web | None = None) -> None:
        self.store, self.clock, self.web = store, clock or FakeClock(), web or Web()
        self.engine, self.room = FakeEngine(), Room()
        self.chats = [chat("redaksi")]
        watching = lookout(watch("Putin"), watch("Palu", "Palu"), chats=self.chats)
        self.polls = Polls(store, self.web, self.engine, lambda: watching, self.clock, 3, chance=lambda: 1.0)
        self.revisits = Revisits(store, self.web, InThread(), self.engine, lambda: watching, self.clock)
        self.lanes = Lanes(
            store, {one.name: one for one in self.chats}, {"fake": self.room}, self.clock, lambda: False
        )

    async def begin(self, body: str = LEAD) -> None:
        """A source that was polled before, and one alert."""
        self.web.feed = rss([("Lama", "Lama.")])
        async with self.store.write() as tx:
            await tx.sources.sync([settings("Kawat")], NOON)
        await self.poll()
        self.clock.advance(hours=1)
        await self.says(body)
        await self.revisits.look()

    async def says(self, body: str, title: str = "Gempa guncang Palu") -> None:
        """The feed's item as it is from now on, and a poll."""
        item = f"<item><title>{title}</title><link>{URL}</link><guid>gempa</guid><description>{body}</description></item>"
        self.web.feed = rss([("Lama", "Lama.")]).replace("</channel>", f"{item}</channel>")
        await self.poll()

    async def poll(self) -> None:
        await self.polls.load()
        self.polls._hastened.clear()
        async with self.store.read() as tx:
            sources = await tx.sources.all()
        for source in sources:
            await self.polls.hasten(source.id)
        await self.polls.idle()

    async def look(self, after: timedelta = timedelta(0)) -> None:
        """Let the next look happen at its time, and what it tells arrive."""
        due_at = await self.due_at()
        assert due_at
        self.clock.now = max(self.clock.now, due_at) + after
        self.revisits.hosts._free_at.clear()
        await self.revisits.look()
        await self.lanes.drain("redaksi")

    async def due_at(self) -> object:
        async with self.store.read() as tx:
            filed = await tx.articles.at(URL)
            assert filed
            revisit = await tx.revisits.get(filed.article.id)
        return revisit.due_at if revisit else None

    async def article(self) -> Article:
        async with self.store.read() as tx:
            filed = await tx.articles.at(URL)
        assert filed
        return filed.article

    @property
    def shown(self) -> list[Message]:
        return [message for _, message in self.room.shown.values()]

    @property
    def replies(self) -> list[Message]:
        return self.shown[1:]


@pytest.fixture
async def town(sqlite: SqlStore) -> Town:
    town = Town(sqlite)
    await town.begin()
    await town.lanes.drain("redaksi")
    return town


def marked(line: Line) -> list[tuple[str, str]]:
    """What is struck and what is bold in a line."""
    return [(span.style.value, span.text) for span in line.spans if span.style in (Style.STRIKE, Style.BOLD)]


async def test_a_heavy_edit_changes_the_alert_and_is_told_under_it_with_the_words_that_changed(
    town: Town,
) -> None:
    await town.look()
    town.web.page = page("Gempa guncang Palu, 21 luka", f"{LEAD} {FACTS}".replace("12", "21"))
    await town.look()
    alert, reply = town.shown
    assert alert.lines[0].text == "Gempa guncang Palu, 21 luka"
    assert alert.lines[0].spans[0].url == URL
    assert alert.lines[1].text.endswith("diedit 22 Nov 20.15")
    title, headline, facts, name = reply.lines
    assert title.text == "Diedit: judul berubah, angka berubah"
    assert marked(headline)[0][0] == "strike"
    assert marked(facts) == [("strike", "12"), ("bold", "21")]
    assert facts.text == "Sedikitnya 12 21 orang luka dan 85 …"
    assert (name.text, name.spans[0].url) == ("Gempa guncang Palu", URL)
    assert reply.buttons[0].command == "/diff #1 1 2"
    assert list(town.room.under.values()) == ["", "m1"]


async def test_the_alert_quotes_what_the_article_says_now(sqlite: SqlStore) -> None:
    town = Town(sqlite)
    await town.begin(body="Gempa di Palu melukai 12 orang, kata Putin.")
    town.web.page = page(text=f"Gempa di Palu melukai 12 orang, kata Putin. {FACTS}")
    await town.look()
    town.web.page = page(text=f"Gempa di Palu melukai 21 orang, kata Putin. {FACTS}".replace("12", "21"))
    await town.look()
    text = town.shown[0].text
    assert "Gempa di Palu melukai 21 orang, kata Putin." in text and "melukai 12" not in text
    bold = [span.text for line in town.shown[0].lines for span in line.spans if span.style is Style.BOLD]
    assert bold == ["Palu", "Putin"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("12", "21", "Diedit: angka berubah"),
        ("tidak mengungsi", "mengungsi", "Diedit: «tidak» muncul atau hilang"),
        ("Tatanga", "Mantikulore", "Diedit: nama berubah"),
        ("perbukitan.", "perbukitan. Ralat: semula tertulis 85 rumah.", "Koreksi: "),
        ("luka", "tewas", "Diedit: keterangannya berbalik"),
    ],
)
async def test_the_kind_of_an_edit_is_said(town: Town, old: str, new: str, told: str) -> None:
    await town.look()
    town.web.page = page(text=f"{LEAD} {FACTS}".replace(old, new))
    await town.look()
    (reply,) = town.replies
    assert reply.lines[0].text.startswith(told)


async def test_a_byline_white_space_and_a_link_to_another_article_are_nothing(town: Town) -> None:
    await town.look()
    for text in (
        f"{LEAD}  {FACTS}",
        f"{LEAD} {FACTS}</p><p>Editor: Ratna",
        f"{LEAD}</p><p>Baca juga: Gempa Ambon</p><p>{FACTS}",
    ):
        town.web.page = page(text=text)
        await town.look()
    assert town.replies == []
    async with town.store.read() as tx:
        assert len(await tx.revisits.versions((await town.article()).id)) == 1


async def test_an_article_that_goes_back_to_what_it_said_is_told_so(town: Town) -> None:
    await town.look()
    first = town.web.page
    town.web.page = page(text=f"{LEAD} {FACTS}".replace("12", "21"))
    await town.look()
    town.web.page = first
    await town.look()
    assert [reply.lines[0].text for reply in town.replies] == [
        "Diedit: angka berubah",
        "Kembali seperti pada 22 Nov 20.05: angka berubah",
    ]


async def test_a_withdrawn_article_is_flagged_after_a_second_look_and_its_return_is_told(town: Town) -> None:
    await town.look()
    there, town.web.page = town.web.page, MISSING
    await town.look()
    assert town.replies == []
    await town.look()
    (gone,) = town.replies
    assert gone.lines[0].text == "Ditarik: tidak ada lagi di alamatnya, juga pada kunjungan kedua"
    alert = town.shown[0]
    assert alert.lines[0].spans[0].style is Style.STRIKE
    assert alert.lines[1].text == "Ditarik 22 Nov 20.20"
    await town.look()
    assert len(town.replies) == 1
    town.web.page = there
    await town.look()
    assert [reply.lines[0].text for reply in town.replies[1:]] == ["Muncul lagi di alamatnya"]
    assert town.shown[0].lines[0].spans[0].style is Style.PLAIN


@pytest.mark.parametrize("gone", ["notice", "soft", "empty", "home"])
async def test_it_is_withdrawn_too_when_a_page_says_so_or_leads_away(town: Town, gone: str) -> None:
    await town.look()
    match gone:
        case "notice":
            town.web.page = page(
                "Kawat",
                "Artikel ini telah dihapus oleh redaksi karena tidak sesuai dengan kaidah jurnalistik.",
            )
        case "soft":
            menu = "Berikut berita lain yang mungkin menarik bagi Anda hari ini di situs kami yang lengkap."
            town.web.page = page("404 - Halaman tidak ditemukan", menu)
        case "empty":
            town.web.page = "<html><title>Halaman tidak ditemukan</title><p>404</p></html>"
        case "home":
            town.web.final = "https://example.com/"
    await town.look()
    await town.look()
    (reply,) = town.replies
    assert reply.lines[0].text.startswith("Ditarik: ")
    assert ("kaidah jurnalistik" in reply.text) is (gone == "notice")


async def test_a_crash_between_look_and_commit_loses_nothing_and_doubles_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.look()
    town.web.page = page(text=f"{LEAD} {FACTS}".replace("12", "21"))
    with monkeypatch.context() as crash:
        crash.setattr(Revisits, "_tell", _die)
        with pytest.raises(ZeroDivisionError):
            await town.look()
    assert town.replies == []
    again = Town(town.store, clock=town.clock, web=town.web)
    again.room.shown = town.room.shown
    again.room.under = town.room.under
    for _ in range(3):
        await again.look()
    assert [reply.lines[0].text for reply in again.replies] == ["Diedit: angka berubah"]


async def _die(*_: object) -> None:
    raise ZeroDivisionError


async def test_a_restart_goes_on_where_the_schedule_was(town: Town) -> None:
    await town.look()
    again = Town(town.store, clock=town.clock, web=town.web)
    before = await town.due_at()
    await again.revisits.look()
    assert await again.due_at() == before == NOON + timedelta(hours=1) + LOOKS[1]
    assert len(town.web.asked) == 1


async def test_a_page_that_cannot_be_read_is_tried_again_and_a_fault_of_ours_stops_nothing(
    town: Town,
) -> None:
    await town.look()
    good = town.web.page
    for trouble in (SourceError("500"), RuntimeError("a fault"), SourceError("429", retry_after=7200.0)):
        town.web.page = trouble
        await town.look()
    assert town.replies == []
    assert isinstance(good, str)
    town.web.page = good.replace("12", "21")
    await town.look()
    assert len(town.replies) == 1


async def test_a_page_is_asked_for_conditionally_and_its_host_is_left_in_peace(town: Town) -> None:
    await town.look()
    await town.look()
    assert [bool(source.etag) for source in town.web.asked] == [False, True]
    town.clock.advance(hours=1)
    await town.revisits.look()  # within two seconds of the last
    assert len(town.web.asked) == 2


async def test_a_host_can_be_asked_again_after_its_rest(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = [0.0]
    monkeypatch.setattr("bot.hosts._clock", lambda: seconds[-1])
    for days in (1, 3):
        town.clock.advance(days=days)
        await town.revisits.look()
        await town.revisits.look()
        seconds.append(seconds[-1] + SPACING)
    assert len(town.web.asked) == 2


async def test_every_chat_hears_of_it_unless_its_watches_are_muted(town: Town) -> None:
    await town.look()
    async with town.store.write() as tx:
        for name in ("Putin", "Palu"):
            await tx.watches.mute("redaksi", name, NOON + timedelta(days=9))
    town.web.page = page(text=f"{LEAD} {FACTS}".replace("12", "21"))
    await town.look()
    assert town.replies == []
    assert "diedit" in town.shown[0].text


async def test_what_is_quiet_changes_the_alert_only(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.aftermath.MOST_TOLD", 1)
    await town.look()
    for number in ("21", "27"):
        town.web.page = page(f"Gempa, {number} luka", f"{LEAD} {FACTS}".replace("12", number))
        await town.look()
    assert len(town.replies) == 1
    assert town.shown[0].text.startswith("Gempa, 27 luka")


async def test_another_source_that_has_the_text_does_not_make_the_alert_forget(town: Town) -> None:
    """An alert is worded in one place, whatever made it change."""
    await town.look()
    town.web.page = page("Gempa guncang Palu, 21 luka", f"{LEAD} {FACTS}".replace("12", "21"))
    await town.look()
    async with town.store.write() as tx:
        await tx.sources.sync(
            [settings("Kawat"), settings("Antara", url="https://antara.example/rss")], town.clock()
        )
    await town.poll()
    await town.lanes.drain("redaksi")
    alert = town.shown[0].text
    assert alert.startswith("Gempa guncang Palu, 21 luka") and "diedit" in alert and "Antara" in alert


class TestWhatTheFeedSays:
    async def test_an_edit_that_comes_by_the_feed_is_told_where_no_page_can_be_read(
        self, sqlite: SqlStore
    ) -> None:
        town = Town(sqlite)
        town.web.page = SourceError("403")
        await town.begin()
        await town.lanes.drain("redaksi")
        await town.says(LEAD.replace("6,1", "6,4"))
        await town.look()
        (reply,) = town.replies
        assert reply.lines[0].text == "Diedit: angka berubah"
        assert town.web.asked == []

    async def test_it_only_hastens_the_look_where_the_page_was_read(self, town: Town) -> None:
        await town.look()
        town.web.page = page(text=f"{LEAD} {FACTS}".replace("6,1", "6,4"))
        await town.says(LEAD.replace("6,1", "6,4"))
        await town.look()
        await town.look()
        await town.look()
        (reply,) = town.replies  # by the page, and not once more by the feed
        assert "6,1 6,4" in reply.text
        assert town.clock() - NOON < timedelta(days=1)

    async def test_what_it_says_while_the_page_is_asked_is_not_forgotten(self, town: Town) -> None:
        await town.look()

        async def meanwhile() -> None:
            await town.says(LEAD.replace("6,1", "6,4"))

        town.web.meanwhile = meanwhile
        await town.look()
        town.web.meanwhile = None
        assert await town.due_at() == town.clock()
        town.web.page = page(text=f"{LEAD} {FACTS}".replace("6,1", "6,4"))
        await town.look()
        assert len(town.replies) == 1

    async def test_a_restart_that_reads_everything_anew_finds_no_edit(self, town: Town) -> None:
        again = Town(town.store, clock=town.clock, web=town.web)
        due = await town.due_at()
        await again.poll()
        assert await again.due_at() == due


async def test_the_outbox_takes_one_reply_a_version(town: Town) -> None:
    await town.look()
    town.web.page = page(text=f"{LEAD} {FACTS}".replace("12", "21"))
    await town.look()
    async with town.store.write() as tx:
        (told,) = await tx.alerts.of_article((await town.article()).id)
        assert (
            await tx.deliveries.post("redaksi", f"edit:{told.alert}:2", town.shown[1], NOON) != ""
        )  # a post
        again = f"alert:{told.alert}"
        assert (
            await tx.deliveries.post("redaksi", f"edit:{told.alert}:2", town.shown[1], NOON, parent=again)
            == ""
        )
