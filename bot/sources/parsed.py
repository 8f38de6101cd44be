"""What comes out of a document: drafts inside this package, articles outside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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

    Articles stand in document order and no two share an id. Every item of the document is an article here,
    was known before, or is named in `problems`, each of which is one sentence in plain words with the item's position.
    """

    articles: tuple[Article, ...]
    problems: tuple[str, ...] = ()
    title: str = ""  # of the feed
    kind: str = ""  # "rss", "rdf", "atom", "json", "page", "text"
    items: int = 0  # that the document holds
    known: int = 0  # of these, the ones that are not among the articles, for they were known
    memo: bytes = b""  # for the next document of the same source, once these articles are stored
    hints: Hints = field(default_factory=Hints)


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
    digest: bytes = b""  # of the item's stretch of the document; empty: not to be remembered


@dataclass(frozen=True, slots=True)
class Reading:
    """What a format's reader found in one document."""

    kind: str
    drafts: Sequence[Draft]
    problems: Sequence[str] = ()
    title: str = ""
    homes: frozenset[str] = frozenset()  # the document's own addresses: they identify no item
    items: int = 1
    known: Sequence[bytes] = ()  # digests of the items that were known, and so have no draft
    head: bytes = b""  # for the memory, as `feed`
    feed: Mapping[str, str] = field(default_factory=dict)
    hints: Hints = field(default_factory=Hints)
