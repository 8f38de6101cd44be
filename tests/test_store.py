"""What every store promises, shown on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import IntegrityError

from bot.adapters.store import SqlStore, open_store
from bot.adapters.store.database import engine_for
from bot.adapters.store.tables import metadata
from bot.errors import CannotStart
from bot.model import Article, Condition, Fact, Politeness, Reason, Sighting, Source
from bot.ports import Delivery, Fetched, Filed, Reports
from tests.builders import NOON, article, match, settings, watch
from tests.polled import claim, failed, polled

SOON = NOON + timedelta(minutes=1)


async def a_source(store: SqlStore, name: str = "Antara") -> Source:
    """A source, claimed for a poll."""
    async with store.write() as tx:
        await tx.sources.sync([settings(name)], NOON)
        (number,) = await tx.sources.due(NOON)
        claimed = await claim(tx, number, NOON, SOON)
    assert claimed
    return claimed


async def stored(store: SqlStore, one: Article) -> int:
    """Store an article of a new source; its story's number."""
    source = await a_source(store, one.source)
    async with store.write() as tx:
        story = (await tx.articles.stories([one.id], NOON))[one.id]
        await tx.articles.add([(source.id, Filed(one, story))], NOON)
    return story


async def filed(
    store: SqlStore, one: Article, *, text: str, at: datetime, copy_of: str = "", contained: float = 0.0
) -> None:
    """Store an article that began a story, or copies another; its source may have others."""
    async with store.write() as tx:
        names = [source.name for source in await tx.sources.all()]
        await tx.sources.sync([settings(name) for name in {*names, one.source}], NOON)
        source = next(source.id for source in await tx.sources.all() if source.name == one.source)
        story = (await tx.articles.stories([one.id], at))[one.id]
        await tx.articles.add(
            [(source, Filed(one, story, text=text, copy_of=copy_of, contained=contained))], at
        )


async def claimed(store: SqlStore, chat: str = "redaksi", at: timedelta = timedelta(0)) -> Delivery:
    async with store.write() as tx:
        got = await tx.deliveries.claim(chat, NOON + at, NOON + at + timedelta(minutes=1))
    assert isinstance(got, Delivery), got
    return got


class TestTransactions:
    async def test_nothing_of_a_failed_transaction_is_kept(self, store: SqlStore) -> None:
        with pytest.raises(ZeroDivisionError):
            async with store.write() as tx:
                await tx.watches.add(watch())
                1 / 0  # noqa: B018
        async with store.read() as tx:
            assert await tx.watches.all() == []

    async def test_what_waits_for_the_commit_is_not_called_without_one(self, store: SqlStore) -> None:
        called: list[str] = []
        async with store.write() as tx:
            tx.after_commit(lambda: called.append("kept"))
            assert called == []
        with pytest.raises(ZeroDivisionError):
            async with store.write() as tx:
                tx.after_commit(lambda: called.append("lost"))
                1 / 0  # noqa: B018
        assert called == ["kept"]

    async def test_writers_wait_for_each_other(self, store: SqlStore) -> None:
        async def add(number: int) -> None:
            async with store.write() as tx:
                await tx.watches.add(watch(f"w{number}"))
                await asyncio.sleep(0)

        await asyncio.gather(*(add(number) for number in range(20)))
        async with store.read() as tx:
            assert len(await tx.watches.all()) == 20

    async def test_a_store_has_one_owner(self, store_url: str) -> None:
        async with open_store(store_url, own=True):
            with pytest.raises(CannotStart, match="Another pantau is running"):
                async with open_store(store_url, own=True):
                    pass
        async with open_store(store_url, own=True):
            pass

    async def test_an_event_is_new_once(self, store: SqlStore) -> None:
        async with store.write() as tx:
            assert await tx.first_time("Ev1", NOON)
            assert not await tx.first_time("Ev1", SOON)
            await tx.forget_events(SOON)
            assert await tx.first_time("Ev1", SOON)

    async def test_the_last_sign_of_life_is_kept(self, store: SqlStore) -> None:
        async with store.write() as tx:
            assert await tx.last_beat() is None
            await tx.beat(NOON)
            await tx.beat(SOON)
            assert await tx.last_beat() == SOON


