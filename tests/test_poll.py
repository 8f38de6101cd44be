"""What is due is polled, whatever the publisher does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.config import SourceSettings
from bot.errors import SourceError, StoreTrouble
from bot.grouping import Grouping
from bot.model import Article, Condition, Match, Options, Source
from bot.owners import Owners
from bot.pipeline import Lookout
from bot.poll import BEGUN_AT_ONCE, MOVES, Polls
from bot.ports import Document, Fetched
from bot.query import Index
from bot.rhythm.agenda import SPACING
from tests.builders import NOON, chat, settings, watch
from tests.fakes import FakeClock, FakeEngine, FakeFetcher, rss
from tests.test_pipeline import lookout


class Wire:
    """A source that is polled, and the store behind it."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.clock, self.fetcher, self.engine = store, FakeClock(), FakeFetcher(), FakeEngine()
        watching = lookout(watch("Putin"))
        self.polls = Polls(
            store, self.fetcher, self.engine, lambda: watching, self.clock, 3,
            owners=Owners([chat("redaksi")]), chance=lambda: 0.5, sleep=lambda _: asyncio.sleep(0),
        )  # fmt: skip

    async def configured(self) -> Source:
        async with self.store.write() as tx:
            await tx.sources.sync([settings("Kawat")], NOON)
        return await self.source()

    async def source(self) -> Source:
        async with self.store.read() as tx:
            (source,) = await tx.sources.all()
        return source

    async def poll(self) -> Source:
        """Let the source fall due, and poll it."""
        source = await self.source()
        assert source.due_at
        self.clock.now = max(self.clock.now, source.due_at)
        return await self.poll_what_is_due()

    async def poll_what_is_due(self) -> Source:
        self.engine.woken.clear()
        await self.polls.load()
        await self.polls.due()
        await self.polls.idle()
        return await self.source()

    async def sources(self) -> list[Source]:
        async with self.store.read() as tx:
            return await tx.sources.all()

    async def stored(self) -> int:
        async with self.store.read() as tx:
            return len(await tx.articles.since(NOON - timedelta(days=1)))

    async def said(self) -> list[str]:
        """The notices that wait for the owners."""
        async with self.store.write() as tx:
            lanes = await tx.deliveries.waiting(self.clock.now)
            delivery = await tx.deliveries.claim("redaksi", self.clock.now, self.clock.now) if lanes else None
        return [] if delivery is None or not hasattr(delivery, "message") else [delivery.message.text]


class Watching(Lookout):
    """Notes the tier of whatever is matched."""

    def __init__(self, seen: list[str]) -> None:
        super().__init__(Index(), {}, [chat("redaksi")])
        self.seen = seen

    def match(self, article: Article) -> tuple[Match, ...]:
        self.seen.append(article.tier)
        return ()


@pytest.fixture
async def wire(sqlite: SqlStore) -> Wire:
    wire = Wire(sqlite)
    await wire.configured()
    return wire


async def test_a_poll_stores_the_articles_and_the_validators_together(wire: Wire) -> None:
    wire.fetcher.gives(
        rss([("Putin tiba", "Putin tiba di Pyongyang."), ("Hujan", "Hujan di Bogor.")]), etag='"1"'
    )
    source = await wire.poll()
    assert (await wire.stored(), source.etag, source.ok_at) == (2, '"1"', NOON)
    assert ("drain", "redaksi") in wire.engine.woken


async def test_an_article_is_of_the_kind_of_outlet_that_its_source_is(wire: Wire) -> None:
    async with wire.store.write() as tx:
        await tx.sources.sync([settings("Kawat", options=Options(tier="wire"))], NOON)
    wire.fetcher.gives(rss([("Putin tiba", "Putin tiba di Pyongyang.")]))
    seen: list[str] = []
    wire.polls.lookout = lambda: Watching(seen)  # type: ignore[assignment]  # one that looks on
    await wire.poll()
    async with wire.store.read() as tx:
        (filed,) = await tx.articles.since(NOON - timedelta(days=1))
    assert (seen, filed.article.tier) == (["wire"], "wire")


