"""What happens to the articles of one poll, in one transaction: match, group, alert, save.

An article counts as seen only in the transaction that stores its alerts, so a crash delays an alert and never loses it.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count

from bot import words
from bot.annotate import Annotation, annotate, passage
from bot.model import Article, Chat, Match, Priority, Reason, Source, Watch
from bot.ports import Engine, Filed, Store, Told, Tx
from bot.query import Index, Query
from bot.restoring import seen_before, told_before
from bot.retelling import is_old, retold
from bot.sources import link_key
from bot.stories import apart, fingerprint
from bot.text import fold

log = logging.getLogger(__name__)

TRACES = uuid.uuid5(uuid.NAMESPACE_URL, "urn:pantau:alert")
Mutes = Mapping[tuple[str, str], datetime]  # (chat, watch) -> until when


class Lookout:
    """What is watched for, and who is told: the stored queries, their watches by name, and the chats.

    It changes in place, and at no cost that grows with the number of watches.
    """

    def __init__(self, index: Index, watches: Mapping[str, Watch], chats: Sequence[Chat]) -> None:
        self.index, self.watches, self.chats = index, dict(watches), chats
        self._order = {name: place for place, name in enumerate(watches)}
        self._made = count(len(self._order))

    def add(self, watch: Watch, query: Query) -> None:
        """Watch for a query from now on."""
        self.index.add(watch.name, query)
        self.watches[watch.name] = watch
        self._order[watch.name] = next(self._made)

    def remove(self, name: str) -> None:
        """Watch for it no longer. Raises KeyError."""
        del self.watches[name], self._order[name]
        self.index.remove(name)

    def match(self, article: Article) -> tuple[Match, ...]:
        """The watches that an article answers, in the order in which they were made."""
        hits = self.index.match(article)
        return tuple(
            Match(name, hits[name], passage(article, hits[name]), self.watches[name].figures)
            for name in sorted(hits, key=self._order.__getitem__)
        )

    def told_by(self, match: Match, chat: Chat) -> bool:
        """Does this watch alert this chat? One that was removed since it was matched alerts nobody."""
        watch = self.watches.get(match.watch)
        return watch is not None and (not watch.routes or chat.name in watch.routes)

    def urgency(self, matches: Iterable[Match]) -> Priority:
        """Of an alert that tells of these matches: that of the most urgent watch."""
        return min((self.watches[match.watch].urgency for match in matches), default=Priority.NORMAL)


@dataclass(frozen=True, slots=True)
class Looked:
    """An article that has been looked at: the key of its text, and what it answers."""

    article: Article
    key: str
    matches: tuple[Match, ...]
    noted: Annotation | None = None  # of one that answers something


@dataclass(frozen=True, slots=True)
class Entry:
    """An unseen article with its story and what it answers."""

    article: Article
    story: int
    matches: tuple[Match, ...]
    noted: Annotation | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one poll brought."""

    unseen: int
    matched: int
    alerts: int
    held_back: int  # left out by the limit on a first poll


@dataclass(frozen=True, slots=True)
class Brought:
    """What one poll of a source brought, looked at."""

    source: Source
    looked: Sequence[Looked]


async def look_at(
    store: Store, lookout: Lookout, brought: Sequence[tuple[int | None, Sequence[Article]]]
) -> list[list[Looked]]:
    """The articles of some polls that are not stored yet, each once, looked at; oldest first.

    `brought`: the source of each poll, to know again what it carries under new ids, and its articles. Outside of the
    transaction that stores them: it takes milliseconds an article, and nobody else can write meanwhile.
    """
    every = [article for _, articles in brought for article in articles]
    if not every:
        return [[] for _ in brought]
    async with store.read() as tx:
        fresh = await tx.articles.unseen([article.id for article in every])
        if fresh:
            fresh -= await _known_otherwise(tx, brought, fresh)
    looked: list[list[Looked]] = []
    for _, articles in brought:
        looked.append([])
        for article in _oldest_first(articles):
            if article.id in fresh:
                matches = lookout.match(article)
                noted = await asyncio.to_thread(annotate, article) if matches else None
                looked[-1].append(Looked(article, fingerprint(article), matches, noted))
                await asyncio.sleep(0)  # the chats must not wait for a feed of thousands
    return looked


