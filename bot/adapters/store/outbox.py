"""What the modules of the outbox share: the table's words, and a row as a value."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Update, and_, bindparam, case, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.tables import deliveries as table
from bot.chat import Message
from bot.model import Hold, Kind, Priority, State
from bot.ports import Delivery

OPEN = (State.PENDING, State.UNCERTAIN)
OVER = (State.SENT, State.DEAD, State.DROPPED)
MESSAGES = (Kind.POST, Kind.REPLY)
ORDER = (table.c.priority, table.c.place, table.c.part, table.c.seq)
"""In which a chat is told: by class, within one as it was queued; a list stands where the first of its alerts stood."""


def _let_go() -> Update:
    message = table.alias()
    waits = (
        message.select()
        .with_only_columns(message.c.seq)
        .where(
            message.c.chat == table.c.chat,
            message.c.kind.in_(MESSAGES),
            message.c.part == 1,
            message.c.state.not_in(OVER),
            or_(
                and_(table.c.kind == Kind.REPLY, message.c.subject == table.c.parent),
                and_(table.c.kind != Kind.REPLY, message.c.subject == table.c.subject),
            ),
        )
        .exists()
    )
    of_chat = table.c.chat == bindparam("of_chat")
    held = and_(of_chat, table.c.state == State.HELD, table.c.hold == Hold.PARENT)
    # One that an older self may have sent is looked up, now that it is known under what.
    free = case((table.c.first_sent_at.is_not(None), State.UNCERTAIN), else_=State.PENDING)
    return update(table).where(held, ~waits).values(state=free, hold="", held_until=None)


LET_GO = _let_go()


class Outbox:
    """The table, on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def _let_go_of_children(self, chat: str) -> None:
        """Replies, edits and deletes whose message is there now, or never will be, wait no longer."""
        await self._db.execute(LET_GO, {"of_chat": chat})


def delivery_of(row: Row[Any], before: State, target: str) -> Delivery:
    """A claimed row; `before`: the state that it was in."""
    return Delivery(
        seq=row.seq,
        id=row.id,
        chat=row.chat,
        subject=row.subject,
        kind=Kind(row.kind),
        message=Message.from_json(row.payload),
        state=before,
        attempts=row.attempts,
        unanswered=row.unanswered,
        lookups=row.lookups,
        lease=row.lease,
        first_sent_at=row.first_sent_at,
        target=target,
        priority=Priority(row.priority),
        part=row.part,
    )
