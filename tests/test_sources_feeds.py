"""RSS, RDF and Atom: what a reader of the publisher's site would see, and what one broken item costs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import SourceError
from bot.sources import Parsed, feeds, parse
from bot.sources.entries import draft_of
from bot.sources.parsed import Draft
from bot.sources.wording import MAX_TAGS, TAG_CHARS

FEEDS = Path(__file__).parent / "data" / "feeds"
MORNING = datetime(2024, 6, 19, 3, 30, tzinfo=UTC)


def read(name: str) -> Parsed:
    return parse((FEEDS / name).read_bytes(), url=f"https://example.com/{name}", source="Contoh")


def rss(*items: str, head: str = "<title>Contoh</title>") -> bytes:
    return f'<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode()


def item(title: str, rest: str = "") -> str:
    return f"<item><title>{title}</title><guid>{title}</guid>{rest}</item>"


def titles(parsed: Parsed) -> list[str]:
    return [article.title for article in parsed.articles]


def of(document: bytes) -> Parsed:
    return parse(document, url="https://example.com/rss")


def test_an_rss_item_becomes_an_article_with_everything_it_says() -> None:
    first = read("rss.xml").articles[0]
    assert first.title == "Harga beras turun & stok aman"
    assert first.url == "https://example.com/ekonomi/beras?a=1&b=2"
    assert (first.author, first.lang, first.source, first.published) == ("Rina", "id-id", "Contoh", MORNING)


def test_a_body_keeps_its_paragraphs_and_no_markup() -> None:
    """Inline tags part no word, scripts are no text, a line end in the source is a space."""
    first, second = read("rss.xml").articles
    assert first.body == "Harga beras di Pyongyang turun.\n\nStok\naman."
    assert second.body == "Baris satu masih baris satu."


def test_an_rdf_feed_is_read() -> None:
    parsed = read("rdf.xml")
    (one,) = parsed.articles
    assert (parsed.kind, parsed.title, parsed.problems) == ("rdf", "Arsip", ())
    assert (one.title, one.url, one.body) == ("Satu", "https://example.com/1", "Isi satu.")
    assert one.published == MORNING


def test_an_atom_feed_is_read_with_its_base_and_each_entrys_language() -> None:
    parsed = read("atom.xml")
    first, second = parsed.articles
    assert (parsed.kind, parsed.title, parsed.problems) == ("atom", "Berita", ())
    assert (first.title, first.url, first.lang) == (
        "First entry",
        "https://example.com/berita/satu.html",
        "en-gb",
    )
    assert first.body == "One < two.\n\na\n\nb"
    assert (second.title, second.lang, second.url) == ("Kedua: 5 < 6", "id", "")
    assert second.body == "Teks biasa & tanpa tanda."
    assert second.published == datetime(2024, 6, 18, tzinfo=UTC), "published, not updated"


def test_a_single_atom_entry_is_a_feed_of_one() -> None:
    entry = b'<entry xmlns="http://www.w3.org/2005/Atom"><title>Satu</title><id>a</id></entry>'
    assert titles(of(entry)) == ["Satu"]


def test_prefixed_atom_is_read() -> None:
    feed = (
        b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>Satu</a:title></a:entry></a:feed>'
    )
    assert titles(of(feed)) == ["Satu"]


def test_articles_stand_in_document_order() -> None:
    assert titles(of(rss(*map(item, "CABD")))) == list("CABD")


def test_a_feed_without_items_is_empty_and_no_problem() -> None:
    parsed = of(rss())
    assert (parsed.articles, parsed.problems, parsed.title, parsed.kind) == ((), (), "Contoh", "rss")


def test_the_longer_of_content_and_teaser_is_the_body() -> None:
    parsed = of(rss(item("A", "<description>Teaser yang panjang.</description><content>x</content>")))
    assert parsed.articles[0].body == "Teaser yang panjang."


def test_a_guid_that_is_no_address_is_no_link() -> None:
    assert of(rss("<item><title>A</title><guid>12345</guid></item>")).articles[0].url == ""


def test_a_guid_that_is_an_address_is_the_link_where_there_is_none() -> None:
    parsed = of(rss("<item><title>A</title><guid>https://example.com/a</guid></item>"))
    assert parsed.articles[0].url == "https://example.com/a"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "mailto:a@example.com", "http://[", "http:", "file:///etc/passwd"]
)
def test_a_link_that_nobody_should_follow_is_left_out(link: str) -> None:
    assert of(rss(item("A", f"<link>{link}</link>"))).articles[0].url == ""


def test_a_link_with_spaces_and_line_ends_is_what_browsers_open() -> None:
    parsed = of(rss(item("A", "<link>\n https://example.com/a b/\nc </link>")))
    assert parsed.articles[0].url == "https://example.com/a%20b/c"


def test_links_in_a_file_are_seen_from_the_feeds_home_page() -> None:
    document = rss(item("A", "<link>/a</link>"), head="<link>https://example.com/berita/</link>")
    assert parse(document, url="/arsip/a.xml").articles[0].url == "https://example.com/a"


def test_bare_ampersands_and_entities_of_html_lose_nothing() -> None:
    parsed = of(rss(item("AT&T &eacute;", "<link>https://example.com/?a=1&copy=2</link>")))
    assert (parsed.articles[0].title, parsed.articles[0].url) == ("AT&T é", "https://example.com/?a=1&copy=2")
    assert parsed.problems == ()


BROKEN = {
    "mismatched tags": "<item><title>Rusak<title><link>x<link></item>",
    "never closed": "<item><title>Rusak</title><guid>x</guid>",
    "an open CDATA section": "<item><title><![CDATA[Rusak</title></item>",
    "an open comment": "<item><title>Rusak</title><!-- </item>",
    "a bare <": "<item><title>Rusak < </title></item>",
    "an open tag": '<item><title>Rusak</title><enclosure url="x </item>',
    "nothing": "<item/>",
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_one_broken_item_costs_that_item_only_and_is_named(broken: str) -> None:
    parsed = of(rss(item("A"), broken, item("<![CDATA[B]]>"), item("C")))
    assert [title for title in titles(parsed) if not title.startswith("Rusak")] == ["A", "B", "C"]
    assert any(problem.startswith("Item 2 of 4 ") for problem in parsed.problems), parsed.problems


def test_items_that_were_lost_are_counted() -> None:
    assert "1 of 3 items could be read." in of(rss("<item/>", item("A"), "<item/>")).problems


def test_what_the_parser_of_record_raises_on_is_read_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """feedparser has raised half a dozen kinds of exceptions on real items."""
    import feedparser

    real = feedparser.parse

    def raising(stream, **options):  # type: ignore[no-untyped-def]
        if b"Rusak" in stream.getvalue():
            raise UnicodeError("surrogates not allowed")
        return real(stream, **options)

    monkeypatch.setattr(feedparser, "parse", raising)
    parsed = of(rss(item("A"), item("Rusak"), item("B")))
    assert (titles(parsed), parsed.problems) == (["A", "Rusak", "B"], ())


def test_half_an_item_waits_until_it_is_whole() -> None:
    """Taken now, it would count as seen with half its words, and the rest would never be matched."""
    whole = rss(item("A"), item("B", "<description>Isi tentang Putin</description>"))
    half = whole[: whole.index(b"tentang")]
    parsed = of(half)
    assert titles(parsed) == ["A"]
    assert any("Item 2 of 2 is cut off" in problem for problem in parsed.problems)


def test_a_feed_cut_off_between_items_is_a_problem() -> None:
    whole = rss(item("A"), item("B"))
    parsed = of(whole[: whole.index(b"</item>") + len(b"</item>")])
    assert titles(parsed) == ["A"]
    assert parsed.problems == ("The document ends without </rss>: items after the last may be missing.",)


def test_the_last_item_may_lack_its_end_if_the_feed_has_one() -> None:
    assert titles(of(rss(item("A"), "<item><title>B</title>"))) == ["A", "B"]


def test_item_tags_in_text_are_text_and_said() -> None:
    parsed = of(rss(item("A", "<description><![CDATA[Contoh: <item>x</item>]]></description>")))
    assert titles(parsed) == ["A"]
    assert parsed.problems == ("Of 2 item tags, 1 stand in comments or CDATA text.",)


def test_tags_of_another_name_inside_an_item_are_part_of_it() -> None:
    inner = '<media:item xmlns:media="m">x</media:item>'
    assert titles(of(rss(item("A", inner), item("B")))) == ["A", "B"]


def test_elements_named_like_feedparsers_own_fields_lose_no_item() -> None:
    parsed = of(
        rss(item("A", "<links>x</links><title_detail>x</title_detail><published_parsed>x</published_parsed>"))
    )
    assert len(parsed.articles) == 1


def test_an_entry_of_odd_types_loses_no_more_than_what_is_odd() -> None:
    names = ("id", "link", "author", "language", "published", "links", "content")
    odd: dict[str, object] = {name: {"x": 1} for name in names} | {
        "title_detail": "x",
        "summary": 5,
        "updated": [],
    }
    draft = draft_of(odd | {"title": "A"}, "Item 1", base="", lang="id")
    assert draft == Draft("Item 1", title="A", lang="id")


def test_a_number_of_no_character_is_replaced_and_costs_nothing_else() -> None:
    """feedparser raises on the number of a surrogate."""
    parsed = of(rss("<item><title>a &#xD800; &#0; &#99999999999; &#x1F600; b</title></item>"))
    assert titles(parsed) == ["a \ufffd \ufffd \ufffd 😀 b"]
    assert parsed.problems == ()


def test_more_items_than_any_feed_has_are_read_over_several_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MAX_ITEMS", 2)
    parsed = of(rss(*map(item, "ABC")))
    assert titles(parsed) == ["A", "B"]
    assert parsed.problems == ("The feed has 3 items; 1 of them are read at the next polls.",)
    later = parse(rss(*map(item, "ABC")), url="https://example.com/rss", memo=parsed.memo)
    assert (titles(later), later.problems) == (["C"], ())


def test_xml_that_is_no_feed_is_refused_with_its_root() -> None:
    with pytest.raises(SourceError, match=r"no feed: it begins with <opml>.*Use the address"):
        of(b"<opml><body/></opml>")


def test_a_feed_behind_a_servers_warnings_is_read() -> None:
    warning = b"<br />\n<b>Warning</b>: include(x.php) in <b>/var/www/x.php</b> on line <b>3</b><br />\n"
    assert titles(of(warning + b'<?xml version="1.0"?>' + rss(item("A")))) == ["A"]


def test_an_items_xml_base_does_not_leak_into_the_next() -> None:
    """feedparser lets it, when it reads the feed as a whole."""
    feed = b"""<feed xmlns="http://www.w3.org/2005/Atom">
      <entry><id>1</id><content xml:base="https://else.example.org/" type="html">x</content></entry>
      <entry><id>2</id><link href="dua"/></entry></feed>"""
    assert of(feed).articles[1].url == "https://example.com/dua"


def test_the_publishers_tags_are_kept_each_once() -> None:
    said = (
        "<category>Dunia</category><category> Dunia </category><category>AT&amp;amp;T</category><category/>"
    )
    (article,) = of(rss(item("A", said))).articles
    assert article.tags == ("Dunia", "AT&T")


def test_tags_without_end_are_cut() -> None:
    said = "".join(f"<category>{number} {'x' * 500}</category>" for number in range(50))
    (article,) = of(rss(item("A", said))).articles
    assert len(article.tags) == MAX_TAGS and max(map(len, article.tags)) == TAG_CHARS
