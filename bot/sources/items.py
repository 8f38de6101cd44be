"""A feed cut into its items before anything is parsed.

Each item is then parsed alone, so a broken one costs itself only, its position is known, and nothing leaks
from one item into the next. Measured on 74 real feeds (2,079 items, feedparser 6.0.14): 0.60 ms an item,
against 0.50 ms parsed as a whole; all entries equal but for feedparser's own leak of `xml:base` from one
entry into those after it. Turned down: the whole parse with a rescue when the count is short, two ways to
the same articles that may disagree about an item's identity between two polls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_ITEMS = 5_000  # real feeds have some hundred at most; more would only hold up the other sources

TOKEN = re.compile(
    r"<!--|<!\[CDATA\[|<(?P<slash>/?)(?P<name>(?:[A-Za-z_][\w.-]{0,63}:)?(?:item|entry))(?=[\s/>])",
    re.ASCII | re.IGNORECASE,
)
REST_OF_TAG = re.compile(r"[^<>]*>?")
CLOSERS = {"<!--": "-->", "<![CDATA[": "]]>"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One item's stretch of the document."""

    start: int
    end: int  # exclusive; for an item that is never closed: where the next begins, or the document ends
    closed: bool


def cut(text: str) -> list[Piece]:
    """The items of a feed, in document order; tags inside comments and CDATA do not count. Takes linear time.

    The first item tag's name counts, prefix included: a `<media:item>` inside an `<item>` is part of it.
    """
    pieces: list[Piece] = []
    item, opened = "", -1
    for tag in _tags(text):
        item = item or tag["name"].lower()
        if tag["name"].lower() != item:
            continue
        if opened >= 0 and not tag["slash"]:
            pieces.append(Piece(opened, tag.start(), closed=False))
        if not tag["slash"]:
            opened = tag.start()
        rest = REST_OF_TAG.match(text, tag.end())
        end = rest.end() if rest else len(text)
        if opened >= 0 and (tag["slash"] or text[end - 2 : end] == "/>"):
            pieces.append(Piece(opened, end, closed=True))
            opened = -1
    if opened >= 0:
        pieces.append(Piece(opened, len(text), closed=False))
    return pieces


def count_tags(text: str) -> int:
    """How many item tags open anywhere in the text, comments and CDATA included."""
    return sum(1 for token in TOKEN.finditer(text) if token["name"] and not token["slash"])


def _tags(text: str) -> Iterator[re.Match[str]]:
    """The item tags that are markup."""
    ends: dict[str, int] = {}  # where the next closer of each kind stands: searched once, not once an opener
    at = 0
    while token := TOKEN.search(text, at):
        at = token.end()
        closer = CLOSERS.get(token.group().upper())
        if closer is None:
            yield token
            continue
        if ends.get(closer, -1) < at:
            found = text.find(closer, at)
            ends[closer] = found if found >= 0 else len(text)
        at = _behind_section(text, at, ends[closer])


def _behind_section(text: str, start: int, end: int) -> int:
    """Where to go on after a comment or CDATA section.

    A section whose first item tag is a closing one was never closed; it would swallow the next item as well.
    """
    inner = next((token for token in TOKEN.finditer(text, start, end) if token["name"]), None)
    return inner.start() if inner and inner["slash"] else end
