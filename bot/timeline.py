"""A story as it unfolded: who reported what first, what was a copy, what was told of it where: what `/story` answers."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.annotate import country_of, language
from bot.backtest import answers
from bot.model import Article, Chat
from bot.ports import Filed, Store, Told
from bot.query import Query

SEARCHED = timedelta(days=7)  # for the story that answers some words
UNKNOWN = ""  # a language or country that nobody can tell


@dataclass(frozen=True, slots=True)
class Report:
    """An article of a story with its copies, and the message that told of it in this chat."""

    article: Article
    copies: tuple[Article, ...] = ()
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """The reports of a story, the first one first. Languages and countries count outlets."""

    story: int
    reports: tuple[Report, ...]
    languages: Mapping[str, int]
    countries: Mapping[str, int]

    @property
    def articles(self) -> int:
        return sum(1 + len(one.copies) for one in self.reports)

    @property
    def sources(self) -> int:
        return sum(self.countries.values())


async def timeline(store: Store, story: int, chat: Chat) -> Timeline:
    """The story as this chat may see it."""
    async with store.read() as tx:
        filed = await tx.articles.of_story(story)
        thread = (await tx.alerts.told([story])).get((chat.name, story), ())
    return await asyncio.to_thread(unfold, story, filed, thread)


async def story_of(store: Store, query: Query, now: datetime) -> int | None:
    """The story of the last days with the most articles that answer a query."""
    async with store.read() as tx:
        stored = await tx.articles.since(now - SEARCHED)
    found = await asyncio.to_thread(lambda: Counter(filed.story for filed, _ in answers(query, stored)))
    return found.most_common(1)[0][0] if found else None


def unfold(story: int, filed: Iterable[Filed], thread: Sequence[Told]) -> Timeline:
    """Put a story's articles in the order of their publication, the copies under what they copy."""
    every = sorted(filed, key=lambda one: published(one.article))
    told = {one.article: one for one in thread}
    # What was told by itself stands by itself, also if it is a near-copy.
    heads = [one for one in every if not one.copy_of or one.article.id in told]
    ids = {one.article.id for one in heads}
    copies: dict[str, list[Article]] = {}
    for one in every:
        if one.article.id not in ids:
            copies.setdefault(_shown_under(one, heads), []).append(one.article)
    outlets = {one.article.source: one.article for one in reversed(every)}.values()
    return Timeline(
        story,
        tuple(
            Report(one.article, tuple(copies.get(one.article.id, ())), told.get(one.article.id))
            for one in heads
        ),
        _counted(one.lang.partition("-")[0] or language(one, "") for one in outlets),
        _counted(country_of(one.url) for one in outlets),
    )


def published(article: Article) -> datetime:
    """When it came out, as far as anybody knows."""
    return article.published or article.seen or datetime.max.replace(tzinfo=UTC)


def _shown_under(copy: Filed, heads: Sequence[Filed]) -> str:
    """The report with its very words, else what it copies."""
    same = (head.article.id for head in heads if head.text == copy.text)
    return next(same, copy.copy_of)


def _counted(values: Iterable[str]) -> Mapping[str, int]:
    """The most frequent first, what is unknown last."""
    counts = Counter(values)
    return dict(sorted(counts.items(), key=lambda pair: (pair[0] == UNKNOWN, -pair[1], pair[0])))