async def _known_otherwise(
    tx: Tx, brought: Sequence[tuple[int | None, Sequence[Article]]], fresh: set[str]
) -> set[str]:
    """Ids of the articles that their source has carried before under another id: the same link, and the same title or text.

    Some publishers make new guids at every poll, or move to https. Two articles that only share a link stay two.
    """
    asked = [
        (source, key, article)
        for source, articles in brought
        if source is not None
        for article in articles
        if article.id in fresh and (key := link_key(article.url))
    ]
    carried = await tx.articles.carried(sorted({link for _, link, _ in asked}))
    titles = {(source, link, fold(title)) for source, link, title, _ in carried if title}
    texts = {(source, link, body) for source, link, _, body in carried if body}
    return {
        article.id
        for source, link, article in asked
        if (source, link, fold(article.title)) in titles or (source, link, article.body) in texts
    }


async def take_in(
    tx: Tx, engine: Engine, lookout: Lookout, polls: Sequence[Brought], now: datetime, first_alerts: int
) -> list[Outcome]:
    """Store the unseen articles of some polls and the alerts they are worth; what each poll brought, in their order.

    At most `first_alerts` a chat come from the first poll of a source.
    """
    if not any(poll.looked for poll in polls):
        return [Outcome(0, 0, 0, 0) for _ in polls]
    await tx.alone()
    fresh = await tx.articles.unseen([one.article.id for poll in polls for one in poll.looked])
    unseen: list[list[Looked]] = []
    for poll in polls:
        unseen.append([one for one in poll.looked if one.article.id in fresh])
        fresh -= {one.article.id for one in unseen[-1]}  # two sources of one address bring the same ids
    entries = await _group(tx, unseen, now)
    await tx.articles.add(
        [
            (poll.source.id, Filed(entry.article, entry.story))
            for poll, some in zip(polls, entries, strict=True)
            for entry in some
        ],
        now,
    )
    every = [entry for some in entries for entry in some]
    await tx.articles.add_matches([(entry.article.id, match) for entry in every for match in entry.matches])
    told = await tx.alerts.told(sorted({entry.story for entry in every}))
    mutes, marks = await tx.watches.mutes(now), await tx.marks()
    outcomes = []
    for poll, some in zip(polls, entries, strict=True):
        alerts = held_back = 0
        for chat in lookout.chats:
            news = judge(some, told, chat, lookout, mutes)
            before = told_before(poll.source, marks)
            shown, left = await _tell(tx, lookout, chat, news, told, poll.source, first_alerts, now, before)
            if news:
                await engine.ensure("drain", chat.name, tx)
            alerts, held_back = alerts + shown, held_back + left
        outcomes.append(Outcome(len(some), sum(bool(entry.matches) for entry in some), alerts, held_back))
    return outcomes


async def deepen(tx: Tx, engine: Engine, lookout: Lookout, entry: Entry, now: datetime) -> int:
    """Store the whole text of an article that came as a teaser, with the alerts that only it gives; how many those are."""
    await tx.alone()
    await tx.articles.deepen(entry.article, entry.matches)
    told = await tx.alerts.told([entry.story])
    mutes, marks = await tx.watches.mutes(now), await tx.marks()
    before = seen_before(entry.article.seen, marks)
    alerts = 0
    for chat in lookout.chats:
        for news in judge([entry], told, chat, lookout, mutes):
            if news.reason is Reason.NEW:
                await _alert(
                    tx, chat, news, lookout.urgency(news.matches), backlog=False, now=now, before=before
                )
                await engine.ensure("drain", chat.name, tx)
                alerts += 1
    return alerts


