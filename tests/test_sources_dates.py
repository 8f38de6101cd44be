"""Publishers' dates: read where they can be, absent where they cannot, never invented."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.sources import parse
from bot.sources.dates import read_date

MORNING = datetime(2024, 6, 19, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "Wed, 19 Jun 2024 10:30:00 +0700",
        "Wed, 19 Jun 2024 03:30:00 GMT",
        "Wed, 19 Jun 2024 10:30:00 WIB",
        "Wed, 19 Jun 2024 11:30 WITA",
        "Rab, 19 Juni 2024 10.30 WIB",
        "19 Jun 24 03:30 Z",
        "Wed, 19 Jun 2024 05:30:00 CEST",
        "Tue, 18 Jun 2024 23:30:00 EDT",
        "Wed, 19-Jun-2024 10:30:00 GMT+7",
        "2024-06-19T10:30:00+07:00",
        "2024-06-19T03:30:00Z",
        "2024-06-19T03:30:00.123456Z",
        "2024-06-19 03:30",
        "2024-06-19 10:30:00 +0700",
        "20240619T033000Z",
        " 1718767800 ",
        "1718767800000",
    ],
)
def test_a_date_is_read_in_all_common_forms(written: str) -> None:
    assert read_date(written) == MORNING


@pytest.mark.parametrize(
    ("written", "month"),
    [("Agu", 8), ("Agt", None), ("Des", 12), ("Okt", 10), ("Mei", 5), ("August", 8), ("xyz", None)],
)
def test_months_are_read_in_english_and_indonesian(written: str, month: int | None) -> None:
    read = read_date(f"01 {written} 2024")
    assert read == (datetime(2024, month, 1, tzinfo=UTC) if month else None)


@pytest.mark.parametrize(
    "written",
    ["", "kemarin", "1718767", "01 Jan 1970 00:00:00 GMT", "1782-03-04", "9999-12-31", "2024-13-45", "00 Jun 2024",
     "Wed, 19 Jun 2024 25:00:00 GMT", "0000-00-00T00:00:00Z", "1989-12-31",
     "Mon, 01 Jan 0001 00:00:00 GMT", "Δευ, 12 Ιούλ 2004 01:23:45 EST"],
)  # fmt: skip
def test_what_cannot_be_a_date_of_web_news_is_no_date(written: str) -> None:
    assert read_date(written) is None


def test_a_date_in_the_future_is_kept() -> None:
    assert read_date("2099-01-01") == datetime(2099, 1, 1, tzinfo=UTC)


def test_an_offset_of_a_day_or_more_is_ignored() -> None:
    assert read_date("2024-06-19T03:30:00+99:99") == MORNING


@pytest.mark.parametrize(
    ("written", "expected"), [("1718767800", MORNING), ("1", None), ("-1718767800", None)]
)
def test_a_feeds_date_never_becomes_another(written: str, expected: datetime | None) -> None:
    """feedparser alone reads epoch seconds as the year 1782."""
    item = f"<rss><channel><item><title>A</title><pubDate>{written}</pubDate></item></channel></rss>"
    assert parse(item.encode(), url="x.xml").articles[0].published == expected


def test_the_update_counts_where_the_publication_cannot_be_read() -> None:
    entry = "<feed><entry><id>1</id><published>soon</published><updated>2024-06-19T03:30:00Z</updated></entry></feed>"
    assert parse(entry.encode(), url="x.xml").articles[0].published == MORNING
