"""A page in a feed's place is named for what it is: each kind needs something else of a person."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.adapters.http.failures import of_status
from bot.errors import SourceError
from bot.sources import parse

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def said(page: str) -> str:
    with pytest.raises(SourceError) as refused:
        parse(page.encode(), url="https://example.com/rss.xml", content_type="text/html")
    return str(refused.value)


def page(title: str, body: str = "") -> str:
    return f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (page("Just a moment..."), "wall against programs"),
        (page("Attention Required! | Cloudflare"), "wall against programs"),
        (page("Berita", "<script src='/cdn-cgi/challenge-platform/h/b'></script>"), "wall against programs"),
        (page("Access Denied"), "wall against programs"),
        (page("404 - Halaman tidak ditemukan"), "nothing at this address"),
        (page("Harian", "<h1>Page not found</h1>"), "nothing at this address"),
        (page("Harian", "<form><input name=p type='password'></form>"), "login page"),
        (page("Masuk | Harian"), "login page"),
        (page("Harian Contoh", "<p>Berita hari ini</p>"), "web page, not a feed"),
        # A headline with such a word is no reason to cry wolf: the title and the first heading count alone.
        (page("Harian", "<p>Polisi: 404 pucuk senjata, captcha dan login</p>"), "web page, not a feed"),
    ],
)
def test_what_stands_in_a_feeds_place_is_named(document: str, words: str) -> None:
    assert words in said(document)


def test_a_page_that_names_its_feed_says_so_first() -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    assert "names this feed: https://example.com/feed" in said(page("Masuk") + link)


@pytest.mark.parametrize(
    ("status", "headers", "wall"),
    [
        (403, {"cf-mitigated": "challenge"}, True),
        (503, {"CF-Mitigated": "challenge", "Server": "cloudflare"}, True),
        (403, {"Server": "cloudflare"}, True),
        (403, {"Server": "AkamaiGHost"}, True),
        (403, {"X-DataDome": "protected"}, True),
        (403, {"Server": "nginx"}, False),
        (404, {"Server": "cloudflare"}, False),
        (503, {"Server": "cloudflare"}, False),  # the publisher behind it is away
        (429, {"Server": "cloudflare"}, False),
    ],
)
def test_a_wall_is_told_from_a_publisher_who_refuses(
    status: int, headers: dict[str, str], wall: bool
) -> None:
    assert ("wall against programs" in str(of_status(status, "example.com", headers, NOW))) is wall


def test_a_hostile_page_takes_no_time() -> None:
    assert said("<!doctype html><title" + " " * 2_000_000) and said(page("<h1" * 100_000))
