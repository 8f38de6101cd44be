"""What came from a source, looked at and given to the reader of its format."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.errors import SourceError
from bot.model import Options, SourceKind
from bot.sources.decoding import BOMS, HEAD_BYTES, decode
from bot.sources.feeds import FEED_ROOTS, read_feed
from bot.sources.finishing import finish
from bot.sources.json_feed import read_json_feed
from bot.sources.links import resolve
from bot.sources.memory import Memory, owner_of, whole
from bot.sources.page_watch import read_watched
from bot.sources.pages import read_page
from bot.sources.parsed import Parsed, Reading
from bot.sources.recognition import Format, is_text_file, recognise, refuse_binary
from bot.sources.sitemap import ROOTS as SITEMAP_ROOTS
from bot.sources.sitemap import read_sitemap
from bot.sources.standins import stand_in
from bot.sources.text import read_text

FEED_ADDRESS = re.compile(r"[/.=](?:rss\d?|feeds?|atom|rdf|xml)(?=$|[/.?#&])", re.IGNORECASE)
FEED_LINK = re.compile(r"<link\b[^<>]{0,1000}?application/(?:rss|atom)\+xml[^<>]{0,1000}>", re.IGNORECASE)
NO_OPTIONS = Options()
NO_PLAIN_UTF8 = tuple(mark for mark, _ in BOMS)
HREF = re.compile(r"\bhref\s{0,9}=\s{0,9}[\"']([^\"'<>]{1,2000})[\"']", re.IGNORECASE)


def parse(
    document_body: bytes,
    *,
    url: str,
    content_type: str = "",
    kind: SourceKind = SourceKind.AUTO,
    source: str = "",
    source_url: str = "",
    memo: bytes = b"",
    digest: bytes = b"",
    options: Options = NO_OPTIONS,
) -> Parsed:
    """The articles in a document that came from `url` (an address, a path, or "-").

    `source_url` is the address the source is known by, where a redirect led elsewhere; ids are made from
    it. `memo` is that of the last document of this source: items that it knows are left out; `digest`: the
    document's own (`whole`), where it is known. Raises SourceError, and nothing else, whatever the bytes.
    Reads no file and no network. Takes about half a millisecond an item: call it beside the event loop, not
    in it.
    """
    refuse_binary(document_body)
    memory = Memory.load(memo, owner_of(source_url or url, kind, source, options))
    reading = _read_known(document_body, url, content_type, kind, memory)
    if reading is None:
        text, note = decode(document_body, content_type)
        reading = _read(text, url, content_type, kind, memory, options)
        if note:
            reading = replace(reading, problems=[note, *reading.problems])
    return finish(
        reading, memory, digest or whole(document_body), source=source, source_url=source_url or url
    )


def _read_known(body: bytes, url: str, content_type: str, kind: SourceKind, memory: Memory) -> Reading | None:
    """A feed of which most is known, read as the UTF-8 it was the last time; None for anything else.

    Items that are known were UTF-8 then, and whatever is not known is decoded strictly: a feed in another charset, or
    with a stray byte, comes to nothing here and is read as a whole.
    """
    if not memory.head or kind not in (SourceKind.AUTO, SourceKind.FEED) or body.startswith(NO_PLAIN_UTF8):
        return None
    start = body.find(b"<item")
    start = start if start >= 0 else body.find(b"<entry")
    if start < 0 or b"iso-2022" in body[:HEAD_BYTES].lower() or "iso-2022" in content_type.lower():
        return None
    try:
        look = recognise(body[: start + 8].decode(errors="ignore"), url=url, content_type=content_type)
        if look.format is not Format.XML or not look.root:
            return None
        offset = len(body[: start + 8].decode(errors="ignore")[: look.root.start].encode())
        return read_feed(body[offset:], look.root, url, memory)
    except (UnicodeDecodeError, SourceError):
        return None


def _read(
    text: str, url: str, content_type: str, kind: SourceKind, memory: Memory, options: Options
) -> Reading:
    if kind is SourceKind.ARTICLE:
        return _read_article(text, url, content_type)
    if kind is SourceKind.PAGE:
        recognise(text, url=url, content_type=content_type)  # which refuses what is empty
        return read_watched(text, url, options.include, options.exclude, memory)
    look = recognise(text, url=url, content_type=content_type)
    if look.format is Format.JSON:
        return read_json_feed(text, url, memory)
    if look.root and (look.root.local in SITEMAP_ROOTS or kind is SourceKind.SITEMAP):
        return read_sitemap(text[look.root.start :], url, memory)
    if look.format is Format.XML and look.root:
        return read_feed(text[look.root.start :].encode("utf-8", "replace"), look.root, url, memory)
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
    return stand_in(text) or SourceError(
        "This is a web page, not a feed.",
        'Look for the address of its RSS feed; if the page is one article, set kind = "article".',
    )
