"""How chats stand with us while the program runs: moved, without their topic, closed to us. The owners hear of it, elsewhere.

The store remembers it over a restart. What the configuration says now is stronger: a chat whose `id` or `thread` there is
no longer the one that was lost is taken at its word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot import words
from bot.chat import Message, Place
from bot.errors import ChatMoved, ThreadGone
from bot.model import Chat
from bot.owners import Owners
from bot.ports import Engine, Standing, Tx


def everyone(_chat: Chat) -> bool:
    """No platform is in trouble."""
    return True


@dataclass(frozen=True, slots=True)
class Standings:
    """`known`: as the store had it at the start. Without owners nobody is told."""

    known: dict[str, Standing] = field(default_factory=dict)
    owners: Owners | None = None
    engine: Engine | None = None
    reachable: Callable[[Chat], bool] = everyone

    def place(self, chat: Chat) -> Place:
        """Where the chat's messages go."""
        known = self._of(chat)
        moved = known.moved_to and known.moved_from == chat.id
        lost = known.lost_thread and known.lost_thread == chat.thread
        return Place(chat.platform, known.moved_to if moved else chat.id, "" if lost else chat.thread)

    def here(self, chat: Chat) -> Chat:
        """The chat under the id that its people have now: what they ask comes from there."""
        return replace(chat, id=self.place(chat).id)

    async def follow(self, tx: Tx, chat: Chat, trouble: ChatMoved | ThreadGone, now: datetime) -> bool:
        """Go where the chat went; False if we are there already, so that nothing is tried in a circle."""
        known = self._of(chat)
        if isinstance(trouble, ChatMoved):
            if known.moved_from == chat.id and known.moved_to == trouble.to:
                return False
            await tx.standings.moved(chat.name, chat.id, trouble.to)
            self._learn(tx, replace(known, moved_from=chat.id, moved_to=trouble.to))
            await self._tell(tx, chat, f"moved:{trouble.to}", now, words.chat_moved, to=trouble.to)
            return True
        if not self.place(chat).thread:
            return False
        await tx.standings.lost_thread(chat.name, chat.thread)
        self._learn(tx, replace(known, lost_thread=chat.thread))
        await self._tell(tx, chat, f"thread:{chat.thread}", now, words.thread_gone, thread=chat.thread)
        return True

    async def gone(self, tx: Tx, chat: Chat, why: str, now: datetime) -> None:
        """The chat does not let us in: its lane rests and keeps everything; somebody elsewhere is told, once."""
        if await tx.standings.gone(chat.name, now, why):
            self._learn(tx, replace(self._of(chat), gone_since=now, gone_why=why))
            await self._tell(tx, chat, f"gone:{now.isoformat()}", now, words.chat_gone, why=why)

    async def well(self, tx: Tx, chat: Chat, now: datetime) -> None:
        """A message stands there: if it had been closed to us, it is open again."""
        if self._of(chat).gone_since is None:
            return
        since = await tx.standings.back(chat.name)
        self._learn(tx, replace(self._of(chat), gone_since=None, gone_why=""))
        if since is not None:
            await self._tell(tx, chat, f"back:{since.isoformat()}", now, words.chat_back)

    def _learn(self, tx: Tx, standing: Standing) -> None:
        """It stands like this once the store knows it too: a transaction that fails is tried again from the start."""
        tx.after_commit(lambda: self.known.update({standing.chat: standing}))

    def _of(self, chat: Chat) -> Standing:
        return self.known.get(chat.name, Standing(chat.name))

    async def _tell(
        self,
        tx: Tx,
        chat: Chat,
        what: str,
        now: datetime,
        say: Callable[[Chat, Mapping[str, str], str], Message],
        **values: str,
    ) -> None:
        if self.owners is None or self.engine is None:
            return

        def well(other: Chat) -> bool:
            return other.name != chat.name and self._of(other).gone_since is None and self.reachable(other)

        await self.owners.tell(
            tx,
            self.engine,
            f"notice:chat:{chat.name}:{what}",
            lambda other: say(chat, values, other.language),
            now,
            well,
        )
