"""What whoever runs Pantau has to know, said in a chat: it waits, leaves and arrives as alerts do.

The owners' chat is `[alerts] owners`, or the first one. Trouble of a chat or a platform is told elsewhere: a notice
about a chat that takes no messages would wait in it with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat import Message
from bot.model import Chat, Priority
from bot.ports import Engine, Tx


def anywhere(_chat: Chat) -> bool:
    """No chat is in trouble."""
    return True


@dataclass(frozen=True, slots=True)
class Owners:
    """Where the owners are told, and the telling."""

    chats: Sequence[Chat]
    named: str = ""  # [alerts] owners

    def chat(self, well: Callable[[Chat], bool] = anywhere) -> Chat | None:
        """The owners' chat if it is well, else the first that is; None where no chat is."""
        first = [chat for chat in self.chats if chat.name == self.named]
        return next((chat for chat in (*first, *self.chats) if well(chat)), None)

    async def tell(
        self,
        tx: Tx,
        engine: Engine,
        subject: str,
        words: Callable[[Chat], Message],
        now: datetime,
        well: Callable[[Chat], bool] = anywhere,
    ) -> Chat | None:
        """Queue one notice, `words(chat)`, in the owners' chat; which chat that was.

        It breaks through quiet hours: what stands still until a person comes is worth waking one.
        Told once for each `subject` ("notice:token:slack:2026-11-22"): the same subject again says nothing.
        """
        chat = self.chat(well)
        if chat is not None:
            await tx.deliveries.post(chat.name, subject, words(chat), now, priority=Priority.FLASH)
            await engine.ensure("drain", chat.name, tx)
        return chat
