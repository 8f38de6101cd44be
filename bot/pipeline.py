"""What happens to the articles of one poll, in one transaction: match, group, alert, save.

An article counts as seen only in the transaction that stores its alerts, so a crash delays an alert and never loses it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot import words
from bot.annotate import passage
from bot.model import Article, Chat, Match, Reason, Source, Watch
from bot.ports import Engine, Filed, Told, Tx
from bot.query import Index
from bot.stories import fingerprint

Mutes = Mapping[tuple[str, str], datetime]  # (chat, watch) -> until when


@dataclass(frozen=True, slots=True)
class Lookout:
    """What is watched for, and who is told: the stored queries, their watches by name, and the chats."""

    index: Index
    watches: Mapping[str, Watch]
    chats: Sequence[Chat]

    def match(self, article: Article) -> tuple[Match, ...]:
        """The watches that an article answers, in the order in which they were made."""
        hits = self.index.match(article)
        return tuple(
            Match(name, hits[name], passage(article, hits[name])) for name in self.watches if name in hits
        )

    def told_by(self, match: Match, chat: Chat) -> bool:
        """Does this watch alert this chat?"""
        routes = self.watches[match.watch].routes
        return not routes or chat.name in routes


@dataclass(frozen=True, slots=True)
class Entry:
    """An unseen article with its story and what it answers."""

    article: Article
    story: int
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one poll brought."""

    unseen: int
    matched: int
    alerts: int
    held_back: int  # left out by the limit on a first poll


async def take_in(
    tx: Tx,
    engine: Engine,
    lookout: Lookout,
    source: Source,
    articles: Sequence[Article],
    now: datetime,
    first_alerts: int,
) -> Outcome:
    """Store a source's unseen articles and the alerts they are worth; at most `first_alerts` a chat on its first poll."""
    await tx.alone()
    unseen = await _unseen(tx, articles)
    entries = await _group(tx, unseen, lookout, now)
    await tx.articles.add(source.id, [Filed(entry.article, entry.story) for entry in entries], now)
    await tx.articles.add_matches([(entry.article.id, match) for entry in entries for match in entry.matches])
    told = await tx.alerts.told(sorted({entry.story for entry in entries}))
    mutes = await tx.watches.mutes(now)
    alerts = held_back = 0
    for chat in lookout.chats:
        news = judge(entries, told, chat, lookout, mutes)
        shown, left = await _tell(tx, chat, news, told, source, first_alerts, now)
        if news:
            await engine.ensure("drain", chat.name, tx)
        alerts, held_back = alerts + shown, held_back + left
    return Outcome(len(unseen), sum(bool(entry.matches) for entry in entries), alerts, held_back)


async def _tell(
    tx: Tx,
    chat: Chat,
    news: Sequence[News],
    told: Mapping[tuple[str, int], Told],
    source: Source,
    first_alerts: int,
    now: datetime,
) -> tuple[int, int]:
    """Queue what a chat is told; how many new alerts those are, and how many the limit on a first poll holds back."""
    first_poll = source.ok_at is None
    new = [item for item in news if item.reason is Reason.NEW]
    shown = newest(new, first_alerts) if first_poll else new
    for item in news:
        if item.reason is Reason.MORE_SOURCES:
            await _grow(tx, chat, told[chat.name, item.entry.story], item.entry.article.source, now)
    for item in shown:
        await _alert(tx, chat, item, backlog=first_poll, now=now)
    if len(shown) < len(new):
        note = words.first_poll(source.name, matched=len(new), shown=len(shown), language=chat.language)
        await tx.deliveries.post(chat.name, f"notice:first-poll:{source.id}:{source.lease}", note, now)
    return len(shown), len(new) - len(shown)


async def _unseen(tx: Tx, articles: Sequence[Article]) -> list[Article]:
    """The articles that are not stored yet, each once, oldest first: a story's headline is the first one published."""
    fresh = await tx.articles.unseen([article.id for article in articles])
    once = {article.id: article for article in reversed(articles) if article.id in fresh}
    # Most feeds list the newest first; a missing date says nothing, so it counts as newest.
    undated = datetime.max.replace(tzinfo=UTC)
    return sorted(once.values(), key=lambda article: article.published or undated)


async def _group(tx: Tx, articles: Sequence[Article], lookout: Lookout, now: datetime) -> list[Entry]:
    """The articles with their stories. A text is folded into a story when it is another source's, or when it comes again
    under its own headline or address: one publisher's two articles may share a teaser, or a cookie wall, of any length.
    """
    keys, matches = [], []
    for article in articles:
        keys.append(fingerprint(article))
        matches.append(lookout.match(article))
        await asyncio.sleep(0)  # milliseconds an article: the chats must not wait for a feed of thousands
    stories = await tx.articles.stories(keys, now)
    names = await tx.articles.names(sorted(set(stories.values())))
    own: dict[int, str] = {}  # by the article's place: the key that sets it apart
    for place, (article, key) in enumerate(zip(articles, keys, strict=True)):
        known = names.setdefault((stories[key], article.source), set())
        if known and not known & {article.title, article.url}:
            own[place] = f"{key} {article.source} {article.title}"
        known |= {article.title, article.url}
    apart = await tx.articles.stories(list(own.values()), now)
    return [
        Entry(article, apart[own[place]] if place in own else stories[key], found)
        for place, (article, key, found) in enumerate(zip(articles, keys, matches, strict=True))
    ]


@dataclass(frozen=True, slots=True)
class News:
    """Something a chat should be told, with the reason; `matches` are those of its own watches."""

    entry: Entry
    matches: tuple[Match, ...]
    reason: Reason


def judge(
    entries: Iterable[Entry], told: Mapping[tuple[str, int], Told], chat: Chat, lookout: Lookout, mutes: Mutes
) -> list[News]:
    """What these articles are worth in this chat; a story at most once, however many articles or watches speak for it."""
    news: dict[int, News] = {}
    for entry in entries:
        if entry.story in news:
            continue  # the same text again within one source's poll
        before = told.get((chat.name, entry.story))
        if before is not None:
            if entry.article.source not in before.sources:
                news[entry.story] = News(entry, (), Reason.MORE_SOURCES)
            continue
        matches = tuple(
            m for m in entry.matches if lookout.told_by(m, chat) and (chat.name, m.watch) not in mutes
        )
        if matches:
            news[entry.story] = News(entry, matches, Reason.NEW)
    return list(news.values())


def newest(news: Sequence[News], limit: int) -> list[News]:
    """The `limit` newest by date of publication; what has no date counts as newest, in the order of arrival."""
    return list(news[len(news) - limit :]) if limit < len(news) else list(news)


async def _alert(tx: Tx, chat: Chat, news: News, *, backlog: bool, now: datetime) -> None:
    article = news.entry.article
    watches = [match.watch for match in news.matches]
    number = await tx.alerts.add(chat.name, news.entry.story, article.id, watches, backlog=backlog, now=now)
    message = words.alert(number, article, news.matches, chat, also=())
    await tx.deliveries.post(chat.name, f"alert:{number}", message, now)


async def _grow(tx: Tx, chat: Chat, told: Told, source: str, now: datetime) -> None:
    """Another source has the text of an alert that this chat was given: the alert grows by its name."""
    also = (*told.sources[1:], source)
    await tx.alerts.also(told.alert, also)
    article = await tx.articles.get(told.article)
    matches = tuple(match for match in await tx.articles.matches(told.article) if match.watch in told.watches)
    message = words.alert(told.alert, article, matches, chat, also=also)
    await tx.deliveries.edit(chat.name, f"alert:{told.alert}", message, now)
