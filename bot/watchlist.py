"""The watches in force: read from the store, changed by people, asked by every poll."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.errors import QueryError, RequestRefused
from bot.model import Chat, Watch
from bot.pipeline import Lookout
from bot.ports import Store
from bot.query import Index, Query, parse
from bot.words import phrase

log = logging.getLogger(__name__)

NAME_CHARS = 60  # of a watch: it is repeated in every alert


class Watchlist:
    """Keeps the index of stored queries in step with the store. One process writes; `load` at its start."""

    def __init__(self, store: Store, chats: Sequence[Chat]) -> None:
        self._store = store
        self.lookout = Lookout(Index(), {}, tuple(chats))

    async def load(self) -> None:
        """Take in what the store holds. A query that cannot be read any more is reported, and left out."""
        async with self._store.read() as tx:
            stored = await tx.watches.all()
        index, watches = Index(), {}
        for watch in stored:
            try:
                index.add(watch.name, parse(watch.query))
            except QueryError as error:
                log.error("watch %r is not in force: %s", watch.name, error)
            else:
                watches[watch.name] = watch
        self.lookout = Lookout(index, watches, self.lookout.chats)

    def here(self, chat: Chat) -> list[Watch]:
        """The watches whose alerts this chat gets."""
        return [
            watch for watch in self.lookout.watches.values() if not watch.routes or chat.name in watch.routes
        ]

    def find(self, name: str, chat: Chat) -> Watch:
        """A watch of this chat by its name, in any case. Raises RequestRefused with the nearest name."""
        here = {watch.name.casefold(): watch for watch in self.here(chat)}
        if name.casefold() in here:
            return here[name.casefold()]
        raise RequestRefused(
            unknown(
                "watch.unknown", "watch.nearest", name, (watch.name for watch in here.values()), chat.language
            )
        )

    async def add(self, name: str, text: str, chat: Chat) -> tuple[Watch, Query]:
        """Watch for a query from now on, for this chat. Raises RequestRefused."""
        name, text = name.strip(), text.strip()
        if not name or not text:
            raise RequestRefused(phrase("watch.usage", chat.language))
        if len(name) > NAME_CHARS:
            raise RequestRefused(phrase("watch.long_name", chat.language, limit=NAME_CHARS))
        query = readable(text, chat.language)
        watch = Watch(name, text, routes=(chat.name,), origin="chat")
        taken = next(
            (old for old in self.lookout.watches.values() if old.name.casefold() == name.casefold()), None
        )
        if taken is None:
            async with self._store.write() as tx:
                added = await tx.watches.add(watch)
            if added:
                self.lookout.index.add(name, query)
                self.lookout = Lookout(
                    self.lookout.index, {**self.lookout.watches, name: watch}, self.lookout.chats
                )
                return watch, query
        shown = taken.query if taken and taken in self.here(chat) else "…"
        raise RequestRefused(phrase("watch.exists", chat.language, name=name, query=shown))

    async def remove(self, name: str, chat: Chat) -> Watch:
        """Stop watching. Raises RequestRefused for what is not watched here or comes from the configuration."""
        watch = self.find(name, chat)
        if watch.origin == "config":
            raise RequestRefused(phrase("watch.configured", chat.language, name=watch.name))
        async with self._store.write() as tx:
            await tx.watches.remove(watch.name)
        self.lookout.index.remove(watch.name)
        rest = {key: value for key, value in self.lookout.watches.items() if key != watch.name}
        self.lookout = Lookout(self.lookout.index, rest, self.lookout.chats)
        return watch


def readable(text: str, language: str) -> Query:
    """The query that a person wrote. Raises RequestRefused that shows where it is wrong."""
    try:
        return parse(text)
    except QueryError as error:
        raise RequestRefused(f"{phrase('query.wrong', language, why=error.text)}\n{error.caret()}") from error


def unknown(key: str, nearest_key: str, name: str, known: Iterable[str], language: str) -> str:
    """ "There is no X. Did you mean Y?" """
    by_folded = {one.casefold(): one for one in known}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=1)
    said = phrase(key, language, name=name)
    return f"{said} {phrase(nearest_key, language, name=by_folded[near[0]])}" if near else said


async def mute(store: Store, watch: Watch, chat: Chat, now: datetime, length: timedelta) -> datetime:
    """Silence a watch in one chat for a while; until when. What it matches is still stored."""
    async with store.write() as tx:
        await tx.watches.mute(chat.name, watch.name, now + length)
    return now + length


async def unmute(store: Store, watch: Watch, chat: Chat) -> bool:
    """Hear a muted watch again; False when it was not muted."""
    async with store.write() as tx:
        return await tx.watches.unmute(chat.name, watch.name)


async def muted(store: Store, chat: Chat, now: datetime) -> dict[str, datetime]:
    """Watch -> until when, for this chat."""
    async with store.read() as tx:
        return {
            watch: until
            for (name, watch), until in (await tx.watches.mutes(now)).items()
            if name == chat.name
        }
