"""What comes out of a document: drafts inside this package, articles outside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import Article


@dataclass(frozen=True, slots=True)
class Parsed:
    """Everything one document says, and what could not be read of it.

    Articles stand in document order and no two share an id. Every item of the document is an article here
    or is named in `problems`, each of which is one sentence in plain words with the item's position.
    """

    articles: tuple[Article, ...]
    problems: tuple[str, ...] = ()
    title: str = ""  # of the feed
    kind: str = ""  # "rss", "rdf", "atom", "json", "page", "text"


@dataclass(frozen=True, slots=True)
class Draft:
    """One item as its format tells it, before it is cleaned, clipped and given an id."""

    place: str  # where it stands, for a problem: "item 3"
    guid: str = ""  # the publisher's own key
    link: str = ""  # http(s) or empty
    title: str = ""
    body: str = ""
    lang: str = ""
    author: str = ""
    published: datetime | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a format's reader found in one document."""

    kind: str
    drafts: Sequence[Draft]
    problems: Sequence[str] = ()
    title: str = ""
    homes: frozenset[str] = frozenset()  # the document's own addresses: they identify no item