class TestSources:
    async def test_a_new_source_is_due_at_once(self, store: SqlStore) -> None:
        assert (await a_source(store)).ok_at is None

    async def test_a_claimed_source_is_nobody_elses_until_the_claim_ends(self, store: SqlStore) -> None:
        source = await a_source(store)
        async with store.write() as tx:
            assert await claim(tx, source.id, NOON, SOON) is None
            assert await tx.sources.due(NOON) == []
            assert await tx.sources.due(SOON) == [source.id]
            assert await claim(tx, source.id, SOON, SOON + timedelta(minutes=1))

    async def test_a_poll_whose_claim_has_passed_on_stores_nothing(self, store: SqlStore) -> None:
        late = await a_source(store)
        async with store.write() as tx:
            (newer,) = await tx.sources.claim([late.id], SOON, SOON + timedelta(minutes=1))
            assert await tx.sources.lost([late]) == {late.id}
            assert await tx.sources.lost([newer]) == set()
            await polled(tx, late, Fetched(etag="late"), now=SOON, due_at=SOON)
            (known,) = await tx.sources.all()
        assert (known.etag, known.ok_at) == ("", None)

    async def test_several_sources_are_claimed_and_settled_at_once(self, store: SqlStore) -> None:
        async with store.write() as tx:
            await tx.sources.sync([settings("A"), settings("B"), settings("C")], NOON)
            one, other = await tx.sources.claim((await tx.sources.due(NOON))[:2], NOON, SOON)
            polite = Politeness(60.0, (1, 2), (), 5.0, frozen=True)
            learned = replace(one, rhythm=b"\x00\xff", polite=polite, moves=2)
            gone = replace(other, condition=Condition.GONE, gone=3)
            await tx.sources.settle([(one, learned), (other, gone)])
            known = {source.name: source for source in await tx.sources.all()}
        assert known["A"].rhythm == b"\x00\xff" and known["A"].polite == polite
        assert (known["B"].condition, known["B"].gone, known["C"].lease) == (Condition.GONE, 3, 0)

    async def test_a_poll_writes_what_it_changed_and_nothing_else(self, store: SqlStore) -> None:
        """What somebody else wrote meanwhile stands: a new address, whose validators are not the old one's."""
        source = await a_source(store)
        async with store.write() as tx:
            await tx.sources.settle([(source, replace(source, etag='"old"', gone=2))])
            (claimed,) = await tx.sources.claim([source.id], SOON, SOON + timedelta(minutes=1))
            await tx.sources.sync([replace(settings(source.name), url="https://new.example/feed")], SOON)
            await tx.sources.settle([(claimed, replace(claimed, polled_at=SOON, due_at=SOON))])
            (known,) = await tx.sources.all()
        assert (known.url, known.etag, known.gone, known.polled_at) == (
            "https://new.example/feed",
            "",
            0,
            SOON,
        )

    async def test_a_changed_condition_is_told_once(self, store: SqlStore) -> None:
        source = await a_source(store)
        async with store.write() as tx:
            await tx.sources.settle([(source, replace(source, condition=Condition.FAILING))])
            (changed,) = await tx.sources.changed()
            await tx.sources.tell({changed.id: changed.condition})
            assert await tx.sources.changed() == []

    async def test_hours_add_up_and_are_forgotten(self, store: SqlStore) -> None:
        async with store.write() as tx:
            await tx.sources.count(NOON, 2, 5, 1)
            await tx.sources.count(NOON, 1, 0, 0)
            await tx.sources.count(NOON + timedelta(hours=1), 1, 1, 0)
            assert [(one.polls, one.items, one.failures) for one in await tx.sources.hours(NOON)] == [
                (3, 5, 1),
                (1, 1, 0),
            ]
            await tx.sources.forget_hours(NOON + timedelta(hours=1))
            assert len(await tx.sources.hours(NOON)) == 1

    async def test_validators_are_kept_for_the_next_poll(self, store: SqlStore) -> None:
        source = await a_source(store)
        async with store.write() as tx:
            fetched = Fetched(etag='"a"', last_modified="yesterday")
            await polled(tx, source, fetched, now=NOON, due_at=SOON, unseen=True, problem="")
            assert await tx.sources.due(NOON) == []
            again = await claim(tx, source.id, SOON, SOON + timedelta(minutes=1))
        assert again
        assert (again.etag, again.last_modified, again.ok_at, again.item_at) == (
            '"a"',
            "yesterday",
            NOON,
            NOON,
        )

    async def test_failures_are_counted_until_one_success(self, store: SqlStore) -> None:
        source = await a_source(store)
        async with store.write() as tx:
            await failed(tx, source, "no answer", now=NOON, due_at=NOON)
            second = await claim(tx, source.id, NOON, SOON)
            assert second and (second.failures, second.problem) == (1, "no answer")
            await polled(tx, second, Fetched(), now=NOON, due_at=SOON, unseen=False, problem="")
            (known,) = await tx.sources.all()
        assert (known.failures, known.problem) == (0, "")

    async def test_a_source_that_left_the_configuration_is_not_polled(self, store: SqlStore) -> None:
        await a_source(store)
        async with store.write() as tx:
            await tx.sources.release_all()
            await tx.sources.sync([settings("Kompas")], NOON)
            assert [source.name for source in await tx.sources.all()] == ["Kompas"]
            assert len(await tx.sources.due(NOON)) == 1

    async def test_a_new_address_forgets_what_the_old_one_taught(self, store: SqlStore) -> None:
        source = await a_source(store)
        async with store.write() as tx:
            await polled(tx, source, Fetched(etag="x"), now=NOON, due_at=SOON, unseen=False, problem="")
            await tx.sources.sync([settings(url="https://example.com/moved.xml")], NOON)
            (moved,) = await tx.sources.all()
            assert (moved.etag, moved.ok_at) == ("", None)
            assert await tx.sources.due(NOON) == [source.id]

    async def test_a_source_under_a_new_name_is_the_same_source(self, store: SqlStore) -> None:
        source = await a_source(store)
        async with store.write() as tx:
            await polled(tx, source, Fetched(etag="x"), now=NOON, due_at=SOON, unseen=False, problem="")
            await tx.sources.sync([settings("Kantor Berita", url=source.url)], NOON)
            (renamed,) = await tx.sources.all()
        assert (renamed.id, renamed.name, renamed.etag, renamed.ok_at) == (
            source.id,
            "Kantor Berita",
            "x",
            NOON,
        )

    async def test_two_sources_can_swap_their_names(self, store: SqlStore) -> None:
        one, other = settings("A", url="https://example.com/1"), settings("B", url="https://example.com/2")
        async with store.write() as tx:
            await tx.sources.sync([one, other], NOON)
            await tx.sources.sync([replace(one, name="B"), replace(other, name="A")], NOON)
            assert {source.name: source.url for source in await tx.sources.all()} == {
                "B": one.url,
                "A": other.url,
            }

    async def test_claims_of_a_dead_process_are_released_and_its_late_results_refused(
        self, store: SqlStore
    ) -> None:
        source = await a_source(store)
        async with store.write() as tx:
            await tx.sources.release_all()
            assert await tx.sources.due(NOON) == [source.id]
            assert await tx.sources.lost([source]) == {source.id}
            await failed(tx, source, "late", now=NOON, due_at=SOON)
            (known,) = await tx.sources.all()
        assert known.failures == 0


