"""Where a document's root element begins, found before any parser sees the document.

Entities are refused here and the whole prolog is dropped afterwards, so no parser of ours ever reads a
DOCTYPE. That is the defence against entity bombs and external entities (OWASP, XML External Entity
Prevention); no feed needs either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.errors import SourceError

TAG = re.compile(r"<([A-Za-z_][\w.:-]{0,99})", re.ASCII)
FEED_TAG = re.compile(r"<((?:[A-Za-z_][\w.-]{0,63}:)?(?:rss|feed))(?=[\s>])", re.ASCII | re.IGNORECASE)
WARNINGS = frozenset(
    ("b", "br", "div", "font", "p", "pre", "span", "table")
)  # what servers print a warning in


@dataclass(frozen=True, slots=True)
class Root:
    """The first element of a document."""

    name: str  # as written, with its prefix: "rdf:RDF"
    start: int  # of its "<", in code points

    @property
    def local(self) -> str:
        """The name without its prefix, lower case."""
        return self.name.rpartition(":")[2].lower()


def find_root(text: str) -> Root | None:
    """The root element, None if there is none. Raises SourceError if the prolog declares an entity."""
    at = 0
    while (at := text.find("<", at)) >= 0:
        if text.startswith("<!--", at):
            at = _after(text, "-->", at + 4)
        elif text.startswith("<?", at):
            at = _after(text, "?>", at + 2)
        elif text[at : at + 8].upper() == "<!ENTITY":
            raise SourceError(
                "The document declares XML entities, which can blow up a reader, so it was not read.",
                "Ask the publisher for a feed without <!ENTITY> declarations.",
            )
        elif tag := TAG.match(text, at):
            return _past_warnings(text, Root(tag.group(1), at))
        else:
            at += 1
    return None


def _after(text: str, closer: str, start: int) -> int:
    """The position behind the next `closer`, or the end of the text."""
    end = text.find(closer, start)
    return end + len(closer) if end >= 0 else len(text)


def _past_warnings(text: str, first: Root) -> Root:
    """The feed's root behind HTML that a server printed first ("<br /><b>Warning</b>…"), else the first
    root.
    """
    feed = FEED_TAG.search(text, first.start) if first.local in WARNINGS else None
    return Root(feed.group(1), feed.start()) if feed else first
