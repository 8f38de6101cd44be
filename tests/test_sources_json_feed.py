"""JSON Feed 1.0 and 1.1."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import SourceError
from bot.sources import Parsed, parse


def read(*items: Any, **members: Any) -> Parsed:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Contoh", "items": list(items)} | members
    return parse(json.dumps(feed).encode(), url="https://example.com/feed.json", source="Contoh")


def test_an_item_becomes_an_article_with_everything_it_says() -> None:
    parsed = read(
        {
            "id": "1",
            "url": "/satu",
            "title": "Satu &amp; dua",
            "content_html": "<p>Isi <b>tebal</b>.</p><p>Dua.</p>",
            "date_published": "2024-06-19T10:30:00+07:00",
            "authors": [{"name": "Rina"}, {"name": "Budi"}, {}],
        },
        language="id",
    )
    (one,) = parsed.articles
    assert (parsed.kind, parsed.title, parsed.problems) == ("json", "Contoh", ())
    assert (one.title, one.url, one.body) == ("Satu & dua", "https://example.com/satu", "Isi tebal.\n\nDua.")
    assert (one.author, one.lang, one.source) == ("Rina, Budi", "id", "Contoh")
    assert one.published == datetime(2024, 6, 19, 3, 30, tzinfo=UTC)


def test_version_1_0_is_read_too() -> None:
    (one,) = read({"id": 7, "external_url": "https://example.org/x", "author": {"name": "Siti"}}).articles
    assert (one.url, one.author) == ("https://example.org/x", "Siti")


def test_an_id_may_be_a_number() -> None:
    first, second = read({"id": 1, "title": "A"}, {"id": 2, "title": "A"}).articles
    assert first.id != second.id


@pytest.mark.parametrize("bad", [None, "text", 5, [], {}, {"id": None}, {"title": ["x"]}])
def test_a_bad_item_costs_that_item_and_is_named(bad: Any) -> None:
    parsed = read({"id": "1", "title": "A"}, bad, {"id": "2", "title": "B"})
    assert [one.title for one in parsed.articles] == ["A", "B"]
    assert parsed.problems[0].startswith("Item 2 of 3 ")


@pytest.mark.parametrize(
    "odd", [{"authors": "x"}, {"author": 3}, {"date_published": 3}, {"language": {}}, {"url": []}]
)
def test_an_odd_member_costs_that_member_only(odd: dict[str, Any]) -> None:
    assert read({"id": "1", "title": "A"} | odd).articles[0].title == "A"


def test_escaped_surrogates_do_not_survive() -> None:
    body = b'{"items": [{"id": "1", "title": "a \\ud800 b \\u0000 c"}]}'
    assert parse(body, url="x").articles[0].title == "a \ufffd b c"


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        (b'{"items": [', "The JSON is broken at line 1"),
        (b'{\n"items": x}', "The JSON is broken at line 2"),
        (b'{"items": ' + b"[" * 100_000, "The JSON is broken"),
        (b'{"items": [' + b"9" * 10_000 + b"]}", "The JSON is broken"),
        (b"{}", 'no list named "items"'),
        (b'{"items": {}}', 'no list named "items"'),
    ],
)
def test_what_is_no_json_feed_is_said_plainly(document: bytes, complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint):
        parse(document, url="https://example.com/feed.json")


def test_the_publishers_tags_are_kept() -> None:
    assert read({"id": "1", "title": "A", "tags": ["Dunia", 3, "Asia"]}).articles[0].tags == ("Dunia", "Asia")
    assert read({"id": "1", "title": "A", "tags": "Dunia"}).articles[0].tags == ()
