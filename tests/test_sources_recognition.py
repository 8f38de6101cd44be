"""What a document is taken for, and what is said when it is not what the configuration expects."""

from __future__ import annotations

import pytest

from bot.errors import SourceError
from bot.model import SourceKind
from bot.sources import parse

RSS = b"<rss><channel><item><title>A</title></item></channel></rss>"
HTML = (
    b"<!doctype html><html><body><p>"
    + b"Sebuah kalimat yang panjang tentang pelabuhan. " * 10
    + b"</p></body></html>"
)


@pytest.mark.parametrize(
    ("document", "url", "content_type", "kind"),
    [
        (RSS, "https://example.com/rss", "text/html", "rss"),
        (RSS, "https://example.com/x", "text/plain", "rss"),
        (RSS, "/arsip/a.txt", "", "rss"),
        (b"\n\n " + RSS, "https://example.com/rss", "", "rss"),
        (b"<!-- <html> --><?x <html> ?>" + RSS, "https://example.com/rss", "", "rss"),
        (b' {"items": []}', "https://example.com/rss", "text/html", "json"),
        (HTML, "https://example.com/berita", "", "page"),
        (HTML, "https://example.com/feed-the-poor", "", "page"),
        (HTML, "https://example.com/berita.txt", "text/html", "page"),
        (b"Teks biasa.", "/naskah/a", "", "text"),
        (b"{Teks} biasa.", "/naskah/a.txt", "", "text"),
    ],
)
def test_looks_decide_and_not_what_the_server_says(
    document: bytes, url: str, content_type: str, kind: str
) -> None:
    assert parse(document, url=url, content_type=content_type).kind == kind


def complaint(
    document: bytes, url: str = "https://example.com/x", kind: SourceKind = SourceKind.FEED
) -> SourceError:
    with pytest.raises(SourceError) as raised:
        parse(document, url=url, kind=kind)
    assert raised.value.what
    assert raised.value.remedy
    return raised.value


@pytest.mark.parametrize("document", [b"", b" \n ", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("kind", SourceKind)
def test_an_empty_document_is_no_empty_feed(document: bytes, kind: SourceKind) -> None:
    assert complaint(document, kind=kind).what == "The document is empty."


def test_a_page_where_a_feed_was_expected_is_said() -> None:
    assert complaint(HTML).what == "This is a web page, not a feed."


def test_the_feed_that_a_page_names_is_the_remedy() -> None:
    page = b'<html><link rel="alternate" href="/rss.xml" type="application/rss+xml"></html>'
    assert complaint(page).remedy == "The page names this feed: https://example.com/rss.xml"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/rss",
        "https://feeds.example.com/a",
        "https://example.com/a.xml?x=1",
        "https://example.com/?format=rss",
        "/arsip/a.xml",
    ],
)
def test_a_login_page_at_a_feeds_address_becomes_no_article(url: str) -> None:
    assert complaint(HTML, url, SourceKind.AUTO).what == "This is a web page, not a feed."


def test_text_where_a_feed_was_expected_is_said() -> None:
    assert complaint(b"Teks biasa.").what == "This is plain text, not a feed."


@pytest.mark.parametrize("document", [RSS, b'{"items": []}'])
def test_a_feed_where_an_article_was_expected_is_said(document: bytes) -> None:
    error = complaint(document, kind=SourceKind.ARTICLE)
    assert (error.what, 'kind = "feed"' in error.remedy) == ("This is a feed, not a single article.", True)


@pytest.mark.parametrize(
    ("document", "what"),
    [(b"%PDF-1.7 x", "a PDF file"), (b"\x1f\x8b\x08x", "a compressed file"), (b"\x89PNG\r\n", "an image")],
)
def test_a_file_of_another_kind_is_named(document: bytes, what: str) -> None:
    assert what in complaint(document, kind=SourceKind.AUTO).what


BOMBS = {
    "laughs": '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
    "a file": '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "parameter": '<!DOCTYPE r [ <!entity % a SYSTEM "http://127.0.0.1/x"> %a; ]>',
    "behind a comment": '<!-- --><!DOCTYPE r [<!-- ]> --><!ENTITY a "b">]>',
    "behind a tag in quotes": '<!DOCTYPE r [<!ENTITY a "<rss>">]>',
}


@pytest.mark.parametrize("prolog", BOMBS.values(), ids=BOMBS.keys())
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_a_document_that_declares_entities_is_refused(prolog: str, charset: str) -> None:
    document = f"{prolog}<rss><channel><item><title>&a;</title></item></channel></rss>".encode(charset)
    assert "declares XML entities" in complaint(document).what


def test_a_doctype_that_hides_an_entity_from_us_reaches_no_parser() -> None:
    """The prolog is dropped as a whole, so what stands in it cannot matter."""
    prolog = b'<!DOCTYPE r SYSTEM "<!--" [<!ENTITY a "bom"> <!-- --> ]>'
    document = prolog + b"<rss><channel><item><title>x &a; y</title></item></channel></rss>"
    assert "bom" not in parse(document, url="https://example.com/rss").articles[0].title


def test_an_article_about_entities_is_an_article() -> None:
    document = b"<rss><channel><item><title><![CDATA[Apa itu <!ENTITY>?]]></title></item></channel></rss>"
    assert len(parse(document, url="https://example.com/rss").articles) == 1
