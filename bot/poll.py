"""Sources are polled: the due ones are claimed together, fetched side by side, and what they brought is stored together.

A poll that brought nothing new costs a request and a row. What one brought is stored with its alerts and its validators in one
transaction, with that of the other polls that ended meanwhile; a fault of Pantau's own in one costs that one only.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from urllib.parse import urlsplit

from bot import words
from bot.errors import SourceError, StoreTrouble
from bot.grouping import Grouping
from bot.hosts import is_web
from bot.logs import about
from bot.model import Article, Source
from bot.owners import Owners
from bot.pipeline import Brought, Looked, Lookout, Outcome, look_at, take_in
from bot.ports import Clock, Engine, Fetched, Fetcher, Parser, Read, Store, Tx
from bot.reading import InThread
from bot.rhythm import LONGEST, SHORTEST, Agenda, Budget, Rhythm
from bot.settling import MOVES, address, failed, is_gap, succeeded
from bot.sources import Hints, is_teaser
from bot.stories import LOOKS

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # a poll that takes longer has died
REFRESH = 5.0  # seconds between two looks for sources that have come or gone
AFTER_TROUBLE = 5.0  # seconds before the store is asked again
GATHER = 0.05  # seconds that ended polls wait for others, so that one transaction stores several
UNHURRIED = 1.0  # the same where none of them has brought anything that somebody could wait for
HOLD = 20.0  # the same where everything is polled once: who published first should be told first
BREATH = 0.03  # seconds before free places are given away, so that one claim takes several
BEGUN_AT_ONCE = 10  # requests made ready in one turn of the loop: each holds it for .1 ms
TOGETHER = 100  # polls in one transaction, at most
BUDGET_STEP = 60.0  # seconds between two looks at how the requests are spread
UNCONDITIONAL = (
    0.015  # share of polls that ask for the whole document, against publishers who say "unchanged" for ever
)
UNCONDITIONAL_FROZEN = 0.25  # of one that was caught at it
HASTE = 10.0  # seconds between two polls of one source that hubs can bring about
PAGES_BACK = 5  # of older items, where a gap is possible and the publisher has such pages (RFC 5005)


@dataclass(frozen=True, slots=True)
class Ended:
    """A poll that has ended and is not stored yet."""

    source: Source  # as claimed
    fetched: Fetched = field(default_factory=Fetched)
    read: Read = field(default_factory=Read)
    looked: Sequence[Looked] = ()
    error: SourceError | None = None
    gap: bool = False


@dataclass(eq=False)
class Polls:
    """Polls what is due; `due` is a job of the clockwork."""

    store: Store
    fetcher: Fetcher
    engine: Engine
    lookout: Callable[[], Lookout]
    clock: Clock
    first_alerts: int
    at_once: int = 40  # requests at the same time
    parser: Parser = field(default_factory=InThread)
    owners: Owners = field(default_factory=lambda: Owners(()))
    grouping: Grouping = field(default_factory=Grouping)
    noticed: Callable[[Source, Hints], None] = lambda source, hints: (
        None
    )  # called for each feed that was read
    chance: Callable[[], float] = random.random
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _agenda: Agenda = field(default_factory=Agenda)
    _memos: dict[int, bytes] = field(default_factory=dict)  # by source: what its last stored answer held
    _rates: dict[int, float] = field(default_factory=dict)  # items per second of those that share the budget
    _share: Budget = field(default_factory=Budget)
    _asked: float = 0.0  # requests per second that the budget allows
    _claimed: int = 0  # places of sources that are about to be asked
    _made: int = 0  # requests since the last look at it
    _under_way: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _ended: list[Ended] = field(default_factory=list)
    _storing: asyncio.Task[None] | None = None
    _began: dict[int, float] = field(
        default_factory=dict
    )  # by source: when its poll began that is not stored yet
    _hastened: dict[int, float] = field(
        default_factory=dict
    )  # by source: when it was to be polled for a push
    _pumping: asyncio.Task[None] | None = None
    _holding: bool = (
        False  # everything is polled once: what has ended waits for the rest, so that the first is told first
    )
    _known: bool = False
    _stamp: str = ""  # of the sources that are known
    _stopping: bool = False

    # What the program calls.

    async def load(self) -> None:
        """Learn from the store what there is to poll."""
        async with self.store.read() as tx:
            sources, self._stamp = await tx.sources.all(), await tx.sources.stamp()
            self._asked = await tx.sources.asked()
        self._agenda = Agenda()
        self._rates = {}
        self._meet(sources)
        self._known = True

    async def refresh(self) -> None:
        """Learn of sources that have come or gone since the last look, whoever added them."""
        async with self.store.read() as tx:
            stamp = await tx.sources.stamp()
            if stamp == self._stamp:
                return
            active, known = await tx.sources.active(), self._agenda.sources()
            fresh = await tx.sources.some(sorted(active - known))
            self._asked = await tx.sources.asked()
        for gone in known - active:
            self._forget(gone)
        self._meet(fresh)
        self._stamp = stamp

    def _forget(self, source: int) -> None:
        self._agenda.drop(source)
        self._rates.pop(source, None)
        self._memos.pop(source, None)
        self._hastened.pop(source, None)

    def _meet(self, sources: Sequence[Source]) -> None:
        now, clock = self.clock(), asyncio.get_running_loop().time()
        for source in sources:
            self._learn(source, now)
            # Polled in the future: the clock was set back, and so what was due then says nothing.
            ahead = source.polled_at is not None and source.polled_at > now + timedelta(minutes=1)
            wait = 0.0 if ahead or source.due_at is None else (source.due_at - now).total_seconds()
            if source.id not in self._under_way:
                self._agenda.put(source.id, _host(source), clock + max(0.0, wait))
        self._spread()

    async def due(self) -> None:
        """Begin the polls whose time has come."""
        if not self._known:
            await self.load()
        if asyncio.get_running_loop().time() - self._share.at >= BUDGET_STEP:
            self._spread()
        await self._pump()

    async def all_due(self) -> None:
        """Poll everything that is due now, each source once, and return when all of it is stored."""
        if not self._known:
            await self.load()
        loop = asyncio.get_running_loop()
        until, self._holding = loop.time(), True
        while True:
            await self._pump()
            while tasks := [*self._under_way.values(), *filter(None, (self._pumping,))]:
                await asyncio.wait(tasks)
            at = self._agenda.next_at()
            if at is None or (at > until and not self._agenda.waits):
                break
            await asyncio.sleep(max(0.0, at - loop.time()))
        self._holding = False
        await self.idle()

    async def idle(self) -> None:
        """Return when no poll is under way and everything is stored."""
        while tasks := [*self._under_way.values(), *filter(None, (self._storing, self._pumping))]:
            await asyncio.wait(tasks)

    async def stop(self, grace: float) -> None:
        """Begin nothing more, give what is under way `grace` seconds, and store what has ended."""
        self._stopping = True
        if self._under_way:
            _, late = await asyncio.wait(self._under_way.values(), timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._storing:
            await asyncio.wait([self._storing], timeout=grace)

    async def hasten(self, number: int) -> None:
        """Poll a source as soon as its host may be asked, whatever its rhythm: somebody says that it has something new."""
        clock = asyncio.get_running_loop().time()
        at = max(clock, self._hastened.get(number, clock - HASTE) + HASTE)
        self._hastened[number] = at
        if number not in self._under_way:
            self._agenda.put(number, self._agenda.host_of(number), at)
            await self._pump()

    def lend(self, host: str) -> bool:
        """Give a host's turn to somebody who reads its pages; False while a source of it is asked, waits, or rests."""
        return self._agenda.lend(host, asyncio.get_running_loop().time())

    def take_back(self, host: str, rest: float) -> None:
        """The page was read; `rest`: seconds that the host wants to be left alone for."""
        self._agenda.take_back(host, asyncio.get_running_loop().time(), rest)

    # One poll.

    async def _pump(self) -> None:
        """Claim what is due and free to be asked, and begin."""
        most = self.at_once - len(self._under_way) - self._claimed
        if self._stopping or most <= 0:
            return
        loop = asyncio.get_running_loop()
        chosen = self._agenda.take(loop.time(), most)
        if not chosen:
            return
        self._claimed += len(chosen)
        try:
            await self._begin(chosen)
        finally:
            self._claimed -= len(chosen)

    async def _begin(self, chosen: Sequence[int]) -> None:
        now, loop = self.clock(), asyncio.get_running_loop()
        try:
            async with self.store.write() as tx:
                claimed = await tx.sources.claim(chosen, now, now + LEASE)
        except StoreTrouble as trouble:
            log.info("no source is polled: %s", trouble)
            for number in chosen:
                self._agenda.done(number, loop.time())
                self._agenda.put(number, self._agenda.host_of(number), loop.time() + AFTER_TROUBLE)
            return
        for gone in set(chosen) - {source.id for source in claimed}:
            self._agenda.done(gone, loop.time())
            self._forget(gone)
        for number, source in enumerate(claimed, 1):
            self._made += 1
            self._began[source.id] = loop.time()
            self._under_way[source.id] = asyncio.create_task(self._poll(source))
            if number % BEGUN_AT_ONCE == 0:
                await asyncio.sleep(0)
                if self._stopping:  # claims that nothing came of are given free by the next start
                    return

    async def _poll(self, source: Source) -> None:
        """Fetch, read and look; it never raises for what a publisher may do."""
        rest = 0.0
        try:
            with about(source=source.name):
                ended = await self._ask(source)
            if ended.error is not None:
                rest = ended.error.retry_after or 0.0  # the publisher's wish is for the whole host
            self._ended.append(ended)
        finally:
            del self._under_way[source.id]
            self._agenda.done(source.id, asyncio.get_running_loop().time(), rest)
            if self._storing is None:
                self._storing = asyncio.create_task(self._store())
            if self._pumping is None and not self._stopping:
                self._pumping = asyncio.create_task(self._pump_again())

    async def _pump_again(self) -> None:
        await asyncio.sleep(BREATH)
        self._pumping = None
        await self._pump()

    async def _ask(self, source: Source) -> Ended:
        try:
            share = UNCONDITIONAL_FROZEN if source.polite.frozen else UNCONDITIONAL
            whole = is_web(source.url) and self.chance() < share
            where = address(source)
            asked = source if where == source.url else replace(source, url=where)
            fetched = await self.fetcher.fetch(replace(asked, etag="", last_modified="") if whole else asked)
            if fetched.unchanged or not fetched.documents:
                return Ended(source, fetched)
            read = await self.parser.parse(source, fetched, self._memos.get(source.id, b""))
            return Ended(source, _without_bodies(fetched), read)
        except SourceError as error:
            log.warning("%s: %s", source.name, error)
            return Ended(source, error=error)
        except Exception as error:
            log.exception("%s: a fault of Pantau's own", source.name)
            return Ended(source, error=_our_fault(error))

    # What has ended is stored.

    async def _store(self) -> None:
        try:
            while self._ended:
                began = asyncio.get_running_loop().time()
                while (self._under_way or self._holding) and len(self._ended) < TOGETHER:
                    await asyncio.sleep(GATHER)
                    if asyncio.get_running_loop().time() - began >= self._patience():
                        break
                batch, self._ended = self._ended[:TOGETHER], self._ended[TOGETHER:]
                await self._settle(await self._look(batch))
        finally:
            self._storing = None

    def _patience(self) -> float:
        """Seconds that what has ended may wait for the polls that are under way."""
        if self._holding:
            return HOLD
        return GATHER if any(ended.read.articles for ended in self._ended) else UNHURRIED

    async def _look(self, batch: Sequence[Ended]) -> list[Ended]:
        """The polls with their unseen articles looked at."""
        while True:
            try:
                brought = [(one.source.id, _tiered(one.source, one.read.articles)) for one in batch]
                looked = await look_at(self.store, self.lookout(), self.grouping, brought, self.clock())
                break
            except StoreTrouble as trouble:
                log.info("%d polls wait to be looked at: %s", len(batch), trouble)
                await self.sleep(AFTER_TROUBLE)
                if self._stopping:
                    return []  # nothing counts as seen: the next run polls again
            except Exception as error:
                if len(batch) > 1:
                    log.exception("polls could not be looked at together; each is looked at alone")
                    return [looked for one in batch for looked in await self._look([one])]
                log.exception("%s: a fault of Pantau's own", batch[0].source.name)
                return [Ended(batch[0].source, error=_our_fault(error))]
        ended = []
        for one, found in zip(batch, looked, strict=True):
            gap = is_gap(one.source, one.read, len(found))
            if gap and one.read.hints.next_page:
                found, gap = await self._page_back(one.source, one.read, found)
            ended.append(replace(one, looked=found, gap=gap) if found or gap else one)
        return ended

    async def _page_back(self, source: Source, read: Read, looked: list[Looked]) -> tuple[list[Looked], bool]:
        """The articles of older pages too, until one is met that is known; and whether a gap is still possible."""
        page, pages = read.hints.next_page, [looked]
        for _ in range(PAGES_BACK):
            if not page:
                break
            asked = replace(source, url=page, etag="", last_modified="")
            try:
                older = await self.parser.parse(source, await self.fetcher.fetch(asked))
                (unseen,) = await look_at(
                    self.store,
                    self.lookout(),
                    self.grouping,
                    [(source.id, _tiered(source, older.articles))],
                    self.clock(),
                )
            except (SourceError, StoreTrouble) as error:
                log.warning("%s: an older page cannot be read: %s", source.name, error)
                break
            pages.append(unseen)
            if len(unseen) < len(older.articles):
                return list(chain(*reversed(pages))), False
            page = older.hints.next_page if older.hints.next_page != page else ""
        return list(chain(*reversed(pages))), True

    async def _settle(self, batch: Sequence[Ended]) -> None:
        """Store these polls, whatever it takes."""
        while True:
            try:
                await self._settle_together(batch)
                return
            except StoreTrouble as trouble:
                log.info("%d polls wait to be stored: %s", len(batch), trouble)
                await self.sleep(AFTER_TROUBLE)
                if self._stopping:
                    return  # nothing counts as seen: the next run polls again
            except Exception as error:
                if len(batch) > 1:
                    log.exception("polls could not be stored together; each is stored alone")
                    for one in batch:
                        await self._settle([one])
                    return
                log.exception("%s: a fault of Pantau's own", batch[0].source.name)
                if batch[0].error is not None:
                    return  # its claim ends by itself
                batch = [Ended(batch[0].source, error=_our_fault(error))]

    async def _settle_together(self, batch: Sequence[Ended]) -> None:
        now, scale = self.clock(), self._share.scale
        async with self.store.write() as tx:
            lost = await tx.sources.lost([one.source for one in batch])
            kept = _in_order([one for one in batch if one.source.id not in lost])
            outcomes = await take_in(
                tx,
                self.engine,
                self.lookout(),
                [Brought(one.source, one.looked) for one in kept],
                now,
                self.first_alerts,
            )
            await tx.articles.ask_pages(_teasers(kept), now)
            await tx.revisits.carried(_known(kept), now, now - LOOKS[-1])
            settled = [self._after(one, now, scale) for one in kept]
            await tx.sources.settle([(one.source, after) for one, after in zip(kept, settled, strict=True)])
            hour = now.replace(minute=0, second=0, microsecond=0)
            items, failures = sum(one.unseen for one in outcomes), sum(one.error is not None for one in kept)
            await tx.sources.count(hour, len(kept), items, failures)
            for one in kept:
                if (
                    one.error is not None and one.error.retry_after
                ):  # for the whole host, also after a restart
                    until = now + timedelta(seconds=one.error.retry_after)
                    await tx.sources.put_off(self._agenda.neighbours(one.source.id), until)
            for one, source in zip(kept, settled, strict=True):
                await self._tell_of(tx, one, source, now)
        self.grouping.stored(looked.article.id for one in kept for looked in one.looked)
        for one in batch:
            if one.source.id in lost:
                log.warning("the claim on %r has passed to somebody else", one.source.name)
        clock = asyncio.get_running_loop().time()
        for one, source, outcome in zip(kept, settled, outcomes, strict=True):
            # Only now: items that a memo knows are not looked at again.
            if one.read.memo:
                self._memos[source.id] = one.read.memo
            self._learn(source, now)
            assert source.due_at is not None
            due = clock + (source.due_at - now).total_seconds()
            if (hastened := self._hastened.get(source.id, 0.0)) > self._began.pop(source.id, clock):
                due = min(due, hastened)  # while its poll was under way, which may not have seen what is new
            same = address(source) == address(one.source)
            host = (same and self._agenda.host_of(source.id)) or _host(source)
            self._agenda.put(source.id, host, due)
            if one.fetched.documents and one.read.items:
                self.noticed(one.source, one.read.hints)
            self._say(one, outcome)

    def _after(self, ended: Ended, now: datetime, scale: float) -> Source:
        if ended.error is not None:
            source, why = failed(ended.source, ended.error, now, scale=scale, chance=self.chance())
        else:
            fresh = [one.article for one in ended.looked]
            source, why = succeeded(
                ended.source, ended.fetched, ended.read, fresh, now, scale=scale, chance=self.chance()
            )
        log.debug("%s is polled again at %s: %s", source.name, source.due_at, why)
        return source

    async def _tell_of(self, tx: Tx, ended: Ended, source: Source, now: datetime) -> None:
        """Notices of a single poll: a possible gap, a new address. How sources are is told by bot/source_watch.py."""
        if ended.gap:
            await self.owners.tell(
                tx, self.engine, f"notice:gap:{source.id}:{source.lease}",
                lambda chat: words.gap(source.name, len(ended.looked), chat.language), now,
            )  # fmt: skip
        if source.moves == MOVES and ended.source.moves < MOVES:
            await self.owners.tell(
                tx, self.engine, f"notice:moved:{source.id}:{source.moved_to}",
                lambda chat: words.moved(source.name, source.moved_to, chat.language), now,
            )  # fmt: skip

    # How requests are spread.

    def _learn(self, source: Source, now: datetime) -> None:
        if source.pinned:
            self._rates.pop(source.id, None)
        else:
            self._rates[source.id] = Rhythm.unpack(source.rhythm).rate(now)

    def _spread(self) -> None:
        clock = asyncio.get_running_loop().time()
        rates = list(self._rates.values())
        if rates:
            self._share = self._share.step(rates, self._asked, self._made, clock, SHORTEST, LONGEST)
        else:
            self._share = replace(self._share, at=clock)
        self._made = 0

    def _say(self, ended: Ended, outcome: Outcome) -> None:
        for problem in ended.read.problems:
            log.warning("%s: %s", ended.source.name, problem)
        if outcome.unseen:
            log.info(
                "%s: %d new, %d matched, %d alerts, %d held back as a first poll",
                ended.source.name,
                outcome.unseen,
                outcome.matched,
                outcome.alerts,
                outcome.held_back,
            )


