"""The outbox of every store: in order, one at a time, settled only by whoever holds the claim."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.errors import LostLease
from bot.model import Kind, State
from tests.builders import NOON, article, message
from tests.test_store import SOON, claimed, stored


class TestDeliveries:
    async def post(
        self, store: SqlStore, subject: str = "alert:1", text: str = "Halo", chat: str = "redaksi"
    ) -> None:
        async with store.write() as tx:
            await tx.deliveries.post(chat, subject, message(text), NOON)

    async def states(self, store: SqlStore) -> tuple[int, int, int, int]:
        async with store.read() as tx:
            (lane,) = await tx.deliveries.lanes()
        return lane.sent, lane.waiting, lane.uncertain, lane.dead

    async def test_a_subject_is_queued_once_for_a_chat(self, store: SqlStore) -> None:
        await self.post(store)
        await self.post(store)
        await self.post(store, chat="olahraga")
        async with store.read() as tx:
            assert [lane.waiting for lane in await tx.deliveries.lanes()] == [1, 1]
            assert await tx.deliveries.waiting() == ["olahraga", "redaksi"]

    async def test_a_lane_gives_its_deliveries_in_order_and_one_at_a_time(self, store: SqlStore) -> None:
        for number in (1, 2):
            await self.post(store, f"alert:{number}", f"nomor {number}")
        first = await claimed(store)
        assert first.message == message("nomor 1")
        async with store.write() as tx:
            assert (
                await tx.deliveries.claim("redaksi", NOON, SOON) == SOON
            )  # until the first one's lease ends
            await tx.deliveries.sent(first, "42", NOON)
        assert (await claimed(store)).message == message("nomor 2")

    async def test_what_must_wait_keeps_its_place(self, store: SqlStore) -> None:
        for number in (1, 2):
            await self.post(store, f"alert:{number}", f"nomor {number}")
        first = await claimed(store)
        async with store.write() as tx:
            await tx.deliveries.retry(first, SOON, "429")
            assert await tx.deliveries.claim("redaksi", NOON, SOON) == SOON
        again = await claimed(store, at=timedelta(minutes=1))
        assert (again.id, again.attempts) == (first.id, 2)

    async def test_a_lease_that_ended_leaves_an_uncertain_delivery(self, store: SqlStore) -> None:
        await self.post(store)
        first = await claimed(store)
        again = await claimed(store, at=timedelta(minutes=2))
        assert (again.id, again.state, again.attempts) == (first.id, State.UNCERTAIN, 1)
        with pytest.raises(LostLease):
            async with store.write() as tx:
                await tx.deliveries.sent(first, "42", NOON)

    async def test_what_a_dead_process_was_sending_is_uncertain_at_once(self, store: SqlStore) -> None:
        await self.post(store)
        first = await claimed(store)
        async with store.write() as tx:
            assert await tx.deliveries.orphans(NOON) == 1
        assert await self.states(store) == (0, 0, 1, 0)
        again = await claimed(store)
        assert (again.id, again.state, again.first_sent_at) == (first.id, State.UNCERTAIN, NOON)

    async def test_an_uncertain_delivery_can_be_put_back_sent_or_given_up(self, store: SqlStore) -> None:
        await self.post(store)
        for _ in range(2):
            one = await claimed(store)
            async with store.write() as tx:
                await tx.deliveries.unsure(one, NOON, "no answer", looked=True)
        third = await claimed(store)
        assert (third.state, third.lookups, third.attempts) == (State.UNCERTAIN, 2, 1)
        async with store.write() as tx:
            await tx.deliveries.dead(third, "given up")
        assert await self.states(store) == (0, 0, 0, 1)

    async def test_an_edit_of_what_has_not_left_changes_the_post(self, store: SqlStore) -> None:
        await self.post(store, text="satu")
        async with store.write() as tx:
            await tx.deliveries.edit("redaksi", "alert:1", message("dua"), NOON)
        only = await claimed(store)
        assert (only.kind, only.message) == (Kind.POST, message("dua"))
        assert await self.states(store) == (0, 1, 0, 0)

    async def test_an_edit_of_what_has_left_follows_it_and_the_newest_wins(self, store: SqlStore) -> None:
        await self.post(store, text="satu")
        post = await claimed(store)
        async with store.write() as tx:
            await tx.deliveries.edit("redaksi", "alert:1", message("dua"), NOON)
            await tx.deliveries.edit("redaksi", "alert:1", message("tiga"), NOON)
            await tx.deliveries.sent(post, "42", NOON)
        edit = await claimed(store)
        assert (edit.kind, edit.message, edit.target) == (Kind.EDIT, message("tiga"), "42")
        async with store.write() as tx:
            await tx.deliveries.sent(edit, "42", NOON)
            await tx.deliveries.edit("redaksi", "alert:1", message("empat"), NOON)
        assert (await claimed(store)).message == message("empat")

    async def test_the_delay_counts_from_publication_and_leaves_first_polls_out(
        self, store: SqlStore
    ) -> None:
        for number, backlog in enumerate((False, True)):
            one = article(source=f"s{number}", published=NOON - timedelta(seconds=30))
            story = await stored(store, one)
            async with store.write() as tx:
                alert = await tx.alerts.add("redaksi", story, one.id, [], backlog=backlog, now=NOON)
                await tx.deliveries.post("redaksi", f"alert:{alert}", message(), NOON)
            delivery = await claimed(store)
            async with store.write() as tx:
                await tx.deliveries.sent(delivery, "1", NOON + timedelta(seconds=5))
        async with store.read() as tx:
            assert await tx.deliveries.delays(NOON) == [35.0]
