"""The outbox of every store: in order, one at a time, settled only by whoever holds the claim."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.errors import LostLease
from bot.model import Hold, Kind, Priority, State
from bot.ports import Delivery
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
            assert await tx.deliveries.waiting(NOON) == ["olahraga", "redaksi"]

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

    async def test_what_is_said_under_a_reply_stands_in_the_same_thread(self, store: SqlStore) -> None:
        async with store.write() as tx:
            await tx.deliveries.post("redaksi", "alert:1", message("satu"), NOON)
            await tx.deliveries.post("redaksi", "alert:2", message("dua"), NOON, parent="alert:1")
            await tx.deliveries.post("redaksi", "edit:2", message("tiga"), NOON, parent="alert:2")
        targets = []
        for number in range(3):
            delivery = await claimed(store)
            targets.append(delivery.target)
            async with store.write() as tx:
                await tx.deliveries.sent(delivery, f"m{number}", NOON)
        assert targets == ["", "m0", "m0"]

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

    async def test_the_urgent_leave_first_and_within_a_class_the_oldest(self, store: SqlStore) -> None:
        async with store.write() as tx:
            for number, priority in enumerate(
                (Priority.NORMAL, Priority.LOW, Priority.FLASH, Priority.NORMAL, Priority.URGENT)
            ):
                await tx.deliveries.post(
                    "redaksi", f"alert:{number}", message(str(number)), NOON, priority=priority
                )
        left = []
        for _ in range(5):
            one = await claimed(store)
            left.append(one.message.text)
            async with store.write() as tx:
                await tx.deliveries.sent(one, "42", NOON)
        assert left == ["2", "4", "0", "3", "1"]

    async def test_a_reply_waits_for_its_parent_and_stands_under_it(self, store: SqlStore) -> None:
        await self.post(store)
        async with store.write() as tx:
            await tx.deliveries.post(
                "redaksi", "news:1", message("lagi"), NOON, parent="alert:1", priority=Priority.FLASH
            )
        parent = await claimed(store)
        assert parent.kind is Kind.POST
        assert await self.states(store) == (0, 2, 0, 0)
        async with store.write() as tx:
            await tx.deliveries.unsure(parent, NOON, "no answer")
        again = await claimed(store)
        assert again.id == parent.id
        async with store.write() as tx:
            await tx.deliveries.sent(again, "42", NOON)
        reply = await claimed(store)
        assert (reply.kind, reply.target, reply.message) == (Kind.REPLY, "42", message("lagi"))

    async def test_a_reply_to_what_never_arrived_leaves_by_itself(self, store: SqlStore) -> None:
        await self.post(store)
        async with store.write() as tx:
            await tx.deliveries.post("redaksi", "news:1", message("lagi"), NOON, parent="alert:1")
        parent = await claimed(store)
        async with store.write() as tx:
            await tx.deliveries.dead(parent, "refused")
        reply = await claimed(store)
        assert (reply.kind, reply.target) == (Kind.REPLY, "")

    async def test_a_message_that_is_deleted_before_it_leaves_never_leaves(self, store: SqlStore) -> None:
        await self.post(store)
        async with store.write() as tx:
            await tx.deliveries.delete("redaksi", "alert:1", NOON)
            assert await tx.deliveries.claim("redaksi", NOON, SOON) is None

    async def test_a_message_that_has_left_is_deleted_in_the_chat(self, store: SqlStore) -> None:
        await self.post(store)
        post = await claimed(store)
        async with store.write() as tx:
            await tx.deliveries.delete("redaksi", "alert:1", NOON)
            await tx.deliveries.delete("redaksi", "alert:1", NOON)
            await tx.deliveries.sent(post, "42", NOON)
        gone = await claimed(store)
        assert (gone.kind, gone.target) == (Kind.DELETE, "42")
        async with store.write() as tx:
            await tx.deliveries.sent(gone, "42", NOON)
        assert await self.states(store) == (2, 0, 0, 0)

    async def test_a_long_message_leaves_in_parts_one_after_the_other(self, store: SqlStore) -> None:
        await self.post(store, "alert:1")
        await self.post(store, "alert:2", "sesudah")
        first = await claimed(store)
        async with store.write() as tx:
            await tx.deliveries.cut(first, [message("satu"), message("dua"), message("tiga")])
            await tx.deliveries.unsure(first, NOON, "no answer")
        left = []
        for _ in range(4):
            one = await claimed(store)
            left.append((one.message.text, one.part))
            async with store.write() as tx:
                await (
                    tx.deliveries.dead(one, "may be there")
                    if one.part == 1
                    else tx.deliveries.sent(one, "4", NOON)
                )
        assert left == [("satu", 1), ("dua", 2), ("tiga", 3), ("sesudah", 1)]

    async def test_quiet_hours_hold_all_but_a_flash_and_let_go_at_their_end(self, store: SqlStore) -> None:
        await self.post(store)
        async with store.write() as tx:
            await tx.deliveries.post("redaksi", "alert:2", message("kilat"), NOON, priority=Priority.FLASH)
            await tx.deliveries.quiet("redaksi", SOON)
            assert await tx.deliveries.next("redaksi", NOON) is Priority.FLASH
        flash = await claimed(store)
        async with store.write() as tx:
            await tx.deliveries.sent(flash, "1", NOON)
            await tx.deliveries.release("redaksi", NOON, quiet=True)
            assert await tx.deliveries.next("redaksi", NOON) is None
            assert await tx.deliveries.waiting(NOON) == []
            assert await tx.deliveries.waiting(SOON) == ["redaksi"]
            assert [lane.held for lane in await tx.deliveries.lanes()] == [1]
            await tx.deliveries.release("redaksi", SOON, quiet=False)
        assert (await claimed(store)).message == message()

    async def test_a_mute_holds_what_waits_of_muted_watches_alone(self, store: SqlStore) -> None:
        for watches in (["Putin"], ["Putin", "Korea"], ["Korea"]):
            one = article(source=" ".join(watches))
            story = await stored(store, one)
            async with store.write() as tx:
                alert = await tx.alerts.add("redaksi", story, one.id, watches, backlog=False, now=NOON)
                await tx.deliveries.post("redaksi", f"alert:{alert}", message(watches[0]), NOON)
        async with store.write() as tx:
            await tx.deliveries.mute("redaksi", {"Putin": SOON})
            (lane,) = await tx.deliveries.lanes()
            assert (lane.waiting, lane.held) == (2, 1)
            await tx.deliveries.mute("redaksi", {})
            (lane,) = await tx.deliveries.lanes()
            assert (lane.waiting, lane.held) == (3, 0)
            await tx.deliveries.mute("redaksi", {"Putin": SOON})
            await tx.deliveries.release("redaksi", SOON, quiet=True)
            (lane,) = await tx.deliveries.lanes()
            assert (lane.waiting, lane.held) == (3, 0)

    async def test_a_mute_holds_a_spike_that_waits(self, store: SqlStore) -> None:
        async with store.write() as tx:
            for subject in ("spike:Putin: satu:2026-11-22T12", "spike:Korea:2026-11-22T12", "notice:a:1"):
                await tx.deliveries.post("redaksi", subject, message(subject), NOON)
            await tx.deliveries.mute("redaksi", {"Putin: satu": SOON, "notice": SOON})
            (lane,) = await tx.deliveries.lanes()
            assert (lane.waiting, lane.held) == (2, 1)
            await tx.deliveries.mute("redaksi", {})
            (lane,) = await tx.deliveries.lanes()
            assert (lane.waiting, lane.held) == (3, 0)

    async def crowded(self, store: SqlStore, count: int) -> list[str]:
        """Alerts that wait; their subjects."""
        subjects = []
        for number in range(count):
            one = article(title=f"Berita {number}", source=f"Kantor {number}")
            story = await stored(store, one)
            async with store.write() as tx:
                alert = await tx.alerts.add("redaksi", story, one.id, ["Putin"], backlog=False, now=NOON)
                subjects.append(f"alert:{alert}")
                await tx.deliveries.post("redaksi", subjects[-1], message(f"Berita {number}"), NOON)
        return subjects

    async def test_a_lane_far_behind_tells_the_rest_in_one_list(self, store: SqlStore) -> None:
        subjects = await self.crowded(store, 5)
        async with store.write() as tx:
            assert await tx.deliveries.crowd("redaksi", 5, 2, 10) == []
            behind = await tx.deliveries.crowd("redaksi", 4, 2, 10)
            assert [one.title for one in behind] == ["Berita 2", "Berita 3", "Berita 4"]
            assert (behind[0].watches, behind[0].source) == (("Putin",), "Kantor 2")
            await tx.deliveries.fold("redaksi", [one.id for one in behind], message("daftar"), NOON)
            await tx.deliveries.post("redaksi", "news:1", message("lagi"), NOON, parent=subjects[4])
            await tx.deliveries.edit("redaksi", subjects[3], message("diubah"), NOON)
        left = []
        while True:
            async with store.write() as tx:
                one = await tx.deliveries.claim("redaksi", NOON, SOON)
                if not isinstance(one, Delivery):
                    break
                left.append((one.message.text, one.target))
                await tx.deliveries.sent(one, f"m{len(left)}", NOON)
        assert left == [("Berita 0", ""), ("Berita 1", ""), ("daftar", ""), ("lagi", "m3")]
        assert await self.states(store) == (7, 0, 0, 0)

    async def test_a_message_is_known_by_the_alerts_that_it_tells(self, store: SqlStore) -> None:
        first, *behind = [int(one.removeprefix("alert:")) for one in await self.crowded(store, 3)]
        async with store.write() as tx:
            folded = await tx.deliveries.crowd("redaksi", 2, 1, 10)
            await tx.deliveries.fold("redaksi", [one.id for one in folded], message("daftar"), NOON)
            await tx.deliveries.post("redaksi", "news:1", message("lagi"), NOON, parent=f"alert:{first}")
            await tx.deliveries.post("redaksi", "digest:1", message("rangkuman"), NOON)
        for number in range(4):
            one = await claimed(store)
            async with store.write() as tx:
                await tx.deliveries.sent(one, f"m{number}", NOON)
        async with store.read() as tx:
            told = [await tx.deliveries.alerts_in("redaksi", f"m{number}") for number in range(5)]
            assert told == [[first], behind, [first], [], []]
            assert await tx.deliveries.alerts_in("olahraga", "m0") == []
            assert await tx.deliveries.alerts_in("redaksi", "") == []

    async def test_a_list_that_is_refused_gives_its_alerts_back(self, store: SqlStore) -> None:
        await self.crowded(store, 3)
        async with store.write() as tx:
            behind = await tx.deliveries.crowd("redaksi", 2, 0, 10)
            await tx.deliveries.fold("redaksi", [one.id for one in behind], message("daftar"), NOON)
        listed = await claimed(store)
        async with store.write() as tx:
            await tx.deliveries.dead(listed, "refused")
            assert await tx.deliveries.crowd("redaksi", 2, 0, 10) == []
        assert await self.states(store) == (0, 3, 0, 1)

    async def test_what_needs_a_person_is_listed_sent_again_or_dropped(self, store: SqlStore) -> None:
        for number in (1, 2, 3):
            await self.post(store, f"alert:{number}", f"nomor {number}")
        async with store.write() as tx:
            for settle in (
                lambda one: tx.deliveries.dead(one, "refused"),
                lambda one: tx.deliveries.hold(one, Hold.UNSURE, "may be there"),
            ):
                one = await tx.deliveries.claim("redaksi", NOON, SOON)
                assert isinstance(one, Delivery)
                await settle(one)
            dead, held = await tx.deliveries.stuck()
            assert [one.text for one in await tx.deliveries.stuck(everything=True)] == [
                "nomor 1",
                "nomor 2",
                "nomor 3",
            ]
            assert (dead.state, held.state, held.hold) == (State.DEAD, State.HELD, Hold.UNSURE)
            assert await tx.deliveries.again([held.id], NOON) == 1
            assert await tx.deliveries.drop([dead.id]) == 1
            assert await tx.deliveries.stuck() == []
        assert (await claimed(store)).message == message("nomor 2")

    async def test_a_lane_rests_as_long_as_its_platform_says_also_for_a_flash(self, store: SqlStore) -> None:
        await self.post(store)
        async with store.write() as tx:
            await tx.standings.pause("redaksi", SOON)
            await tx.deliveries.post("redaksi", "alert:2", message("kilat"), NOON, priority=Priority.FLASH)
            assert await tx.deliveries.next("redaksi", NOON) == SOON
            await tx.deliveries.clock_was_set(NOON)
            assert await tx.deliveries.next("redaksi", NOON) is Priority.FLASH
