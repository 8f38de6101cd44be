"""feedparser, called so that it can neither fetch nor open anything, nor stop the feed with an exception."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any
from xml.sax import SAXException

from bot.sources.rescue import rescued
from bot.sources.wording import clean, one_line
from bot.sources.xml_text import bearable_keywords, mend

REASON_CHARS = 100  # of a parser's message; some quote the whole item


BATCH = 25  # items given to feedparser at once: each call costs as much as an item
ALONE = ("xml:base", "xml:lang")  # feedparser lets these leak from one entry into those after it

Entry = dict[str, Any]
"""An entry as feedparser tells it."""


def entries_in(opening: str, items: Sequence[str], closing: str) -> list[tuple[Entry | None, str]]:
    """For each item its entry, None where nothing can be read, and what is wrong with its XML (empty: nothing).

    `opening` and `closing` stand around an item. Items are parsed together where that makes no difference.
    """
    found: list[tuple[Entry | None, str]] = []
    for at in range(0, len(items), BATCH):
        batch = items[at : at + BATCH]
        found += _together(opening, batch, closing) or [
            entry_in(f"{opening}{item}{closing}") for item in batch
        ]
    return found


def _together(opening: str, items: Sequence[str], closing: str) -> list[tuple[Entry | None, str]] | None:
    """The entries of sound items; None when one of them is not, and so may be mistaken for a part of another."""
    joined = "".join(items)
    if len(items) < 2 or not opening or any(word in joined for word in ALONE):
        return None
    try:
        parsed = _parse(f"{opening}{''.join(map(bearable_keywords, items))}{closing}")
    except Exception:  # as in entry_in
        return None
    entries = parsed["entries"]
    if parsed["bozo"] or len(entries) != len(items):
        return None
    return [(entry, "") for entry in entries]


def entry_in(document: str) -> tuple[Entry | None, str]:
    """feedparser's entry for a document of one item, and what is wrong with its XML (empty: nothing)."""
    document = bearable_keywords(document)
    wrong = ""
    try:
        parsed = _parse(document)
        # The commonest mistakes, HTML's entities and bare ampersands, lose nothing once they are mended.
        if parsed["bozo"] and (mended := mend(document)) != document:
            parsed = _parse(mended)
        if parsed["bozo"]:
            wrong = _short(_reason(parsed["bozo_exception"]))
        if parsed["entries"] and any(parsed["entries"][0].values()):
            return parsed["entries"][0], wrong
    # UnicodeError, ValueError, KeyError, AttributeError: feedparser has raised them all on real items.
    except Exception as error:
        wrong = _short(f"{type(error).__name__}: {error}")
    entry, sound = rescued(mend(document))
    # Half an item, from XML that is broken, would hide the whole one later: it is named instead.
    return (entry, "") if sound else (None, wrong)


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

    feedparser.api.PREFERRED_XML_PARSERS = ["bot.sources.expat"]
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
