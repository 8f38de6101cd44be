"""One poll of one source: fetch, parse, take in; and when to come back."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.errors import LostLease, SourceError, StoreTrouble
from bot.logs import about
from bot.model import Source
from bot.pipeline import Lookout, Outcome, look_at, take_in
from bot.ports import Clock, Engine, Fetcher, Parser, Read, Store
from bot.reading import InThread, is_web

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # a poll that takes longer has died
HOST_SPACING = 1.0  # seconds between two requests to one host, and only one at a time
LONGEST_BACK_OFF = timedelta(hours=1)  # a failing source is asked at least so often, for ever
JITTER = 0.05  # of the interval, either way: sources added together must not stay together


@dataclass(frozen=True, slots=True)
class Polls:
    """Reads sources that are due; `poll` is the job for one source."""

    store: Store
    fetcher: Fetcher
    engine: Engine
    lookout: Callable[[], Lookout]
    clock: Clock
    first_alerts: int
    hosts: Hosts
    parser: Parser = field(default_factory=InThread)
    _memos: dict[int, bytes] = field(default_factory=dict)  # by source: what its last stored answer held
    _urls: dict[str, str] = field(default_factory=dict)  # by key; what the turns are given by
    _queued: set[str] = field(default_factory=set)  # keys that wait for their turn or have it

    async def due(self) -> None:
        """Wake a job for every source whose time has come."""
        async with self.store.read() as tx:
            keys = map(str, await tx.sources.due(self.clock()))
            due = [key for key in keys if key not in self._queued]
            if any(key not in self._urls for key in due):
                self._urls.update({str(source.id): source.url for source in await tx.sources.all()})
        if due:
            async with self.store.write() as tx:
                for key in due:
                    await self.engine.ensure("poll", key, tx)

    async def poll(self, key: str) -> datetime | None:
        """Poll one source if it is due and nobody else does. It never raises for what a publisher may do."""
        self._queued.add(key)
        try:
            # Claimed only now: a claim taken before the turn could end while the source still waits for it.
            async with self.hosts.turn(self._urls.get(key, "")) as given:
                if given and (source := await self._claim(key)):
                    with about(source=source.name):
                        await self._poll(source)
        except LostLease as lost:
            log.warning("%s", lost)
        finally:
            self._queued.discard(key)
        return None

    async def _claim(self, key: str) -> Source | None:
        now = self.clock()
        async with self.store.write() as tx:
            return await tx.sources.claim(int(key), now, now + LEASE)

    async def _poll(self, source: Source) -> None:
        """Take in what the source has now, or write down why that cannot be done."""
        try:
            await self._take_in(source)
        except SourceError as error:
            log.warning("%s: %s", source.name, error)
            await self._failed(source, error)
        except (LostLease, StoreTrouble):
            raise
        except Exception as error:
            log.exception("%s: a fault of Pantau's own", source.name)
            text = f"A fault of Pantau's own: {type(error).__name__}. It is logged; please report it."
            await self._failed(source, SourceError(text))

    async def _take_in(self, source: Source) -> None:
        fetched = await self.fetcher.fetch(source)
        read = await self.parser.parse(source, fetched, self._memos.get(source.id, b""))
        if read.problems:
            # Something could not be read: ask for the whole of it again, not only once the publisher changes it.
            fetched = replace(fetched, etag="", last_modified="")
        lookout = self.lookout()
        looked = await look_at(self.store, lookout, read.articles)
        now = self.clock()
        async with self.store.write() as tx:
            outcome = await take_in(tx, self.engine, lookout, source, looked, now, self.first_alerts)
            await tx.sources.polled(
                source,
                fetched,
                now=now,
                due_at=now + next_poll(source.interval, 0, None, random.random()),
                unseen=outcome.unseen > 0,
                problem=" ".join(read.problems),
            )
        # Only now: items that a memo knows are not looked at again.
        if read.memo:
            self._memos[source.id] = read.memo
        self._say(source, outcome, read)

    async def _failed(self, source: Source, error: SourceError) -> None:
        now = self.clock()
        due_at = now + next_poll(source.interval, source.failures + 1, error.retry_after, random.random())
        async with self.store.write() as tx:
            await tx.sources.failed(source, str(error), now=now, due_at=due_at)

    def _say(self, source: Source, outcome: Outcome, read: Read) -> None:
        for problem in read.problems:
            log.warning("%s: %s", source.name, problem)
        if outcome.unseen:
            log.info(
                "%s: %d new, %d matched, %d alerts, %d held back as a first poll",
                source.name,
                outcome.unseen,
                outcome.matched,
                outcome.alerts,
                outcome.held_back,
            )


def next_poll(interval: float, failures: int, retry_after: float | None, chance: float) -> timedelta:
    """How long to leave a source alone. `interval`, `retry_after`: seconds; `chance`: 0 to 1, spreads the sources out."""
    wait = timedelta(seconds=interval)
    if failures:
        wait = max(wait, min(LONGEST_BACK_OFF, wait * 2 ** min(failures - 1, 10)))
    wait *= 1 + JITTER * (2 * chance - 1)
    return max(wait, timedelta(seconds=retry_after or 0))


class Hosts:
    """Gives out turns: one request at a time to every host, HOST_SPACING seconds apart, and `at_once` to all together.

    A host's turn comes first, so sources that wait for a slow host take no place from others.
    """

    def __init__(
        self,
        at_once: int,
        *,
        stopping: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._stopping, self._sleep = stopping, sleep
        self._turns: dict[str, asyncio.Lock] = {}
        self._last: dict[str, float] = {}  # seconds of the loop's clock

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[bool]:
        """Wait for this address's turn; False when the program is about to end, and there is none any more."""
        host = urlsplit(url).netloc if is_web(url) else ""
        if not host:  # files have no host to be polite to
            async with self._places:
                yield not self._stopping()
            return
        now = asyncio.get_running_loop().time
        async with self._turns.setdefault(host, asyncio.Lock()):
            if not self._stopping():
                await self._sleep(max(0.0, self._last.get(host, now() - HOST_SPACING) + HOST_SPACING - now()))
            async with self._places:
                try:
                    yield not self._stopping()
                finally:
                    self._last[host] = now()
