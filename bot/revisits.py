"""Alerted articles are looked at again, ever more rarely; what changed of weight is told under their alerts, once.

That an article is to be looked at follows from its alert. What a look found is stored with what is told of it in one transaction:
a crash before that repeats the look, and one after it finds everything done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bot import words
from bot.aftermath import Absent, Event, News, Outcome, Said, Seen, Unread, aftermath, decide, version
from bot.chat import Message
from bot.hosts import Hosts
from bot.model import Aftermath, Article, Chat, Priority
from bot.page_again import see
from bot.pipeline import Lookout
from bot.ports import Clock, Engine, Fetcher, KeptVersion, Origin, Parser, Revisit, Store, Told, Tx
from bot.retelling import retold
from bot.stories import LOOKS

log = logging.getLogger(__name__)

LOOK = 2.0  # seconds between two looks at which articles are due
AT_ONCE = 4  # pages, each of another host
MOST = 200  # articles looked at together


@dataclass(eq=False)
class Revisits:
    """`look` is a job of the clockwork."""

    store: Store
    fetcher: Fetcher
    parser: Parser
    engine: Engine
    lookout: Callable[[], Lookout]
    clock: Clock
    hosts: Hosts = field(default_factory=Hosts)
    _known: int = 0  # number of the newest alert whose article is looked at again

    async def look(self) -> None:
        """Look at the articles that are due and whose hosts are free, one of each."""
        await self._take_up()
        async with self.store.read() as tx:
            due = await tx.revisits.due(self.clock(), MOST)
        chosen: list[Revisit] = []
        for revisit in due:
            if len(chosen) < AT_ONCE and (not revisit.is_web or self.hosts.take(revisit.url)):
                chosen.append(revisit)
        ended = await asyncio.gather(*(self._again(revisit) for revisit in chosen), return_exceptions=True)
        for trouble in ended:
            if trouble is not None:
                raise trouble

    async def _take_up(self) -> None:
        """Have the articles of new alerts looked at."""
        async with self.store.read() as tx:
            newest, alerted = await tx.revisits.alerted(self._known, self.clock() - LOOKS[-1])
        if alerted:
            async with self.store.write() as tx:
                await tx.revisits.begin(alerted, LOOKS[0])
        self._known = newest

    async def _again(self, revisit: Revisit) -> None:
        """Look at one article, and store what that means."""
        wait = 0.0
        try:
            async with self.store.read() as tx:
                article = await tx.articles.get(revisit.article)
                versions = await tx.revisits.versions(article.id)
            seen = await self._see(revisit, versions)
            wait = seen.wait if isinstance(seen, Unread) else 0.0
            now = self.clock()
            alerted = KeptVersion(0, Origin.FEED, version(article.title, article.body), article.seen or now)
            outcome = await asyncio.to_thread(decide, revisit, alerted, versions, seen, now)
            log.info("%s is looked at again: %s", article.url or article.id, _said(seen, outcome))
            await self._settle(article, revisit, versions, outcome)
        finally:
            if revisit.is_web:
                self.hosts.done(revisit.url, wait)

    async def _see(self, revisit: Revisit, versions: Sequence[KeptVersion]) -> Seen:
        """What its page says; where no page was ever read, what its source says, if that is news."""
        page_was_read = any(one.origin is Origin.PAGE for one in versions)
        if revisit.carried and not (revisit.is_web and page_was_read):
            return Said(version(revisit.carried.title, revisit.carried.body), Origin.FEED)
        return await see(revisit, self.fetcher, self.parser)

    async def _settle(
        self, article: Article, before: Revisit, versions: Sequence[KeptVersion], outcome: Outcome
    ) -> None:
        since, told = aftermath(outcome.revisit, [*versions, *outcome.kept])
        kept = [self._matched(article, since, one) if one is told else one for one in outcome.kept]
        async with self.store.write() as tx:
            revisit, now = outcome.revisit, self.clock()
            known = await tx.revisits.get(article.id)
            if known and known.carried != before.carried:  # its source said more while its page was asked
                revisit = replace(revisit, carried=known.carried, due_at=now)
            await tx.revisits.settle(revisit)
            for one in kept:
                await tx.revisits.keep(article.id, one)
            if outcome.news:
                await self._tell(tx, article, revisit, outcome.news)

    def _matched(self, article: Article, since: Aftermath, one: KeptVersion) -> KeptVersion:
        """A version that is told, with what it answers."""
        now = replace(article, title=since.headline or article.title, body=one.text.body)
        return replace(one, matches=self.lookout().match(now))

    async def _tell(self, tx: Tx, article: Article, revisit: Revisit, news: News) -> None:
        """Change the alert in every chat that has it, and say what happened under it, unless all its watches are muted."""
        lookout, now = self.lookout(), self.clock()
        chats = {chat.name: chat for chat in lookout.chats}
        mutes = await tx.watches.mutes(now)
        for told in await tx.alerts.of_article(article.id):
            chat = chats.get(told.chat)
            if chat is None:
                continue
            alert = f"alert:{told.alert}"
            await tx.deliveries.edit(chat.name, alert, await retold(tx, told, chat), now)
            muted = all((chat.name, watch) in mutes for watch in told.watches)
            if not (news.quiet or muted):
                subject, message = _reply(told.alert, article, revisit, news, chat)
                await tx.deliveries.post(
                    chat.name, subject, message, now, priority=_urgency(lookout, told), parent=alert
                )
            await self.engine.ensure("drain", chat.name, tx)


def _reply(alert: int, article: Article, revisit: Revisit, news: News, chat: Chat) -> tuple[str, Message]:
    """The subject and the words of what is told under an alert."""
    numbers = (news.before.number, news.after.number) if news.before and news.after else None
    match news.event:
        case Event.WITHDRAWN:
            notice = news.after.text.body if news.after else ""
            why = str(news.absence)
            return f"gone:{alert}:{revisit.times_gone}", words.withdrawn(article, why, notice, chat)
        case Event.BACK:
            said = words.back(alert, article, news.edit, numbers, chat)
            return f"back:{alert}:{revisit.times_gone}", said
    assert numbers
    when = news.returned_to.seen if news.returned_to else None
    return f"edit:{alert}:{numbers[1]}", words.edited(alert, article, news.edit, numbers, chat, when)


def _urgency(lookout: Lookout, told: Told) -> Priority:
    watches = (lookout.watches[name].urgency for name in told.watches if name in lookout.watches)
    return min(watches, default=Priority.NORMAL)


def _said(seen: Seen, outcome: Outcome) -> str:
    """For the log."""
    what = seen.why if isinstance(seen, Absent | Unread) else type(seen).__name__.lower()
    return f"{what}, {outcome.news.event if outcome.news else 'nothing to tell'}"
