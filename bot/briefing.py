"""The stories of a period, ranked, in sentences taken from their articles: what `/summary` answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.backtest import answers
from bot.model import Article, Chat
from bot.ports import Filed, Store
from bot.query import Query
from bot.summary import Cited, Story, rank, summarise
from bot.watchlist import Watchlist

SENTENCES = 5  # what still fits one screen


@dataclass(frozen=True, slots=True)
class Quoted:
    """One story with the sentences that stand for it, in the order of its article."""

    story: Story
    sentences: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Briefing:
    """What was found, in order of weight. Empty `stories`: nothing."""

    stories: tuple[Quoted, ...]
    articles: int  # that were found
    sources: int
    left_out: int  # stories that are not shown
    stored: int  # articles of the period, found or not


async def brief(
    store: Store, watchlist: Watchlist, chat: Chat, about: str, length: timedelta, now: datetime
) -> Briefing:
    """Sum up what was first seen in the last `length`: what this chat watches, or what answers `about`.

    `about` is the name of a watch of this chat, or a query. Raises RequestRefused when it cannot be read.
    """
    since = now - length
    if not about:
        async with store.read() as tx:
            found = await tx.articles.since(since, [watch.name for watch in watchlist.here(chat)])
            stored = len(await tx.articles.since(since)) if not found else 0
        return await asyncio.to_thread(_sum_up, found, {}, stored)
    named = watchlist.named(about, chat)
    query = watchlist.read(named.query if named else about, chat)
    async with store.read() as tx:
        every = await tx.articles.since(since)
    return await asyncio.to_thread(_answering, every, query)


async def brief_story(store: Store, story: int) -> Briefing:
    """Sum up one story."""
    async with store.read() as tx:
        found = await tx.articles.of_story(story)
    return await asyncio.to_thread(_sum_up, found, {}, len(found))


def _answering(every: Sequence[Filed], query: Query) -> Briefing:
    found = list(answers(query, every))
    hits = {filed.article.id: max(1, count) for filed, count in found}
    return _sum_up([filed for filed, _ in found], hits, len(every))


def _sum_up(found: Sequence[Filed], hits: dict[str, int], stored: int) -> Briefing:
    articles: list[Article] = [filed.article for filed in found]
    matches = {filed.article.id: hits.get(filed.article.id, len(filed.watches)) for filed in found}
    ranked = rank(articles, {filed.article.id: str(filed.story) for filed in found}, matches)
    chosen = summarise(ranked, sentences=SENTENCES)
    told = []
    for story in ranked:
        members = {article.id for article in story.articles}
        own = tuple(cited for cited in chosen.sentences if cited.article.id in members)
        if own:
            told.append(Quoted(story, own))
    return Briefing(
        stories=tuple(told),
        articles=len(articles),
        sources=len({article.source for article in articles}),
        left_out=chosen.left_out,
        stored=stored,
    )
