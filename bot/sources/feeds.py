"""RSS, RDF and Atom to drafts: cut into items, each parsed on its own."""

from __future__ import annotations

import re

from bot.errors import SourceError
from bot.sources.entries import draft_of
from bot.sources.items import MAX_ITEMS, Piece, count_tags, cut
from bot.sources.links import resolve
from bot.sources.markup import to_text
from bot.sources.parsed import Draft, Reading
from bot.sources.parser import entry_in, feed_in
from bot.sources.prolog import Root
from bot.sources.xml_text import safe_for_feedparser

FEED_ROOTS = {"rss": "rss", "feed": "atom", "entry": "atom", "rdf": "rdf", "channel": "rss"}

CHANNEL = re.compile(r"<((?:[A-Za-z_][\w.-]{0,63}:)?channel)(?:\s[^<>]*)?>", re.ASCII | re.IGNORECASE)
HEAD_CHARS = 20_000  # the feed's own title and language stand in these; what follows is not needed


def read_feed(text: str, root: Root, url: str) -> Reading:
    """The items of a feed at `url`. Raises SourceError for XML that is no feed."""
    text = safe_for_feedparser(text[root.start :])
    pieces = cut(text)
    if not pieces and root.local not in FEED_ROOTS:
        raise SourceError(
            f"This is XML but no feed: it begins with <{root.name}> and has no items.",
            "Use the address of an RSS, Atom or JSON feed.",
        )
    opening, closing = _frame(text, root, pieces)
    feed = feed_in(_without_items(text, pieces))
    home, lang = feed["link"], feed["language"]
    base = resolve(url, url) or home  # a feed in a file has no address, but its home page has
    drafts: list[Draft] = []
    problems: list[str] = []
    for number, piece in enumerate(pieces[:MAX_ITEMS], 1):
        place = f"Item {number} of {len(pieces)}"
        item = _item(text, piece, root)
        if not item:
            problems.append(f"{place} is cut off and waits until the document is complete.")
            continue
        entry, wrong = entry_in(f"{opening}{item}{closing}")
        if draft := draft_of(entry, place, base=base, lang=lang) if entry else None:
            drafts.append(draft)
        if wrong:
            outcome = "it was read as far as possible" if draft else "nothing of it could be read"
            problems.append(f"{place} is not well-formed XML ({wrong}); {outcome}.")
        elif not draft:
            problems.append(f"{place} is empty.")
    return Reading(
        FEED_ROOTS.get(root.local, "rss"),
        drafts,
        [*_missing(text, root, pieces, len(drafts)), *problems],
        to_text(feed["title"]),
        frozenset({url, home, resolve(url, home)}),
    )


def _frame(text: str, root: Root, pieces: list[Piece]) -> tuple[str, str]:
    """What stands around an item parsed alone: the tags open there, for their namespaces and languages."""
    if not pieces or pieces[0].start == 0:  # an Atom entry document: the item is the root
        return "", ""
    head = text[: pieces[0].start]
    opening, closing = head[: head.find(">") + 1], f"</{root.name}>"
    channel = CHANNEL.search(head)
    if channel and root.local == "rss":
        return f"{opening}{channel.group()}", f"</{channel.group(1)}>{closing}"
    return opening, closing


def _without_items(text: str, pieces: list[Piece]) -> str:
    """The document's beginning and end: what the feed says about itself."""
    if not pieces:
        return text[:HEAD_CHARS]
    return text[: min(pieces[0].start, HEAD_CHARS)] + text[pieces[-1].end :][:HEAD_CHARS]


def _item(text: str, piece: Piece, root: Root) -> str:
    """An item's own text; empty if the document ends inside it.

    Half an item now would hide the whole one later, with all the words it lacks.
    """
    item = text[piece.start : piece.end]
    if piece.closed or piece.end < len(text):
        return item
    item, end_of_feed, _ = item.partition("</channel" if root.local == "rss" else f"</{root.name}")
    return item if end_of_feed else ""


def _missing(text: str, root: Root, pieces: list[Piece], read: int) -> list[str]:
    """Sentences on items that were lost, skipped or never sent."""
    missing = []
    if read < min(len(pieces), MAX_ITEMS):
        missing.append(f"{read:,} of {len(pieces):,} items could be read.")
    if len(pieces) > MAX_ITEMS:
        missing.append(f"The feed has {len(pieces):,} items; only the first {MAX_ITEMS:,} were read.")
    behind = text[pieces[-1].end :] if pieces else text
    if pieces and pieces[-1].closed and pieces[0].start > 0 and f"</{root.name}" not in behind:
        missing.append(f"The document ends without </{root.name}>: items after the last may be missing.")
    if (hidden := count_tags(text) - len(pieces)) > 0:
        missing.append(f"Of {len(pieces) + hidden:,} item tags, {hidden:,} stand in comments or CDATA text.")
    return missing
