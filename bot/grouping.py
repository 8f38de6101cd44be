"""Where each new article belongs: the story memory, kept in step with the store.

Every article is looked up, and those that answer a watch may begin a story: the memory is as large as what is watched for,
however many sources there are. So who else reports a story is known from its first wanted article on.
An exact text that the store has open always wins over the memory, so equal words never depend on a threshold. An article
has one place, however often it is asked for before it is stored: a transaction may be rolled back, two polls may bring it,
a claim may be lost. One that is asked for again once it is stored is found in the memory as a copy of itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count, takewhile

from bot.model import Article
from bot.ports import OpenText, Store
from bot.stories import WINDOW, Memory, Place, apart, fingerprint

log = logging.getLogger(__name__)

UNSTORED = timedelta(hours=1)  # that a place is kept for an article that may not have been stored
BATCH = 500  # stored articles that are read together at the start
TELL = 10_000  # recalled articles between two lines in the log


@dataclass(frozen=True, slots=True)
class Placed:
    """An article's place among the stories, and the key of its exact text."""

    text: str
    story: str  # the key of its story: the id of the article that began it
    copy_of: str = ""  # the id of the article that it is most like
    contained: float = 0.0
    apart: bool = False  # its source has had these very words under another headline
    order: int = 0  # the how manieth it is


class Grouping:
    """The memory of the window, and the places that may not be stored yet."""

    def __init__(self, window: timedelta = WINDOW) -> None:
        self._memory = Memory(window)
        self._window = window
        self._placed: dict[
            str, tuple[datetime, Placed]
        ] = {}  # article id -> when and where, the oldest first
        self._texts: dict[str, OpenText] = {}  # of these
        self._order = count()

    def __len__(self) -> int:
        return len(self._memory)

    @staticmethod
    def keys(article: Article) -> tuple[str, str]:
        """Of its exact text, and of that text under this headline in this source: what the store is asked for."""
        key = fingerprint(article)
        return key, apart(key, article)

    def place(
        self,
        article: Article,
        keys: tuple[str, str],
        at: datetime,
        stored: Mapping[str, OpenText],
        *,
        wanted: bool,
    ) -> Placed:
        """Where an article belongs that came at this moment; `stored`: what the store has open under its `keys`.

        `wanted`: it answers a watch.
        """
        self._forget(at - UNSTORED)
        if article.id in self._placed:
            return self._placed[article.id][1]
        text, own = self._key(article, keys, stored)
        known = stored.get(text) or self._texts.get(text)
        if known:
            place = Place(known.story, known.origin, contained=1.0)
            self.recall(article, place, at, wanted=wanted)
        else:
            place = self._memory.place(article, at, may_begin=wanted)
        placed = Placed(text, place.story, place.copy_of, place.contained, own, next(self._order))
        self._placed[article.id] = at, placed
        self._note(article, placed)
        return placed

    def recall(self, article: Article, place: Place, at: datetime | None, *, wanted: bool) -> None:
        """Remember an article whose place is stored, as it was when it came; in the order in which they came."""
        if wanted or self._memory.knows(place.story):
            self._memory.recall(article, place, at)

    def move(self, articles: Sequence[Article], story: str) -> None:
        """These articles are of the story with this key from now on, and so is what is like them."""
        self._memory.move(articles, story)
        moved = {one.id for one in articles}
        for key, (at, placed) in self._placed.items():
            if key in moved:
                self._placed[key] = at, replace(placed, story=story)
        self._texts.clear()  # what is stored is asked for in the store, with its new story

    def begins(self, now: datetime) -> datetime:
        """The moment from which on the memory would remember by now."""
        return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - self._window

    def _key(
        self, article: Article, keys: tuple[str, str], stored: Mapping[str, OpenText]
    ) -> tuple[str, bool]:
        """The key of its text; another one where its source has had these words under another headline and address:
        one publisher's two articles may share a teaser, or a cookie wall, of any length.
        """
        key, own = keys
        before: set[str] = set()
        for known in (stored.get(key), self._texts.get(key)):
            before |= known.names.get(article.source, frozenset()) if known else set()
        names = {article.title, article.url} - {""}
        is_apart = bool(before and names and not before & names)
        return (own, True) if is_apart else (key, False)

    def _note(self, article: Article, placed: Placed) -> None:
        known = self._texts.get(placed.text) or OpenText(placed.copy_of or article.id, placed.story, {})
        names = known.names.get(article.source, frozenset()) | {article.title, article.url} - {""}
        self._texts[placed.text] = replace(known, names={**known.names, article.source: names})

    def stored(self, articles: Iterable[str]) -> None:
        """These are in the store now, with their places: it says itself what it has open."""
        for article in articles:
            if found := self._placed.pop(article, None):
                self._texts.pop(found[1].text, None)

    def _forget(self, before: datetime) -> None:
        self.stored(list(takewhile(lambda key: self._placed[key][0] < before, self._placed)))


async def recall(store: Store, grouping: Grouping, now: datetime) -> int:
    """Remember the stored articles of the window, in the order in which they came; how many those are."""
    since, last, done = grouping.begins(now), 0, 0
    while True:
        async with store.read() as tx:
            some = await tx.articles.arrived(last, since, BATCH)
        if not some:
            break
        for one in some:
            place = Place(one.story, one.copy_of, one.contained)
            grouping.recall(one.article, place, one.article.seen, wanted=one.wanted)
        last, done = some[-1].number, done + len(some)
        if done % TELL < BATCH and done >= TELL:
            log.info("%d articles of the last days are looked at so far", done)
        await asyncio.sleep(0)
    if done:
        log.info(
            "%d of %d articles of the last days are remembered: new ones are compared with them",
            len(grouping),
            done,
        )
    return done
