"""What came from a source, looked at and given to the reader of its format."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.errors import SourceError
from bot.model import SourceKind
from bot.sources.decoding import decode
from bot.sources.feeds import FEED_ROOTS, read_feed
from bot.sources.finishing import finish
from bot.sources.json_feed import read_json_feed
from bot.sources.links import resolve
from bot.sources.pages import read_page
from bot.sources.parsed import Parsed, Reading
from bot.sources.recognition import Format, is_text_file, recognise, refuse_binary
from bot.sources.text import read_text

FEED_ADDRESS = re.compile(r"[/.=](?:rss\d?|feeds?|atom|rdf|xml)(?=$|[/.?#&])", re.IGNORECASE)
FEED_LINK = re.compile(r"<link\b[^<>]{0,1000}?application/(?:rss|atom)\+xml[^<>]{0,1000}>", re.IGNORECASE)
HREF = re.compile(r"\bhref\s{0,9}=\s{0,9}[\"']([^\"'<>]{1,2000})[\"']", re.IGNORECASE)


def parse(
    document_body: bytes,
    *,
    url: str,
    content_type: str = "",
    kind: SourceKind = SourceKind.AUTO,
    source: str = "",
    source_url: str = "",
) -> Parsed:
    """The articles in a document that came from `url` (an address, a path, or "-").

    `source_url` is the address the source is known by, where a redirect led elsewhere; ids are made from
    it. Raises SourceError, and nothing else, whatever the bytes. Reads no file and no network. Takes about
    a millisecond an item: call it beside the event loop, not in it.
    """
    refuse_binary(document_body)
    text, note = decode(document_body, content_type)
    reading = _read(text, url, content_type, kind)
    if note:
        reading = replace(reading, problems=[note, *reading.problems])
    return finish(reading, source=source, source_url=source_url or url)


def _read(text: str, url: str, content_type: str, kind: SourceKind) -> Reading:
    if kind is SourceKind.ARTICLE:
        return _read_article(text, url, content_type)
    look = recognise(text, url=url, content_type=content_type)
    if look.format is Format.JSON:
        return read_json_feed(text, url)
    if look.format is Format.XML and look.root:
        return read_feed(text, look.root, url)
    # A feed's address that answers with a page (a login, "we are being attacked") must not become an article.
    if kind is SourceKind.FEED or FEED_ADDRESS.search(url):
        raise _no_feed(look.format, text, url)
    return read_page(text, url) if look.format is Format.HTML else read_text(text, url)


def _read_article(text: str, url: str, content_type: str) -> Reading:
    if text.strip() and is_text_file(url, content_type.partition(";")[0].strip().lower()):
        return read_text(text, url)
    look = recognise(text, url=url, content_type=content_type)
    if look.format is Format.TEXT:
        return read_text(text, url)
    if look.format is Format.JSON or (look.root and look.root.local in FEED_ROOTS):
        raise SourceError(
            "This is a feed, not a single article.", 'Set kind = "feed" (or leave kind out) for this source.'
        )
    return read_page(text, url)


def _no_feed(found: Format, text: str, url: str) -> SourceError:
    if found is Format.TEXT:
        return SourceError("This is plain text, not a feed.", "Use the address of an RSS, Atom or JSON feed.")
    for link in FEED_LINK.findall(text):
        if (href := HREF.search(link)) and (address := resolve(url, href[1])):
            return SourceError("This is a web page, not a feed.", f"The page names this feed: {address}")
    return SourceError(
        "This is a web page, not a feed.",
        'Look for the address of its RSS feed; if the page is one article, set kind = "article".',
    )