class TestArticles:
    async def test_a_stored_article_is_seen(self, store: SqlStore) -> None:
        one = article(source="Antara")
        await stored(store, one)
        async with store.read() as tx:
            assert await tx.articles.unseen([one.id, "other"]) == {"other"}

    async def test_an_article_comes_back_as_it_was(self, store: SqlStore) -> None:
        one = article(
            title="北朝鮮 🚀",
            body="Ünï\ncode",
            lang="id",
            author="Rani",
            source="Antara",
            tags=("Dunia", "北"),
        )
        await stored(store, one)
        async with store.read() as tx:
            assert await tx.articles.get(one.id) == replace(one, seen=NOON)

    async def test_a_match_comes_back_as_it_was(self, store: SqlStore) -> None:
        one = article(body="Putin tiba.")
        await stored(store, one)
        found = match(one, "Putin")
        async with store.write() as tx:
            await tx.articles.add_matches([(one.id, found)])
            assert await tx.articles.matches(one.id) == [found]

    async def test_thousands_of_ids_are_looked_up_at_once(self, store: SqlStore) -> None:
        one = article()
        await stored(store, one)
        ids = [f"id-{number}" for number in range(3_000)]
        async with store.read() as tx:
            assert await tx.articles.unseen([*ids, one.id]) == set(ids)

    async def test_one_key_is_one_story(self, store: SqlStore) -> None:
        async with store.write() as tx:
            first = (await tx.articles.stories(["k", "k", "other"], NOON))["k"]
            assert (await tx.articles.stories(["k"], NOON + timedelta(days=8)))["k"] == first

    async def test_a_text_is_open_for_the_days_after_its_first_article(self, store: SqlStore) -> None:
        one, other = article(title="Satu", url="https://a.example"), article(title="Dua", source="Kompas")
        await filed(store, one, text="t", at=NOON)
        await filed(store, other, text="t", at=NOON + timedelta(days=6), copy_of=one.id)
        async with store.read() as tx:
            text = (await tx.articles.texts(["t", "u"], NOON + timedelta(days=7)))["t"]
            assert (text.origin, text.story) == (one.id, one.id)
            assert text.names["Antara"] == {"Satu", "https://a.example"}
            assert set(text.names) == {"Antara", "Kompas"}
            # A copy keeps nothing open: eight days later the same words are news again.
            assert await tx.articles.texts(["t"], NOON + timedelta(days=8)) == {}
        again = article(source="Tempo")
        await filed(store, again, text="t", at=NOON + timedelta(days=8))
        async with store.read() as tx:
            assert (await tx.articles.texts(["t"], NOON + timedelta(days=9)))["t"].origin == again.id

    async def test_articles_come_back_in_the_order_in_which_they_came(self, store: SqlStore) -> None:
        every = [article(id=name) for name in ("z", "a", "m")]
        for one in every:
            await filed(store, one, at=NOON, text=one.id, copy_of="z" if one.id == "m" else "", contained=0.5)
        async with store.read() as tx:
            first, second = await tx.articles.arrived(0, NOON, 2)
            (third,) = await tx.articles.arrived(second.number, NOON, 2)
            assert await tx.articles.arrived(0, SOON, 2) == []
            assert await tx.articles.origins(["z", "m", "x"]) == {"z": "z", "m": "z"}
        assert [one.article.id for one in (first, second, third)] == ["z", "a", "m"]
        assert (third.copy_of, third.contained, third.text, third.story) == ("z", 0.5, "m", "m")

    async def test_a_story_knows_its_reports_and_their_sources(self, store: SqlStore) -> None:
        one, other = article(source="Antara"), article(source="Kompas")
        story, _ = await stored(store, one), await stored(store, other)
        async with store.write() as tx:
            ids = {source.name: source.id for source in await tx.sources.all()}
            copy, again = article(source="Kompas"), article(source="Kompas")
            await tx.articles.add(
                [(ids["Kompas"], Filed(copy, story, copy_of=one.id)), (ids["Kompas"], Filed(again, story))],
                NOON,
            )
            assert await tx.articles.reports([story, 99]) == {
                story: Reports(3, 2, frozenset({"Antara", "Kompas"}))
            }

    async def test_articles_of_a_period_can_be_asked_for_by_watch(self, store: SqlStore) -> None:
        one, other = article(body="Putin tiba."), article(source="Kompas")
        story = await stored(store, one)
        await stored(store, other)
        async with store.write() as tx:
            await tx.articles.add_matches([(one.id, match(one, "Putin"))])
            assert {filed.article.id for filed in await tx.articles.since(NOON)} == {one.id, other.id}
            assert await tx.articles.since(SOON) == []
            (mine,) = await tx.articles.since(NOON, ["Putin"])
        assert (mine.article.id, mine.story, mine.watches) == (one.id, story, ("Putin",))


