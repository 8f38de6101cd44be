"""One page that is one article."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import SourceError
from bot.model import SourceKind
from bot.sources import Parsed, parse

PAGE = (Path(__file__).parent / "data" / "feeds" / "page.html").read_text(encoding="utf-8")
URL = "https://example.com/kota/pelabuhan?utm_source=x"


def read(page: str = PAGE, url: str = URL) -> Parsed:
    return parse(page.encode(), url=url, kind=SourceKind.ARTICLE, source="Koran Contoh")


def test_a_page_becomes_its_article_without_menu_and_footer() -> None:
    parsed = read()
    (one,) = parsed.articles
    assert (parsed.kind, parsed.problems) == ("page", ())
    assert (one.title, one.author, one.lang, one.source) == (
        "Pelabuhan dibuka lagi", "Siti Aminah", "id", "Koran Contoh",
    )  # fmt: skip
    assert one.url == "https://example.com/kota/pelabuhan", "the canonical address"
    assert one.published == datetime(2024, 6, 19, 3, 30, tzinfo=UTC), "with its time, not only the day"
    assert one.body.startswith("Pelabuhan lama kembali melayani")
    assert one.body.count("\n\n") == 2
    assert "Beranda" not in one.body
    assert "Hak cipta" not in one.body


def test_a_date_in_linked_data_is_read() -> None:
    script = '<script type="application/ld+json">{"datePublished": "2024-06-18T01:02:03Z"}</script>'
    page = PAGE.replace(
        '<meta property="article:published_time" content="2024-06-19T10:30:00+07:00">', script
    )
    assert read(page).articles[0].published == datetime(2024, 6, 18, 1, 2, 3, tzinfo=UTC)


def test_a_charset_in_the_page_is_read() -> None:
    page = PAGE.replace("utf-8", "windows-1252").replace("lama", "lama—é").encode("windows-1252")
    assert "lama—é" in parse(page, url=URL, kind=SourceKind.ARTICLE).articles[0].body


def test_xhtml_with_a_declaration_is_read() -> None:
    assert read('<?xml version="1.0" encoding="utf-8"?>' + PAGE).articles[0].title == "Pelabuhan dibuka lagi"


@pytest.mark.parametrize("page", ["<html></html>", "<html><body><nav>Menu</nav></body></html>"])
def test_a_page_without_an_article_is_said_plainly(page: str) -> None:
    with pytest.raises(SourceError, match=r"No article text.*Use the address of one article"):
        read(page)


def test_a_page_of_nothing_but_tags_is_refused_before_it_costs_time() -> None:
    with pytest.raises(SourceError, match="more than 50,000 tags"):
        read("<html><body>" + "<p>x" * 60_000)
