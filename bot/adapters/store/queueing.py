"""Into the outbox: posts, replies, edits and deletes, each once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, insert, select, update

from bot.adapters.store.outbox import MESSAGES, OVER, Outbox
from bot.adapters.store.tables import deliveries as table
from bot.adapters.store.upsert import insert_new
from bot.chat import Message
from bot.model import Hold, Kind, Priority, State
from bot.ports import Delivery

NOTHING = Message(())


class Queueing(Outbox):
    """The half of bot.ports.Deliveries that puts things in."""

    async def post(
        self,
        chat: str,
        subject: str,
        message: Message,
        now: datetime,
        *,
        priority: Priority = Priority.NORMAL,
        parent: str = "",
        trace: str = "",
    ) -> str:
        kind = Kind.REPLY if parent else Kind.POST
        above = await self._message(chat, parent) if parent else None
        if above is not None and _kept_back(above, priority):
            kind, parent, above = Kind.POST, "", None
        new = _new(chat, subject, kind, 1, message, priority, now) | {"parent": parent}
        if trace and not await self._db.scalar(select(table.c.seq).where(table.c.id == trace)):
            new["id"] = trace
        if above is not None and above.state not in OVER:
            new |= {"state": State.HELD, "hold": Hold.PARENT}
        # (Drivers disagree on the row count of a conflict, not on RETURNING.)
        done = await self._db.scalar(insert_new(self._db, table).values(**new).returning(table.c.id))
        return done or ""

    async def edit(self, chat: str, subject: str, message: Message, now: datetime) -> None:
        told = await self._message(chat, subject)
        if told is not None and told.folded_into:
            return  # it stands in a list, which is not rewritten for one of its lines
        payload = message.to_json()
        if told is not None and _untouched(told):
            await self._db.execute(
                update(table).where(table.c.seq == told.seq).values(payload=payload)
            )  # nothing of it left yet: say it right the first time
            return
        waiting = and_(
            table.c.chat == chat,
            table.c.subject == subject,
            table.c.kind == Kind.EDIT,
            table.c.state.in_((State.PENDING, State.HELD)),
            table.c.attempts == 0,
        )
        if (await self._db.execute(update(table).where(waiting).values(payload=payload))).rowcount:
            return  # the newest edit wins
        last = await self._db.scalar(
            select(func.max(table.c.version)).where(
                table.c.chat == chat, table.c.subject == subject, table.c.kind == Kind.EDIT
            )
        )
        await self._follow(told, _new(chat, subject, Kind.EDIT, (last or 0) + 1, message, _of(told), now))

    async def delete(self, chat: str, subject: str, now: datetime) -> None:
        told = await self._message(chat, subject)
        if told is None or told.folded_into:
            return
        mine = and_(table.c.chat == chat, table.c.subject == subject)
        if _untouched(told):
            waiting = and_(mine, table.c.state.in_((State.PENDING, State.HELD)))
            gone = {"state": State.DROPPED, "hold": "", "error": "deleted before it left"}
            await self._db.execute(update(table).where(waiting).values(**gone))
            await self._let_go_of_children(chat)
            return
        if not await self._db.scalar(select(table.c.seq).where(mine, table.c.kind == Kind.DELETE)):
            await self._follow(told, _new(chat, subject, Kind.DELETE, 1, NOTHING, _of(told), now))

    async def cut(self, delivery: Delivery, parts: Sequence[Message]) -> None:
        await self._db.execute(
            update(table).where(table.c.seq == delivery.seq).values(payload=parts[0].to_json())
        )
        row = (await self._db.execute(select(table).where(table.c.seq == delivery.seq))).one()
        for number, part in enumerate(parts[1:], start=2):
            new = _new(
                row.chat, row.subject, Kind(row.kind), row.version, part, delivery.priority, row.created_at
            )
            new |= {"place": row.place, "part": number, "parent": row.parent}
            await self._db.execute(insert_new(self._db, table).values(**new))

    async def _message(self, chat: str, subject: str) -> Row[Any] | None:
        """The row that puts the subject's message into the chat."""
        its = and_(
            table.c.chat == chat,
            table.c.subject == subject,
            table.c.kind.in_(MESSAGES),
            table.c.part == 1,
        )
        return (await self._db.execute(select(table).where(its).limit(1))).first()

    async def _follow(self, told: Row[Any] | None, new: dict[str, Any]) -> None:
        """Queue what belongs to a message: after it."""
        if told is not None and told.state not in OVER:
            new |= {"state": State.HELD, "hold": Hold.PARENT}
        await self._db.execute(insert(table).values(**new))


def _untouched(told: Row[Any]) -> bool:
    return told.state in (State.PENDING, State.HELD) and told.first_sent_at is None and told.attempts == 0


def _kept_back(above: Row[Any], priority: Priority) -> bool:
    """Does a message wait for something that a reply to it need not wait for?"""
    if above.state != State.HELD or above.hold in (Hold.PARENT, Hold.FOLDED):
        return False
    return above.hold != Hold.QUIET or priority <= Priority.FLASH


def _of(told: Row[Any] | None) -> Priority:
    return Priority(told.priority) if told is not None else Priority.NORMAL


def _new(
    chat: str,
    subject: str,
    kind: Kind,
    version: int,
    message: Message,
    priority: Priority,
    now: datetime,
) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex,
        "chat": chat,
        "subject": subject,
        "kind": kind,
        "version": version,
        "payload": message.to_json(),
        "state": State.PENDING,
        "priority": int(priority),
        "place": select(func.coalesce(func.max(table.c.seq), 0) + 1).scalar_subquery(),
        "created_at": now,
    }
