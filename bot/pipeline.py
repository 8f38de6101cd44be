"""What happens to the articles of one poll, in one transaction: match, group, alert, save.

An article counts as seen only in the transaction that stores its alerts, so a crash delays an alert and never loses it.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count

from bot import words
from bot.annotate import Annotation, annotate, passage
from bot.grouping import Grouping, Placed
from bot.judging import Entry, Library, News, Thread, grown, milestone, plan, read, strictest, told_of
from bot.model import Article, Chat, Match, Priority, Reason, Source, Watch
from bot.ports import Engine, Filed, Store, Told, Tx
from bot.query import Index, Query
from bot.restoring import seen_before, told_before
from bot.retelling import is_old, retold
from bot.sources import link_key
from bot.stories import Folding, fingerprint
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

    def heard(self, entry: Entry, chat: Chat, mutes: Mutes) -> tuple[tuple[Match, ...], Folding]:
        """What an article answers of this chat's watches that are not muted, and the strictest folding they ask for."""
        matches = tuple(
            match
            for match in entry.matches
            if self.told_by(match, chat) and (chat.name, match.watch) not in mutes
        )
        return matches, strictest([self.watches[match.watch].copies for match in matches])

    def urgency(self, matches: Iterable[Match]) -> Priority:
        """Of an alert that tells of these matches: that of the most urgent watch."""
        return min((self.watches[match.watch].urgency for match in matches), default=Priority.NORMAL)


@dataclass(frozen=True, slots=True)
class Looked:
    """An article that has been looked at: where it belongs, and what it answers."""

    article: Article
    placed: Placed
    matches: tuple[Match, ...]
    noted: Annotation | None = None  # of one that answers something

    @property
    def root(self) -> str:
        """What copies of one text have in common, as far as is known before they are stored."""
        return self.placed.copy_of or self.article.id


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
    store: Store,
    lookout: Lookout,
    grouping: Grouping,
    brought: Sequence[tuple[int | None, Sequence[Article]]],
    now: datetime,
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
        keys = {article.id: grouping.keys(article) for article in every if article.id in fresh}
        texts = await tx.articles.texts(sorted({key for both in keys.values() for key in both}), now)
    looked: list[list[Looked]] = []
    for _, articles in brought:
        looked.append([])
        for article in _oldest_first(articles):
            if article.id in fresh:
                matches = lookout.match(article)
                placed = grouping.place(article, keys[article.id], now, texts, wanted=bool(matches))
                noted = await asyncio.to_thread(annotate, article) if matches else None
                looked[-1].append(Looked(article, placed, matches, noted))
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
    entries = await _file(tx, polls, unseen, now)
    every = [entry for some in entries for entry in some]
    await tx.articles.add_matches([(entry.article.id, match) for entry in every for match in entry.matches])
    telling = await _telling(tx, engine, lookout, every, now)
    outcomes = []
    for poll, some in zip(polls, entries, strict=True):
        alerts = held_back = 0
        for chat in lookout.chats:
            shown, left = await telling.of_poll(chat, some, poll.source, first_alerts)
            alerts, held_back = alerts + shown, held_back + left
        outcomes.append(Outcome(len(some), sum(bool(entry.matches) for entry in some), alerts, held_back))
    await telling.word_again()
    return outcomes


async def deepen(tx: Tx, engine: Engine, lookout: Lookout, entry: Entry, now: datetime) -> int:
    """Store the whole text of an article that came as a teaser, with the alerts that only it gives; how many those are."""
    await tx.alone()
    await tx.articles.deepen(entry.article, entry.matches)
    telling = await _telling(tx, engine, lookout, [entry], now)
    return sum([await telling.of_page(chat, entry) for chat in lookout.chats])


