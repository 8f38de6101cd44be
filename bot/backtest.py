"""What a query would have caught lately: told when a watch is saved, before it floods a chat.

An article counts on the day it was published: most of a new source's articles come in at once. One that was published
before the time looked at, or at no known time, counts on the day it came in.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from bot.model import Article, Hit
from bot.ports import LISTED, Filed, Store
from bot.query import Index, Query

LOOKED_AT = timedelta(days=7)  # has every weekday once
EXAMPLES = 3
MOST_A_DAY = 30  # alerts of one watch; more than an editor reads, so a person has to confirm them


# One for all questions: what it has learned of the articles' words makes the next one twenty times as fast.
_asked = Index()
_numbers = count()


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a query finds among the stored articles of the last days."""

    days: tuple[tuple[date, int], ...]  # of the chat's calendar, oldest first, with the number of articles
    examples: tuple[Article, ...]  # of different stories, newest first
    articles: int
    stories: int
    alerts_a_day: float  # one for each article that copies no other: a story's developments are replies
    searched: int  # articles looked at
    cut: bool  # older ones were not looked at

    @property
    def too_many(self) -> bool:
        return self.alerts_a_day > MOST_A_DAY


async def back_test(store: Store, query: Query, now: datetime, timezone: str) -> Backtest:
    """Try a query on what was first seen in the last days; the event loop stays free meanwhile."""
    async with store.read() as tx:
        stored = await tx.articles.since(now - LOOKED_AT)
    return await asyncio.to_thread(_test, stored, query, now, timezone)


def answers(query: Query, stored: Sequence[Filed]) -> Iterator[tuple[Filed, Sequence[Hit]]]:
    """Those that answer a query, each with its hits; a query about the source alone has none."""
    key = f"question {next(_numbers)}"
    _asked.add(key, query)
    try:
        for filed in stored:
            hits = _asked.match(filed.article).get(key)
            if hits is not None:
                yield filed, hits
    finally:
        _asked.remove(key)


def _test(stored: Sequence[Filed], query: Query, now: datetime, timezone: str) -> Backtest:
    return tally([filed for filed, _ in answers(query, stored)], stored, now, timezone)


def tally(found: Sequence[Filed], stored: Sequence[Filed], now: datetime, timezone: str) -> Backtest:
    """Count what was found among what is stored of the last days (newest first, at most LISTED)."""
    cut = len(stored) >= LISTED
    reach = max(now - (stored[-1].article.seen or now), timedelta(hours=1)) if cut else LOOKED_AT
    zone = ZoneInfo(timezone)
    counts = Counter(_moment(filed.article, now).astimezone(zone).date() for filed in found)
    first, last = ((now - ago).astimezone(zone).date() for ago in (LOOKED_AT, timedelta(0)))
    days = [first + timedelta(days=later) for later in range((last - first).days + 1)]
    newest = sorted(found, key=lambda filed: _moment(filed.article, now), reverse=True)
    by_story: dict[int, Article] = {}
    for filed in newest:
        by_story.setdefault(filed.story, filed.article)
    return Backtest(
        days=tuple((day, counts[day]) for day in days),
        examples=tuple(by_story.values())[:EXAMPLES],
        articles=len(found),
        stories=len(by_story),
        alerts_a_day=len({filed.origin for filed in found}) / (reach / timedelta(days=1)),
        searched=len(stored),
        cut=cut,
    )


def _moment(article: Article, now: datetime) -> datetime:
    """When an article counts; not before the time looked at, and not in the future."""
    if article.published and now - LOOKED_AT <= article.published <= now:
        return article.published
    return article.seen or now
