"""Articles that are looked at again and their versions, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.adapters.store import SqlStore
from bot.adapters.store.revisits import NEWEST
from bot.model import Article
from bot.ports import KeptVersion, Origin, Revisit
from bot.stories import Change, Version, Weight
from tests.builders import NOON, article, match
from tests.test_store import stored

SOON = timedelta(minutes=5)
WEEK = timedelta(days=7)


async def alerted(store: SqlStore, one: Article, *chats: str) -> None:
    """Store an article with an alert in each of these chats, and take it up."""
    story = await stored(store, one)
    async with store.write() as tx:
        for name in chats or ("redaksi",):
            await tx.alerts.add(name, story, one.id, ("Putin",), backlog=False, now=NOON)
    async with store.write() as tx:
        _, found = await tx.revisits.alerted(0, NOON - WEEK)
        await tx.revisits.begin(found, SOON)


async def known(store: SqlStore, one: Article) -> Revisit:
    async with store.read() as tx:
        revisit = await tx.revisits.get(one.id)
    assert revisit
    return revisit


def kept(number: int, body: str = "", **values: object) -> KeptVersion:
    return replace(
        KeptVersion(number, Origin.PAGE, Version("Judul", body or f"Isi {number}."), NOON), **values
    )  # type: ignore[arg-type]  # any of its fields


async def test_an_alerted_article_is_due_once_its_time_has_come(store: SqlStore) -> None:
    one = article()
    await alerted(store, one, "redaksi", "olahraga")
    async with store.read() as tx:
        assert await tx.revisits.due(NOON, 10) == []
        (revisit,) = await tx.revisits.due(NOON + SOON, 10)
        assert [told.chat for told in await tx.alerts.of_article(one.id)] == ["redaksi", "olahraga"]
    assert revisit == Revisit(one.id, one.url, NOON, NOON + SOON)


async def test_only_new_alerts_are_asked_for_and_none_that_is_too_old(store: SqlStore) -> None:
    one = article()
    await alerted(store, one)
    async with store.read() as tx:
        newest, found = await tx.revisits.alerted(0, NOON - WEEK)
        assert found == {one.id: NOON}
        assert await tx.revisits.alerted(newest, NOON - WEEK) == (newest, {})
        assert await tx.revisits.alerted(0, NOON + timedelta(seconds=1)) == (newest, {})


async def test_an_article_that_is_taken_up_again_keeps_what_is_known_of_it(store: SqlStore) -> None:
    one = article()
    await alerted(store, one)
    later = replace(
        await known(store, one),
        due_at=NOON + WEEK,
        gone_at=NOON,
        times_gone=1,
        doubt="home",
        doubt_since=NOON,
        etag="e",
    )
    async with store.write() as tx:
        await tx.revisits.settle(later)
        await tx.revisits.begin({one.id: NOON}, SOON)
    assert await known(store, one) == later


async def test_an_article_without_an_address_has_no_page_that_is_due(store: SqlStore) -> None:
    one = article(url="/var/berita/satu.txt")
    await alerted(store, one)
    assert (await known(store, one)).due_at is None


async def test_what_a_source_says_anew_makes_its_article_due(store: SqlStore) -> None:
    one = article()
    await alerted(store, one)
    async with store.write() as tx:
        assert await tx.revisits.carried([one, article()], NOON, NOON - WEEK) == 0
        spaced = replace(one, body=one.body.replace(" ", "  "))
        assert await tx.revisits.carried([spaced], NOON, NOON - WEEK) == 0
        changed = replace(one, title="Judul lain")
        assert await tx.revisits.carried([changed], NOON, NOON + SOON) == 0  # its alert is too old
        assert await tx.revisits.carried([changed], NOON, NOON - WEEK) == 1
        assert await tx.revisits.carried([changed], NOON, NOON - WEEK) == 0  # said already
    revisit = await known(store, one)
    assert (revisit.due_at, revisit.carried) == (NOON, Version("Judul lain", one.body))
    async with store.write() as tx:
        await tx.revisits.settle(replace(revisit, carried=None))
    assert (await known(store, one)).carried is None


async def test_a_version_comes_back_as_it_was_kept(store: SqlStore) -> None:
    one = article(body="Putin tiba.")
    await alerted(store, one)
    told = kept(2, weight=Weight.HEAVY, changes=(Change.NUMBER, Change.CUT), matches=(match(one, "Putin"),))
    async with store.write() as tx:
        await tx.revisits.keep(one.id, kept(1, origin=Origin.FEED))
        await tx.revisits.keep(one.id, told)
        assert await tx.revisits.versions(one.id) == [kept(1, origin=Origin.FEED), told]


async def test_of_very_many_versions_the_first_and_the_newest_are_kept(store: SqlStore) -> None:
    one = article()
    await alerted(store, one)
    async with store.write() as tx:
        for number in range(1, 2 * NEWEST):
            await tx.revisits.keep(one.id, kept(number))
        numbers = [version.number for version in await tx.revisits.versions(one.id)]
    assert numbers == [1, *range(NEWEST, 2 * NEWEST)]
