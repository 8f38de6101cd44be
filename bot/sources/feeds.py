"""RSS, RDF and Atom to drafts: cut into items, and those that are not known yet are parsed."""

from __future__ import annotations

import re

from bot.errors import SourceError
from bot.sources.entries import draft_of
from bot.sources.hints import hints_in
from bot.sources.items import MAX_ITEMS, Piece, divide
from bot.sources.links import resolve
from bot.sources.markup import to_text
from bot.sources.memory import Memory, digest
from bot.sources.parsed import Draft, Reading
from bot.sources.parser import Entry, entries_in, feed_in
from bot.sources.prolog import Root
from bot.sources.xml_text import safe_for_feedparser

FEED_ROOTS = {"rss": "rss", "feed": "atom", "entry": "atom", "rdf": "rdf", "channel": "rss"}

CHANNEL = re.compile(r"<((?:[A-Za-z_][\w.-]{0,63}:)?channel)(?:\s[^<>]*)?>", re.ASCII | re.IGNORECASE)
HEAD_BYTES = 20_000  # the feed's own title and language stand in these; what follows is not needed
PASSING = re.compile(  # changes with every item, and says nothing of the feed
    r"<(lastBuildDate|pubDate|updated|dc:date|items)(?:\s[^<>]{0,200})?>.*?</\1>", re.DOTALL
)


def read_feed(document: bytes, root: Root, url: str, memory: Memory) -> Reading:
    """The items of a feed at `url` that `memory` does not hold; `document` is UTF-8 and begins with the root.

    Raises SourceError for XML that is no feed, UnicodeDecodeError where what is new is no UTF-8.
    """
    pieces, hidden = divide(document, memory.items)
    if not pieces and root.local not in FEED_ROOTS:
        raise SourceError(
            f"This is XML but no feed: it begins with <{root.name}> and has no items.",
            "Use the address of an RSS, Atom or JSON feed.",
        )
    before, behind = _around(document, pieces)
    head = PASSING.sub("", before.rstrip() + behind.lstrip())
    head_digest = digest(head.encode())
    feed = memory.feed if memory.head == head_digest else feed_in(safe_for_feedparser(head))
    home, lang = feed["link"], feed["language"]
    base = resolve(url, url) or home  # a feed in a file has no address, but its home page has
    drafts: list[Draft] = []
    problems: list[str] = []
    fresh: list[tuple[str, bytes, str]] = []  # place, digest, text
    known: list[bytes] = []
    left = 0
    for number, piece in enumerate(pieces, 1):
        if piece.digest in memory.items:
            known.append(piece.digest)
        elif len(fresh) >= MAX_ITEMS:
            left += 1
        elif text := _item(document, piece, root):
            place = f"Item {number} of {len(pieces)}"
            fresh.append((place, piece.digest if piece.closed else b"", safe_for_feedparser(text)))
        else:
            problems.append(
                f"Item {number} of {len(pieces)} is cut off and waits until the document is complete."
            )
    opening, closing = _frame(before if pieces and pieces[0].start else "", root)
    entries = entries_in(opening, [item for _, _, item in fresh], closing)
    for (place, digested, _), (entry, wrong) in zip(fresh, entries, strict=True):
        draft = _draft(entry, place, base, lang, b"" if wrong else digested)
        if draft:
            drafts.append(draft)
        if wrong:
            outcome = "it was read as far as possible" if draft else "nothing of it could be read"
            problems.append(f"{place} is not well-formed XML ({wrong}); {outcome}.")
        elif not draft:
            problems.append(f"{place} is empty.")
    read = len(pieces) - left - len(known)
    return Reading(
        FEED_ROOTS.get(root.local, "rss"),
        drafts,
        [*_missing(document, root, pieces, hidden, left, read - len(drafts)), *problems],
        to_text(feed["title"]),
        frozenset({url, home, resolve(url, home)}),
        items=len(pieces),
        known=known,
        head=head_digest,
        feed=feed,
        hints=hints_in(head, base),
    )


def _draft(entry: Entry | None, place: str, base: str, lang: str, digested: bytes) -> Draft | None:
    return draft_of(entry, place, base=base, lang=lang, digest=digested) if entry else None


def _around(document: bytes, pieces: list[Piece]) -> tuple[str, str]:
    """The document's beginning and end: what the feed says about itself."""
    if not pieces:
        return document[:HEAD_BYTES].decode(errors="ignore"), ""
    start, end = pieces[0].start, pieces[-1].end
    before = document[: min(start, HEAD_BYTES)]
    # Cut at HEAD_BYTES, the last letter may be half; anywhere else, half a letter is no UTF-8.
    return before.decode(errors="ignore" if start > HEAD_BYTES else "strict"), document[
        end : end + HEAD_BYTES
    ].decode(errors="ignore")


def _frame(head: str, root: Root) -> tuple[str, str]:
    """What stands around an item parsed alone: the tags open there, for their namespaces and languages."""
    if not head:  # an Atom entry document: the item is the root
        return "", ""
    head = safe_for_feedparser(head)
    opening, closing = head[: head.find(">") + 1], f"</{root.name}>"
    channel = CHANNEL.search(head)
    if channel and root.local == "rss":
        return f"{opening}{channel.group()}", f"</{channel.group(1)}>{closing}"
    return opening, closing


def _item(document: bytes, piece: Piece, root: Root) -> str:
    """An item's own text; empty if the document ends inside it.

    Half an item now would hide the whole one later, with all the words it lacks.
    """
    item = document[piece.start : piece.end].decode()
    if piece.closed or piece.end < len(document):
        return item
    item, end_of_feed, _ = item.partition("</channel" if root.local == "rss" else f"</{root.name}")
    return item if end_of_feed else ""


def _missing(
    document: bytes, root: Root, pieces: list[Piece], hidden: int, left: int, lost: int
) -> list[str]:
    """Sentences on items that were lost, left for the next time or never sent."""
    missing = []
    if lost:
        missing.append(f"{len(pieces) - left - lost:,} of {len(pieces):,} items could be read.")
    if left:
        missing.append(f"The feed has {len(pieces):,} items; {left:,} of them are read at the next polls.")
    closing = f"</{root.name}".encode()
    if pieces and pieces[-1].closed and pieces[0].start > 0 and closing not in document[pieces[-1].end :]:
        missing.append(f"The document ends without </{root.name}>: items after the last may be missing.")
    if hidden:
        missing.append(f"Of {len(pieces) + hidden:,} item tags, {hidden:,} stand in comments or CDATA text.")
    return missing
