"""What a feed says about when to come again and where else to look."""

from __future__ import annotations

import pytest

from bot.sources import Hints, parse


def hints(head: str, root: str = "rss") -> Hints:
    inner = (
        f"<channel>{head}<item><title>A</title></item></channel>"
        if root == "rss"
        else f"{head}<entry><id>1</id></entry>"
    )
    return parse(f"<{root}>{inner}</{root}>".encode(), url="https://example.com/feed").hints


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        ("<ttl>60</ttl>", 3_600.0),
        ("<ttl><![CDATA[ 5 ]]></ttl>", 300.0),
        ("<ttl>soon</ttl>", None),
        ("<ttl>-1</ttl>", None),
        ("<ttl>99999999999</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 900.0),
        ("<sy:updatePeriod> daily </sy:updatePeriod>", 86_400.0),
        ("<sy:updatePeriod>never</sy:updatePeriod>", None),
        ("<ttl>60</ttl><sy:updatePeriod>daily</sy:updatePeriod>", 86_400.0),
        ("", None),
    ],
)
def test_the_longest_wish_to_be_left_alone_counts(head: str, seconds: float | None) -> None:
    assert hints(head).ttl == seconds


def test_hours_and_days_to_skip_are_read() -> None:
    said = hints(
        "<skipHours><hour>0</hour><hour>24</hour><hour>13</hour><hour>x</hour></skipHours>"
        "<skipDays><day>Sunday</day><day>saturday</day><day>Someday</day></skipDays>"
    )
    assert (said.skip_hours, said.skip_days) == ((0, 13), (5, 6))


def test_hub_own_address_and_the_next_page_are_absolute() -> None:
    said = hints(
        "<atom:link rel='hub' href='https://hub.example.com/?a=1&amp;b=2'/>"
        '<atom:link href="/feed" rel="self" type="application/rss+xml"/><link rel=\'next\' href="?page=2"/>'
    )
    assert (said.hub, said.topic, said.next_page) == (
        "https://hub.example.com/?a=1&b=2",
        "https://example.com/feed",
        "https://example.com/feed?page=2",
    )
    assert (
        hints('<link rel="prev-archive" href="2025.xml"/>', "feed").next_page
        == "https://example.com/2025.xml"
    )


def test_an_items_own_links_are_not_the_feeds() -> None:
    document = b"<feed><entry><id>1</id><link rel='next' href='/2'/></entry></feed>"
    assert parse(document, url="https://example.com/feed").hints == Hints()


def test_a_json_feed_has_its_own_words_for_them() -> None:
    document = b'{"items": [], "next_url": "/2", "feed_url": "https://example.com/f", "hubs": [{"type": "WebSub", "url": "https://h.example/"}]}'
    assert parse(document, url="https://example.com/feed").hints == Hints(
        hub="https://h.example/", topic="https://example.com/f", next_page="https://example.com/2"
    )
