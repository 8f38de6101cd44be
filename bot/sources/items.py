"""A feed cut into its items before anything is parsed.

Each item is then parsed alone, so a broken one costs itself only, its position is known, and nothing leaks
from one item into the next. Measured on 74 real feeds (2,079 items, feedparser 6.0.14): 0.60 ms an item,
against 0.50 ms parsed as a whole; all entries equal but for feedparser's own leak of `xml:base` from one
entry into those after it. Turned down: the whole parse with a rescue when the count is short, two ways to
the same articles that may disagree about an item's identity between two polls.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_ITEMS = 5_000  # real feeds have some hundred at most; more would only hold up the other sources

TOKEN = re.compile(
    r"<!--|<!\[CDATA\[|<(?P<slash>/?)(?P<name>(?:[A-Za-z_][\w.-]{0,63}:)?(?:item|entry))(?=[\s/>])",
    re.ASCII | re.IGNORECASE,
)
CLOSERS = {"<!--": "-->", "<![CDATA[": "]]>"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One item's stretch of the document."""

    start: int
    end: int  # exclusive; for an item that is never closed: where the next begins, or the document ends
    closed: bool


def cut(text: str, start: int = 0) -> list[Piece]:
    """The items of a feed, in document order; tags inside comments and CDATA do not count. Takes linear time.

    The first item tag's name counts, prefix included: a `<media:item>` inside an `<item>` is part of it.
    """
    pieces: list[Piece] = []
    ends: dict[
        str, int
    ] = {}  # the next closer of each kind: searched once, or many openers would cost n² letters
    item, opened, at = "", -1, start
    while token := TOKEN.search(text, at):
        at = token.end()
        if closer := CLOSERS.get(token.group().upper()):
            if ends.get(closer, -1) < at:
                found = text.find(closer, at)
                ends[closer] = found if found >= 0 else len(text)
            at = _behind_section(text, at, ends[closer], len(closer))
            continue
        item = item or token["name"].lower()
        if token["name"].lower() != item:
            continue
        if token["slash"]:
            if opened >= 0:
                at = _behind_tag(text, at)
                pieces.append(Piece(opened, at, closed=True))
                opened = -1
            continue
        if opened >= 0:
            pieces.append(Piece(opened, token.start(), closed=False))
        opened = token.start()
        at = _behind_tag(text, at)
        if text[at - 2 : at] == "/>":
            pieces.append(Piece(opened, at, closed=True))
            opened = -1
    if opened >= 0:
        pieces.append(Piece(opened, len(text), closed=False))
    return pieces


def _behind_section(text: str, start: int, end: int, closer: int) -> int:
    """Where to go on after a comment or CDATA section.

    A section whose first item tag is a closing one was never closed; it would swallow the next item as well.
    """
    inner = TOKEN.search(text, start, end)
    while inner and not inner["name"]:
        inner = TOKEN.search(text, inner.end(), end)
    if inner and inner["slash"]:
        return inner.start()
    return min(end + closer, len(text))


def _behind_tag(text: str, start: int) -> int:
    end = text.find(">", start)
    return end + 1 if end >= 0 else len(text)
