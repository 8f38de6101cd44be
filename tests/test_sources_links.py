"""Addresses in a document, made absolute."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.sources import links
from bot.sources.links import resolve

BASE = "https://news.example/rubrik/feed.xml?x=1"


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("https://a.example/b", "https://a.example/b"),
        ("/b", "https://news.example/b"),
        ("b?c=1#d", "https://news.example/rubrik/b?c=1#d"),
        ("//cdn.example/b", "https://cdn.example/b"),
        (" https://a.example/b c\n", "https://a.example/b%20c"),
        ("https://a.example/b?", "https://a.example/b"),
        ("mailto:redaksi@news.example", ""),
        ("http://[", ""),
        ("https://a.example/" + "b" * 2_000, ""),
        ("", ""),
    ],
)
def test_a_link_is_an_address_or_nothing(link: str, address: str) -> None:
    assert resolve(BASE, link) == address


@given(
    st.sampled_from(["http://", "https://", "HTTP://", "//", ""]),
    st.text(alphabet="ab.-:09/?&=%_~+;#@[] \n", max_size=30),
)
@example("https://", "a.example/b/../c")
@example("https://", "a.example/?")
def test_plain_addresses_are_what_the_standard_library_makes_of_them(scheme: str, rest: str) -> None:
    """The short way round it, for the links of nearly every feed."""
    short = resolve(BASE, scheme + rest)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(links, "PLAIN", re.compile("(?!)"))
        assert resolve(BASE, scheme + rest) == short