class TestAlerts:
    async def test_a_chat_has_one_alert_for_an_article_and_one_beginning_for_a_story(
        self, store: SqlStore
    ) -> None:
        one, other = article(), article(source="Kompas")
        story, _ = await stored(store, one), await stored(store, other)
        async with store.write() as tx:
            first = await tx.alerts.add("redaksi", story, one.id, ["Putin"], backlog=False, now=NOON)
            await tx.alerts.add("olahraga", story, one.id, ["Putin"], backlog=False, now=NOON)
        for article_id, parent in ((one.id, first), (other.id, None)):
            with pytest.raises(IntegrityError):
                async with store.write() as tx:
                    await tx.alerts.add(
                        "redaksi", story, article_id, ["sanksi"], backlog=False, now=NOON, parent=parent
                    )
        async with store.write() as tx:
            facts = (Fact("14 orang", "9"), Fact("Kim Yo Jong"))
            number = await tx.alerts.add(
                "redaksi", story, other.id, ["sanksi"],
                backlog=False, now=NOON, reason=Reason.NEW_FACTS, facts=facts, parent=first,
            )  # fmt: skip
            beginning, development = (await tx.alerts.told([story]))["redaksi", story]
        assert (beginning.alert, beginning.parent, beginning.reason) == (first, None, Reason.NEW)
        assert (development.alert, development.parent, development.facts) == (number, first, facts)
        assert development.reason is Reason.NEW_FACTS

    async def test_what_was_told_names_its_sources_in_order(self, store: SqlStore) -> None:
        one = article(source="Antara")
        story = await stored(store, one)
        async with store.write() as tx:
            number = await tx.alerts.add("redaksi", story, one.id, ["Putin"], backlog=False, now=NOON)
            await tx.alerts.also(number, [Sighting("Kompas", SOON), Sighting("Tempo")])
            (told,) = (await tx.alerts.told([story]))["redaksi", story]
            assert told.also[0].at == SOON
            assert await tx.alerts.get(number) == told
            assert await tx.alerts.get(number + 1) is None
        assert (told.sources, told.watches, told.article) == (
            ("Antara", "Kompas", "Tempo"),
            ("Putin",),
            one.id,
        )


