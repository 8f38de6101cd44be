"""Digests: what came since the last one, told at the times a chat asked for, each exactly once.

The message and the note that it was made are one transaction, so a restart neither loses nor doubles one. A time that
passed while Pantau was down is made up for within LATE; what is older is told by the next digest, which begins
where the last one ended. Times within quiet hours make one digest, at their end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.briefing import LONG, Briefing, brief
from bot.chat import Message
from bot.digest_times import DigestTime, last_due, read
from bot.model import Chat
from bot.ports import Clock, Engine, Store
from bot.quiet import quiet_until
from bot.watchlist import Watchlist

LATE = timedelta(hours=12)
LONGEST = timedelta(days=7)  # that one digest looks back
LOOK = 20.0  # seconds between two looks at which digests are due
_OFF = "off"

Render = Callable[[Briefing, Chat, datetime], Message]
"""The digest as a message; the moment is the one from which it tells."""


@dataclass(frozen=True, slots=True)
class Digests:
    """Makes the digests that are due."""

    store: Store
    engine: Engine
    watchlist: Watchlist
    chats: Sequence[Chat]
    render: Render
    clock: Clock

    async def look(self) -> None:
        """Queue every digest that is due."""
        async with self.store.read() as tx:
            marks = await tx.marks()
        for chat in self.chats:
            now = self.clock()
            due = last_due(wanted(chat, marks), chat.timezone, now)
            if due is None:
                continue
            last = marks.get(_made(chat))
            if quiet_until(chat, now):
                continue  # at their end one digest tells all of it
            if last is None:  # asked for since the last look: the first one comes at the next of its times
                async with self.store.write() as tx:
                    await tx.mark(_made(chat), now)
            elif last < due:
                await self._make(chat, last, due, now)

    async def _make(self, chat: Chat, last: datetime, due: datetime, now: datetime) -> None:
        since = max(last, due - LONGEST)
        if now - (quiet_until(chat, due) or due) > LATE:
            return  # the next one begins where the last one ended, and tells it
        briefing = await brief(self.store, self.watchlist, chat, "", since, now, size=LONG, unread_first=True)
        async with self.store.write() as tx:
            if briefing.total:
                wall = due.astimezone(ZoneInfo(chat.timezone))
                # Named by the wall clock: an hour that autumn repeats makes no second one.
                subject = f"digest:{wall:%Y-%m-%d %H:%M}"
                await tx.deliveries.post(chat.name, subject, self.render(briefing, chat, since), now)
                await self.engine.ensure("drain", chat.name, tx)
            await tx.mark(_made(chat), now)


def wanted(chat: Chat, marks: Mapping[str, datetime]) -> tuple[DigestTime, ...]:
    """What was set in the chat, else what the configuration says."""
    prefix = _set(chat, "")
    own = [name.removeprefix(prefix) for name in sorted(marks) if name.startswith(prefix)]
    times = (read(text) for text in (own or chat.digest) if text != _OFF)
    return tuple(one for one in times if one)


async def set_times(store: Store, chat: Chat, times: Sequence[DigestTime] | None, now: datetime) -> None:
    """From now on at these times; none of them: never; None: as the configuration says."""
    async with store.write() as tx:
        for name in await tx.marks():
            if name.startswith(_set(chat, "")):
                await tx.unmark(name)
        for text in [] if times is None else list(map(str, times)) or [_OFF]:
            await tx.mark(_set(chat, text), now)
        await tx.mark(_made(chat), now)


async def last_made(store: Store, chat: Chat) -> datetime | None:
    """Up to when the chat has been told."""
    async with store.read() as tx:
        return (await tx.marks()).get(_made(chat))


def _made(chat: Chat) -> str:
    return f"digest made: {chat.name}"


def _set(chat: Chat, text: str) -> str:
    return f"digest set: {chat.name}: {text}"
