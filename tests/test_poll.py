"""One poll of one source, whatever the publisher does."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.errors import SourceError, StoreTrouble
from bot.model import Source
from bot.poll import HOST_SPACING, LONGEST_BACK_OFF, Hosts, Polls, next_poll
from bot.ports import Document, Fetched
from tests.builders import NOON, settings, watch
from tests.fakes import FakeClock, FakeEngine, FakeFetcher, rss
from tests.test_pipeline import lookout


class Wire:
    """A source that is polled, and the store behind it."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.clock, self.fetcher, self.engine = store, FakeClock(), FakeFetcher(), FakeEngine()
        watching = lookout(watch("Putin"))
        self.polls = Polls(store, self.fetcher, self.engine, lambda: watching, self.clock, 3, Hosts(20))

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
        await self.polls.due()
        for kind, key in self.engine.woken[-1:]:
            assert kind == "poll"
            await self.polls.poll(key)
        return await self.source()

    async def stored(self) -> int:
        async with self.store.read() as tx:
            return len(await tx.articles.since(NOON - timedelta(days=1)))


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


async def test_a_poll_that_is_not_due_or_taken_by_another_does_nothing(wire: Wire) -> None:
    key = str((await wire.source()).id)
    await asyncio.gather(wire.polls.poll(key), wire.polls.poll(key))
    await wire.polls.poll(key)
    assert len(wire.fetcher.asked) == 1


async def test_a_publisher_who_asks_for_patience_gets_it() -> None:
    assert next_poll(300, 1, 7200.0, 0.5) == timedelta(hours=2)


@pytest.mark.parametrize(("failures", "minutes"), [(0, 5), (1, 5), (2, 10), (3, 20), (5, 60), (500, 60)])
def test_back_off_doubles_and_never_ends_polling(failures: int, minutes: int) -> None:
    assert next_poll(300, failures, None, 0.5) == timedelta(minutes=minutes)
    assert next_poll(300, failures, None, 0.5) <= LONGEST_BACK_OFF


async def test_a_host_gets_one_request_at_a_time_and_a_pause_between() -> None:
    rests: list[float] = []
    under_way = most = 0

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    hosts = Hosts(20, sleep=rest)

    async def visit(url: str) -> None:
        nonlocal under_way, most
        async with hosts.turn(url):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1

    await asyncio.gather(*(visit(f"https://example.com/{page}") for page in range(3)))
    assert most == 1
    assert rests[0] == 0 and all(HOST_SPACING * 0.9 < rest <= HOST_SPACING for rest in rests[1:])
    await asyncio.gather(visit("https://a.example/"), visit("https://b.example/"))
    assert most == 2


async def test_sources_of_a_slow_host_take_no_place_from_others() -> None:
    hosts, gate, done = Hosts(2), asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with hosts.turn("https://slow.example/feed"):
            await gate.wait()

    async def quick() -> None:
        async with hosts.turn("https://quick.example/feed"):
            done.set()

    waiting = [asyncio.create_task(slow()) for _ in range(50)]
    await asyncio.sleep(0)
    await asyncio.wait_for(quick(), 1)
    assert done.is_set()
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_no_more_turns_are_had_at_once_than_allowed() -> None:
    hosts, most, under_way = Hosts(3), 0, 0

    async def visit(number: int) -> None:
        nonlocal most, under_way
        async with hosts.turn(f"https://{number}.example/"):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1

    await asyncio.gather(*(visit(number) for number in range(10)))
    assert most == 3


async def test_a_program_that_ends_lets_a_long_queue_go_home_at_once() -> None:
    stopping = False
    hosts = Hosts(1, stopping=lambda: stopping)
    turns: list[bool] = []

    async def visit() -> None:
        nonlocal stopping
        async with hosts.turn("https://slow.example/feed") as given:
            turns.append(given)
            stopping = True

    async with asyncio.timeout(0.5):
        await asyncio.gather(*(visit() for _ in range(1000)))
    assert turns == [True] + [False] * 999


async def test_a_source_is_claimed_only_when_its_turn_has_come(wire: Wire) -> None:
    """A claim lasts five minutes, a queue at one host may last longer."""
    await wire.polls.due()
    source = await wire.source()
    async with wire.polls.hosts.turn(source.url):
        poll = asyncio.create_task(wire.polls.poll(str(source.id)))
        await asyncio.sleep(0.05)
        async with wire.store.read() as tx:
            assert await tx.sources.due(NOON) == [source.id]  # nobody has claimed it
        wire.engine.woken.clear()
        await wire.polls.due()
        assert wire.engine.woken == []  # and it is not queued twice
        poll.cancel()
    await asyncio.gather(poll, return_exceptions=True)
    await wire.polls.due()
    assert wire.engine.woken == [("poll", str(source.id))]


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


async def test_a_store_in_trouble_is_no_fault_of_the_source(wire: Wire) -> None:
    async def full(_: Source) -> Fetched:
        raise StoreTrouble("The disk is full.")

    wire.fetcher.fetch = full  # type: ignore[method-assign]
    with pytest.raises(StoreTrouble):
        await wire.polls.poll(str((await wire.source()).id))
    assert (await wire.source()).failures == 0


async def test_a_clock_set_back_by_hours_stops_no_polls(wire: Wire) -> None:
    await wire.poll()
    wire.clock.advance(seconds=-30)
    await wire.poll_what_is_due()
    assert len(wire.fetcher.asked) == 1  # a time service's correction asks nobody too early
    wire.clock.advance(hours=-2)
    source = await wire.poll_what_is_due()
    assert len(wire.fetcher.asked) == 2
    assert source.due_at and source.due_at < wire.clock.now + timedelta(minutes=6)


def test_sources_that_were_added_together_spread_out() -> None:
    assert next_poll(300, 0, None, 0.0) < next_poll(300, 0, None, 1.0)
