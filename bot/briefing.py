"""The stories of a period, ranked, in sentences taken from their articles: what `/summary` answers."""

from __future__ import annotations

import asyncio
import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.backtest import answers
from bot.model import Article, Chat, Hit
from bot.ports import Filed, Store
from bot.query import Query
from bot.summary import Cited, Dispute, Mark, Marks, Story, contradictions, rank, summarise
from bot.text import words
from bot.watchlist import Watchlist

PRIORITIES = {"flash": 3, "urgent": 2, "normal": 1, "low": 0}
WIDER = timedelta(days=30)  # where the nearest hits are looked for when a period has none
NEAREST = 3
COMPARED = 20_000  # words of headlines that a misspelt one is compared with


@dataclass(frozen=True, slots=True)
class Size:
    """How much one page tells."""

    stories: int
    sentences: int


SHORT = Size(5, 5)  # what still fits one screen
LONG = Size(8, 16)


@dataclass(frozen=True, slots=True)
class Quoted:
    """One story with the sentences that stand for it, and where its outlets contradict each other."""

    story: Story
    sentences: tuple[Cited, ...]
    disputes: tuple[Dispute, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of the language model, and what it rests on."""

    text: str
    cites: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Briefing:
    """What was found, in order of weight; one page of it. Empty `stories`: nothing."""

    stories: tuple[Quoted, ...]
    articles: int  # that were found
    sources: int
    total: int  # stories found
    before: int = 0  # stories on the pages before this one
    stored: int = 0  # articles of the period, found or not
    nearest: tuple[Article, ...] = ()  # when nothing was found: what comes nearest
    earlier: bool = False  # the nearest answer the same question, before the period
    written: tuple[Told, ...] = ()  # in the model's words
    unwritten: bool = False  # a model was asked, and its answer could not be used

    @property
    def after(self) -> int:
        """Stories that neither this page nor one before it shows."""
        return self.total - self.before - len(self.stories)


async def brief(
    store: Store,
    watchlist: Watchlist,
    chat: Chat,
    about: str,
    since: datetime,
    until: datetime,
    *,
    size: Size = SHORT,
    page: int = 1,
    unread_first: bool = False,
) -> Briefing:
    """Sum up what was first seen in a period: what this chat watches, or what answers `about`.

    `about` is the name of a watch of this chat, or a query. `unread_first`: what the chat was not alerted of comes first.
    Raises RequestRefused when it cannot be read.
    """
    priorities = {watch.name: PRIORITIES[watch.priority] for watch in watchlist.here(chat)}
    if not about:
        async with store.read() as tx:
            found = _until(await tx.articles.since(since, list(priorities)), until)
            stored = len(await tx.articles.since(since)) if not found else 0
            told = await tx.alerts.told(sorted({one.story for one in found})) if unread_first else {}
        read = {str(story) for name, story in told if name == chat.name}
        marks = watched(watchlist, chat)
        return await asyncio.to_thread(_sum_up, found, {}, priorities, stored, size, page, read, marks)
    named = watchlist.named(about, chat)
    query = watchlist.read(named.query if named else about, chat)
    async with store.read() as tx:
        every = _until(await tx.articles.since(since), until)
    briefing = await asyncio.to_thread(_answering, every, query, priorities, size, page)
    if briefing.total:
        return briefing
    async with store.read() as tx:
        wider = await tx.articles.since(since - WIDER)
    return await asyncio.to_thread(_nearest, briefing, query, about, wider)


async def brief_stories(
    store: Store, *stories: int, size: Size = SHORT, marks: Marks = lambda _: ()
) -> Briefing:
    """Sum up these stories, and nothing else."""
    async with store.read() as tx:
        found = [filed for story in dict.fromkeys(stories) for filed in await tx.articles.of_story(story)]
    return await asyncio.to_thread(_sum_up, found, {}, {}, len(found), size, 1, (), marks)


async def brief_article(article: Article, *, size: Size = SHORT, marks: Marks = lambda _: ()) -> Briefing:
    """Sum up one article that may be stored nowhere."""
    return await asyncio.to_thread(_sum_up, [Filed(article, 0)], {}, {}, 1, size, 1, (), marks)


def watched(watchlist: Watchlist, chat: Chat) -> Marks:
    """Where a chat's watches stand in an article: between sentences that weigh nearly the same, theirs are told."""
    here = {watch.name for watch in watchlist.here(chat)}
    index = watchlist.lookout.index

    def marks(article: Article) -> list[Mark]:
        return [
            mark for name, hits in index.match(article).items() if name in here for mark in _marks(hits, name)
        ]

    return marks


def _marks(hits: Iterable[Hit], of: str = "") -> Iterator[Mark]:
    """Those in the body; each `of` its own term where nothing else is said."""
    return (Mark(of or hit.term, hit.start, hit.end) for hit in hits if hit.field == "body")


def _until(found: Sequence[Filed], until: datetime) -> list[Filed]:
    return [one for one in found if one.article.seen is None or one.article.seen <= until]


def _answering(
    every: Sequence[Filed], query: Query, priorities: Mapping[str, int], size: Size, page: int
) -> Briefing:
    found = list(answers(query, every))
    counts = {filed.article.id: max(1, len(hits)) for filed, hits in found}
    asked = {filed.article.id: [*_marks(hits)] for filed, hits in found}
    articles = [filed for filed, _ in found]
    return _sum_up(
        articles, counts, priorities, len(every), size, page, marks=lambda article: asked[article.id]
    )


def _sum_up(
    found: Sequence[Filed],
    hits: dict[str, int],
    priorities: Mapping[str, int],
    stored: int,
    size: Size,
    page: int,
    read: Collection[str] = (),  # stories that come after all others
    marks: Marks = lambda _: (),
) -> Briefing:
    articles: list[Article] = [filed.article for filed in found]
    matches = {filed.article.id: hits.get(filed.article.id, len(filed.watches)) for filed in found}
    urgent = {
        filed.article.id: max((priorities.get(name, 0) for name in filed.watches), default=0)
        for filed in found
    }
    keys = {filed.article.id: str(filed.story) for filed in found}
    ranked = sorted(rank(articles, keys, matches, urgent), key=lambda story: keys[story.first.id] in read)
    before = min(len(ranked), (page - 1) * size.stories)
    shown = ranked[before : before + size.stories]
    chosen = summarise(shown, sentences=max(size.sentences, len(shown)), marks=marks)
    told = []
    for story in shown:
        members = {article.id for article in story.articles}
        own = tuple(cited for cited in chosen.sentences if cited.article.id in members)
        # A story that says nothing new is told by its headline.
        told.append(Quoted(story, own, contradictions(story) if len(story.articles) > 1 else ()))
    return Briefing(
        stories=tuple(told),
        articles=len(articles),
        sources=len({article.source for article in articles}),
        total=len(ranked),
        before=before,
        stored=stored,
    )


def _nearest(nothing: Briefing, query: Query, about: str, earlier: Sequence[Filed]) -> Briefing:
    """The same question before the period; else headlines with the words that come nearest."""
    found = [filed.article for filed, _ in answers(query, earlier)][:NEAREST]
    if found:
        return _near(nothing, found, earlier=True)
    asked = {word.text for word in words(about)}
    said = [(filed.article, {word.text for word in words(filed.article.title)}) for filed in earlier]
    known = [word for word, _ in Counter(word for _, own in said for word in own).most_common(COMPARED)]
    near = asked | {
        like for word in asked for like in difflib.get_close_matches(word, known, n=2, cutoff=0.8)
    }
    ranked = sorted(said, key=lambda one: len(near & one[1]), reverse=True)
    return _near(nothing, [article for article, own in ranked[:NEAREST] if near & own], earlier=False)


def _near(nothing: Briefing, articles: Sequence[Article], *, earlier: bool) -> Briefing:
    return Briefing((), 0, 0, 0, stored=nothing.stored, nearest=tuple(articles), earlier=earlier)
