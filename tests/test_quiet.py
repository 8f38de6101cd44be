"""Quiet hours are those of the wall clock where the chat is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.quiet import quiet_until, span
from tests.builders import chat


@pytest.mark.parametrize(
    ("hours", "zone", "now", "until"),
    [
        ("", "Asia/Jakarta", "2026-11-22T16:00", None),
        ("22:00-06:00", "Asia/Jakarta", "2026-11-22T14:59", None),
        ("22:00-06:00", "Asia/Jakarta", "2026-11-22T15:00", "2026-11-22T23:00"),
        ("22:00-06:00", "Asia/Jakarta", "2026-11-22T22:59", "2026-11-22T23:00"),
        ("22:00-06:00", "Asia/Jakarta", "2026-11-22T23:00", None),
        ("12:00-13:00", "Asia/Jayapura", "2026-11-22T03:30", "2026-11-22T04:00"),
        ("22:00-06:00", "Europe/Berlin", "2026-10-24T21:00", "2026-10-25T05:00"),  # the night has nine hours
        ("22:00-06:00", "Europe/Berlin", "2026-03-28T22:00", "2026-03-29T04:00"),  # and this one seven
    ],
)
def test_quiet_hours_end_when_people_there_expect_it(
    hours: str, zone: str, now: str, until: str | None
) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    end = quiet_until(chat(quiet_hours=hours, timezone=zone), at)
    assert (end and end.astimezone(UTC)) == (until and datetime.fromisoformat(until).replace(tzinfo=UTC))


@pytest.mark.parametrize("text", ["22-5", "24:00-06:00", "22:00", "06:00-06:00", "22:00-06:0"])
def test_what_is_no_span_is_none(text: str) -> None:
    assert span(text) is None
