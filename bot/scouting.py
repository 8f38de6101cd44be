"""Finds the feed behind an address that people know, and shows what it brings before anything is saved."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain, count
from urllib.parse import urlsplit

from bot.config import SourceSettings
from bot.config.readers import NAME_CHARS
from bot.errors import SourceError
from bot.hosts import is_web
from bot.model import Article, Source, SourceKind
from bot.ports import Fetched, Fetcher, Parser, Read
from bot.sources import candidates, decode

SHOWN = 3  # titles that tell a person whether it is the right feed
NO_FEED = 'Give the address of the feed itself, or watch the page (kind = "page" in the configuration).'


@dataclass(frozen=True, slots=True)
class Found:
    """A source as it would be saved, and its newest articles."""

    settings: SourceSettings
    newest: tuple[Article, ...]
    items: int


async def scout(url: str, name: str, taken: Collection[str], fetcher: Fetcher, parser: Parser) -> Found:
    """The feed at an address, or the one that the page there leads to. Raises SourceError when there is none.

    `name`: what it shall be called, empty: as it calls itself; `taken`: names that are in use.
    """
    url = address(url)
    fetched = await fetcher.fetch(Source(0, "", url))
    try:
        read = await _read(url, fetched, parser)
    except SourceError as error:
        page = fetched.documents[0]
        for candidate in candidates(decode(page.body, page.content_type)[0], page.url):
            try:
                return _found(
                    candidate,
                    name,
                    taken,
                    await _read(candidate, await fetcher.fetch(Source(0, "", candidate)), parser),
                )
            except SourceError:
                continue
        raise SourceError(f"No feed was found at {urlsplit(url).hostname}: {error.what}", NO_FEED) from error
    return _found(url, name, taken, read)


def address(typed: str) -> str:
    """The web address that a person means, "https://" in front where it is left out. Raises SourceError."""
    typed = typed.strip().strip("<>").partition("|")[0]  # Slack writes <address|label>
    url = typed if "://" in typed else f"https://{typed}"
    if not is_web(url) or not urlsplit(url).hostname or re.search(r"\s", url):
        raise SourceError(f"{typed[:100]!r} is no web address.", 'Write it like "https://example.com/rss".')
    return url


async def _read(url: str, fetched: Fetched, parser: Parser) -> Read:
    return await parser.parse(Source(0, "", url, SourceKind.FEED), fetched)


def _found(url: str, name: str, taken: Collection[str], read: Read) -> Found:
    if not read.articles:
        raise SourceError("The feed has no items.", NO_FEED)
    chosen = free_name(name or read.title or urlsplit(url).hostname or url, url, taken)
    undated = sum(article.published is None for article in read.articles)
    newest = read.articles if undated else sorted(read.articles, key=_when, reverse=True)
    return Found(SourceSettings(chosen, url), tuple(newest[:SHOWN]), read.items)


def _when(article: Article) -> float:
    return article.published.timestamp() if article.published else 0.0


def free_name(wanted: str, url: str, taken: Collection[str]) -> str:
    """A name that no other source has: as wanted, then with the host behind it, then with a number."""
    wanted = " ".join(wanted.split())[:NAME_CHARS].strip() or "Tanpa nama"
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    endings = chain(("", f" ({host})"[: NAME_CHARS // 2]), (f" {number}" for number in count(2)))
    names = (f"{wanted[: NAME_CHARS - len(ending)].rstrip()}{ending}" for ending in endings)
    return next(name for name in names if name not in taken)
