"""A lane tells the urgent first, in its chat's own hours, in lists where it is far behind, and goes where the chat went."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.adapters.store.deliveries import SqlDeliveries
from bot.chat import Message, say
from bot.dispatch import Lanes
from bot.errors import ChatGone, ChatMoved, MessageRefused, StoreTrouble, ThreadGone, TryAgain, Uncertain
from bot.model import Chat, Hold, OnUncertain, Priority, State
from bot.owners import Owners
from bot.pace import Pace
from bot.ports import Stuck
from bot.standings import Standings
from tests.builders import NOON, article, chat, message
from tests.fakes import FakeClock, FakeEngine, FakeMessenger
from tests.test_store import stored


class Desk:
    """Two chats on one platform; time moves when a lane waits for its pace."""

    def __init__(
        self, store: SqlStore, first: Chat, messenger: FakeMessenger, *, fold_above: int = 0
    ) -> None:
        self.store, self.messenger, self.clock, self.engine = store, messenger, FakeClock(), FakeEngine()
        self.ticks = 0.0
        chats = [first, chat("pemilik", language="en")]
        self.standings = Standings({}, Owners(chats, "redaksi"), self.engine)
        self.lanes = Lanes(
            store,
            {one.name: one for one in chats},
            {"fake": messenger},
            self.clock,
            stopping=lambda: False,
            rest=self._rest,
            ticks=lambda: self.ticks,
            standings=self.standings,
            fold_above=fold_above,
        )

    async def _rest(self, seconds: float, _bell: asyncio.Event) -> None:
        self.ticks += seconds

    async def post(self, *texts: str, priority: Priority = Priority.NORMAL, parent: str = "") -> None:
        async with self.store.write() as tx:
            for text in texts:
                await tx.deliveries.post(
                    "redaksi", f"notice:{text}", message(text), self.clock(), priority=priority, parent=parent
                )

    async def drained(self, name: str = "redaksi", rounds: int = 1) -> list[str]:
        """What stands in the chats after the lane has run."""
        for _ in range(rounds):
            await self.lanes.drain(name)
            self.clock.advance(minutes=20)
        return self.messenger.texts

    async def stuck(self) -> list[Stuck]:
        async with self.store.read() as tx:
            return await tx.deliveries.stuck()


async def test_a_flash_that_comes_while_the_lane_waits_overtakes_what_waits(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, chat(), FakeMessenger())
    await desk.post("satu", "dua", "tiga")

    async def rest(seconds: float, bell: asyncio.Event) -> None:
        desk.ticks += seconds
        if len(desk.messenger.shown) == 1 and not bell.is_set():
            await desk.post("kilat", priority=Priority.FLASH)
            desk.lanes.ring("redaksi")

    desk.lanes = replace(desk.lanes, rest=rest)
    assert await desk.drained() == ["satu", "kilat", "dua", "tiga"]


async def test_a_message_too_long_for_one_leaves_whole_in_parts(sqlite: SqlStore) -> None:
    desk = Desk(
        sqlite, chat(), FakeMessenger(carries=4, troubles=[None, Uncertain("reset")], found=[None, None])
    )
    async with sqlite.write() as tx:
        long = Message((say("satu"), say("dua"), say("tiga")))
        await tx.deliveries.post("redaksi", "notice:1", long, desk.clock())
    assert await desk.drained(rounds=4) == ["satu", "dua", "tiga"]


async def test_a_reply_stands_under_the_message_it_belongs_to(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, chat(), FakeMessenger())
    await desk.post("satu")
    await desk.post("lagi", parent="notice:satu", priority=Priority.FLASH)
    assert await desk.drained() == ["satu", "lagi"]
    assert desk.messenger.under == {"m1": "", "m2": "m1"}


async def test_a_deleted_message_goes_and_one_that_is_gone_is_no_failure(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, chat(), FakeMessenger())
    await desk.post("satu", "dua")
    await desk.drained()
    for name, trouble in (("satu", None), ("dua", MessageRefused("message can't be deleted"))):
        desk.messenger.troubles = [trouble]
        async with sqlite.write() as tx:
            await tx.deliveries.delete("redaksi", f"notice:{name}", desk.clock())
        await desk.drained()
    assert desk.messenger.texts == ["dua"] and await desk.stuck() == []


async def test_only_a_flash_breaks_through_quiet_hours(sqlite: SqlStore) -> None:
    """NOON is 19:00 in Jakarta."""
    desk = Desk(sqlite, chat(quiet_hours="18:30-06:00"), FakeMessenger())
    await desk.post("satu", priority=Priority.URGENT)
    await desk.post("kilat", priority=Priority.FLASH)
    assert await desk.lanes.drain("redaksi") == NOON + timedelta(hours=11)
    assert desk.messenger.texts == ["kilat"]
    desk.clock.advance(hours=11)
    assert await desk.drained() == ["kilat", "satu"]


async def alerts(store: SqlStore, count: int) -> None:
    """Alerts that wait, each of a report of its own."""
    for number in range(count):
        one = article(title=f"Berita {number}", source=f"Kantor {number}")
        story = await stored(store, one)
        async with store.write() as tx:
            watches = ["Putin", "Korea"] if number > 9 else ["Putin"]
            alert = await tx.alerts.add("redaksi", story, one.id, watches, backlog=False, now=NOON)
            await tx.deliveries.post("redaksi", f"alert:{alert}", message(one.title), NOON)


@pytest.mark.parametrize("restarts", [False, True])
async def test_what_quiet_hours_held_comes_in_one_message(sqlite: SqlStore, restarts: bool) -> None:
    quiet = chat(quiet_hours="18:30-06:00", language="en")
    desk = Desk(sqlite, quiet, FakeMessenger(), fold_above=8)
    await alerts(sqlite, 3)
    await desk.post("penting", priority=Priority.URGENT)
    assert await desk.drained() == []
    if restarts:
        desk = Desk(sqlite, quiet, FakeMessenger(), fold_above=8)
    desk.clock.now = NOON + timedelta(hours=11)
    urgent, held = await desk.drained()
    assert urgent == "penting"
    heading, *lines = held.splitlines()
    assert heading == "3 in the quiet hours, on Putin (3)"
    assert [line.partition(" · ")[0] for line in lines] == [f"Berita {number}" for number in range(3)]
    await desk.post("pagi")
    assert (await desk.drained())[2:] == ["pagi"]


async def test_more_than_the_chat_can_take_is_told_in_a_list_and_nothing_is_missing(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, chat(language="en"), FakeMessenger(), fold_above=8)
    await alerts(sqlite, 12)
    *singles, listed = await desk.drained()
    assert singles == ["Berita 0", "Berita 1"]
    heading, *lines = listed.splitlines()
    assert heading == "10 more on Putin (10), Korea (2)"
    assert [line.partition(" · ")[0] for line in lines] == [f"Berita {number}" for number in range(2, 12)]
    assert all("Kantor" in line and "22 Nov" in line for line in lines)
    assert await desk.stuck() == []


async def test_a_chat_may_want_nothing_twice_and_a_person_decides(sqlite: SqlStore) -> None:
    blind = Uncertain("nobody can look")
    desk = Desk(
        sqlite,
        chat(on_uncertain=OnUncertain.HOLD),
        FakeMessenger(troubles=[Uncertain("reset")], found=[blind]),
    )
    await desk.post("satu", "dua")
    assert await desk.drained(rounds=3) == ["dua"]
    (held,) = await desk.stuck()
    assert (held.state, held.hold, held.text) == (State.HELD, Hold.UNSURE, "satu")
    async with sqlite.write() as tx:
        await tx.deliveries.again([held.id], desk.clock())
    assert await desk.drained() == ["dua", "satu"]


async def test_a_chat_that_locks_us_out_pauses_and_the_owners_hear_of_it_elsewhere(sqlite: SqlStore) -> None:
    desk = Desk(
        sqlite, chat(), FakeMessenger(troubles=[ChatGone("the channel is archived."), ChatGone("still")])
    )
    await desk.post("satu", "dua")
    await desk.post("kilat", priority=Priority.FLASH)
    for _ in range(3):
        await desk.lanes.drain("redaksi")
    assert desk.messenger.calls == ["send"], "also a flash waits: the chat is shut"
    desk.clock.advance(minutes=10)
    await desk.lanes.drain("redaksi")
    (told,) = await desk.drained("pemilik")
    assert "redaksi" in told and "the channel is archived" in told
    assert await desk.drained() == [told, "kilat", "satu", "dua"]
    assert "takes messages again" in (await desk.drained("pemilik"))[-1]


async def test_a_chat_that_moved_is_followed_also_after_a_restart(sqlite: SqlStore) -> None:
    group = chat(id="-1")
    desk = Desk(sqlite, group, FakeMessenger(troubles=[ChatMoved("upgraded", "-1001")]))
    await desk.post("satu")
    assert await desk.drained() == ["satu"]
    assert [place.id for place, _ in desk.messenger.shown.values()] == ["-1001"]
    async with sqlite.read() as tx:
        later = Standings(await tx.standings.all())
    assert later.place(group).id == "-1001"
    assert later.place(chat(id="-2")).id == "-2", "the configuration names another chat now"
    assert "-1001" in (await desk.drained("pemilik"))[-1]


async def test_a_move_that_could_not_be_stored_is_stored_when_it_can_be(
    sqlite: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(sqlite, chat(id="-1"), FakeMessenger(troubles=[ChatMoved("upgraded", "-1001")]))
    await desk.post("satu")

    async def full(*_: object) -> None:
        raise StoreTrouble("the disk is full")

    with monkeypatch.context() as trouble, pytest.raises(StoreTrouble):
        trouble.setattr(SqlDeliveries, "retry", full)
        await desk.drained()
    assert await desk.drained() == ["satu"]
    async with sqlite.read() as tx:
        assert (await tx.standings.all())["redaksi"].moved_to == "-1001"
    assert "-1001" in (await desk.drained("pemilik"))[-1]


async def test_a_deleted_topic_falls_back_to_the_chat(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, chat(thread="7"), FakeMessenger(troubles=[ThreadGone("message thread not found")]))
    await desk.post("satu")
    assert await desk.drained() == ["satu"]
    ((place, _),) = desk.messenger.shown.values()
    assert place.thread == ""
    assert "Topic 7" in (await desk.drained("pemilik"))[-1]


async def test_a_platform_that_asks_to_wait_is_left_alone_for_so_long(sqlite: SqlStore) -> None:
    desk = Desk(sqlite, chat(), FakeMessenger(troubles=[TryAgain("429", 3600.0)]))
    await desk.post("satu")
    await desk.lanes.drain("redaksi")
    await desk.post("kilat", priority=Priority.FLASH)
    desk.clock.advance(minutes=59)
    await desk.lanes.drain("redaksi")
    assert desk.messenger.calls == ["send"]
    desk.clock.advance(minutes=1)
    assert await desk.drained() == ["kilat", "satu"]


def test_a_pace_lets_a_flash_come_early_and_what_follows_wait_the_longer() -> None:
    from bot.pace import Schedule

    schedule = Schedule(Pace(3.1, hurry=1.9))
    assert schedule.wait(0.0, Priority.NORMAL) == 0
    schedule.take(0.0)
    assert schedule.wait(0.0, Priority.NORMAL) == pytest.approx(3.1)
    assert schedule.wait(0.0, Priority.FLASH) == pytest.approx(1.2)
    schedule.take(1.2)
    assert schedule.wait(1.2, Priority.NORMAL) == pytest.approx(5.0)