async def _file(
    tx: Tx, polls: Sequence[Brought], unseen: Sequence[Sequence[Looked]], now: datetime
) -> list[list[Entry]]:
    """Store the articles; where they belong now that everything before them is stored."""
    placed = sorted((one for some in unseen for one in some), key=lambda one: one.placed.order)
    stories = await tx.articles.stories([one.placed.story for one in placed], now)
    copied = sorted({one.placed.copy_of for one in placed} - {""})
    origins = await tx.articles.origins(copied)
    before = {
        number: held.sources for number, held in (await tx.articles.reports([*stories.values()])).items()
    }
    entries: dict[str, Entry] = {}
    for one in placed:
        # What it copies may have been placed and never stored; then it is the first itself.
        origin = origins.get(one.placed.copy_of, one.article.id)
        origins[one.article.id] = origin
        story = stories[one.placed.story]
        outlets = before.get(story, frozenset())
        before[story] = outlets | {one.article.source}
        entries[one.article.id] = Entry(
            article=replace(one.article, seen=now),
            story=story,
            matches=one.matches,
            noted=one.noted,
            text=one.placed.text,
            origin=origin,
            contained=one.placed.contained if origin != one.article.id else 0.0,
            apart=one.placed.apart,
            outlets=milestone(len(outlets), len(before[story])),
        )
    source = {
        one.article.id: poll.source.id for poll, some in zip(polls, unseen, strict=True) for one in some
    }
    await tx.articles.add([(source[key], _filed(entry)) for key, entry in entries.items()], now)
    return [[entries[one.article.id] for one in some] for some in unseen]


def _filed(entry: Entry) -> Filed:
    copy_of = entry.origin if entry.origin != entry.article.id else ""
    return Filed(entry.article, entry.story, (), entry.text, copy_of, entry.contained)


async def _telling(
    tx: Tx, engine: Engine, lookout: Lookout, entries: Sequence[Entry], now: datetime
) -> _Telling:
    """What is needed to tell of these articles, read once."""
    told = await tx.alerts.told(sorted({entry.story for entry in entries}))
    shown = {one.article for thread in told.values() for one in read(thread)}
    articles = await tx.articles.some(sorted(shown)) | {entry.article.id: entry.article for entry in entries}
    return _Telling(
        tx, engine, lookout, now, told, Library(articles), await tx.watches.mutes(now), await tx.marks()
    )


