"""Whatever the bytes: SourceError or articles that can be stored and shown, in bounded time, without side effects."""

from __future__ import annotations

import builtins
import random
import signal
import socket
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.model import SourceKind
from bot.sources import parse

FEEDS = sorted((Path(__file__).parent / "data" / "feeds").iterdir())
URLS = ("https://example.com/feed", "http://[", "/a/b.txt", "-", "")
SCRAPS = [
    b"<item>", b"</item>", b"<entry>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&", b"<", b">", b'"', b"\0", b"\xff",
    b"&#xD800;", b"&#99999999999;", b"&nbsp;", b"\xed\xa0\x80", b"<?xml encoding='idna'?>", b"<title>", b"</title>",
    b"<link href='http://['/>", b"<links>x</links>", b"<title_detail>x</title_detail>", b"<content mode='base64'>",
    b"<pubDate>99999999999999999999</pubDate>", b"<source>", b"<image>", b"<svg>", b"<georss:point>1</georss:point>",
    b"<itunes:image/>", b"<media:rating/>", b"<author>", b"xml:base='http://['", b"xmlns:a=''", b'{"items":[',
]  # fmt: skip


def check(document: bytes, url: str = URLS[0], kind: SourceKind = SourceKind.AUTO) -> None:
    try:
        parsed = parse(document, url=url, kind=kind)
    except SourceError as error:
        assert error.what and error.remedy
        return
    assert len({article.id for article in parsed.articles}) == len(parsed.articles)
    for article in parsed.articles:
        text = f"{article.title}{article.body}{article.author}{article.url}{article.lang}"
        assert "\0" not in text
        text.encode()  # no lone surrogates: every store and messenger sends UTF-8


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(URLS), st.sampled_from(SourceKind))
def test_any_bytes_are_articles_or_a_source_error(document: bytes, url: str, kind: SourceKind) -> None:
    check(document, url, kind)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FEEDS), st.randoms(use_true_random=False), st.sampled_from(URLS))
def test_a_damaged_feed_is_articles_or_a_source_error(path: Path, chance: random.Random, url: str) -> None:
    document = bytearray(path.read_bytes())
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(document) + 1)
        document[at : at + chance.choice((0, 0, 1, 30))] = chance.choice(SCRAPS)
    check(bytes(document), url)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(SCRAPS), max_size=20).map(b"".join))
def test_scraps_of_markup_are_articles_or_a_source_error(scraps: bytes) -> None:
    check(b"<rss><channel><item>" + scraps + b"</item></channel></rss>")


def test_a_title_of_five_megabytes_stops_nothing() -> None:
    items = b"<item><title>" + b"x" * 5_000_000 + b"</title></item><item><title>B</title></item>"
    parsed = parse(b"<rss><channel>" + items + b"</channel></rss>", url=URLS[0])
    assert [len(article.title) for article in parsed.articles] == [1_000, 1]
    assert parsed.problems == ("Item 1 of 2: the title has 5,000,000 characters; the first 1,000 are kept.",)


def test_a_body_longer_than_a_book_is_clipped_and_said() -> None:
    parsed = parse(b"kata " * 50_000, url="/a.txt")
    assert len(parsed.articles[0].body) == 200_000
    assert "the text has 250,000 characters" in parsed.problems[0]


CPU_SECONDS = 15
MANY = 25_000
ENDLESS = {
    "an author": b"<author>" + b"a" * 8 * MANY + b"</author>",
    "an author in CDATA": b"<author><![CDATA[" + b"a" * 8 * MANY + b"]]></author>",
    "a creator": b"<dc:creator>" + b"a." * 4 * MANY + b"</dc:creator>",
    "attributes": b"<x " + b" ".join(b'a%d="1"' % number for number in range(60_000)) + b"/>",
    "categories": b"".join(b"<category>%d</category>" % number for number in range(60_000)),
    "comments": b"<!--" * MANY,
    "CDATA sections": b"<![CDATA[</item>" * 200_000,
    "brackets": b"<" * 4 * MANY,
    "ampersands": b"&" * 4 * MANY,
    "references": b"&#" + b"1" * 8 * MANY + b";",
    "a date": b"<pubDate>" + b"1 " * 4 * MANY + b"</pubDate>",
    "a link": b"<link>http://" + b"/" * 8 * MANY + b"</link>",
    "depth": b"<a>" * MANY,
    "depth of HTML": b"<description><![CDATA[" + b"<div>" * MANY + b"]]></description>",
    "items": b"</item><item " * 2_000,
}


@pytest.fixture
def little_time() -> Iterator[None]:
    """Stops the test after CPU_SECONDS of its own work, however busy the machine is."""

    def stop(*_: object) -> None:
        pytest.fail(f"more than {CPU_SECONDS} s of work")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


@pytest.mark.usefixtures("little_time")
@pytest.mark.parametrize("endless", ENDLESS.values(), ids=ENDLESS.keys())
def test_an_endless_part_takes_linear_time(endless: bytes) -> None:
    """Each takes a second or two; read in quadratic time, a minute to an hour."""
    check(b"<rss><channel><item><title>A</title>" + endless + b"</item></channel></rss>")


@pytest.mark.usefixtures("little_time")
@pytest.mark.parametrize("opener", [b"<!--", b"<?", b"<!", b"<", b"<html>", b"<![CDATA["])
def test_an_endless_prolog_takes_linear_time(opener: bytes) -> None:
    check(opener * MANY)


def test_parsing_opens_no_file_and_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """feedparser opens bytes as a file's name, and fetches what looks like an address."""
    for path in FEEDS:  # import what is imported lazily
        check(path.read_bytes())

    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError(f"parsing must not touch {arguments}")

    monkeypatch.setattr(builtins, "open", refuse)
    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    baits = [b"/etc/passwd", b"http://127.0.0.1/", b'<!DOCTYPE rss SYSTEM "http://127.0.0.1/x.dtd"><rss><channel>'
             b'<item><title>A</title><content src="http://127.0.0.1/"/></item></channel></rss>']  # fmt: skip
    for bait, kind in product(baits, SourceKind):
        check(bait, kind=kind)
