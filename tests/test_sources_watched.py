"""Watched pages and news sitemaps: what is new in them is an article."""

from __future__ import annotations

import pytest

from bot.errors import SourceError
from bot.model import Options, SourceKind
from bot.sources import Parsed, parse

URL = "https://www.example.go.id/pengumuman"
ONE = "<li><h3>Lelang jalan</h3> <a href='/1'>Lelang jalan nasional dibuka.</a></li>"
TWO = "<li><a href='/2'>Tender kapal patroli ditutup besok.</a></li>"


def page(*items: str, clock: str = "10.00") -> bytes:
    return (
        f"<html lang='id'><title>Pengumuman</title><nav><li>Beranda dan menu yang panjang sekali</li></nav>"
        f"<main><time>{clock}</time><ul>{''.join(items)}</ul><script>var x = 1;</script></main></html>"
    ).encode()


def watched(document: bytes, memo: bytes = b"", *, include: str = "main li", exclude: str = "") -> Parsed:
    options = Options(include=include, exclude=exclude)
    return parse(document, url=URL, kind=SourceKind.PAGE, memo=memo, options=options)


def test_each_selected_part_is_an_article_with_its_heading_and_link() -> None:
    first, second = watched(page(ONE, TWO)).articles
    assert (first.title, first.body, first.url) == (
        "Lelang jalan",
        "Lelang jalan nasional dibuka.",
        "https://www.example.go.id/1",
    )
    assert (second.title, second.body, second.url, second.lang) == (
        "Pengumuman",
        "Tender kapal patroli ditutup besok.",
        "https://www.example.go.id/2",
        "id",
    )


def test_what_changed_is_the_article_and_nothing_else() -> None:
    before = watched(page(ONE, TWO))
    edited = TWO.replace("besok", "hari ini")
    after = watched(page(edited, ONE), before.memo)
    assert [article.body for article in after.articles] == ["Tender kapal patroli ditutup hari ini."]
    assert after.known == 1


def test_a_part_that_moves_or_is_seen_again_after_a_restart_is_no_news() -> None:
    before, after = watched(page(ONE, TWO)), watched(page(TWO, ONE, clock="11.00"))
    assert {article.id for article in before.articles} == {article.id for article in after.articles}


def test_what_is_excluded_changes_nothing() -> None:
    ticking = "<li>Tender kapal patroli <time>10.01</time></li>"
    first = watched(page(ticking), exclude="time")
    assert first.articles[0].body == "Tender kapal patroli"
    assert watched(page(ticking.replace("10.01", "10.02")), first.memo, exclude="time").articles == ()
    assert len(watched(page(ticking.replace("10.01", "10.02")), watched(page(ticking)).memo).articles) == 1


def test_without_a_selector_every_paragraph_is_watched_and_no_button() -> None:
    document = b"""<html><p>Menteri mengumumkan tarif baru hari ini.</p><p>OK</p>
      <div><p>Tarif berlaku mulai bulan depan.</p></div></html>"""
    found = watched(document, include="")
    assert [article.body for article in found.articles] == [
        "Menteri mengumumkan tarif baru hari ini.",
        "Tarif berlaku mulai bulan depan.",
    ]


def test_a_selector_that_fits_nothing_is_an_error_and_never_an_empty_page() -> None:
    with pytest.raises(SourceError, match=r"Nothing on the page fits '.berita'.*choose other selectors"):
        watched(page(ONE), include=".berita")


def test_a_part_inside_a_part_is_told_once() -> None:
    nested = "<li>Luar <ul><li>Dalam sekali</li></ul></li>"
    assert len(watched(page(nested)).articles) == 1


NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://example.com/1</loc><news:news><news:publication><news:name>Contoh</news:name><news:language>id</news:language>
</news:publication><news:publication_date>2026-11-22T11:00:00+07:00</news:publication_date>
<news:title>Putin &amp; Kim</news:title>
<news:keywords>Rusia, Korea Utara</news:keywords></news:news></url>{more}</urlset>"""


def sitemap(more: str = "", memo: bytes = b"") -> Parsed:
    return parse(NEWS.replace("{more}", more).encode(), url="https://example.com/sitemap-news.xml", memo=memo)


def test_a_news_sitemap_is_read_whatever_it_is_called() -> None:
    (one,) = sitemap().articles
    assert (one.title, one.url, one.lang, one.tags) == (
        "Putin & Kim",
        "https://example.com/1",
        "id",
        ("Rusia", "Korea Utara"),
    )
    assert one.published and one.published.hour == 4


def test_only_new_addresses_of_a_sitemap_are_articles_the_second_time() -> None:
    later = sitemap("<url><loc>https://example.com/2</loc></url>", sitemap().memo)
    assert ([one.url for one in later.articles], later.known) == (["https://example.com/2"], 1)


def test_an_address_that_is_none_is_named() -> None:
    assert "is no web address" in sitemap("<url><loc>ftp://x/</loc></url>").problems[0]


def test_an_index_of_sitemaps_names_the_ones_to_use() -> None:
    index = b"""<sitemapindex><sitemap><loc>https://example.com/old.xml</loc><lastmod>2020-01-01</lastmod></sitemap>
      <sitemap><loc>https://example.com/news.xml</loc></sitemap></sitemapindex>"""
    with pytest.raises(
        SourceError, match=r"list of sitemaps.*: https://example.com/news.xml, https://example.com/old.xml"
    ):
        parse(index, url="https://example.com/sitemap.xml")
