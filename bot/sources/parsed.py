"""What comes out of a document: drafts inside this package, articles outside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import Article


@dataclass(frozen=True, slots=True)
class Hints:
    """What a feed says about itself, for whoever polls it. Addresses are absolute; empty what it does not say."""

    ttl: float | None = None  # seconds: the longest of RSS's ttl and what sy:updatePeriod and -Frequency make
    skip_hours: tuple[int, ...] = ()  # of the day, UTC, 0 to 23 (RSS 2.0 skipHours)
    skip_days: tuple[int, ...] = ()  # 0 is Monday (RSS 2.0 skipDays)
    hub: str = ""  # where changes can be subscribed to (WebSub)
    topic: str = ""  # the address that the feed calls its own (rel="self")
    next_page: str = ""  # the page with older items (RFC 5005; JSON Feed's next_url)


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
