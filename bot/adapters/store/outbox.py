"""What the modules of the outbox share: the table's words, and a row as a value."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, or_, update
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


class Outbox:
    """The table, on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def _let_go_of_children(self, chat: str) -> None:
        """Replies, edits and deletes whose message is there now, or never will be, wait no longer."""
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
        held = and_(table.c.chat == chat, table.c.state == State.HELD, table.c.hold == Hold.PARENT)
        await self._db.execute(
            update(table).where(held, ~waits).values(state=State.PENDING, hold="", held_until=None)
        )


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
