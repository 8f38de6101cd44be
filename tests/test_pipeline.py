"""What the articles of one poll become, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.grouping import Grouping
from bot.model import Article, Chat, Source, Watch
from bot.pipeline import Brought, Lookout, Outcome, look_at, take_in
from bot.ports import Fetched
from bot.query import Index, parse
from tests.builders import NOON, article, chat, settings, watch
from tests.fakes import FakeEngine
from tests.polled import claim, polled

WIRE = (
    "Presiden Rusia Vladimir Putin tiba di Pyongyang pada Rabu dini hari dan disambut oleh pemimpin Korea Utara "
    "Kim Jong Un di bandara, lalu keduanya berangkat bersama ke wisma negara di ibu kota itu."
)


def lookout(*watches: Watch, chats: Sequence[Chat] = (chat("redaksi"),)) -> Lookout:
    index = Index()
    for one in watches:
        index.add(one.name, parse(one.query))
    return Lookout(index, {one.name: one for one in watches}, chats)


class Newsroom:
    """A store and a lookout; polls are taken in one after the other."""

    def __init__(self, store: SqlStore, looking: Lookout, first_alerts: int = 3) -> None:
        self.store, self.lookout, self.first_alerts = store, looking, first_alerts
        self.engine, self.now, self.grouping = FakeEngine(), NOON, Grouping()
        self.names: list[str] = []

    async def polls(self, name: str, *articles: Article, old: bool = True) -> Outcome:
        """A poll of the named source; `old`: it has been polled before."""
        source = await self._claim(name)
        if old and source.ok_at is None:
            async with self.store.write() as tx:
                await polled(tx, source, Fetched(), now=self.now, due_at=self.now, unseen=False, problem="")
            source = await self._claim(name)
        (looked,) = await look_at(self.store, self.lookout, self.grouping, [(None, articles)], self.now)
        async with self.store.write() as tx:
            (outcome,) = await take_in(
                tx, self.engine, self.lookout, [Brought(source, looked)], self.now, self.first_alerts
            )
            await polled(tx, source, Fetched(), now=self.now, due_at=self.now, unseen=True, problem="")
        return outcome

    async def _claim(self, name: str) -> Source:
        self.names = [*dict.fromkeys([*self.names, name])]
        async with self.store.write() as tx:
            await tx.sources.sync([settings(one) for one in self.names], self.now)
            number = next(source.id for source in await tx.sources.all() if source.name == name)
            claimed = await claim(tx, number, self.now, self.now + timedelta(minutes=1))
        assert claimed
        return claimed

    async def shown(self, name: str = "redaksi") -> list[str]:
        """The texts waiting for a chat, in order, as if all were sent."""
        texts = []
        while True:
            async with self.store.write() as tx:
                delivery = await tx.deliveries.claim(name, self.now, self.now + timedelta(minutes=1))
                if delivery is None:
                    return texts
                await tx.deliveries.sent(delivery, "1", self.now)
            texts.append(delivery.message.text)


async def test_an_article_that_a_watch_asks_for_is_alerted_with_its_reason(sqlite: SqlStore) -> None:
    room = Newsroom(sqlite, lookout(watch("Putin")))
    outcome = await room.polls("Antara", article(title="Putin di Pyongyang", body=WIRE, source="Antara"))
    assert (outcome.unseen, outcome.matched, outcome.alerts) == (1, 1, 1)
    (text,) = await room.shown()
    assert "Putin di Pyongyang" in text and "Antara" in text and "Putin 2×" in text and WIRE in text
    assert room.engine.woken == [("drain", "redaksi")]


async def test_two_watches_in_one_chat_make_one_alert(sqlite: SqlStore) -> None:
    room = Newsroom(sqlite, lookout(watch("Putin"), watch("Korut", '"Korea Utara"')))
    await room.polls("Antara", article(body=WIRE))
    (text,) = await room.shown()
    assert "Putin 1×" in text and "Korut 1×" in text
    assert text.count(WIRE) == 1  # both are shown by the same sentence


async def test_an_article_is_seen_once(sqlite: SqlStore) -> None:
    room = Newsroom(sqlite, lookout(watch("Putin")))
    one = article(body=WIRE)
    await room.polls("Antara", one, one)
    outcome = await room.polls("Antara", one)
    assert outcome.unseen == 0
    assert len(await room.shown()) == 1


async def test_a_crash_before_the_commit_leaves_the_article_unseen(sqlite: SqlStore) -> None:
    room = Newsroom(sqlite, lookout(watch("Putin")))
    one = article(body=WIRE)
    await room.polls("Antara")
    source = await room._claim("Antara")
    with pytest.raises(ZeroDivisionError):
        (looked,) = await look_at(sqlite, room.lookout, room.grouping, [(None, [one])], NOON)
        async with sqlite.write() as tx:
            await take_in(tx, room.engine, room.lookout, [Brought(source, looked)], NOON, 3)
            1 / 0  # noqa: B018
    assert room.engine.woken == []
    room.now += timedelta(minutes=2)
    assert (await room.polls("Antara", one)).alerts == 1


async def test_what_matches_nothing_is_stored_without_an_alert(sqlite: SqlStore) -> None:
    room = Newsroom(sqlite, lookout(watch("Putin")))
    outcome = await room.polls("Antara", article(body="Hujan turun di Bogor."))
    assert (outcome.unseen, outcome.alerts) == (1, 0)
    assert await room.shown() == [] and room.engine.woken == []
    async with sqlite.read() as tx:
        assert len(await tx.articles.since(NOON)) == 1


async def test_a_watch_alerts_only_the_chats_on_its_route(sqlite: SqlStore) -> None:
    chats = (chat("redaksi"), chat("olahraga"))
    room = Newsroom(sqlite, lookout(watch("Putin", routes=("olahraga",)), chats=chats))
    await room.polls("Antara", article(body=WIRE))
    assert await room.shown("redaksi") == []
    assert len(await room.shown("olahraga")) == 1


async def test_a_muted_watch_is_silent_in_that_chat_only(sqlite: SqlStore) -> None:
    room = Newsroom(sqlite, lookout(watch("Putin"), chats=(chat("redaksi"), chat("olahraga"))))
    async with sqlite.write() as tx:
        await tx.watches.mute("redaksi", "Putin", NOON + timedelta(hours=1))
    await room.polls("Antara", article(body=WIRE))
    assert await room.shown("redaksi") == []
    assert len(await room.shown("olahraga")) == 1


class TestCopies:
    async def test_a_copy_makes_no_second_alert_but_names_its_source_in_the_first(
        self, sqlite: SqlStore
    ) -> None:
        room = Newsroom(sqlite, lookout(watch("Putin")))
        await room.polls("Antara", article(title="Putin tiba", body=WIRE, source="Antara"))
        assert len(await room.shown()) == 1
        await room.polls("Kompas", article(title="Lawatan Putin", body=WIRE.upper(), source="Kompas"))
        (edit,) = await room.shown()
        assert "Putin tiba" in edit and "Juga dimuat: Kompas" in edit

    async def test_a_copy_that_comes_before_the_alert_has_left_is_named_at_once(
        self, sqlite: SqlStore
    ) -> None:
        room = Newsroom(sqlite, lookout(watch("Putin")))
        await room.polls("Antara", article(body=WIRE, source="Antara"))
        await room.polls("Kompas", article(body=WIRE, source="Kompas"))
        await room.polls("Tempo", article(body=WIRE, source="Tempo"))
        (only,) = await room.shown()
        assert "Juga dimuat: Kompas 18.59, Tempo 18.59" in only

    async def test_the_same_text_again_from_the_same_source_says_nothing(self, sqlite: SqlStore) -> None:
        room = Newsroom(sqlite, lookout(watch("Putin")))
        await room.polls("Antara", article(body=WIRE, source="Antara"))
        (first,) = await room.shown()
        await room.polls("Antara", article(title=first.splitlines()[0], body=WIRE, source="Antara"))
        assert await room.shown() == []

    async def test_a_report_that_is_given_another_headline_says_nothing(self, sqlite: SqlStore) -> None:
        room = Newsroom(sqlite, lookout(watch("Putin")))
        for title in ("Putin tiba", "Putin telah tiba"):
            await room.polls(
                "Antara", article(title=title, url="https://example.com/a", body=WIRE, source="Antara")
            )
        assert len(await room.shown()) == 1

    async def test_two_articles_of_one_source_that_share_their_teaser_are_two(self, sqlite: SqlStore) -> None:
        room = Newsroom(sqlite, lookout(watch("Putin")))
        for number in range(2):
            await room.polls("Antara", article(title=f"Putin, bagian {number}", body=WIRE, source="Antara"))
        await room.polls(
            "Antara",
            *(article(title=f"Putin, bagian {number}", body=WIRE, source="Antara") for number in (3, 2)),
        )
        assert [text.splitlines()[0] for text in await room.shown()] == [
            f"Putin, bagian {number}" for number in range(4)
        ]

    async def test_without_a_headline_or_an_address_the_other_one_tells_two_articles_apart(
        self, sqlite: SqlStore
    ) -> None:
        room = Newsroom(sqlite, lookout(watch("Putin")))
        for number in range(2):
            await room.polls("Antara", article(title=f"Putin {number}", url="", body=WIRE, source="Antara"))
            await room.polls(
                "Kompas", article(title="", url=f"https://example.com/k{number}", body=WIRE, source="Kompas")
            )
        assert len(await room.shown()) == 3  # Kompas's first one is Antara's first one

    async def test_a_very_long_headline_is_no_trouble_for_a_story(self, store: SqlStore) -> None:
        room = Newsroom(store, lookout(watch("Putin")))
        for number in range(2):
            await room.polls("Antara", article(title=f"{number} {'北' * 990}", body=WIRE, source="Antara"))
        assert len(await room.shown()) == 2

    async def test_two_polls_that_look_at_one_article_at_once_alert_it_once(self, sqlite: SqlStore) -> None:
        room = Newsroom(sqlite, lookout(watch("Putin")))
        one = article(body=WIRE, source="Antara")
        await room.polls("Antara")
        (looked,) = await look_at(sqlite, room.lookout, room.grouping, [(None, [one])], NOON)
        await room.polls("Antara", one)
        source = await room._claim("Antara")
        async with sqlite.write() as tx:
            (outcome,) = await take_in(tx, room.engine, room.lookout, [Brought(source, looked)], NOON, 3)
        assert outcome.unseen == 0 and len(await room.shown()) == 1

    async def test_a_chat_whose_watch_is_newer_than_the_first_report_is_told_of_the_copy(
        self, sqlite: SqlStore
    ) -> None:
        room = Newsroom(sqlite, lookout(watch("sanksi", "sanksi")))
        await room.polls("Antara", article(body=WIRE, source="Antara"))
        room.lookout = lookout(watch("Putin"))
        await room.polls("Kompas", article(body=WIRE, source="Kompas"))
        assert len(await room.shown()) == 1


class TestFirstPoll:
    def backlog(self, count: int) -> list[Article]:
        """Newest first, as feeds list them."""
        return [
            article(
                title=f"Putin nomor {age}",
                body=f"Putin berpidato untuk yang ke-{age}.",
                published=NOON - timedelta(hours=age),
                source="Antara",
            )
            for age in range(count)
        ]

    async def test_a_first_poll_alerts_the_newest_and_says_how_many_it_holds_back(
        self, sqlite: SqlStore
    ) -> None:
        room = Newsroom(sqlite, lookout(watch("Putin")), first_alerts=3)
        outcome = await room.polls("Antara", *self.backlog(12), old=False)
        assert (outcome.alerts, outcome.held_back) == (3, 9)
        *alerts, note = await room.shown()
        assert [text.splitlines()[0] for text in alerts] == [
            "Putin nomor 2",
            "Putin nomor 1",
            "Putin nomor 0",
        ]
        assert "12 artikel" in note and "3 terbaru" in note

    async def test_what_was_held_back_never_comes_as_new(self, sqlite: SqlStore) -> None:
        room = Newsroom(sqlite, lookout(watch("Putin")), first_alerts=0)
        backlog = self.backlog(5)
        await room.polls("Antara", *backlog, old=False)
        (note,) = await room.shown()
        assert "5 artikel" in note
        await room.polls("Antara", *backlog)
        assert await room.shown() == []

    async def test_a_small_first_poll_says_nothing_of_limits(self, sqlite: SqlStore) -> None:
        room = Newsroom(sqlite, lookout(watch("Putin")), first_alerts=3)
        await room.polls("Antara", *self.backlog(3), old=False)
        assert len(await room.shown()) == 3

    async def test_without_dates_the_first_of_the_feed_are_the_newest(self, sqlite: SqlStore) -> None:
        room = Newsroom(sqlite, lookout(watch("Putin")), first_alerts=1)
        await room.polls("Antara", *(replace(one, published=None) for one in self.backlog(4)), old=False)
        alert, _ = await room.shown()
        assert alert.startswith("Putin nomor 0")