async def test_the_next_poll_comes_after_the_interval_give_or_take_a_little(wire: Wire) -> None:
    wire.fetcher.gives(rss([]))
    source = await wire.poll()
    assert source.due_at and 285 <= (source.due_at - NOON).total_seconds() <= 315


async def test_an_unchanged_source_keeps_its_validators(wire: Wire) -> None:
    wire.fetcher.gives(rss([("a", "b")]), etag='"1"')
    await wire.poll()
    wire.fetcher.answer = Fetched(unchanged=True, etag='"1"')
    source = await wire.poll()
    assert (source.etag, source.failures, await wire.stored()) == ('"1"', 0, 1)
    assert wire.fetcher.asked[-1].etag == '"1"'


async def test_a_source_that_fails_is_named_in_plain_words_and_asked_again(wire: Wire) -> None:
    wire.fetcher.answer = SourceError("There is no such page (404).", "Check the address.")
    source = await wire.poll()
    assert (source.failures, source.problem) == (1, "There is no such page (404). Check the address.")
    wire.fetcher.gives(rss([("Putin tiba", "Putin tiba.")]))
    source = await wire.poll()
    assert (source.failures, source.problem, await wire.stored()) == (0, "", 1)


async def test_a_page_where_a_feed_was_is_a_failure_and_changes_no_validators(wire: Wire) -> None:
    wire.fetcher.gives(rss([("a", "b")]), etag='"1"')
    await wire.poll()
    wire.fetcher.gives("<!doctype html><html><body>Please log in</body></html>", etag='"login"')
    source = await wire.poll()
    assert (source.failures, source.etag) == (1, '"1"') and source.problem


async def test_validators_are_not_kept_while_a_part_could_not_be_read(wire: Wire) -> None:
    broken = rss([("Putin tiba", "Putin tiba.")]).replace("</channel></rss>", "<item><title>Putus")
    wire.fetcher.gives(broken, etag='"1"')
    source = await wire.poll()
    assert source.problem and source.etag == "" and await wire.stored() >= 1


async def test_one_bad_document_of_several_costs_that_one_only(wire: Wire) -> None:
    good = Document("https://example.com/a.xml", rss([("a", "b")]).encode())
    wire.fetcher.answer = Fetched((good, Document("https://example.com/b.xml", b"")))
    source = await wire.poll()
    assert (await wire.stored(), source.failures) == (1, 0) and source.problem


async def test_a_poll_that_is_not_due_does_nothing(wire: Wire) -> None:
    await wire.poll()
    await wire.poll_what_is_due()
    assert len(wire.fetcher.asked) == 1


async def test_a_publisher_who_asks_for_patience_gets_it(wire: Wire) -> None:
    wire.fetcher.answer = SourceError("Too many requests (429).", retry_after=7200.0)
    source = await wire.poll()
    assert source.due_at == NOON + timedelta(hours=2)


async def test_many_sources_are_claimed_fetched_and_stored_together(wire: Wire) -> None:
    async with wire.store.write() as tx:
        await tx.sources.sync(
            [settings(str(n), url=f"https://host{n}.example/feed") for n in range(30)], NOON
        )
    wire.polls.at_once = 100
    under_way, most, writes = 0, 0, 0

    async def fetch(source: Source) -> Fetched:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        return Fetched((Document(source.url, rss([(f"Putin {source.name}", "Putin tiba.")]).encode()),))

    wire.fetcher.fetch = fetch  # type: ignore[method-assign]
    settle = wire.polls._settle_together

    async def counted(batch: object) -> None:
        nonlocal writes
        writes += 1
        await settle(batch)  # type: ignore[arg-type]

    wire.polls._settle_together = counted  # type: ignore[method-assign,assignment]
    await wire.polls.load()
    await wire.polls.due()
    await wire.polls.idle()
    assert most == 30 and writes < 8 and await wire.stored() == 30
    async with wire.store.read() as tx:
        (hour,) = await tx.sources.hours(NOON - timedelta(hours=1))
    assert (hour.polls, hour.items, hour.failures) == (30, 30, 0)


