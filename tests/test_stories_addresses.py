"""All ways to write one article's URL are one address, and two articles never are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.stories.addresses import address

ARTICLE = "https://example.org/2026/03/gempa-palu"


@pytest.mark.parametrize(
    "other",
    [
        "http://example.org/2026/03/gempa-palu",
        "https://www.example.org/2026/03/gempa-palu/",
        "https://m.example.org/2026/03/gempa-palu",
        "https://amp.example.org/2026/03/gempa-palu",
        "https://EXAMPLE.org:443/2026/03/gempa-palu",
        "https://example.org/2026/03/gempa-palu?utm_source=x&utm_medium=rss",
        "https://example.org/2026/03/gempa-palu?fbclid=abc&ref=home#comments",
        "https://example.org/2026/03/gempa-palu/amp",
        "https://example.org/2026/03/gempa-palu/amp/",
        "https://example.org/2026/03/gempa-palu?amp=1",
        "https://example.org/2026//03/gempa%2Dpalu",
        "https://www.google.com/amp/s/www.example.org/2026/03/gempa-palu/amp",
        "https://example-org.cdn.ampproject.org/c/s/example.org/2026/03/gempa-palu",
        "  https://example.org/2026/03/gempa-palu\n",
    ],
)
def test_trackers_mobile_hosts_and_amp_do_not_make_another_address(other: str) -> None:
    assert address(other) == address(ARTICLE) == "example.org/2026/03/gempa-palu"


@pytest.mark.parametrize(
    "other",
    [
        "https://example.org/2026/03/gempa-palu-2",
        "https://example.org/2026/03/gempa-palu?page=2",
        "https://example.org/2026/03/gempa-palu?id=7",
        "https://example.com/2026/03/gempa-palu",
        "https://news.example.org/2026/03/gempa-palu",
        "https://example.org/2026/03/Gempa-Palu",
        "https://example.org/2026/03/gempa-palu#!/live",
        "https://example.org:8443/2026/03/gempa-palu",
        "https://example.org/amp-hours",
    ],
)
def test_what_may_be_another_article_is_another_address(other: str) -> None:
    assert address(other) not in ("", address(ARTICLE))


@pytest.mark.parametrize(
    "nothing", ["", "not a url", "ftp://example.org/a", "https://", "https://[::1/a", "file:///a"]
)
def test_what_is_no_web_address_has_none(nothing: str) -> None:
    assert address(nothing) == ""


def test_the_order_of_a_query_does_not_count() -> None:
    assert address("https://a.example/x?b=2&a=1") == address("https://a.example/x?a=1&utm_id=3&b=2")


def test_a_host_that_is_short_keeps_its_name() -> None:
    """m.example may be a site of its own: only a name below a site is a way to write it."""
    assert address("https://m.example/a") != address("https://www.example/a")


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    address(text)
    address(f"https://example.org/{text}")
