"""Where a feed gives only teasers, the pages are read too: nothing is told later for it, and more is found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.errors import SourceError
from bot.full_text import TRIES, Pages
from bot.model import Options, Source, SourceKind
from bot.poll import Polls
from bot.ports import Document, Fetched, Origin
from bot.reading import InThread
from bot.sources import is_teaser, joined
from tests.builders import NOON, article, chat, settings, watch
from tests.fakes import FakeClock, FakeEngine, rss
from tests.test_pipeline import lookout

LONG = (
    "Kapal itu berlayar dari pelabuhan pada Senin pagi dengan muatan beras dan jagung untuk tiga kota. " * 8
)


def page(text: str) -> str:
    return f"<html><head><title>Laporan</title></head><body><article><h1>Laporan</h1><p>{text}</p></article></body></html>"


@dataclass
class Web:
    """A feed and pages."""

    feed: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def fetch(self, source: Source) -> Fetched:
        if source.kind is not SourceKind.ARTICLE:
            return Fetched((Document(source.url, self.feed.encode()),))
        self.asked.append(source.url)
        if source.url not in self.pages:
            raise SourceError("example.com has nothing at this address.", "Check it.")
        return Fetched((Document(source.url, self.pages[source.url].encode(), "text/html"),))


class Wire:
    """A source of teasers, polled once before."""

    def __init__(self, store: SqlStore, *, full_text: bool = True) -> None:
        self.store, self.web, self.clock, self.engine = (
            store,
            Web(rss([("Lama", "Lama.")])),
            FakeClock(),
            FakeEngine(),
        )
        watching = lookout(watch("Putin"), watch("Beras", "beras"), chats=[chat("redaksi")])
        self.options = Options(full_text=full_text)
        self.polls = Polls(store, self.web, self.engine, lambda: watching, self.clock, 3)
        self.pages = Pages(store, self.web, InThread(), self.engine, lambda: watching, self.clock)

    async def begin(self) -> None:
        async with self.store.write() as tx:
            await tx.sources.sync([settings("Kawat", options=self.options)], NOON)
        await self.poll()

    async def poll(self) -> None:
        self.clock.advance(hours=1)
        await self.polls.load()
        await self.polls.due()
        await self.polls.idle()

    async def told(self) -> list[tuple[str, ...]]:
        """The watches of every alert, in order."""
        async with self.store.read() as tx:
            alerts = [await tx.alerts.get(number) for number in range(1, 10)]
        return [alert.watches for alert in alerts if alert]

    async def body(self, title: str) -> str:
        async with self.store.read() as tx:
            filed = await tx.articles.since(NOON - timedelta(days=1))
        return next(one.article.body for one in filed if one.article.title == title)


@pytest.fixture
async def wire(sqlite: SqlStore) -> Wire:
    wire = Wire(sqlite)
    await wire.begin()
    return wire


def grown(*items: tuple[str, str]) -> str:
    return rss([("Lama", "Lama."), *items])


async def test_what_only_the_whole_text_says_is_told_when_the_page_is_there(wire: Wire) -> None:
    wire.web.feed = grown(("Kapal berlayar", "Kapal itu berlayar…"))
    wire.web.pages["https://example.com/1"] = page(f"{LONG} Putin menunggu di Pyongyang.")
    await wire.poll()
    assert await wire.told() == []
    await wire.pages.look()
    assert await wire.told() == [("Putin", "Beras")]
    assert "Putin menunggu di Pyongyang." in await wire.body("Kapal berlayar")
    assert ("drain", "redaksi") in wire.engine.woken


async def test_the_page_of_what_is_told_is_what_later_looks_are_compared_with(wire: Wire) -> None:
    wire.web.feed = grown(("Kapal berlayar", "Kapal itu berlayar…"), ("Tenang", "Tidak ada apa-apa."))
    wire.web.pages["https://example.com/1"] = page(f"{LONG} Putin menunggu di Pyongyang.")
    wire.web.pages["https://example.com/2"] = page("Hari ini tidak ada apa-apa di sini. " * 20)
    await wire.poll()
    for _ in range(2):
        wire.pages.hosts._free_at.clear()
        await wire.pages.look()
    async with wire.store.read() as tx:
        kept = []
        for number in (1, 2):
            filed = await tx.articles.at(f"https://example.com/{number}")
            assert filed
            kept.append(await tx.revisits.versions(filed.article.id))
    (first,), nothing = kept
    assert (first.number, first.origin, first.text.title) == (1, Origin.PAGE, "Laporan")
    assert first.text.body.endswith("Putin menunggu di Pyongyang.") and nothing == []


async def test_what_the_teaser_says_is_told_at_once_and_not_again(wire: Wire) -> None:
    wire.web.feed = grown(("Putin tiba", "Putin tiba hari ini."))
    wire.web.pages["https://example.com/1"] = page(f"{LONG} Putin tiba hari ini.")
    await wire.poll()
    assert await wire.told() == [("Putin",)]
    await wire.pages.look()
    assert await wire.told() == [("Putin",)]


async def test_words_of_the_teaser_that_the_page_lacks_are_kept(wire: Wire) -> None:
    wire.web.feed = grown(("Tiba", "Kata editor: Putin tiba."))
    wire.web.pages["https://example.com/1"] = page(LONG)
    await wire.poll()
    await wire.pages.look()
    body = await wire.body("Tiba")
    assert body.startswith("Kata editor: Putin tiba.") and "muatan beras" in body
    async with wire.store.read() as tx:
        filed = await tx.articles.at("https://example.com/1")
        assert filed
        for match in await tx.articles.matches(filed.article.id):
            for hit in match.hits:
                assert filed.article.field(hit.field)[hit.start : hit.end] == hit.text


async def test_each_page_is_read_once_and_a_restart_forgets_none(wire: Wire) -> None:
    wire.web.feed = grown(("A", "Satu."), ("B", "Dua."))
    wire.web.pages |= {f"https://example.com/{number}": page(LONG) for number in (1, 2)}
    await wire.poll()
    await wire.pages.look()  # one page of a host at a time
    assert len(wire.web.asked) == 1
    await wire.pages.look()  # its host rests
    assert len(wire.web.asked) == 1
    again = Wire(wire.store)
    again.web.pages, again.clock = wire.web.pages, wire.clock
    again.pages = Pages(again.store, again.web, InThread(), again.engine, wire.pages.lookout, wire.clock)
    await again.pages.look()
    assert sorted([*wire.web.asked, *again.web.asked]) == ["https://example.com/1", "https://example.com/2"]


async def test_a_page_that_cannot_be_read_is_tried_a_few_times_and_the_teaser_stays(wire: Wire) -> None:
    wire.web.feed = grown(("Hilang", "Sudah tidak ada."))
    await wire.poll()
    for _ in range(TRIES + 2):
        wire.clock.advance(hours=1)
        wire.pages.hosts._free_at.clear()
        await wire.pages.look()
    assert len(wire.web.asked) == TRIES
    assert await wire.body("Hilang") == "Sudah tidak ada."


async def test_no_page_is_read_where_nobody_asked_for_it_nor_for_a_first_poll(sqlite: SqlStore) -> None:
    wire = Wire(sqlite, full_text=False)
    await wire.begin()
    wire.web.feed = grown(("A", "Satu."))
    await wire.poll()
    await wire.pages.look()
    assert wire.web.asked == []


async def test_the_backlog_of_a_first_poll_is_not_read(wire: Wire) -> None:
    await wire.pages.look()
    assert wire.web.asked == []


@pytest.mark.parametrize(
    ("body", "teaser"),
    [
        ("Singkat saja.", True),
        ("Panjang. " * 100, False),
        ("Panjang. " * 100 + "Baca selengkapnya »", True),
        ("Panjang. " * 100 + "[…]", True),
        ("Panjang. " * 100 + "Read more...", True),
    ],
)
def test_a_teaser_is_short_or_says_that_it_goes_on(body: str, teaser: bool) -> None:
    assert is_teaser(article(body=body, url="https://example.com/1")) is teaser
    assert not is_teaser(article(body=body, url=""))


def test_a_teaser_that_begins_the_text_is_not_repeated() -> None:
    assert joined("Kapal itu…", "Kapal itu berlayar.") == "Kapal itu berlayar."
    assert joined("Kata editor.", "Kapal itu berlayar.") == "Kata editor.\n\nKapal itu berlayar."
