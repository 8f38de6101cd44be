"""The outbox in SQL. A delivery is settled only by its lease: a worker back from the dead changes nothing."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Text, and_, case, cast, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.tables import alerts, articles
from bot.adapters.store.tables import deliveries as table
from bot.adapters.store.upsert import insert_new
from bot.chat import Message
from bot.errors import LostLease
from bot.model import Kind, State
from bot.ports import Delivery, Lane

OPEN = (State.PENDING, State.UNCERTAIN)
DELAYS = 10_000  # the most alerts the delay is computed from


class SqlDeliveries:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def post(self, chat: str, subject: str, message: Message, now: datetime) -> str:
        new = _new(chat, subject, Kind.POST, 1, message, now)
        # (Drivers disagree on the row count of a conflict, not on RETURNING.)
        done = await self._db.scalar(insert_new(self._db, table).values(**new).returning(table.c.id))
        return done or ""

    async def edit(self, chat: str, subject: str, message: Message, now: datetime) -> None:
        payload = message.to_json()
        of_subject = and_(table.c.chat == chat, table.c.subject == subject)
        # Nothing of it left yet: say it right the first time. Then an edit that waits is replaced by the newer one.
        for kind, untouched in (
            (Kind.POST, table.c.first_sent_at.is_(None)),
            (Kind.EDIT, table.c.attempts == 0),
        ):
            waits = and_(of_subject, table.c.kind == kind, table.c.state == State.PENDING, untouched)
            changed = await self._db.execute(update(table).where(waits).values(payload=payload))
            if changed.rowcount:
                return
        last = await self._db.scalar(
            select(func.max(table.c.version)).where(of_subject, table.c.kind == Kind.EDIT)
        )
        await self._db.execute(insert(table), [_new(chat, subject, Kind.EDIT, (last or 0) + 1, message, now)])

    async def waiting(self) -> list[str]:
        return list(
            await self._db.scalars(
                select(table.c.chat).where(table.c.state.in_(OPEN)).distinct().order_by(table.c.chat)
            )
        )

    async def claim(self, chat: str, now: datetime, until: datetime) -> Delivery | datetime | None:
        # The head of the lane, whatever its state: what comes after it waits, so that a chat is told in order.
        unfinished = (*OPEN, State.SENDING)
        head = (
            select(table)
            .where(table.c.chat == chat, table.c.state.in_(unfinished))
            .order_by(table.c.seq)
            .limit(1)
        )
        row = (await self._db.execute(head)).first()
        if row is None:
            return None
        if row.state == State.SENDING and row.lease_until > now:
            return row.lease_until  # type: ignore[no-any-return]  # rows are untyped
        if row.not_before and row.not_before > now:
            return row.not_before  # type: ignore[no-any-return]  # as above
        taken = await self._db.execute(
            update(table)
            .where(table.c.seq == row.seq, table.c.lease == row.lease)
            .values(
                state=State.SENDING,
                lease=row.lease + 1,
                lease_until=until,
                attempts=table.c.attempts + case((table.c.state == State.PENDING, 1), else_=0),
                first_sent_at=func.coalesce(table.c.first_sent_at, now),
            )
            .returning(table)
        )
        claimed = taken.first()
        if claimed is None:
            return await self.claim(chat, now, until)
        before = (
            State.PENDING if row.state == State.PENDING else State.UNCERTAIN
        )  # an expired lease tells nothing
        return _delivery(claimed, before, await self._target(row) if row.kind == Kind.EDIT else "")

    async def _target(self, row: Row[Any]) -> str:
        post = and_(table.c.chat == row.chat, table.c.subject == row.subject, table.c.kind == Kind.POST)
        return await self._db.scalar(select(table.c.remote_id).where(post)) or ""

    async def sent(self, delivery: Delivery, remote_id: str, now: datetime) -> None:
        await self._finish(
            delivery, state=State.SENT, remote_id=remote_id, sent_at=now, not_before=None, error=""
        )

    async def retry(
        self, delivery: Delivery, at: datetime, error: str, message: Message | None = None
    ) -> None:
        wording = {"payload": message.to_json()} if message else {}
        await self._finish(delivery, state=State.PENDING, not_before=at, error=error, lookups=0, **wording)

    async def unsure(self, delivery: Delivery, at: datetime, error: str, *, looked: bool = False) -> None:
        await self._finish(
            delivery,
            state=State.UNCERTAIN,
            not_before=at,
            error=error,
            unanswered=delivery.unanswered + (delivery.state is State.PENDING),
            lookups=delivery.lookups + looked,
        )

    async def dead(self, delivery: Delivery, error: str) -> None:
        await self._finish(delivery, state=State.DEAD, error=error)

    async def _finish(self, delivery: Delivery, **values: Any) -> None:
        mine = and_(
            table.c.seq == delivery.seq, table.c.lease == delivery.lease, table.c.state == State.SENDING
        )
        done = await self._db.execute(update(table).where(mine).values(lease_until=None, **values))
        if done.rowcount != 1:
            raise LostLease(f"delivery {delivery.id} has passed to somebody else")

    async def published(self, delivery: Delivery) -> datetime | None:
        name, _, number = delivery.subject.partition(":")
        if name != "alert" or not number.isdigit() or delivery.kind is not Kind.POST:
            return None
        query = (
            select(articles.c.published)
            .join(alerts, articles.c.id == alerts.c.article_id)
            .where(alerts.c.id == int(number), alerts.c.backlog.is_(False))
        )
        return await self._db.scalar(query)

    async def orphans(self, now: datetime) -> int:
        left = update(table).where(table.c.state == State.SENDING)
        done = await self._db.execute(
            left.values(
                state=State.UNCERTAIN,
                lease=table.c.lease + 1,
                lease_until=None,
                not_before=now,
                error="cut off by a crash",
            )
        )
        return done.rowcount

    async def lanes(self) -> list[Lane]:
        counted = select(table.c.chat, table.c.state, func.count().label("n")).group_by(
            table.c.chat, table.c.state
        )
        counts: dict[str, dict[str, int]] = {}
        for row in await self._db.execute(counted):
            counts.setdefault(row.chat, {})[row.state] = row.n
        troubled = select(table.c.chat, table.c.error).where(table.c.error != "", table.c.state != State.SENT)
        errors = {row.chat: row.error for row in await self._db.execute(troubled.order_by(table.c.seq))}
        return [
            Lane(
                chat=chat,
                sent=states.get(State.SENT, 0),
                waiting=states.get(State.PENDING, 0) + states.get(State.SENDING, 0),
                uncertain=states.get(State.UNCERTAIN, 0),
                dead=states.get(State.DEAD, 0),
                error=errors.get(chat, ""),
            )
            for chat, states in sorted(counts.items())
        ]

    async def delays(self, since: datetime) -> list[float]:
        alert = table.c.subject == literal("alert:") + cast(alerts.c.id, Text)
        query = (
            select(table.c.sent_at, articles.c.published)
            .join(alerts, alert)
            .join(articles, articles.c.id == alerts.c.article_id)
            .where(
                table.c.kind == Kind.POST,
                table.c.sent_at >= since,
                alerts.c.backlog.is_(False),
                articles.c.published.is_not(None),
            )
            .order_by(table.c.sent_at.desc())
            .limit(DELAYS)
        )
        rows = await self._db.execute(query)
        return sorted(max(0.0, (row.sent_at - row.published).total_seconds()) for row in rows)


def _new(
    chat: str, subject: str, kind: Kind, version: int, message: Message, now: datetime
) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex,
        "chat": chat,
        "subject": subject,
        "kind": kind,
        "version": version,
        "payload": message.to_json(),
        "state": State.PENDING,
        "created_at": now,
    }


def _delivery(row: Row[Any], before: State, target: str) -> Delivery:
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
    )