class TestWatches:
    async def test_a_name_is_taken_once(self, store: SqlStore) -> None:
        async with store.write() as tx:
            assert await tx.watches.add(watch("Putin", routes=("redaksi",)))
            assert not await tx.watches.add(watch("Putin", "Vladimir"))
            assert await tx.watches.all() == [watch("Putin", routes=("redaksi",))]

    async def test_the_configuration_replaces_its_own_watches_and_keeps_those_of_chats(
        self, store: SqlStore
    ) -> None:
        async with store.write() as tx:
            await tx.watches.add(watch("dari obrolan", origin="chat"))
            await tx.watches.sync([watch("lama")])
            await tx.watches.sync([watch("baru")])
            assert {one.name for one in await tx.watches.all()} == {"dari obrolan", "baru"}

    async def test_a_mute_ends_by_itself_or_when_told(self, store: SqlStore) -> None:
        async with store.write() as tx:
            await tx.watches.mute("redaksi", "Putin", NOON)
            await tx.watches.mute("redaksi", "Putin", SOON)
            assert await tx.watches.mutes(NOON) == {("redaksi", "Putin"): SOON}
            assert await tx.watches.mutes(SOON) == {}
            assert await tx.watches.unmute("redaksi", "Putin")
            assert not await tx.watches.unmute("redaksi", "Putin")


class TestMigrations:
    async def test_the_migrations_lead_to_the_tables_that_the_queries_use(self, store_url: str) -> None:
        async with open_store(store_url):
            pass
        engine = engine_for(store_url)
        async with engine.connect() as connection:
            assert (
                await connection.run_sync(
                    lambda sync: compare_metadata(MigrationContext.configure(sync), metadata)
                )
                == []
            )
        await engine.dispose()

    async def test_several_may_make_and_migrate_a_store_at_once(self, store_url: str) -> None:
        async def start() -> None:
            async with open_store(store_url) as store, store.read() as tx:
                assert await tx.watches.all() == []

        await asyncio.gather(*(start() for _ in range(4)))

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("mysql://root@127.0.0.1/x", "sqlite:///file.db"),
            ("sqlite://", "sqlite:///file.db"),
            ("postgresql://nobody@127.0.0.1:1/x", r"cannot be opened: .* \[storage\] url"),
        ],
    )
    async def test_a_store_that_cannot_be_opened_is_named_with_the_remedy(self, url: str, said: str) -> None:
        with pytest.raises(CannotStart, match=f"(?s){said}"):
            async with open_store(url):
                pass
