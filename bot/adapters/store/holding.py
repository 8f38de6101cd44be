"""What the outbox keeps back, and what lets it go: quiet hours, mutes, lists."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Text, and_, case, cast, literal, or_, select, update

from bot.adapters.store.carrying import SAID
from bot.adapters.store.outbox import MESSAGES, ORDER, Outbox
from bot.adapters.store.tables import alerts, articles, sources
from bot.adapters.store.tables import deliveries as table
from bot.adapters.store.upsert import insert_new
from bot.chat import Message
from bot.model import Hold, Kind, Priority, State
from bot.ports import SPIKE, Waiting

ALERT = literal("alert:") + cast(alerts.c.id, Text)
FREE = {"state": State.PENDING, "hold": "", "held_until": None}


class Holding(Outbox):
    """The part of bot.ports.Deliveries about waiting on purpose."""

    async def quiet(self, chat: str, until: datetime) -> None:
        loud = and_(
            table.c.chat == chat,
            table.c.state == State.PENDING,
            table.c.priority > Priority.FLASH,
            table.c.kind.in_(MESSAGES),
        )
        held = {"state": State.HELD, "hold": Hold.QUIET, "held_until": until}
        await self._db.execute(update(table).where(loud).values(**held))

    async def release(self, chat: str, now: datetime, *, quiet: bool) -> int:
        held = and_(table.c.chat == chat, table.c.state == State.HELD)
        over = and_(held, table.c.hold == Hold.MUTED, table.c.held_until <= now)
        await self._db.execute(update(table).where(over).values(**FREE))
        if quiet:
            return 0
        kept = and_(held, table.c.hold == Hold.QUIET)
        return (await self._db.execute(update(table).where(kept).values(**FREE))).rowcount

    async def mute(self, chat: str, muted: Mapping[str, datetime]) -> None:
        waits = or_(
            table.c.state == State.PENDING,
            and_(table.c.state == State.HELD, table.c.hold.in_((Hold.QUIET, Hold.MUTED, Hold.PARENT))),
        )
        query = (
            select(table.c.seq, table.c.subject, table.c.hold, table.c.parent, alerts.c.watches)
            .outerjoin(alerts, and_(table.c.subject == ALERT, alerts.c.chat == table.c.chat))
            .where(table.c.chat == chat, table.c.kind.in_(MESSAGES), table.c.first_sent_at.is_(None), waits)
            .where(or_(alerts.c.id.is_not(None), table.c.subject.startswith(SPIKE)))
            .order_by(table.c.seq)
        )
        silent = set()
        for row in (await self._db.execute(query)).all():
            one = update(table).where(table.c.seq == row.seq)
            spike = row.subject.removeprefix(SPIKE).rpartition(":")[0]
            watches = [spike] if row.watches is None else row.watches
            if watches and all(name in muted for name in watches):
                silent.add(row.subject)
                until = max(muted[name] for name in watches)
                await self._db.execute(one.values(state=State.HELD, hold=Hold.MUTED, held_until=until))
            elif row.parent in silent:  # a development that is heard does not wait for what is not
                await self._db.execute(one.values(kind=Kind.POST, parent="", **FREE))
            elif row.hold == Hold.MUTED:
                await self._db.execute(one.values(**FREE))

    async def crowd(self, chat: str, above: int, keep: int, most: int) -> list[Waiting]:
        waits = (
            table.c.chat == chat,
            table.c.state == State.PENDING,
            table.c.priority.between(Priority.NORMAL, Priority.LOW),
            table.c.kind.in_(MESSAGES),
            table.c.subject.startswith("alert:"),
            table.c.attempts == 0,
        )
        too_many = select(table.c.seq).where(*waits).order_by(*ORDER).offset(above).limit(1)
        if await self._db.scalar(too_many) is None:
            return []
        query = (
            select(
                table.c.id,
                articles.c.title,
                articles.c.body,
                articles.c.url,
                articles.c.published,
                sources.c.name.label("source"),
                alerts.c.watches,
            )
            .join(alerts, table.c.subject == ALERT)
            .join(articles, articles.c.id == alerts.c.article_id)
            .join(sources, sources.c.id == articles.c.source_id)
            .where(*waits)
            .order_by(*ORDER)
            .offset(keep)
            .limit(most)
        )
        return [
            Waiting(row.id, row.title, row.body, row.url, row.source, row.published, tuple(row.watches))
            for row in await self._db.execute(query)
        ]

    async def fold(self, chat: str, ids: Sequence[str], message: Message, now: datetime) -> str:
        first = (
            await self._db.execute(select(table.c.place, table.c.priority).where(table.c.id == ids[0]))
        ).one()
        new = {
            "id": uuid.uuid4().hex,
            "chat": chat,
            "subject": f"{SAID}{ids[0]}",
            "kind": Kind.POST,
            "version": 1,
            "payload": message.to_json(),
            "state": State.PENDING,
            "priority": first.priority,
            "place": first.place,
            "created_at": now,
        }
        list_id = await self._db.scalar(insert_new(self._db, table).values(**new).returning(table.c.id))
        assert list_id, "an alert stands in one list at most"
        folded = {"state": State.HELD, "hold": Hold.FOLDED, "folded_into": list_id, "held_until": None}
        await self._db.execute(update(table).where(table.c.id.in_(ids)).values(**folded))
        return str(list_id)

    async def came_back(self, since: datetime) -> int:
        waited = or_(
            table.c.state.in_((State.PENDING, State.SENDING, State.UNCERTAIN)),
            and_(table.c.state == State.HELD, table.c.hold.in_((Hold.QUIET, Hold.MUTED, Hold.PARENT))),
        )
        return await self._doubt(and_(table.c.kind.in_(MESSAGES), waited), since)

    async def doubt(self, delivery: str, since: datetime) -> None:
        await self._doubt(table.c.id == delivery, since)

    async def _doubt(self, which: ColumnElement[bool], since: datetime) -> int:
        """These may have been sent by an older self: attempts of this one say nothing.

        A reply stands under its parent, which is looked up before it.
        """
        waits = and_(table.c.state == State.HELD, table.c.hold == Hold.PARENT)
        children = await self._db.execute(update(table).where(which, waits).values(first_sent_at=since))
        done = await self._db.execute(
            update(table)
            .where(which, ~waits)
            .values(
                state=State.UNCERTAIN,
                first_sent_at=case((table.c.first_sent_at < since, table.c.first_sent_at), else_=since),
                attempts=0,
                unanswered=0,
                lookups=0,
                hold="",
                held_until=None,
                lease=table.c.lease + 1,
                lease_until=None,
                not_before=None,
                error="the store is a backup: this may have been sent since it was made",
            )
        )
        return children.rowcount + done.rowcount
