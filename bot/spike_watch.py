"""Tells a watch's chats when it brings far more than usual: once when it begins, and in the same message when it is over.

The mark that a spike has begun, the marks of the chats that were told, and the messages are one transaction, so a restart
neither loses nor doubles one. The rhythm is kept in memory and learned again from the store every few hours; all that a look
asks the store is one count by watch and hour.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from bot.causes import Cause, causes
from bot.chat import Message
from bot.model import Chat, Watch
from bot.pipeline import TRACES
from bot.ports import SPIKE, Clock, Engine, Filed, Store, Tx, WatchHour
from bot.restoring import seen_before
from bot.spike_alert import Burst, alert
from bot.trending import HOUR, MEMORY, Trend, by_hour, came, rhythm, whole
from bot.trends import LOOKED_AT, RELEARN_HOURS, Usual, Verdict, judge
from bot.watchlist import Watchlist

LOOK = 120.0  # seconds between two looks
SHOWN = 48  # hours of an alert's chart
COMPARED = timedelta(days=7)  # before a spike: the articles that its words are compared with

log = logging.getLogger(__name__)


@dataclass(slots=True)
class SpikeWatch:
    """`look` is a job of the clockwork. `silent`: names of watches whose spikes nobody wants to hear of."""

    store: Store
    engine: Engine
    watchlist: Watchlist
    chats: Sequence[Chat]
    clock: Clock
    silent: Collection[str] = ()
    _usual: dict[str, Usual] = field(default_factory=dict)
    _learned: datetime | None = None

    async def look(self) -> None:
        """Say which spikes have begun and which are over."""
        now = self.clock()
        running = whole(now)
        anew = self._learned is None or not self._learned <= running < self._learned + RELEARN_HOURS * HOUR
        first = running - (LOOKED_AT - 1) * HOUR
        async with self.store.read() as tx:
            rows = await tx.articles.volumes(running - MEMORY if anew else first)
            marks = await tx.marks()
        watches = {name: list(some) for name, some in groupby(rows, key=lambda row: row.watch)}
        if anew:
            self._usual = await asyncio.to_thread(_learn, watches, running)
            self._learned = running
        await self._forget_removed(marks)
        for name, watch in dict(self.watchlist.lookout.watches).items():
            begun, usual = marks.get(_open(name)), self._usual.get(name)
            if name in self.silent or usual is None or (begun is None and name not in watches):
                continue
            counts = by_hour(watches.get(name, ()), first, LOOKED_AT)
            rates = [usual.at(first + at * HOUR) for at in range(LOOKED_AT)]
            spike = judge(counts, rates, usual.spread, open_=begun is not None)
            if spike.verdict is Verdict.BEGINS:
                begin = running + HOUR - spike.hours * HOUR
                await self._begin(
                    Burst(watch, begin, running + HOUR, spike.count, spike.usual), usual, marks, now
                )
            elif spike.verdict is Verdict.OVER and begun is not None:
                await self._end(watch, begun, max(first, begun + HOUR), usual, marks, now)

    async def _begin(self, burst: Burst, usual: Usual, marks: Mapping[str, datetime], now: datetime) -> None:
        watch, subject = burst.watch, _subject(burst.watch, burst.begin)
        hearing = [chat for chat in self.chats if watch in self.watchlist.here(chat)]
        messages = await self._messages(burst, usual, hearing, now)
        async with self.store.write() as tx:
            await tx.mark(_open(watch.name), burst.begin)
            mutes = await tx.watches.mutes(now)
            for chat, message in zip(hearing, messages, strict=True):
                if (chat.name, watch.name) in mutes:
                    continue
                trace = uuid.uuid5(TRACES, f"{chat.name}\n{subject}").hex
                queued = await tx.deliveries.post(
                    chat.name, subject, message, now, priority=watch.urgency, trace=trace
                )
                if queued and (before := seen_before(burst.begin, marks)):
                    await tx.deliveries.doubt(queued, before)
                await tx.mark(_told(chat.name, watch.name), burst.begin)
                await self.engine.ensure("drain", chat.name, tx)
        log.info("%s brings far more than usual: %d articles, not %.1f", watch.name, burst.count, burst.usual)

    async def _end(
        self,
        watch: Watch,
        begin: datetime,
        end: datetime,
        usual: Usual,
        marks: Mapping[str, datetime],
        now: datetime,
    ) -> None:
        """Edit the alert where it was told. It is not said again: an end is no news."""
        told = [chat for chat in self.chats if _told(chat.name, watch.name) in marks]
        async with self.store.read() as tx:
            rows = await tx.articles.volumes(begin, watch.name)
        hours = (end - begin) // HOUR
        due = sum(usual.at(begin + at * HOUR) for at in range(hours))
        burst = Burst(watch, begin, end, sum(by_hour(rows, begin, hours)), due, over=True)
        messages = await self._messages(burst, usual, told, now)
        async with self.store.write() as tx:
            await _close(tx, watch.name, marks)
            for chat, message in zip(told, messages, strict=True):
                await tx.deliveries.edit(chat.name, _subject(watch, begin), message, now)
                await self.engine.ensure("drain", chat.name, tx)

    async def _messages(
        self, burst: Burst, usual: Usual, chats: Sequence[Chat], now: datetime
    ) -> list[Message]:
        """The alert for each of these chats."""
        running = whole(now)
        first = running - (SHOWN - 1) * HOUR
        async with self.store.read() as tx:
            rows = await tx.articles.volumes(first, burst.watch.name)
            found = await tx.articles.since(burst.begin - COMPARED, [burst.watch.name])
        trend = Trend(first, tuple(by_hour(rows, first, SHOWN)), usual)
        cause = await asyncio.to_thread(_causes, found, burst, now)
        return [await asyncio.to_thread(alert, burst, cause, trend, chat) for chat in chats]

    async def _forget_removed(self, marks: Mapping[str, datetime]) -> None:
        """A watch that is gone, or of which nobody wants to hear, has no spike."""
        watches = self.watchlist.lookout.watches
        names = [mark.removeprefix(OPEN) for mark in marks if mark.startswith(OPEN)]
        gone = [name for name in names if name not in watches or name in self.silent]
        if gone:
            async with self.store.write() as tx:
                for name in gone:
                    await _close(tx, name, marks)


OPEN, TOLD = "spike open\n", "spike told\n"  # how marks begin; the names of watches and chats follow


def _open(watch: str) -> str:
    return f"{OPEN}{watch}"


def _told(chat: str, watch: str) -> str:
    return f"{TOLD}{chat}\n{watch}"


def _subject(watch: Watch, begin: datetime) -> str:
    return f"{SPIKE}{watch.name}:{begin:%Y-%m-%dT%H}"


async def _close(tx: Tx, watch: str, marks: Mapping[str, datetime]) -> None:
    await tx.unmark(_open(watch))
    for mark in marks:
        if mark.startswith(TOLD) and mark.endswith(f"\n{watch}"):
            await tx.unmark(mark)


def _learn(watches: Mapping[str, Sequence[WatchHour]], running: datetime) -> dict[str, Usual]:
    learned = {name: rhythm(rows, running) for name, rows in watches.items()}
    return {name: usual for name, usual in learned.items() if usual}


def _causes(found: Sequence[Filed], burst: Burst, now: datetime) -> Cause:
    inside = [one for one in found if burst.begin <= came(one, now) < burst.end]
    return causes(inside, [one for one in found if came(one, now) < burst.begin])
