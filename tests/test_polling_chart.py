"""/sources chart: what was polled, what came and what failed, hour by hour."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from bot.adapters.store import SqlStore
from bot.charts import BAND, EDGE, Band, Mark, Panel, Tick, draw, letters
from bot.polling_chart import FAILURES, HOURS, ITEMS, POLLS, polling_chart
from bot.words import LANGUAGES
from tests.builders import NOON, chat
from tests.test_handlers import Room

HALF_PAST = NOON + timedelta(minutes=30)


def coloured(png: bytes, colour: tuple[int, int, int]) -> int:
    """How many points of a picture have a colour."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    return sum(count for count, found in picture.getcolors(1 << 20) or [] if found == colour)


async def counted(store: SqlStore, *hours: tuple[int, int, int, int]) -> None:
    """(hours ago, polls, items, failures)"""
    async with store.write() as tx:
        for ago, polls, items, failures in hours:
            await tx.sources.count(NOON - timedelta(hours=ago), polls, items, failures)


def test_bars_are_as_high_as_their_numbers() -> None:
    ticks = [Tick(0, "Sen 1", strong=True)]
    whole = coloured(draw("A", [Panel("B", [10] * 8, POLLS)], ticks), POLLS)
    half = coloured(draw("A", [Panel("B", [10, 5, 5, 5, 5, 5, 5, 5], POLLS)], ticks), POLLS)
    assert 0.5 < half / whole < 0.62
    assert coloured(draw("A", [Panel("B", [0] * 8, POLLS)], ticks), POLLS) == 0
    small = draw("A", [Panel("B", [100_000, 1], FAILURES)], [])
    large = draw("A", [Panel("B", [100_000, 0], FAILURES)], [])
    assert coloured(small, FAILURES) > coloured(large, FAILURES)  # one failure among many polls is seen


def test_what_is_usual_is_drawn_as_a_band_and_a_burst_in_another_colour() -> None:
    values, low, high = [5, 5, 5, 50], [2.0] * 4, [8.0] * 4
    plain = draw("A", [Panel("B", values, POLLS)], [])
    marked = draw(
        "A",
        [Panel("B", values, POLLS, "50", Band("biasanya", low, high), Mark("lonjakan", 3, 4, FAILURES))],
        [],
    )
    assert coloured(plain, BAND) == coloured(plain, FAILURES) == 0
    assert coloured(marked, BAND) > 5_000 < coloured(marked, FAILURES)  # more than the keys below
    assert coloured(marked, EDGE)
    assert coloured(marked, POLLS) < coloured(plain, POLLS)


def test_a_title_that_is_too_long_is_clipped_within_the_picture() -> None:
    picture = Image.open(io.BytesIO(draw("Judul panjang sekali " * 9, [], []))).convert("RGB")
    edge = picture.crop((picture.width - 30, 0, picture.width, picture.height))
    assert edge.getcolors() == [(edge.width * edge.height, (255, 255, 255))]


def test_letters_mark_a_burst_and_show_the_usual_below() -> None:
    panel = Panel(
        "B",
        [1, 1, 8, 8],
        POLLS,
        "8",
        Band("biasanya", [0.0] * 4, [4.0] * 4),
        Mark("lonjakan", 2, 4, FAILURES),
    )
    assert letters([panel]).splitlines() == ["B (≤ 8)", "▁▁██", "  ^^ lonjakan", "biasanya", "▄▄▄▄"]


def test_letters_show_the_same_bars() -> None:
    assert letters([Panel("B", [0, 1, 50, 100], POLLS, "100")]) == "B (≤ 100)\n·▁▄█"
    assert letters([Panel("B", [0, 0], POLLS)]) == "B\n··"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_chart_has_the_last_48_hours_and_their_sums(store: SqlStore, language: str) -> None:
    await counted(store, (0, 1200, 7, 1), (0, 34, 1, 0), (47, 10, 0, 0), (48, 5000, 5000, 5000))
    message = await polling_chart(store, HALF_PAST, chat(language=language))
    assert message.picture and message.private
    separator = "." if language == "id" else ","
    assert f"1{separator}244" in message.text and "5000" not in message.text
    assert all(coloured(message.picture.png, colour) for colour in (POLLS, ITEMS, FAILURES))
    assert message.text.splitlines()[1] in message.picture.alt
    rows = message.picture.drawn.splitlines()
    assert [len(row) for row in rows[1:6:2]] == [HOURS] * 3
    assert rows[1][0] != "·" and rows[1][-1] == "█" and set(rows[1][1:-1]) == {"·"}


async def test_the_hours_are_those_of_the_chat(store: SqlStore) -> None:
    await counted(store, (0, 1, 0, 0))
    jakarta = await polling_chart(store, HALF_PAST, chat(timezone="Asia/Jakarta"))
    tokyo = await polling_chart(store, HALF_PAST, chat(timezone="Asia/Tokyo"))
    assert jakarta.picture and tokyo.picture
    # Noon in Greenwich is 19 o'clock in Jakarta: the last midnight was 19 steps ago, in Tokyo 21.
    axis = [message.picture.drawn.splitlines()[-1] for message in (jakarta, tokyo) if message.picture]
    assert axis[0].index("Min") == HOURS - 1 - 19 and axis[1].index("Min") == HOURS - 1 - 21


async def test_before_the_first_poll_there_is_nothing_to_draw(store: SqlStore) -> None:
    message = await polling_chart(store, datetime.now(UTC), chat())
    assert message.picture is None and "48" in message.text


async def test_the_command_answers_with_the_picture_and_names_what_it_does_not_know(sqlite: SqlStore) -> None:
    room = Room(sqlite)
    await counted(sqlite, (1, 3, 2, 1))
    assert (await room.type("/sources chart")).picture is not None
    assert "/sources chart" in await room.says("/sources grafiks")
