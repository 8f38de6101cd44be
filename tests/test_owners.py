"""The owners are told in their chat, and elsewhere when that chat is the trouble."""

from __future__ import annotations

from bot.adapters.store import SqlStore
from bot.owners import Owners
from bot.ports import Delivery
from tests.builders import NOON, chat, message
from tests.fakes import FakeEngine

DESK, FLOOR = chat("meja"), chat("lantai", language="en")


def test_the_named_chat_is_the_owners_and_without_a_name_the_first() -> None:
    assert Owners([DESK, FLOOR], "lantai").chat() == FLOOR
    assert Owners([DESK, FLOOR]).chat() == DESK
    assert Owners([]).chat() is None


def test_trouble_in_the_owners_chat_is_told_elsewhere() -> None:
    owners = Owners([DESK, FLOOR], "lantai")
    assert owners.chat(lambda one: one != FLOOR) == DESK
    assert owners.chat(lambda one: False) is None


async def test_a_notice_is_queued_once_in_the_language_of_the_chat(sqlite: SqlStore) -> None:
    owners, engine = Owners([DESK, FLOOR], "lantai"), FakeEngine()
    for _ in range(2):
        async with sqlite.write() as tx:
            told = await owners.tell(tx, engine, "notice:token:slack", lambda to: message(to.language), NOON)
            assert told == FLOOR
    async with sqlite.write() as tx:
        claimed = await tx.deliveries.claim("lantai", NOON, NOON)
        assert isinstance(claimed, Delivery) and claimed.message.text == "en"
        await tx.deliveries.sent(claimed, "1", NOON)
        assert await tx.deliveries.claim("lantai", NOON, NOON) is None
    assert ("drain", "lantai") in engine.woken
