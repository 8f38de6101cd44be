"""What is watched for changes while articles are looked at."""

from __future__ import annotations

from bot.adapters.store import SqlStore
from bot.pipeline import Lookout
from bot.query import Index, parse
from bot.watchlist import COMPARED, unknown
from tests.builders import article, chat, watch
from tests.test_handlers import Room
from tests.test_pipeline import lookout


def test_matches_come_in_the_order_in_which_the_watches_were_made() -> None:
    """Whatever the order in which the index comes upon them."""
    index = Index()
    for name in ("B", "A"):
        index.add(name, parse("Putin"))
    looking = Lookout(index, {"A": watch("A"), "B": watch("B")}, ())
    looking.add(watch("C"), parse("Putin"))
    assert [match.watch for match in looking.match(article(body="Putin tiba."))] == ["A", "B", "C"]


def test_a_watch_removed_since_it_was_matched_alerts_nobody() -> None:
    looking = lookout(watch("Putin"))
    (match,) = looking.match(article(body="Putin tiba."))
    assert looking.told_by(match, chat())
    looking.remove("Putin")
    assert not looking.told_by(match, chat())


async def test_a_name_that_was_removed_can_be_used_again(sqlite: SqlStore) -> None:
    room = Room(sqlite)
    await room.says("/watch add Putin: Putin")
    await room.says("/watch remove PUTIN")
    assert "Memantau putin" in await room.says("/watch add putin: Vladimir")
    assert "putin tidak lagi" in await room.says("/watch remove Putin")
    assert "Tidak ada pantauan bernama Putin" in await room.says("/watch remove Putin")


async def test_a_name_of_two_chats_means_the_one_that_is_heard_here(sqlite: SqlStore) -> None:
    room = Room(sqlite, chat("redaksi"), chat("olahraga"))
    async with sqlite.write() as tx:
        await tx.watches.add(watch("Bola", "sepak bola", routes=("olahraga",)))
        await tx.watches.add(watch("bola", "bola voli", routes=("redaksi",)))
    await room.watchlist.load()
    assert room.watchlist.find("BOLA", room.chats[0]).query == "bola voli"
    assert room.watchlist.find("BOLA", room.chats[1]).query == "sepak bola"


async def test_a_watch_that_another_process_made_meanwhile_is_taken(sqlite: SqlStore) -> None:
    room = Room(sqlite)
    async with sqlite.write() as tx:
        await tx.watches.add(watch("Putin"))
    assert "Putin sudah dipantau: …" in await room.says("/watch add Putin: Kim")


def test_the_nearest_of_very_many_names_begins_alike() -> None:
    names = [f"Pantauan {number}" for number in range(COMPARED + 1)]
    assert "Pantauan 77?" in unknown("watch.unknown", "watch.nearest", "Pantaun 77", names, "id")
    assert "Maksud" not in unknown("watch.unknown", "watch.nearest", "Xantauan 77", names, "id")
