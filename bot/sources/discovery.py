"""Which feeds a web page may have: those it names, those it links to, and where sites usually keep them."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

from bot.sources.links import resolve

LINK = re.compile(r"<link\b[^<>]{1,3000}>", re.IGNORECASE)
ANCHOR = re.compile(r"<a\b[^<>]{1,3000}>", re.IGNORECASE)
ATTRIBUTE = re.compile(
    r"\b(rel|type|href|title)\s{0,9}=\s{0,9}(?:\"([^\"<>]{0,2000})\"|'([^'<>]{0,2000})'|([^\s\"'<>]{1,2000}))",
    re.IGNORECASE,
)
FEED_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/json",
)
LOOKS_LIKE_A_FEED = re.compile(
    r"(?:^|[/._-])(?:rss\d?|feeds?|atom|rdf)(?:$|[/._?-])|\.(?:rss|rdf|atom)$", re.IGNORECASE
)
COMMENTS = re.compile(r"comment|komentar|respon", re.IGNORECASE)
USUAL = (
    "feed",
    "rss",
    "rss.xml",
    "feed.xml",
    "atom.xml",
    "index.xml",
    "feed.json",
    "sitemap-news.xml",
    "news-sitemap.xml",
)
MOST = 12  # addresses worth a request


def candidates(page: str, url: str) -> list[str]:
    """Addresses of feeds that a page at `url` may have, the likeliest first, at most MOST."""
    named, linked = [], []
    for tag in LINK.findall(page):
        said = _attributes(tag)
        if "alternate" in said.get("rel", "").lower().split() and said.get("type", "").lower() in FEED_TYPES:
            named.append(
                (f"{said.get('title', '')} {said.get('href', '')}", resolve(url, said.get("href", "")))
            )
    for tag in ANCHOR.findall(page):
        address = resolve(url, _attributes(tag).get("href", ""))
        if address and LOOKS_LIKE_A_FEED.search(urlsplit(address).path):
            linked.append((address, address))
    usual = [(address, address) for address in (resolve(url, f"/{path}") for path in USUAL)]
    every = [*named, *linked]
    # A feed of comments is the wrong one, wherever it stands.
    ordered = [
        *(one for one in every if not COMMENTS.search(one[0])),
        *usual,
        *(one for one in every if COMMENTS.search(one[0])),
    ]
    return list(dict.fromkeys(address for _, address in ordered if address and address != url))[:MOST]


def _attributes(tag: str) -> dict[str, str]:
    return {name.lower(): html.unescape(a or b or c) for name, a, b, c in ATTRIBUTE.findall(tag)}
