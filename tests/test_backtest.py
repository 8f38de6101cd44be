"""What a query would have caught in the last 7 days, and what is asked before it floods a chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import backtest
from bot.adapters.store import SqlStore
from bot.backtest import MOST_A_DAY, answers, tally
from bot.chat import COMMAND_BYTES, Message, Place
from bot.ports import LISTED, Filed
from bot.query import parse
from handlers.drafts import KEPT, KEPT_MOST
from tests.builders import NOON, article, chat
from tests.test_handlers import TAMU, Room

ZONE = "Asia/Jakarta"
BURST = MOST_A_DAY * 7 + 1  # articles of a week that are more alerts than people read


def filed(story: int, *, days_ago: float = 0.0, seen_days_ago: float = 0.0, **values: object) -> Filed:
    published = NOON - timedelta(days=days_ago)
    one = article(**{"published": published, **values})
    return Filed(replace(one, seen=NOON - timedelta(days=seen_days_ago)), story)


class TestTally:
    def test_articles_are_counted_on_the_days_of_the_chats_calendar(self) -> None:
        """18:00 UTC is the next day in Jakarta."""
        late = filed(1, published=NOON - timedelta(days=1, hours=-6))
        test = tally([late, filed(2, days_ago=3)], [], NOON, ZONE)
        assert [(day.day, count) for day, count in test.days if count] == [(19, 1), (22, 1)]

    @pytest.mark.parametrize(
        ("one", "day"),
        [
            (filed(1, days_ago=2, seen_days_ago=0), 20),
            (filed(1, days_ago=900, seen_days_ago=1), 21),
            (filed(1, published=None, seen_days_ago=1), 21),
            (filed(1, days_ago=-5, seen_days_ago=3), 19),
        ],
        ids=["published lately", "published long ago", "undated", "published in the future"],
    )
    def test_an_article_counts_when_it_was_published_or_else_came(self, one: Filed, day: int) -> None:
        assert [on.day for on, count in tally([one], [one], NOON, ZONE).days if count] == [day]

    def test_every_article_found_is_in_the_count_of_some_day(self) -> None:
        found = [filed(n, days_ago=n / 10, seen_days_ago=n / 10) for n in range(70)]
        assert sum(count for _, count in tally(found, found, NOON, ZONE).days) == 70

    def test_copies_are_folded_into_one_expected_alert(self) -> None:
        first = filed(1)
        found = [first, replace(filed(1), copy_of=first.article.id), filed(1), filed(2)]
        test = tally(found, found, NOON, ZONE)
        assert (test.articles, test.stories, test.alerts_a_day) == (4, 2, 3 / 7)

    def test_the_examples_are_the_newest_of_different_stories(self) -> None:
        found = [filed(n // 2, days_ago=6 - n / 2, title=f"T{n}") for n in range(10)]
        assert [one.title for one in tally(found, found, NOON, ZONE).examples] == ["T9", "T7", "T5"]

    def test_what_was_cut_is_measured_by_the_time_that_was_looked_at(self) -> None:
        """5,000 articles of two days are no estimate for seven."""
        stored = [filed(0)] * (LISTED - 1) + [filed(0, seen_days_ago=2)]
        test = tally([filed(1), filed(2)], stored, NOON, ZONE)
        assert test.cut and test.alerts_a_day == 1
        assert not tally([], stored[:-1], NOON, ZONE).cut

    @pytest.mark.parametrize(("stories", "too_many"), [(BURST - 1, False), (BURST, True)])
    def test_more_than_the_limit_is_too_many(self, stories: int, too_many: bool) -> None:
        found = [filed(number) for number in range(stories)]
        assert tally(found, found, NOON, ZONE).too_many is too_many


class TestSaving:
    @pytest.fixture
    async def room(self, sqlite: SqlStore) -> Room:
        return Room(sqlite, chat("redaksi"), chat("desk", language="en"))

    async def flooded(self, room: Room) -> Message:
        """The answer to a watch that would alert too often."""
        burst = [article(title=f"Hujan {n}", body=f"Hujan turun di kota {n}.") for n in range(BURST)]
        await room.polls("Antara", *burst)
        return await room.type("/watch add Hujan: hujan")

    async def test_the_answer_shows_what_the_watch_would_have_caught(self, room: Room) -> None:
        await room.polls(
            "Antara", *(article(title=f"Putin {n}", body=f"Putin tiba di kota {n}.") for n in range(4))
        )
        answer = await room.type("/watch add Putin: Putin")
        assert "7 hari terakhir: 4 artikel, 4 berita; kira-kira 0,6 peringatan sehari." in answer.text
        assert "Sab 21: 0 · Min 22: 4" in answer.text
        assert answer.text.count("Antara · Min, 22 Nov 2026 18.59 WIB") == 3
        links = [span.url for line in answer.lines for span in line.spans if span.url]
        assert len(links) == 3 and all(link.startswith("https://example.com/") for link in links)

    async def test_nothing_found_is_said_with_how_much_was_looked_at(self, room: Room) -> None:
        await room.polls("Antara", article(), article())
        assert "tidak ada artikel yang cocok di antara 2" in await room.says("/watch add Kim: Kim")
        assert "none of the 2 stored" in await room.says("/watch add Xi: Xi", place=Place("fake", "desk"))

    async def test_a_query_about_the_source_alone_is_tried_too(self, room: Room) -> None:
        """It has no hits, and is answered all the same."""
        await room.polls("Antara", article())
        assert "1 artikel" in await room.says("/watch add A: site:example.com")

    async def test_what_was_cut_is_said(self, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        await room.polls("Antara", article(body="Putin."), article(body="Putin pergi."))
        monkeypatch.setattr(backtest, "LISTED", 2)
        monkeypatch.setattr(backtest, "MOST_A_DAY", 1000)
        assert "Hanya 2 artikel terbaru" in await room.says("/watch add Putin: Putin")

    async def test_a_flood_is_saved_only_when_it_is_confirmed(self, room: Room) -> None:
        asked = await self.flooded(room)
        assert "belum disimpan" in asked.text and f"{BURST} artikel" in asked.text
        assert "Belum ada yang dipantau" in await room.says("/watch list")
        (button,) = asked.buttons
        assert len(button.command.encode()) <= COMMAND_BYTES
        assert "Memantau Hujan mulai sekarang" in await room.says(button.command)
        assert "Hujan: hujan" in await room.says("/watch list")
        assert "tidak saya ingat" in await room.says(button.command)

    async def test_a_confirmation_is_for_the_chat_that_was_asked(self, room: Room) -> None:
        (button,) = (await self.flooded(room)).buttons
        assert "do not remember" in await room.says(button.command, place=Place("fake", "desk"))
        assert "Memantau Hujan" in await room.says(button.command)

    async def test_a_confirmation_comes_too_late_after_an_hour(self, room: Room) -> None:
        (button,) = (await self.flooded(room)).buttons
        room.clock.now += KEPT
        assert "tidak saya ingat" in await room.says(button.command)

    async def test_the_oldest_request_is_forgotten_first(self, room: Room) -> None:
        (first,) = (await self.flooded(room)).buttons
        later = [(await room.type(f"/watch add H{n}: hujan")).buttons[0] for n in range(KEPT_MOST)]
        assert "tidak saya ingat" in await room.says(first.command)
        assert "Memantau H0" in await room.says(later[0].command)

    async def test_a_button_of_an_earlier_run_confirms_nothing_else(self, room: Room) -> None:
        (old,) = (await self.flooded(room)).buttons
        again = Room(room.store, clock=room.clock)
        room.clock.advance(seconds=1)
        await again.type("/watch add Lain: turun")
        assert "tidak saya ingat" in await again.says(old.command)

    async def test_only_editors_confirm(self, sqlite: SqlStore) -> None:
        room = Room(sqlite, editors=("fake:rani",))
        (button,) = (await self.flooded(room)).buttons
        assert "Maaf" in await room.says(button.command, user=TAMU)

    @pytest.mark.parametrize("number", ["", "0", "x", "-1", "²", "9" * 50])
    async def test_a_number_that_is_none_is_not_remembered(self, room: Room, number: str) -> None:
        assert "tidak saya ingat" in await room.says(f"/watch confirm {number}")


def test_questions_that_are_asked_at_once_do_not_mix_and_leave_nothing_behind() -> None:
    stored = [Filed(article(body=f"{word} datang ke kota itu."), 1) for word in ("Putin", "Kim", "Putin")]
    putin, kim, given_up = (answers(parse(name), stored) for name in ("Putin", "Kim", "datang"))
    next(given_up)
    first = next(putin)
    assert [filed for filed, _ in kim] == [stored[1]]
    found = [(filed, [hit.text for hit in hits]) for filed, hits in (first, *putin)]
    assert found == [(stored[0], ["Putin"]), (stored[2], ["Putin"])]
    given_up.close()
    assert len(backtest._asked) == 0