async def test_two_sources_that_bring_one_story_in_one_moment_make_one_alert(wire: Wire) -> None:
    async with wire.store.write() as tx:
        await tx.sources.sync([settings(n, url=f"https://{n}.example/feed") for n in ("a", "b")], NOON)
    body = "Putin tiba di Pyongyang pada hari Rabu untuk kunjungan kenegaraan pertama dalam dua puluh empat tahun."
    wire.fetcher.gives(rss([("Putin tiba", body)]))
    await wire.polls.load()
    await wire.polls.due()
    await wire.polls.idle()
    (said,) = await wire.said()
    assert "Juga dimuat: b" in said or "Juga dimuat: a" in said
    async with wire.store.read() as tx:
        assert [lane.waiting for lane in await tx.deliveries.lanes()] == [1]


async def test_one_poll_that_cannot_be_stored_costs_that_one_only(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with wire.store.write() as tx:
        await tx.sources.sync([settings(n, url=f"https://{n}.example/feed") for n in ("a", "b")], NOON)
    from bot import poll as module

    real = module.succeeded

    def broken(source: Source, *args: object, **values: object) -> object:
        if source.name == "a":
            raise ZeroDivisionError
        return real(source, *args, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "succeeded", broken)
    wire.fetcher.gives(rss([("Putin tiba", "Putin tiba.")]))
    await wire.polls.load()
    await wire.polls.due()
    await wire.polls.idle()
    async with wire.store.read() as tx:
        bad, good = await tx.sources.all()
    assert (bad.name, bad.failures, good.failures, await wire.stored()) == ("a", 1, 0, 1)
    assert "fault of Pantau's own" in bad.problem


async def test_a_permanent_redirect_is_believed_after_three_polls_that_knew_what_they_found(
    wire: Wire,
) -> None:
    new = "https://example.org/new.xml"
    wire.fetcher.gives(rss([("Putin tiba", "Putin tiba.")]))
    await wire.poll()
    answer = wire.fetcher.answer
    assert isinstance(answer, Fetched)
    wire.fetcher.answer = replace(answer, moved_to=new)
    for _ in range(MOVES):
        source = await wire.poll()
    await wire.poll()
    urls = [source.url for source in wire.fetcher.asked]
    assert urls == [source.url] * (1 + MOVES) + [new]
    wire.fetcher.answer = SourceError("There is no such page (404).")
    await wire.poll()
    wire.fetcher.answer = answer
    assert (await wire.poll()).moves == 0 and wire.fetcher.asked[-1].url == source.url
    assert await wire.stored() == 1  # the same article at every address


async def test_a_source_that_is_gone_for_good_is_asked_once_a_day(wire: Wire) -> None:
    wire.fetcher.answer = SourceError("It is gone (410).", status=410)
    for _ in range(3):
        source = await wire.poll()
    assert source.condition is Condition.GONE and source.due_at == wire.clock.now + timedelta(days=1)
    wire.fetcher.gives(rss([("Putin tiba", "Putin tiba.")]))
    source = await wire.poll()
    assert (source.condition, source.gone, await wire.stored()) == (Condition.WELL, 0, 1)


async def test_now_and_then_the_whole_document_is_asked_for(wire: Wire) -> None:
    wire.fetcher.gives(rss([("a", "b")]), etag='"1"')
    await wire.poll()
    wire.polls.chance = lambda: 0.001
    await wire.poll()
    assert wire.fetcher.asked[-1].etag == ""
    wire.fetcher.gives(rss([("a", "b"), ("Putin tiba", "Putin tiba.")]), etag='"1"')
    source = await wire.poll()
    assert source.polite.frozen and await wire.stored() == 2


def page(numbers: range, following: str = "") -> str:
    link = f'<atom:link rel="next" href="{following}"/>' if following else ""
    items = "".join(
        f"<item><title>Kabar {n}</title><link>https://example.com/{n}</link><guid>g{n}</guid>"
        f"<description>Isi kabar {n}.</description></item>"
        for n in numbers
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>Kawat</title>{link}{items}</channel></rss>"
    )


async def test_a_possible_gap_is_told_where_there_are_no_older_pages(wire: Wire) -> None:
    wire.fetcher.gives(page(range(10)))
    await wire.poll()
    wire.fetcher.gives(page(range(20, 30)))
    await wire.poll()
    (said,) = await wire.said()
    assert "Kawat" in said and "10" in said


async def test_an_item_under_a_new_guid_or_https_is_not_told_again(wire: Wire) -> None:
    def feed(guid: str, link: str, title: str = "Putin tiba", body: str = "Putin tiba di Pyongyang.") -> str:
        return (
            f'<rss version="2.0"><channel><title>K</title><item><title>{title}</title><link>{link}</link>'
            f"<guid>{guid}</guid><description>{body}</description></item></channel></rss>"
        )

    wire.fetcher.gives(feed("1", "http://example.com/a?utm_source=rss"))
    await wire.poll()
    for changed in (
        feed("2", "http://example.com/a?utm_source=rss"),
        feed("3", "https://www.example.com/a/"),
        feed("4", "https://example.com/a", title="Putin sudah tiba"),
        feed("5", "https://example.com/a", body="Putin tiba di Pyongyang, Rabu."),
    ):
        wire.fetcher.gives(changed)
        await wire.poll()
        assert await wire.stored() == 1
    wire.fetcher.gives(feed("6", "https://example.com/a", title="Kim pergi", body="Kim pergi ke Moskwa."))
    await wire.poll()
    assert await wire.stored() == 2  # one link, and another article


async def test_a_fault_of_our_own_is_told_and_the_source_is_asked_again(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("oops")

    wire.fetcher.gives(rss([("Putin tiba", "Putin tiba.")]))
    with monkeypatch.context() as patched:
        patched.setattr("bot.reading.read", broken)
        source = await wire.poll()
    assert source.failures == 1 and "fault of Pantau's own: ZeroDivisionError" in source.problem
    assert source.due_at and source.due_at - NOON < timedelta(minutes=6)
    assert [record.exc_info is not None for record in caplog.records] == [True]
    source = await wire.poll()  # free again, and not only after the claim's five minutes
    assert (source.failures, await wire.stored()) == (0, 1)


async def test_a_store_in_trouble_is_no_fault_of_the_source_and_loses_nothing(wire: Wire) -> None:
    settle, troubles = wire.polls._settle_together, 3

    async def full(batch: object) -> None:
        nonlocal troubles
        troubles -= 1
        if troubles >= 0:
            raise StoreTrouble("The disk is full.")
        await settle(batch)  # type: ignore[arg-type]

    wire.polls._settle_together = full  # type: ignore[method-assign,assignment]
    wire.fetcher.gives(rss([("Putin tiba", "Putin tiba.")]), etag='"1"')
    source = await wire.poll()
    assert (source.failures, source.etag, await wire.stored()) == (0, '"1"', 1)


async def test_a_clock_set_back_by_hours_stops_no_polls(wire: Wire) -> None:
    await wire.poll()
    wire.clock.advance(seconds=-30)
    await wire.poll_what_is_due()
    assert len(wire.fetcher.asked) == 1  # a time service's correction asks nobody too early
    wire.clock.advance(hours=-2)
    source = await wire.poll_what_is_due()
    assert len(wire.fetcher.asked) == 2
    assert source.due_at and source.due_at < wire.clock.now + timedelta(minutes=6)


async def test_a_place_is_kept_until_it_is_stored_and_no_longer(wire: Wire) -> None:
    wire.fetcher.gives(rss([("Putin tiba", "Putin tiba di Pyongyang pada Rabu dini hari.")]))
    await wire.poll()
    async with wire.store.read() as tx:
        (filed,) = await tx.articles.since(NOON - timedelta(days=1))
    keys = Grouping.keys(filed.article)
    again = wire.polls.grouping.place(filed.article, keys, NOON, {}, wanted=True)
    assert again.copy_of == filed.article.id, "the store knows it, so the memory alone answers"
    assert wire.polls.grouping.place(filed.article, keys, NOON, {}, wanted=True) == again


class SlowPublishers:
    """Several sources whose answers come when the test says so (bot.ports.Fetcher)."""

    def __init__(self) -> None:
        self.answers: dict[str, asyncio.Future[Fetched]] = {}
        self.asked: list[str] = []
        self.turns: list[int] = []  # requests that each turn of the loop has begun
        self._began = 0

    async def fetch(self, source: Source) -> Fetched:
        self._began += 1
        self.asked.append(source.name)
        return await self.answers.setdefault(source.name, asyncio.get_running_loop().create_future())

    async def count(self) -> None:
        while True:
            before = self._began
            await asyncio.sleep(0)
            if self._began > before:
                self.turns.append(self._began - before)


def at_own_host(name: str) -> SourceSettings:
    return replace(settings(name), url=f"https://{name}.example/feed")


async def many(wire: Wire, publishers: SlowPublishers, names: Sequence[str]) -> None:
    """Begin to poll sources of these names."""
    wire.polls.fetcher = publishers
    async with wire.store.write() as tx:
        await tx.sources.sync([at_own_host(name) for name in names], NOON)
    await wire.polls.load()
    await wire.polls.due()


async def settled(wire: Wire, within: float) -> set[str]:
    """Names of the sources whose polls are stored after so many seconds."""
    await asyncio.sleep(within)
    async with wire.store.read() as tx:
        return {source.name for source in await tx.sources.all() if source.polled_at}


async def test_what_brought_nothing_new_waits_for_others_and_news_do_not(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One transaction costs as much as the polls of twenty unchanged sources; an article is never kept for that."""
    monkeypatch.setattr("bot.poll.UNHURRIED", 30.0)
    publishers = SlowPublishers()
    await many(wire, publishers, "abc")
    await asyncio.sleep(0.1)
    publishers.answers["a"].set_result(Fetched(unchanged=True))
    assert await settled(wire, 0.5) == set()
    feed = rss([("Putin tiba", "Putin tiba di Pyongyang.")])
    publishers.answers["b"].set_result(Fetched((Document("https://b.example/feed", feed.encode()),)))
    assert await settled(wire, 1.0) == {"a", "b"}
    publishers.answers["c"].set_result(Fetched(unchanged=True))
    assert await settled(wire, 0.5) == {"a", "b", "c"}  # nobody is left to wait for
    await wire.polls.idle()


async def test_sources_that_come_and_go_change_nothing_for_those_that_are_asked(wire: Wire) -> None:
    """A host that was being asked when somebody added a source must be asked again, and its politeness kept."""
    publishers = SlowPublishers()
    await many(wire, publishers, ["a", "gone"])
    async with wire.store.write() as tx:
        await tx.sources.sync([at_own_host("a"), at_own_host("c")], NOON)
    await wire.polls.refresh()
    await wire.polls.due()
    await asyncio.sleep(0.1)
    for answer in publishers.answers.values():
        answer.set_result(Fetched(unchanged=True))
    await wire.polls.idle()
    publishers.asked.clear()
    await asyncio.sleep(SPACING)
    for source in await wire.sources():
        await wire.polls.hasten(source.id)
    await wire.polls.idle()
    assert sorted(publishers.asked) == ["a", "c"]


async def test_requests_are_made_ready_a_few_in_a_turn_of_the_loop(wire: Wire) -> None:
    """A hundred at once would keep a chat's command waiting for twenty milliseconds."""
    publishers = SlowPublishers()
    counting = asyncio.create_task(publishers.count())
    await many(wire, publishers, [f"s{number}" for number in range(30)])
    await asyncio.sleep(0.1)
    counting.cancel()
    assert (sum(publishers.turns), max(publishers.turns)) == (30, BEGUN_AT_ONCE)
    await wire.polls.stop(0.0)