async def _tell(
    tx: Tx,
    lookout: Lookout,
    chat: Chat,
    news: Sequence[News],
    told: dict[tuple[str, int], Told],
    source: Source,
    first_alerts: int,
    now: datetime,
    before: datetime | None,
) -> tuple[int, int]:
    """Queue what a chat is told, and note it in `told`; how many new alerts those are, and how many a first poll holds back."""
    first_poll = source.ok_at is None
    new = [item for item in news if item.reason is Reason.NEW]
    shown = newest(new, first_alerts) if first_poll else new
    for item in news:
        if item.reason is Reason.MORE_SOURCES:
            key = chat.name, item.entry.story
            told[key] = await _grow(tx, chat, told[key], item.entry.article.source, now)
    for item in shown:
        told[chat.name, item.entry.story] = await _alert(
            tx, chat, item, lookout.urgency(item.matches), backlog=first_poll, now=now, before=before
        )
    if len(shown) < len(new):
        note = words.first_poll(source.name, matched=len(new), shown=len(shown), language=chat.language)
        await tx.deliveries.post(chat.name, f"notice:first-poll:{source.id}:{source.lease}", note, now)
    return len(shown), len(new) - len(shown)


def _oldest_first(articles: Sequence[Article]) -> list[Article]:
    """Each article once, oldest first: a story's headline is the first one published."""
    once = {article.id: article for article in reversed(articles)}
    # Most feeds list the newest first; a missing date says nothing, so it counts as newest.
    undated = datetime.max.replace(tzinfo=UTC)
    return sorted(once.values(), key=lambda article: article.published or undated)


async def _group(tx: Tx, polls: Sequence[Sequence[Looked]], now: datetime) -> list[list[Entry]]:
    """The articles with their stories. A text is folded into a story when it is another source's, or when it comes again
    under its own headline or address: one publisher's two articles may share a teaser, or a cookie wall, of any length.
    """
    looked = [one for some in polls for one in some]
    stories = await tx.articles.stories([one.key for one in looked], now)
    known = await tx.articles.names(sorted(set(stories.values())))
    own: dict[str, str] = {}  # article id -> the key that sets it apart
    for one in looked:
        before = known.setdefault((stories[one.key], one.article.source), set())
        names = {one.article.title, one.article.url} - {""}
        if before and names and not before & names:
            own[one.article.id] = apart(one.key, one.article)
        before |= names or {""}
    stories |= await tx.articles.stories(list(own.values()), now)
    return [
        [
            Entry(one.article, stories[own.get(one.article.id, one.key)], one.matches, one.noted)
            for one in some
        ]
        for some in polls
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


async def _alert(
    tx: Tx,
    chat: Chat,
    news: News,
    urgency: Priority,
    *,
    backlog: bool,
    now: datetime,
    before: datetime | None,
) -> Told:
    """Queue an alert; if an older self may have sent it since `before`, it is looked up first."""
    article, story = news.entry.article, news.entry.story
    watches = tuple(match.watch for match in news.matches)
    number = await tx.alerts.add(chat.name, story, article.id, watches, backlog=backlog, now=now)
    message = words.alert(
        number,
        article,
        news.matches,
        chat,
        also=(),
        old=not backlog and is_old(article, now),
        noted=news.entry.noted,
    )
    delivery = await tx.deliveries.post(
        chat.name, f"alert:{number}", message, now, priority=urgency, trace=trace_of(chat, article)
    )
    if before is not None:
        await tx.deliveries.doubt(delivery, before)
    trace = {
        "delivery": delivery,
        "chat": chat.name,
        "subject": f"alert:{number}",
        "article": article.id,
        "source": article.source,
    }
    tx.after_commit(lambda: log.info("queued", extra=trace))
    return Told(number, chat.name, story, article.id, watches, (article.source,), backlog)


def trace_of(chat: Chat, article: Article) -> str:
    """The id that the first alert of this text in this chat has, in every store.

    So a store that was restored from a backup finds in Slack's history what its older self has sent since then.
    """
    return uuid.uuid5(TRACES, f"{chat.name}\n{fingerprint(article)}").hex


async def _grow(tx: Tx, chat: Chat, told: Told, source: str, now: datetime) -> Told:
    """Another source has the text of an alert that this chat was given: the alert grows by its name."""
    grown = replace(told, sources=(*told.sources, source))
    await tx.alerts.also(told.alert, grown.sources[1:])
    await tx.deliveries.edit(chat.name, f"alert:{told.alert}", await retold(tx, grown, chat), now)
    return grown
