"""The pages of articles that came as teasers: read once each, at the host's pace; then the whole text is matched.

What the teaser gives is told at once, when it comes; here only what the whole text adds. That a page is to be read stands
in the store, from the transaction that stores the teaser to the one that stores the whole text.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.aftermath import version
from bot.annotate import annotate
from bot.errors import SourceError
from bot.hosts import Hosts
from bot.judging import Entry
from bot.model import Article, Source, SourceKind
from bot.pipeline import Lookout, deepen
from bot.ports import Clock, Engine, Fetcher, Filed, KeptVersion, Origin, Parser, Store
from bot.sources import joined

log = logging.getLogger(__name__)

LOOK = 1.0  # seconds between two looks at which pages are due
AT_ONCE = 8  # pages, each of another host
MOST = 200  # pages looked at together
TRIES = 3
AGAIN = timedelta(minutes=5)  # after a page that could not be read


@dataclass(frozen=True, slots=True)
class Pages:
    """`look` is a job of the clockwork."""

    store: Store
    fetcher: Fetcher
    parser: Parser
    engine: Engine
    lookout: Callable[[], Lookout]
    clock: Clock
    hosts: Hosts = field(default_factory=Hosts)

    async def look(self) -> None:
        """Read the pages that are due and whose hosts are free, one of each."""
        async with self.store.read() as tx:
            due = await tx.articles.pages(self.clock(), MOST)
        chosen: list[tuple[Filed, int]] = []
        for filed, tries in due:
            if len(chosen) < AT_ONCE and self.hosts.take(filed.article.url):
                chosen.append((filed, tries))
        await asyncio.gather(*(self._read(filed, tries) for filed, tries in chosen))

    async def _read(self, filed: Filed, tries: int) -> None:
        article, rest = filed.article, 0.0
        try:
            page = await self._page(article)
        except SourceError as error:
            rest = error.retry_after or 0.0
            log.info("%s: the page of %s cannot be read: %s", article.source, article.id, error)
            await self._later(article, tries)
        else:
            await self._deepen(filed, page)
        finally:
            self.hosts.done(article.url, rest)

    async def _page(self, article: Article) -> Article:
        asked = Source(0, article.source, article.url, SourceKind.ARTICLE)
        read = await self.parser.parse(asked, await self.fetcher.fetch(asked))
        return max(read.articles, key=lambda one: len(one.body), default=replace(article, body=""))

    async def _later(self, article: Article, tries: int) -> None:
        async with self.store.write() as tx:
            if tries + 1 < TRIES:
                await tx.articles.page_later(article.id, self.clock() + AGAIN * (tries + 1))
            else:
                await tx.articles.page_done(article.id)

    async def _deepen(self, filed: Filed, page: Article) -> None:
        """Store the whole text with the alerts that only it gives, unless the teaser says more."""
        article, full = filed.article, page.body
        lookout = self.lookout()
        whole = replace(article, body=joined(article.body, full))
        better = len(full) > len(article.body)
        matches = lookout.match(whole) if better else ()
        if better and {match.watch for match in lookout.match(article)} - {match.watch for match in matches}:
            # The page lacks words that the teaser has: both count.
            whole = replace(article, body=f"{article.body}\n\n{full}")
            matches = lookout.match(whole)
        noted = await asyncio.to_thread(annotate, whole) if matches else None
        async with self.store.write() as tx:
            if better:
                entry = Entry(
                    whole,
                    filed.story,
                    matches,
                    noted,
                    text=filed.text,
                    origin=filed.origin,
                    contained=filed.contained,
                )
                await deepen(tx, self.engine, lookout, entry, self.clock())
                if matches and not await tx.revisits.versions(article.id):
                    # What its page will be compared with (bot/revisits.py), from the first moment on.
                    first = KeptVersion(1, Origin.PAGE, version(page.title, full), self.clock())
                    await tx.revisits.keep(article.id, first)
            await tx.articles.page_done(article.id)
