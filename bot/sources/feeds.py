"""RSS, RDF and Atom to drafts: cut into items, each parsed by feedparser on its own."""

from __future__ import annotations

import io
import re
from typing import Any

from bot.errors import SourceError
from bot.sources.entries import draft_of, plain
from bot.sources.items import MAX_ITEMS, Piece, cut
from bot.sources.links import resolve
from bot.sources.parsed import Draft, Reading
from bot.sources.prolog import Root
from bot.sources.wording import clean, one_line
from bot.sources.xml_text import safe_for_feedparser

FEED_ROOTS = {"rss": "rss", "feed": "atom", "entry": "atom", "rdf": "rdf", "channel": "rss"}

CHANNEL = re.compile(r"<((?:[A-Za-z_][\w.-]{0,63}:)?channel)(?:\s[^<>]*)?>", re.ASCII | re.IGNORECASE)
HEAD_CHARS = 20_000  # of the feed's own title and language; what follows is not needed


def read_feed(text: str, root: Root, url: str) -> Reading:
    """The items of a feed at `url`. Raises SourceError if not one of them can be read."""
    text = safe_for_feedparser(text[root.start :])
    kind = FEED_ROOTS.get(root.local, "rss")
    pieces = cut(text)
    if not pieces and root.local not in FEED_ROOTS:
        raise SourceError(
            f"This is XML but no feed: it begins with <{root.name}> and has no items.",
            "Use the address of an RSS, Atom or JSON feed.",
        )
    opening, closing = _frame(text, root, pieces)
    feed = _feed_itself(text, pieces)
    lang = feed.get("language") or ""
    drafts: list[Draft] = []
    problems: list[str] = []
    for number, piece in enumerate(pieces[:MAX_ITEMS], 1):
        place = f"Item {number} of {len(pieces)}"
        if not piece.closed and piece.end == len(text):
            # Half an item now would hide the whole one later, with all the words it lacks.
            problems.append(
                f"{place} is cut off: the document ends inside it. It will be read once it is complete."
            )
            continue
        entry, problem = _read_item(f"{opening}{text[piece.start : piece.end]}{closing}", place)
        draft = draft_of(entry, place, base=url, lang=lang) if entry else None
        if draft:
            drafts.append(draft)
        elif not problem:
            problem = f"{place} is empty."
        if problem:
            problems.append(problem)
    problems += _what_is_missing(text, root, pieces, len(drafts))
    return Reading(
        kind,
        drafts,
        problems,
        one_line(plain(feed.get("title_detail") or {})),
        frozenset({url, feed.get("link") or "", resolve(url, feed.get("link") or "")}),
    )


def _read_item(document: str, place: str) -> tuple[dict[str, Any] | None, str]:
    """feedparser's entry for a document of one item, and what is wrong with it in one sentence."""
    try:
        parsed = _parse(document)
    except (
        Exception
    ) as error:  # feedparser: UnicodeError, ValueError, KeyError, AttributeError … seen on hostile items
        return (
            None,
            f"{place} could not be read ({type(error).__name__}: {one_line(clean(str(error)))[:100]}).",
        )
    if not parsed["entries"]:
        return None, f"{place} could not be read."
    return parsed["entries"][0], _complaint(parsed, place)


def _complaint(parsed: dict[str, Any], place: str) -> str:
    if not parsed["bozo"]:
        return ""
    error = parsed["bozo_exception"]
    reason = error.getMessage() if hasattr(error, "getMessage") else str(error)
    return f"{place} is not well-formed XML ({one_line(reason)[:100]}); it was read as far as possible."


def _parse(document: str) -> dict[str, Any]:
    import feedparser  # a quarter of the command line's start-up time, so only when a feed is there

    # A stream, never bytes: feedparser takes bytes for the name of a file to open.
    parsed: dict[str, Any] = feedparser.parse(
        io.BytesIO(document.encode()),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return parsed


def _frame(text: str, root: Root, pieces: list[Piece]) -> tuple[str, str]:
    """What stands around an item parsed alone: the tags open there, for their namespaces and languages."""
    if not pieces or pieces[0].start == 0:  # an Atom entry document: the item is the root
        return "", ""
    head = text[: pieces[0].start]
    opening = head[: head.find(">") + 1]
    closing = f"</{root.name}>"
    channel = CHANNEL.search(head)
    if channel and root.local == "rss":
        return f"{opening}{channel.group()}", f"</{channel.group(1)}>{closing}"
    return opening, closing


def _feed_itself(text: str, pieces: list[Piece]) -> dict[str, Any]:
    """What the feed says about itself; nothing if that cannot be read, for no article depends on it."""
    head = text[: pieces[0].start] if pieces else text
    tail = text[pieces[-1].end :] if pieces else ""
    try:
        feed: dict[str, Any] = _parse(head[:HEAD_CHARS] + tail[:HEAD_CHARS])["feed"]
    except Exception:  # as in _read_item
        return {}
    return feed


def _what_is_missing(text: str, root: Root, pieces: list[Piece], read: int) -> list[str]:
    """Sentences for items that nobody saw: too many, cut off, hidden in markup."""
    missing = []
    if len(pieces) > MAX_ITEMS:
        missing.append(f"The feed has {len(pieces):,} items; only the first {MAX_ITEMS:,} were read.")
    if f"</{root.name}" not in text[pieces[-1].end if pieces else 0 :] and text[-200:].rstrip()[-2:] != "/>":
        missing.append(
            f"The document ends without </{root.name}>: items may be missing until it is complete again."
        )
    tags = len(re.findall(r"<(?:[\w.-]{1,64}:)?(?:item|entry)[\s/>]", text))
    if read < min(tags, MAX_ITEMS):
        missing.append(f"{read} of {tags} items could be read.")
    return missing