def _host(source: Source) -> str:
    """Who is asked, for politeness; empty for files, which have no host to be polite to."""
    where = address(source)
    return urlsplit(where).netloc.lower() if is_web(where) else ""


def _without_bodies(fetched: Fetched) -> Fetched:
    """An answer that has been read: what waits to be stored keeps no document of a hundred kilobytes."""
    return replace(fetched, documents=tuple([replace(one, body=b"") for one in fetched.documents]))


def _known(polls: Sequence[Ended]) -> list[Article]:
    """What was in these polls and is stored already: new bytes, or a memo that was lost."""
    found = []
    for poll in polls:
        unseen = {one.article.id for one in poll.looked}
        found += [article for article in poll.read.articles if article.id not in unseen]
    return found


def _teasers(batch: Sequence[Ended]) -> list[str]:
    """Ids of the articles whose pages are read too. Not those of a first poll: that would be a page for each of the backlog."""
    wanted = (one for one in batch if one.source.options.full_text and one.source.ok_at is not None)
    return list(
        dict.fromkeys(
            looked.article.id for one in wanted for looked in one.looked if is_teaser(looked.article)
        )
    )


def _in_order(batch: Sequence[Ended]) -> list[Ended]:
    """Whose text was published first is told as the first; a missing date says nothing, so it counts as newest."""
    carried = Counter(root for one in batch for root in {looked.root for looked in one.looked})
    undated = datetime.max.replace(tzinfo=UTC)

    def first(ended: Ended) -> tuple[datetime, int]:
        shared = (one.article.published or undated for one in ended.looked if carried[one.root] > 1)
        return min(shared, default=undated), ended.source.id

    return sorted(batch, key=first)


def _our_fault(error: Exception) -> SourceError:
    return SourceError(f"A fault of Pantau's own: {type(error).__name__}. It is logged; please report it.")


def _tiered(source: Source, articles: Sequence[Article]) -> Sequence[Article]:
    """The articles as ones of this kind of outlet."""
    tier = source.options.tier
    return [replace(article, tier=tier) for article in articles] if tier else articles