@dataclass(frozen=True, slots=True)
class _Telling:
    """Tells chats of articles in one transaction; `told` is kept as it goes."""

    tx: Tx
    engine: Engine
    lookout: Lookout
    now: datetime
    told: dict[tuple[str, int], Thread]
    library: Library
    mutes: Mutes
    marks: Mapping[str, datetime]
    _grown: dict[tuple[str, int], Chat] = field(default_factory=dict)  # (chat, alert) to be worded again

    def plan(self, chat: Chat, entries: Sequence[Entry]) -> list[News]:
        threads = {story: thread for (name, story), thread in self.told.items() if name == chat.name}
        return plan(entries, lambda entry: self.lookout.heard(entry, chat, self.mutes), threads, self.library)

    async def of_poll(
        self, chat: Chat, entries: Sequence[Entry], source: Source, first_alerts: int
    ) -> tuple[int, int]:
        """Queue what a chat is told of a poll; how many messages those are, and how many a first poll holds back."""
        news, first_poll = self.plan(chat, entries), source.ok_at is None
        every = sum(one.reason.tells for one in news)
        if first_poll and every > first_alerts:
            news = self._newest(chat, entries, news, first_alerts)
        for one in news:
            await self._tell(chat, one, backlog=first_poll, before=told_before(source, self.marks))
        told = sum(one.reason.tells for one in news)
        if told < every:
            note = words.first_poll(source.name, matched=every, shown=told, language=chat.language)
            subject = f"notice:first-poll:{source.id}:{source.lease}"
            await self.tx.deliveries.post(chat.name, subject, note, self.now)
        if every or news:
            await self.engine.ensure("drain", chat.name, self.tx)
        return told, every - told

    def _newest(self, chat: Chat, entries: Sequence[Entry], news: Sequence[News], limit: int) -> list[News]:
        """Only the newest messages of a first poll. What is held back begins no story: the others are judged without it."""
        shown = {one.entry.article.id for one in newest([one for one in news if one.reason.tells], limit)}
        grow = {
            one.entry.article.id
            for one in news
            if any(told.article == one.into for told in self.told.get((chat.name, one.entry.story), ()))
        }
        again = self.plan(chat, [one for one in entries if one.article.id in shown | grow])
        return [one for one in again if one.entry.article.id in shown or not one.reason.tells]

    async def of_page(self, chat: Chat, entry: Entry) -> int:
        """Queue what a chat is told of a page that gave an article's whole text; 1, or 0 if that is nothing new."""
        thread = self.told.get((chat.name, entry.story), ())
        if any(told.article == entry.article.id for told in thread):
            return 0
        news = [one for one in self.plan(chat, [entry]) if one.reason.tells]
        for one in news:
            before = seen_before(entry.article.seen, self.marks)
            await self._tell(chat, one, backlog=False, before=before)
            await self.engine.ensure("drain", chat.name, self.tx)
        return len(news)

    async def _tell(self, chat: Chat, news: News, *, backlog: bool, before: datetime | None) -> None:
        place = chat.name, news.entry.story
        thread = self.told.get(place, ())
        if news.reason.tells:
            self.told[place] = *thread, await self._alert(chat, news, thread, backlog, before)
            return
        told = next(one for one in thread if one.article == news.into)
        if news.reason is Reason.MORE_SOURCES:
            more = grown(told, news)
            await self.tx.alerts.also(told.alert, more.also)
            self.told[place] = tuple(more if one is told else one for one in thread)
        self._grown[chat.name, told.alert] = chat

    async def _alert(
        self, chat: Chat, news: News, thread: Thread, backlog: bool, before: datetime | None
    ) -> Told:
        """Queue an alert, or a development as a reply; if an older self may have sent it since `before`, it is looked up."""
        tx, now, article = self.tx, self.now, news.entry.article
        parent = thread[0].alert if thread else None
        told = told_of(news, chat.name, backlog=backlog, parent=parent)
        number = await tx.alerts.add(
            chat.name, told.story, told.article, told.watches,
            backlog=backlog, now=now, reason=told.reason, facts=told.facts, parent=parent,
        )  # fmt: skip
        told = replace(told, alert=number)
        message = words.alert(
            number,
            article,
            news.matches,
            chat,
            old=not backlog and is_old(article, now),
            noted=news.entry.noted,
            reason=words.because(told, chat),
        )
        delivery = await tx.deliveries.post(
            chat.name,
            f"alert:{number}",
            message,
            now,
            priority=self.lookout.urgency(news.matches),
            parent=f"alert:{parent}" if parent else "",
            trace=trace_of(chat, article),
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
        return told

    async def word_again(self) -> None:
        """Edit what has grown, each message once."""
        stories = sorted({story for (name, story), thread in self.told.items() for one in thread
                          if (name, one.alert) in self._grown})  # fmt: skip
        reports = await self.tx.articles.reports(stories)
        for (name, story), thread in self.told.items():
            for told in thread:
                if chat := self._grown.get((name, told.alert)):
                    message = await retold(self.tx, told, chat, reports[story])
                    await self.tx.deliveries.edit(name, f"alert:{told.alert}", message, self.now)


def _oldest_first(articles: Sequence[Article]) -> list[Article]:
    """Each article once, oldest first: a story's headline is the first one published."""
    once = {article.id: article for article in reversed(articles)}
    # Most feeds list the newest first; a missing date says nothing, so it counts as newest.
    undated = datetime.max.replace(tzinfo=UTC)
    return sorted(once.values(), key=lambda article: article.published or undated)


def newest(news: Sequence[News], limit: int) -> list[News]:
    """The `limit` newest by date of publication; what has no date counts as newest, in the order of arrival."""
    return list(news[len(news) - limit :]) if limit < len(news) else list(news)


def trace_of(chat: Chat, article: Article) -> str:
    """The id that the first message about this text in this chat has, in every store.

    So a store that was restored from a backup finds in Slack's history what its older self has sent since then.
    """
    return uuid.uuid5(TRACES, f"{chat.name}\n{fingerprint(article)}").hex
