"""A digest comes at the times a chat asked for, each exactly once, across restarts and changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.adapters.store import SqlStore
from bot.adapters.store.tables import deliveries
from bot.digest_times import last_due, next_due, read
from bot.digests import Digests
from bot.model import Chat
from handlers.digest import render
from tests.builders import article, chat
from tests.fakes import FakeClock, FakeEngine
from tests.test_handlers import Room


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("07:00", "07:00"),
        ("7.30", "07:30"),
        ("mon-fri 17:00", "mon-fri 17:00"),
        ("senin-jumat 17.00", "mon-fri 17:00"),
        ("Sabtu 9:05", "sat 09:05"),
        ("fri-mon 06:00", "fri-mon 06:00"),
    ],
)
def test_times_are_read_in_indonesian_and_english_and_written_so_that_they_are_read_again(
    text: str, same: str
) -> None:
    found = read(text)
    assert found and str(found) == same and read(str(found)) == found


@pytest.mark.parametrize("text", ["", "25:00", "7", "someday 07:00", "07:60", "mon-fri"])
def test_what_is_no_time_is_not_read(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("zone", "time", "begin", "expected"),
    [
        ("Europe/Berlin", "02:30", datetime(2026, 3, 28, tzinfo=UTC), ["03-28 01:30", "03-29 01:30", "03-30 00:30"]),
        ("Europe/Berlin", "02:30", datetime(2026, 10, 24, tzinfo=UTC), ["10-24 00:30", "10-25 00:30", "10-26 01:30"]),
        ("Asia/Jakarta", "07:00", datetime(2026, 11, 22, tzinfo=UTC), ["11-22 00:00", "11-23 00:00", "11-24 00:00"]),
    ],
)  # fmt: skip
def test_every_day_has_one_digest_also_when_the_clock_changes(
    zone: str, time: str, begin: datetime, expected: list[str]
) -> None:
    wanted = read(time)
    assert wanted
    minutes = (begin + timedelta(minutes=at) for at in range(3 * 24 * 60))
    found = {last_due([wanted], zone, now) for now in minutes}
    later = sorted(one.astimezone(UTC) for one in found if one and one >= begin)
    assert [f"{one:%m-%d %H:%M}" for one in later] == expected


def test_the_next_one_is_on_a_day_that_was_asked_for() -> None:
    wanted = read("mon-fri 07:00")
    assert wanted
    saturday = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert next_due([wanted], "Asia/Jakarta", saturday) == datetime(2026, 11, 23, 0, tzinfo=UTC)


class Morning:
    """A chat with a digest at 19:05 WIB, five minutes after NOON, and the job that makes it."""

    def __init__(self, store: SqlStore, *chats: Chat) -> None:
        self.clock = FakeClock()
        self.chats = chats or (chat("redaksi", digest=("19:05",)),)
        self.room = Room(store, *self.chats, clock=self.clock)
        self.store = store
        self.start()

    def start(self) -> None:
        """As after a restart: nothing is remembered but what is stored."""
        self.job = Digests(self.store, FakeEngine(), self.room.watchlist, self.chats, render, self.clock)

    async def told(self) -> list[str]:
        async with self.store.read() as tx:
            rows = await tx.deliveries._db.execute(  # type: ignore[attr-defined]
                select(deliveries.c.subject).where(deliveries.c.subject.like("digest:%"))
            )
            return [row.subject for row in rows]


@pytest.fixture
async def morning(sqlite: SqlStore) -> Morning:
    morning = Morning(sqlite)
    await morning.room.says("/watch add Palu: Palu")
    await morning.job.look()
    await morning.room.polls(
        "Antara", article(title="Gempa Palu", body="Gempa di Palu merusak dua jembatan besar.")
    )
    return morning


async def test_a_digest_is_made_once_however_often_it_is_looked_for_and_whoever_restarts(
    morning: Morning,
) -> None:
    await morning.job.look()
    assert await morning.told() == []
    morning.clock.advance(minutes=6)
    for _ in range(3):
        await morning.job.look()
        morning.start()
        morning.clock.advance(minutes=1)
    assert await morning.told() == ["digest:2026-11-22 19:05"]


async def test_a_clock_that_is_set_back_makes_no_second_one(morning: Morning) -> None:
    morning.clock.advance(minutes=6)
    await morning.job.look()
    morning.clock.advance(minutes=-4)
    await morning.job.look()
    morning.clock.advance(minutes=4)
    await morning.job.look()
    assert len(await morning.told()) == 1


async def test_one_that_passed_while_pantau_was_down_is_made_up_for(morning: Morning) -> None:
    morning.clock.advance(hours=3)
    morning.start()
    await morning.job.look()
    assert len(await morning.told()) == 1


async def test_one_that_is_a_day_late_is_told_by_the_next(morning: Morning) -> None:
    morning.clock.advance(hours=18)
    await morning.job.look()
    assert await morning.told() == []
    morning.clock.advance(hours=7)
    await morning.job.look()
    assert await morning.told() == ["digest:2026-11-23 19:05"]


QUIET = chat("redaksi", digest=("19:05", "23:00", "05:00"), quiet_hours="19:00-06:00")  # from NOON on


async def test_digests_of_the_quiet_hours_come_as_one_at_their_end(sqlite: SqlStore) -> None:
    night = Morning(sqlite, QUIET)
    night.clock.advance(minutes=-30)
    await night.room.says("/watch add Palu: Palu")
    await night.job.look()
    for hour in range(11):
        night.clock.advance(hours=1)
        await night.room.polls("Antara", article(title=f"Kabar {hour}", body=f"Kabar dari Palu, {hour}."))
        await night.job.look()
        night.start()
    assert await night.told() == []
    night.clock.advance(minutes=31)
    for _ in range(3):
        await night.job.look()
        night.start()
        night.clock.advance(minutes=1)
    assert await night.told() == ["digest:2026-11-23 05:00"]
    async with sqlite.read() as tx:
        (text,) = [one.text for one in await tx.deliveries.stuck(everything=True) if "digest" in one.subject]
    assert "11 artikel" in text


async def test_quiet_hours_longer_than_a_digest_may_be_late_lose_none(sqlite: SqlStore) -> None:
    night = Morning(sqlite, chat("redaksi", digest=("19:05",), quiet_hours="19:00-09:00"))
    await night.room.says("/watch add Palu: Palu")
    night.clock.advance(minutes=-1)
    await night.job.look()
    await night.room.polls("Antara", article(title="Kabar", body="Kabar dari Palu."))
    night.clock.advance(hours=14, minutes=1)
    await night.job.look()
    assert await night.told() == ["digest:2026-11-22 19:05"]


async def test_where_nothing_came_nothing_is_said(sqlite: SqlStore) -> None:
    morning = Morning(sqlite)
    await morning.job.look()
    morning.clock.advance(minutes=6)
    await morning.job.look()
    assert await morning.told() == []


async def test_digest_is_shown_set_and_sent_now(morning: Morning) -> None:
    assert "19:05" in await morning.room.says("/digest")
    said = await morning.room.says("/digest now")
    assert "Rangkuman sejak" in said and "Gempa Palu" in said
    said = await morning.room.says("/digest senin-jumat 17.00, 08:00")
    assert "08:00" in said and "mon-fri 17:00" in said and "19:05" not in said
    assert "tidak ada rangkuman" in await morning.room.says("/digest off")
    assert "19:05" in await morning.room.says("/digest default")
    assert "bukan waktu rangkuman" in await morning.room.says("/digest besok")


async def test_what_the_chat_was_not_alerted_of_comes_first(morning: Morning) -> None:
    await morning.room.says("/mute Palu 1h")
    await morning.room.polls(
        "Tempo", article(title="Jalan Palu", body="Jalan Palu ditutup pagi ini oleh petugas.", source="Tempo")
    )
    said = await morning.room.says("/digest now")
    assert said.index("Jalan Palu") < said.index("Gempa Palu")
