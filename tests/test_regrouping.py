"""Editors put the limits of stories right: the store keeps it, and the memory follows at once and after a restart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.adapters.store import SqlStore
from bot.config import Access
from bot.grouping import Grouping, recall
from bot.model import Article, Reason
from handlers.desk import Desk
from handlers.router import Router
from tests.builders import NOON, article, chat, request
from tests.test_handlers import RANI, TAMU, Room
from tests.test_stories_in_chats import ENGLISH, copy, development, quake

AGAIN = (
    "Korban tewas akibat gempa di Kabupaten Cianjur, Jawa Barat, kini 17 orang menurut Badan Nasional Penanggulangan "
    "Bencana. Rumah-rumah roboh di Kecamatan Cugenang dan warga masih mengungsi."
)


class Editing(Room):
    """A chat of editors whose commands reach the memory that places articles."""

    def __init__(self, store: SqlStore) -> None:
        super().__init__(store, chat("redaksi"), editors=(RANI.key,))
        desk = Desk(store, self.watchlist, self.chats, Access((RANI.key,)), self.clock, self.grouping)
        self.router = Router(desk)

    async def thread(self, *numbers: int) -> list[tuple[int | None, int]]:
        """(parent, story) of these alerts."""
        async with self.store.read() as tx:
            told = [await tx.alerts.get(number) for number in numbers]
        return [(one.parent, one.story) for one in told if one]

    async def next_place(self, one: Article) -> tuple[str, str]:
        """The story of a further article as it goes on, and as it would be after a restart."""
        restarted = Grouping()
        await recall(self.store, restarted, NOON)
        keys = Grouping.keys(one)
        async with self.store.read() as tx:
            texts = await tx.articles.texts(list(keys), NOON)
        again, going_on = (
            grouping.place(one, keys, NOON, texts, wanted=True) for grouping in (restarted, self.grouping)
        )
        return again.story, going_on.story


@pytest.fixture
async def room(store: SqlStore) -> Editing:
    room = Editing(store)
    await room.says("/watch add Gempa: gempa, earthquake")
    await room.polls("Antara", quake(id="quake"))
    await room.polls("Kompas", copy(id="copy"))
    await room.polls("Tempo", development(id="toll"))
    return room


async def test_a_development_becomes_a_story_of_its_own(room: Editing) -> None:
    assert await room.thread(1, 2) == [(None, 1), (1, 1)]
    assert await room.says("/story split #2") == "#2 sekarang berita tersendiri."
    (first, second) = await room.thread(1, 2)
    assert first == (None, 1) and second[0] is None and second[1] != 1
    further = article(title="Korban gempa jadi 17 orang", body=AGAIN, source="Detik")
    assert await room.next_place(further) == ("toll", "toll")
    assert await room.next_place(development(source="Pos")) == ("toll", "toll")
    await room.polls("Detik", further)
    assert await room.thread(3) == [(2, second[1])]  # its developments are replies to it
    assert await room.says("/story split #1") == "#1 memang berita tersendiri."


async def test_the_beginning_of_a_story_leaves_with_its_copies_and_the_rest_goes_on(room: Editing) -> None:
    await room.says("/story split #1")
    (first, second) = await room.thread(1, 2)
    assert first[0] is None and second == (None, 1) and first[1] != 1
    async with room.store.read() as tx:
        assert {one.article.id for one in await tx.articles.of_story(first[1])} == {"quake", "copy"}
    assert await room.next_place(copy(source="Pos")) == ("quake/1", "quake/1")
    further = article(title="Korban gempa jadi 17 orang", body=AGAIN, source="Detik")
    assert await room.next_place(further) == ("quake", "quake")


async def test_a_near_copy_that_was_told_takes_its_own_copies_along(store: SqlStore) -> None:
    room = Editing(store)
    await room.says("/watch add Gempa: gempa")
    name, watch = next(iter(room.watchlist.lookout.watches.items()))
    room.watchlist.lookout.watches[name] = replace(watch, copies="off")
    await room.polls("Antara", quake(id="quake"))
    await room.polls("Kompas", copy(id="copy"))
    await room.polls("Pos", copy(id="again", source="Pos"))
    await room.says("/story split #2")
    async with store.read() as tx:
        told = await tx.alerts.get(2)
        assert told and told.reason is Reason.UNFOLDED and told.origin == "copy"
        of_it = await tx.articles.of_story(told.story)
        assert [(one.article.id, one.copy_of) for one in of_it] == [("copy", ""), ("again", "copy")]
    assert await room.next_place(copy(source="Radar")) == ("copy", "copy")


async def test_two_stories_become_one(room: Editing) -> None:
    await room.polls(
        "Reuters",
        article(
            title="Rice prices",
            body="Earthquake insurance for rice barns in Demak is dearer.",
            source="Reuters",
        ),
    )
    await room.polls(
        "Reuters", article(id="other", title="Earthquake", body=ENGLISH, source="Reuters", lang="en")
    )
    apart = [story for _, story in await room.thread(1, 3)]
    assert apart[0] != apart[1]
    assert await room.says("/story merge #1 #3") == "#3 sekarang bagian dari berita #1."
    assert await room.thread(1, 3) == [(None, 1), (1, 1)]
    assert await room.says("/story merge #1 #3") == "#1 dan #3 memang satu berita."
    async with room.store.read() as tx:
        assert await tx.articles.keys([1]) == ["quake"]
    rice = article(
        title="Rice barns",
        body="Earthquake insurance for rice barns in Demak is dearer than last year.",
        source="AP",
    )
    assert await room.next_place(rice) == ("quake", "quake")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("split", "Tulis /story split #NOMOR"),
        ("merge #1", "Tulis /story split #NOMOR, atau /story merge #NOMOR #NOMOR."),
        ("split #99", "Peringatan nomor 99 tidak ada"),
        ("merge #1 #99", "Peringatan nomor 99 tidak ada"),
    ],
)
async def test_what_cannot_be_done_is_said(room: Editing, asked: str, said: str) -> None:
    assert said in await room.says(f"/story {asked}")


async def test_only_editors_may_and_everybody_may_look(room: Editing) -> None:
    for asked in ("split #2", "merge #1 #2"):
        assert "hanya redaktur" in (await room.router(request(f"/story {asked}", user=TAMU))).text
    assert "Gempa guncang Cianjur" in (await room.router(request("/story #1", user=TAMU))).text
