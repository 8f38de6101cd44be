"""feedparser, called so that it can neither fetch nor open anything, nor stop the feed with an exception."""

from __future__ import annotations

import io
from typing import Any
from xml.sax import SAXException

from bot.sources.wording import clean, one_line
from bot.sources.xml_text import bearable_keywords, mend

REASON_CHARS = 100  # of a parser's message; some quote the whole item


def entry_in(document: str) -> tuple[dict[str, Any] | None, str]:
    """feedparser's entry for a document of one item, and what is wrong with its XML (empty: nothing)."""
    document = bearable_keywords(document)
    try:
        parsed = _parse(document)
        # The commonest mistakes, HTML's entities and bare ampersands, lose nothing once they are mended.
        if parsed["bozo"] and (mended := mend(document)) != document:
            parsed = _parse(mended)
    # UnicodeError, ValueError, KeyError, AttributeError: feedparser has raised them all on real items.
    except Exception as error:
        return None, _short(f"{type(error).__name__}: {error}")
    entry = parsed["entries"][0] if parsed["entries"] else None
    return entry, _short(_reason(parsed["bozo_exception"])) if parsed["bozo"] else ""


def feed_in(document: str) -> dict[str, str]:
    """The title, link and language of a feed; empty what cannot be read, for no article depends on it."""
    try:
        feed = _parse(bearable_keywords(document))["feed"]
    except Exception:  # as in entry_in
        feed = {}
    said = {name: feed.get(name) for name in ("title", "link", "language")}
    return {name: value if isinstance(value, str) else "" for name, value in said.items()}


def _parse(document: str) -> dict[str, Any]:
    import feedparser  # takes a fifth of a second to import, so only when there is a feed

    # A stream, never bytes: feedparser takes bytes for the name of a file and opens it.
    parsed: dict[str, Any] = feedparser.parse(
        io.BytesIO(document.encode()),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return parsed


def _reason(error: Exception) -> str:
    """A parser's message without the position, which counts from the item's frame and helps nobody."""
    return error.getMessage() if isinstance(error, SAXException) else str(error)


def _short(reason: str) -> str:
    return one_line(clean(reason))[:REASON_CHARS]
