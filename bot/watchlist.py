"""The watches in force: read from the store, changed by people, asked by every poll."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from bot.errors import QueryError, RequestRefused
from bot.garbage import uncollected
from bot.model import Chat, Watch
from bot.pipeline import Lookout
from bot.ports import Store, Tx
from bot.query import Index, Lists, Query, parse, starter
from bot.words import phrase

log = logging.getLogger(__name__)

NAME_CHARS = 60  # of a watch: it is repeated in every alert
COMPARED = 2_000  # names; comparing one with so many takes about 40 ms


@dataclass(frozen=True, slots=True)
class Draft:
    """A watch that could be added, with its query read."""

    watch: Watch
    query: Query


class Watchlist:
    """Keeps the index of stored queries in step with the store. One process writes; `load` at its start.

    `figures`: names of the watches that the configuration gives numbers and dates.
    """

    def __init__(
        self, store: Store, chats: Sequence[Chat], lists: Lists = starter, figures: Collection[str] = ()
    ) -> None:
        self._store, self._lists, self._figures = store, lists, frozenset(figures)
        self.lookout = Lookout(Index(), {}, tuple(chats))
        self._names: dict[str, list[str]] = {}  # folded -> as written; most often one

    async def load(self) -> None:
        """Take in what the store holds. A query that cannot be read any more is reported, and left out."""
        async with self._store.read() as tx:
            stored = await tx.watches.all()
        self.lookout = Lookout(Index(), {}, self.lookout.chats)
        self._names.clear()
        with uncollected():
            for watch in stored:
                try:
                    asked = replace(watch, figures=watch.name in self._figures)
                    self._take_in(Draft(asked, parse(watch.query, self._lists)))
                except QueryError as error:
                    log.error("watch %r is not in force: %s", watch.name, error)

    def here(self, chat: Chat) -> list[Watch]:
        """The watches whose alerts this chat gets."""
        return [watch for watch in self.lookout.watches.values() if _heard(watch, chat)]

    def named(self, name: str, chat: Chat) -> Watch | None:
        """A watch of this chat by its name, in any case."""
        same = [self.lookout.watches[one] for one in self._names.get(name.casefold(), ())]
        return next((watch for watch in same if _heard(watch, chat)), None)

    def find(self, name: str, chat: Chat) -> Watch:
        """As `named`. Raises RequestRefused with the nearest name where there is none."""
        if found := self.named(name, chat):
            return found
        raise self.unknown(name, chat)

    def unknown(self, name: str, chat: Chat) -> RequestRefused:
        """What is said of a name that no watch of this chat has: the nearest one."""
        known = (watch.name for watch in self.here(chat))
        return RequestRefused(unknown("watch.unknown", "watch.nearest", name, known, chat.language))

    def read(self, text: str, chat: Chat) -> Query:
        """The query that a person wrote. Raises RequestRefused that shows where it is wrong."""
        try:
            return parse(text, self._lists)
        except QueryError as error:
            why = phrase("query.wrong", chat.language, why=error.text)
            raise RequestRefused(f"{why}\n{error.caret()}") from error

    def draft(self, name: str, text: str, chat: Chat) -> Draft:
        """What `add` would add for this chat. Raises RequestRefused."""
        name, text = name.strip(), text.strip()
        if not name or not text:
            raise RequestRefused(phrase("watch.usage", chat.language))
        if len(name) > NAME_CHARS:
            raise RequestRefused(phrase("watch.long_name", chat.language, limit=NAME_CHARS))
        query = self.read(text, chat)
        if name.casefold() in self._names:
            raise self._taken(name, chat)
        return Draft(Watch(name, text, routes=(chat.name,), origin="chat"), query)

    async def add(self, draft: Draft, chat: Chat) -> None:
        """Watch for it from now on. Raises RequestRefused when the name was taken meanwhile."""
        name = draft.watch.name
        added = False
        if name.casefold() not in self._names:
            async with self._store.write() as tx:
                added = await tx.watches.add(draft.watch)
        if not added:
            raise self._taken(name, chat)
        self._take_in(draft)

    async def remove(self, name: str, chat: Chat) -> Watch:
        """Stop watching. Raises RequestRefused for what is not watched here or comes from the configuration."""
        watch = self.find(name, chat)
        if watch.origin == "config":
            raise RequestRefused(phrase("watch.configured", chat.language, name=watch.name))
        async with self._store.write() as tx:
            removed = await tx.watches.remove(watch.name)
        if removed and watch.name in self.lookout.watches:  # else somebody else was quicker
            self.lookout.remove(watch.name)
            self._names[watch.name.casefold()].remove(watch.name)
            if not self._names[watch.name.casefold()]:
                del self._names[watch.name.casefold()]
        return watch

    def _take_in(self, draft: Draft) -> None:
        self.lookout.add(draft.watch, draft.query)
        self._names.setdefault(draft.watch.name.casefold(), []).append(draft.watch.name)

    def _taken(self, name: str, chat: Chat) -> RequestRefused:
        here = self.named(name, chat)
        shown = here.query if here else "…"  # what another chat watches is its own affair
        return RequestRefused(phrase("watch.exists", chat.language, name=name, query=shown))


def _heard(watch: Watch, chat: Chat) -> bool:
    return not watch.routes or chat.name in watch.routes


def unknown(key: str, nearest_key: str, name: str, known: Iterable[str], language: str) -> str:
    """ "There is no X. Did you mean Y?" """
    by_folded = {one.casefold(): one for one in known}
    alike = (one for one in by_folded if len(by_folded) <= COMPARED or _alike(one, name.casefold()))
    near = difflib.get_close_matches(name.casefold(), list(islice(alike, COMPARED)), n=1)
    said = phrase(key, language, name=name)
    return f"{said} {phrase(nearest_key, language, name=by_folded[near[0]])}" if near else said


def _alike(one: str, other: str) -> bool:
    """Do two names begin and end with the same letter and have about the same length? Quick, for very many."""
    return one[:1] == other[:1] and one[-1:] == other[-1:] and abs(len(one) - len(other)) <= 2


async def mute(store: Store, watch: Watch, chat: Chat, now: datetime, length: timedelta) -> datetime:
    """Silence a watch in one chat for a while; until when. What it matches is still stored."""
    async with store.write() as tx:
        await tx.watches.mute(chat.name, watch.name, now + length)
        await _hold_muted(tx, chat, now)
    return now + length


async def unmute(store: Store, watch: Watch, chat: Chat, now: datetime) -> bool:
    """Hear a muted watch again; False when it was not muted. What was held for it leaves with the lane's next look."""
    async with store.write() as tx:
        heard = await tx.watches.unmute(chat.name, watch.name)
        await _hold_muted(tx, chat, now)
        return heard


async def _hold_muted(tx: Tx, chat: Chat, now: datetime) -> None:
    """What waits there of muted watches alone waits for the end of the mute."""
    mutes = await tx.watches.mutes(now)
    await tx.deliveries.mute(
        chat.name, {watch: until for (name, watch), until in mutes.items() if name == chat.name}
    )


async def muted(store: Store, chat: Chat, now: datetime) -> dict[str, datetime]:
    """Watch -> until when, for this chat."""
    async with store.read() as tx:
        return {
            watch: until
            for (name, watch), until in (await tx.watches.mutes(now)).items()
            if name == chat.name
        }
