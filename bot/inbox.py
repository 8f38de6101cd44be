"""What people ask, kept until they have their answer.

A request is stored before the platform is told that we have it, and forgotten with its answer; what is left at a start was
cut off, and is answered then, or reported as lost to the one who asked (handlers/router.py decides). The same event is
taken once, however often a platform hands it out; a button pressed twice in a row is one press.

Many requests at once share a transaction: Slack waits three seconds for each acknowledgement, also when a newsroom of
hundreds asks at the same moment. A store in trouble keeps nobody from an answer: then a request lives in memory only.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from bot.errors import StoreTrouble
from bot.ports import Clock, Kept, Store

STORE_SECONDS = 1.5  # for storing a request: half of Slack's patience
PRESS_SECONDS = 3.0  # in which a second press of the same button by the same person is the same press
REMEMBERED = 10_000  # keys known without asking the store
TRIES = 2  # times that a request is begun; one that was cut off so often is given up

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    kept: Kept
    new: asyncio.Future[bool]


class Inbox:
    """Implements bot.ports.Journal. Without a store, all lives in memory."""

    def __init__(self, store: Store | None, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._known: dict[str, None] = {}  # keys, oldest first
        self._presses: dict[str, float] = {}  # of the loop's clock: the last one
        self._waiting: list[_Asked] = []
        self._answered: list[str] = []
        self._writing: asyncio.Task[None] | None = None

    async def take(self, platform: str, key: str, payload: dict[str, Any], press: str = "") -> bool:
        """Store a request; False when it was taken before. Soon done, and never raises."""
        if key in self._known or (press and self._pressed_just_now(press)):
            return False
        self._remember(key)
        if self._store is None:
            return True
        asked = _Asked(
            Kept(key, platform, payload, self._clock()), asyncio.get_running_loop().create_future()
        )
        self._waiting.append(asked)
        self._write()
        try:
            async with asyncio.timeout(STORE_SECONDS):
                return await asyncio.shield(asked.new)
        except TimeoutError:
            log.warning("A request could not be stored in %g s; a crash now would lose it.", STORE_SECONDS)
            return True

    def done(self, key: str) -> None:
        """It was answered."""
        if self._store is not None:
            self._answered.append(key)
            self._write()

    async def left(self, platform: str) -> list[Kept]:
        """What the last run did not come to the end of, oldest first; each is handed out TRIES times at most."""
        if self._store is None:
            return []
        try:
            async with self._store.write() as tx:
                found = await tx.requests.begin_again(platform)
        except StoreTrouble:
            return []
        for kept in found:
            self._remember(kept.key)
            if kept.tries > TRIES:
                log.error("A request was cut off %d times and is given up: %s", kept.tries, kept.payload)
                self.done(kept.key)
        return [kept for kept in found if kept.tries <= TRIES]

    async def close(self) -> None:
        """Write what was answered last."""
        if self._writing:
            await asyncio.wait([self._writing])

    def _pressed_just_now(self, press: str) -> bool:
        now = asyncio.get_running_loop().time()
        last = self._presses.get(press)
        self._presses = {one: at for one, at in self._presses.items() if now - at < PRESS_SECONDS}
        self._presses[press] = now
        return last is not None and now - last < PRESS_SECONDS

    def _remember(self, key: str) -> None:
        self._known[key] = None
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]

    def _write(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all(), name="inbox")

    async def _write_all(self) -> None:
        """One transaction for everything that came meanwhile, until nothing is left."""
        assert self._store
        while self._waiting or self._answered:
            asked, self._waiting = self._waiting, []
            answered, self._answered = self._answered, []
            news = [True] * len(asked)
            try:
                async with self._store.write() as tx:
                    news = await tx.requests.add([one.kept for one in asked])
                    await tx.requests.remove(answered)
            except StoreTrouble:
                log.info("%d requests live in memory only", len(asked))
            except Exception:
                log.exception("requests could not be stored")
            for one, new in zip(asked, news, strict=True):
                if not one.new.done():
                    one.new.set_result(new)
