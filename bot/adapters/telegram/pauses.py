"""Who has to be quiet after a 429, and for how long.

Telegram does not say whether it meant the one chat or the whole bot, and python-telegram-bot stops everything. So
did this adapter: one group over its 20 a minute, and an hour's pause held every other chat for an hour. Now only the
chat that was told to wait waits, and the next message to another one is the proof: it goes alone, after a breath, and
if it arrives the pause was the chat's own. If it is told to wait too, all do.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.errors import TryAgain

BREATH = 0.5  # seconds between a 429 and the message that finds out whom it concerns


class Pauses:
    """Ask `turn` before every message; `told` when Telegram says to wait, `arrived` when one arrived."""

    def __init__(self) -> None:
        self._chats: dict[str, float] = {}  # of the loop's clock: until when
        self._everybody = 0.0  # the same
        self._suspect: str | None = None  # the chat of a 429 of which nobody knows yet whom it concerns
        self._alone = asyncio.Lock()

    @asynccontextmanager
    async def turn(self, chat: str) -> AsyncIterator[None]:
        """Wait until one may speak to this chat; TryAgain where that is not soon."""
        self._check(chat)
        if self._suspect is None:
            yield
            return
        async with self._alone:
            if self._suspect is not None:
                await asyncio.sleep(BREATH)
            self._check(chat)
            yield

    def told(self, chat: str, seconds: float) -> bool:
        """A 429: this chat is quiet for so long, and everybody if another one was told so just before; True then."""
        until = asyncio.get_running_loop().time() + seconds
        self._chats[chat] = max(until, self._chats.get(chat, 0.0))
        if self._suspect is None:
            self._suspect = chat
        elif self._suspect != chat:
            self._everybody = max(self._everybody, until, self._chats[self._suspect])
            self._suspect = None
            return True
        return False

    def arrived(self, chat: str) -> None:
        """A message stands in this chat: a 429 of another one was that one's own."""
        if self._suspect not in (None, chat):
            self._suspect = None

    def _check(self, chat: str) -> None:
        now = asyncio.get_running_loop().time()
        if self._suspect is not None and self._chats[self._suspect] <= now:
            self._suspect = None  # its pause is over, and nobody had to know
        until = max(self._everybody, self._chats.get(chat, 0.0))
        if until > now:
            raise TryAgain("Telegram has asked for a pause.", until - now)
        self._chats.pop(chat, None)
