"""A lane sends in order, once, and knows what "no answer" means."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.adapters.store.deliveries import SqlDeliveries
from bot.chat import Button, Line, Message, Span, Style
from bot.dispatch import TRIPS, Lanes
from bot.errors import ChatGone, MessageRefused, TryAgain, Uncertain
from bot.ports import Lane
from bot.rests import GONE_WAIT, LOOK_UP_AFTER, plainer, wait_after
from tests.builders import chat, message
from tests.fakes import FakeClock, FakeMessenger


class Desk:
    """A store with one lane to a fake chat; time moves only when told, or when the lane rests."""

    def __init__(self, store: SqlStore, messenger: FakeMessenger | None = None) -> None:
        self.store, self.clock = store, FakeClock()
        self.messenger = messenger or FakeMessenger()
        self.rests: list[float] = []
        chats = {"redaksi": chat("redaksi"), "lain": chat("lain", platform="absent")}
        self.ticks = 0.0
        self.lanes = Lanes(
            store,
            chats,
            {"fake": self.messenger},
            self.clock,
            stopping=lambda: False,
            rest=self._rest,
            ticks=lambda: self.ticks,
        )

    async def _rest(self, seconds: float, _bell: asyncio.Event) -> None:
        self.rests.append(seconds)
        self.ticks += seconds

    async def post(self, *texts: str, to: str = "redaksi") -> None:
        async with self.store.write() as tx:
            for text in texts:
                await tx.deliveries.post(to, f"alert:{text}", message(text), self.clock())

    async def lane(self, name: str = "redaksi") -> Lane:
        async with self.store.read() as tx:
            return next(lane for lane in await tx.deliveries.lanes() if lane.chat == name)


async def test_messages_leave_in_order_at_the_platforms_pace(sqlite: SqlStore) -> None:
    desk = Desk(sqlite)
    await desk.post("satu", "dua", "tiga")
    assert await desk.lanes.drain("redaksi") is None
    assert desk.messenger.texts == ["satu", "dua", "tiga"]
    assert desk.rests == [1.0, 1.0]
    assert (await desk.lane()).sent == 3


async def test_a_429_waits_as_long_as_it_is_told_and_keeps_the_order(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, FakeMessenger(troubles=[TryAgain("flood", 37.0)]))
    await desk.post("satu", "dua")
    assert await desk.lanes.drain("redaksi") == desk.clock() + timedelta(seconds=37)
    assert desk.messenger.texts == []
    desk.clock.advance(seconds=36)
    await desk.lanes.drain("redaksi")
    assert desk.messenger.calls == ["send"]
    desk.clock.advance(seconds=1)
    await desk.lanes.drain("redaksi")
    assert desk.messenger.texts == ["satu", "dua"]


async def test_an_unanswered_message_that_arrived_is_found_and_not_sent_again(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, FakeMessenger(troubles=[Uncertain("reset")], stored_anyway=True, found=["m1"]))
    await desk.post("satu")
    assert await desk.lanes.drain("redaksi") == desk.clock() + LOOK_UP_AFTER
    desk.clock.advance(seconds=5)
    await desk.lanes.drain("redaksi")
    assert desk.messenger.calls == ["send", "find"]
    assert (await desk.lane()).sent == 1


async def test_an_unanswered_message_is_sent_again_only_when_two_look_ups_miss_it(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, FakeMessenger(troubles=[Uncertain("reset")], found=[None, None]))
    await desk.post("satu")
    for _ in range(4):
        await desk.lanes.drain("redaksi")
        desk.clock.advance(seconds=5)
    assert desk.messenger.calls == ["send", "find", "find", "send"]
    assert desk.messenger.texts == ["satu"]


async def test_a_platform_that_loses_every_message_is_tried_for_ever(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, FakeMessenger(troubles=[Uncertain("500")] * 20, found=[None] * 40))
    await desk.post("satu")
    for _ in range(100):
        await desk.lanes.drain("redaksi")
        desk.clock.advance(minutes=5)
    assert desk.messenger.texts == ["satu"]


async def test_a_look_up_that_must_wait_does_not_count_as_a_miss(sqlite: SqlStore) -> None:
    desk = Desk(
        sqlite, FakeMessenger(troubles=[Uncertain("reset")], found=[TryAgain("429", 5.0), None, "m1"])
    )
    await desk.post("satu")
    for _ in range(4):
        await desk.lanes.drain("redaksi")
        desk.clock.advance(seconds=5)
    assert desk.messenger.calls == ["send", "find", "find", "find"]
    assert (await desk.lane()).sent == 1


async def test_where_nobody_can_look_an_unanswered_message_is_sent_twice_at_most(sqlite: SqlStore) -> None:
    blind = Uncertain("cannot look")
    desk = Desk(sqlite, FakeMessenger(troubles=[Uncertain("reset")] * 2, found=[blind] * 2))
    await desk.post("satu", "dua")
    for _ in range(3):
        await desk.lanes.drain("redaksi")
        desk.clock.advance(seconds=5)
    assert desk.messenger.calls == ["send", "find", "send", "find", "send"]
    lane = await desk.lane()
    assert (lane.dead, lane.sent) == (1, 1) and "it may be there" in lane.error


async def test_waiting_for_a_platform_does_not_use_up_the_sends(sqlite: SqlStore) -> None:
    """A long outage, then one lost answer: the message still has its second try."""
    troubles = [*[TryAgain("down", 1.0)] * 20, Uncertain("reset")]
    desk = Desk(sqlite, FakeMessenger(troubles=[*troubles], found=[Uncertain("cannot look")]))
    await desk.post("satu")
    for _ in range(23):
        await desk.lanes.drain("redaksi")
        desk.clock.advance(seconds=5)
    assert desk.messenger.texts == ["satu"]


async def test_crashes_do_not_use_up_the_sends_either(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, FakeMessenger(found=[Uncertain("cannot look")] * 9))
    await desk.post("satu")
    for _ in range(3):
        async with sqlite.write() as tx:
            now = desk.clock()
            await tx.deliveries.claim("redaksi", now, now + timedelta(minutes=1))  # and here the process died
            await tx.deliveries.orphans(now)
    await desk.lanes.drain("redaksi")
    assert desk.messenger.texts == ["satu"] and desk.messenger.calls == ["find", "send"]


async def test_an_answer_that_could_not_be_stored_is_remembered(
    sqlite: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(sqlite, FakeMessenger(found=[]))
    await desk.post("satu")
    stored = SqlDeliveries.sent

    async def gone(*_: object) -> None:
        raise ConnectionError("the database is away")

    monkeypatch.setattr(SqlDeliveries, "sent", gone)
    with pytest.raises(ConnectionError):
        await desk.lanes.drain("redaksi")
    monkeypatch.setattr(SqlDeliveries, "sent", stored)
    desk.clock.advance(minutes=2)
    await desk.lanes.drain("redaksi")
    assert desk.messenger.calls == ["send"] and (await desk.lane()).sent == 1


async def test_a_message_that_trips_an_adapter_is_given_up_and_the_next_one_goes_on(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, FakeMessenger(troubles=[RuntimeError("bug")] * TRIPS, found=[None] * 2 * TRIPS))  # type: ignore[list-item]
    await desk.post("satu", "dua")
    for _ in range(4 * TRIPS):
        await desk.lanes.drain("redaksi")
        desk.clock.advance(minutes=1)
    assert desk.messenger.texts == ["dua"]
    lane = await desk.lane()
    assert (lane.dead, lane.sent) == (1, 1)


async def test_a_refused_look_up_says_nothing_about_the_message(sqlite: SqlStore) -> None:
    desk = Desk(
        sqlite,
        FakeMessenger(troubles=[Uncertain("reset")], stored_anyway=True, found=[MessageRefused("no"), "m1"]),
    )
    await desk.post("satu")
    for _ in range(3):
        await desk.lanes.drain("redaksi")
        desk.clock.advance(seconds=5)
    assert desk.messenger.calls == ["send", "find", "find"] and (await desk.lane()).sent == 1


async def test_a_second_lost_answer_is_looked_up_as_carefully_as_the_first(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, FakeMessenger(troubles=[Uncertain("reset")] * 2, found=[None, None, None, "m1"]))
    await desk.post("satu")
    for _ in range(9):
        await desk.lanes.drain("redaksi")
        desk.clock.advance(seconds=5)
    assert desk.messenger.calls == ["send", "find", "find", "send", "find", "find"]


async def test_a_crash_between_sending_and_storing_is_looked_up(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, FakeMessenger(found=["m1"]))
    await desk.post("satu")
    async with sqlite.write() as tx:
        now = desk.clock()
        await tx.deliveries.claim("redaksi", now, now + timedelta(minutes=1))  # and here the process died
    async with sqlite.write() as tx:
        await tx.deliveries.orphans(desk.clock())
    await desk.lanes.drain("redaksi")
    assert desk.messenger.calls == ["find"]
    assert (await desk.lane()).sent == 1


async def test_a_text_the_platform_refuses_goes_out_plain(sqlite: SqlStore) -> None:
    styled = Message(
        (Line((Span("Judul", Style.BOLD, "https://example.com"),)),), (Button("Bisukan", "/mute 1"),)
    )
    desk = Desk(sqlite, FakeMessenger(troubles=[MessageRefused("invalid_blocks")]))
    async with sqlite.write() as tx:
        await tx.deliveries.post("redaksi", "alert:1", styled, desk.clock())
    await desk.lanes.drain("redaksi")
    ((_, shown),) = desk.messenger.shown.values()
    assert shown == plainer(styled) and shown.text == "Judul" and shown.buttons == ()


async def test_a_plain_text_that_is_refused_is_given_up_and_the_next_one_goes_on(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, FakeMessenger(troubles=[MessageRefused("never")]))
    await desk.post("satu", "dua")
    await desk.lanes.drain("redaksi")
    assert desk.messenger.texts == ["dua"]
    lane = await desk.lane()
    assert (lane.dead, lane.sent, lane.error) == (1, 1, "never")


async def test_alerts_wait_for_a_chat_that_does_not_let_us_in(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, FakeMessenger(troubles=[ChatGone("is_archived")]))
    await desk.post("satu")
    assert await desk.lanes.drain("redaksi") == desk.clock() + GONE_WAIT
    desk.clock.now += GONE_WAIT
    await desk.lanes.drain("redaksi")
    assert desk.messenger.texts == ["satu"]


async def test_alerts_for_a_platform_without_a_token_wait(sqlite: SqlStore) -> None:
    desk = Desk(sqlite)
    await desk.post("satu", to="lain")
    assert await desk.lanes.drain("lain") is None
    assert (await desk.lane("lain")).waiting == 1


async def test_an_edit_with_no_answer_is_simply_made_again(sqlite: SqlStore) -> None:
    desk = Desk(sqlite)
    await desk.post("satu")
    await desk.lanes.drain("redaksi")
    async with sqlite.write() as tx:
        await tx.deliveries.edit("redaksi", "alert:satu", message("satu, dua"), desk.clock())
    desk.messenger.troubles = [Uncertain("reset")]
    await desk.lanes.drain("redaksi")
    desk.clock.advance(minutes=1)
    await desk.lanes.drain("redaksi")
    assert desk.messenger.calls == ["send", "edit", "edit"]
    assert desk.messenger.texts == ["satu, dua"]


async def test_an_edit_of_an_alert_that_people_deleted_is_no_failure(sqlite: SqlStore) -> None:
    desk = Desk(sqlite)
    await desk.post("satu")
    await desk.lanes.drain("redaksi")
    async with sqlite.write() as tx:
        await tx.deliveries.edit("redaksi", "alert:satu", message("satu, dua"), desk.clock())
    desk.messenger.troubles = [MessageRefused("message to edit not found")]
    await desk.lanes.drain("redaksi")
    assert desk.messenger.texts == ["satu"] and (await desk.lane()).dead == 0


async def test_an_edit_of_a_post_that_was_given_up_is_given_up_too(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, FakeMessenger(troubles=[TryAgain("429", 1.0), MessageRefused("never")]))
    await desk.post("satu")
    await desk.lanes.drain("redaksi")
    async with sqlite.write() as tx:
        await tx.deliveries.edit("redaksi", "alert:satu", message("satu, dua"), desk.clock())
    desk.clock.advance(seconds=1)
    await desk.lanes.drain("redaksi")
    assert desk.messenger.texts == []
    lane = await desk.lane()
    assert (lane.dead, lane.waiting) == (1, 0)


def test_a_platform_that_cannot_be_reached_is_tried_ever_more_rarely_but_for_ever() -> None:
    waits = [wait_after(TryAgain("no route"), attempts).total_seconds() for attempts in (1, 2, 3, 50)]
    assert waits == [2, 4, 8, 300]
