"""Out of the outbox, claim by claim. A delivery is settled only by its lease: a worker back from the dead changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, func, select, union_all, update

from bot.adapters.store.outbox import MESSAGES, OPEN, ORDER, Outbox, delivery_of
from bot.adapters.store.tables import deliveries as table
from bot.adapters.store.tables import standings
from bot.chat import Message
from bot.errors import LostLease
from bot.model import Hold, Kind, Priority, State
from bot.ports import Delivery

SAID = "list:"  # how the subject of a list begins
RESTS = (
    select(standings.c.paused_until)
    .where(standings.c.chat == bindparam("of_chat"), standings.c.paused_until > bindparam("at"))
    .scalar_subquery()
)
# Statements are built once: for each message that would cost more than to carry them out.
FIRSTS = union_all(
    # A look into the index for each state: sorting thousands that wait would take longer than sending one.
    *(
        select(
            select(table, RESTS.label("rests_until"))
            .where(table.c.chat == bindparam("of_chat"), table.c.state == state)
            .order_by(*ORDER)
            .limit(1)
            .subquery()
        )
        for state in (State.SENDING, *OPEN)
    )
)
CLAIM = (
    update(table)
    .where(table.c.seq == bindparam("of_seq"), table.c.lease == bindparam("of_lease"))
    .values(
        state=State.SENDING,
        lease=table.c.lease + 1,
        lease_until=bindparam("until"),
        attempts=table.c.attempts + case((table.c.state == State.PENDING, 1), else_=0),
        first_sent_at=func.coalesce(table.c.first_sent_at, bindparam("at", type_=table.c.first_sent_at.type)),
    )
    .returning(table)
)


class Carrying(Outbox):
    """The half of bot.ports.Deliveries that takes things out."""

    async def next(self, chat: str, now: datetime) -> Priority | datetime | None:
        head = await self._head(chat, now)
        return Priority(head.priority) if isinstance(head, Row) else head

    async def claim(self, chat: str, now: datetime, until: datetime) -> Delivery | datetime | None:
        row = await self._head(chat, now)
        if not isinstance(row, Row):
            return row
        taken = await self._db.execute(
            CLAIM, {"of_seq": row.seq, "of_lease": row.lease, "until": until, "at": now}
        )
        claimed = taken.first()
        if claimed is None:
            return await self.claim(chat, now, until)
        before = (
            State.PENDING if row.state == State.PENDING else State.UNCERTAIN
        )  # an expired lease tells nothing
        return delivery_of(claimed, before, await self._target(row) if row.kind != Kind.POST else "")

    async def _head(self, chat: str, now: datetime) -> Row[Any] | datetime | None:
        """What leaves next; when that may be tried, if it is later; None if there is nothing."""
        rows = (await self._db.execute(FIRSTS, {"of_chat": chat, "at": now})).all()
        if not rows:
            return None
        sending = next((row for row in rows if row.state == State.SENDING), None)
        if sending is not None:
            return moment(sending.lease_until) if sending.lease_until > now else sending
        row = min(rows, key=lambda row: (row.priority, row.place, row.part, row.seq))
        if row.rests_until:
            return moment(row.rests_until)
        return moment(row.not_before) if row.not_before and row.not_before > now else row

    async def _target(self, row: Row[Any]) -> str:
        """The platform's id of the message that this one changes, or stands under."""
        if row.kind != Kind.REPLY:
            told = await self._standing(row.chat, row.subject)
            # A list carries the replies of what it tells; it is not rewritten for one of its lines.
            return told.remote_id if told and not told.folded_into else ""
        told = await self._standing(row.chat, row.parent)
        # Threads have one level: what is said under a reply stands under what that one replies to.
        above = await self._standing(row.chat, told.parent) if told and told.parent else None
        return (above and above.remote_id) or (told.remote_id if told else "")

    async def _standing(self, chat: str, subject: str) -> Row[Any] | None:
        its = and_(
            table.c.chat == chat,
            table.c.subject == subject,
            table.c.kind.in_(MESSAGES),
            table.c.part == 1,
        )
        columns = [table.c.remote_id, table.c.folded_into, table.c.parent]
        return (await self._db.execute(select(*columns).where(its))).first()

    async def sent(self, delivery: Delivery, remote_id: str, now: datetime) -> None:
        there = {"state": State.SENT, "remote_id": remote_id, "sent_at": now}
        await self._finish(delivery, **there, not_before=None, error="")
        if delivery.subject.startswith(SAID) and delivery.part == 1:
            await self._db.execute(
                update(table).where(table.c.folded_into == delivery.id).values(**there, hold="", error="")
            )
        if delivery.kind.makes_a_message:
            await self._let_go_of_children(delivery.chat)

    async def retry(
        self,
        delivery: Delivery,
        at: datetime,
        error: str,
        message: Message | None = None,
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

    async def hold(self, delivery: Delivery, why: Hold, error: str) -> None:
        await self._finish(delivery, state=State.HELD, hold=why, error=error)

    async def dead(self, delivery: Delivery, error: str) -> None:
        await self._finish(delivery, state=State.DEAD, error=error)
        if delivery.subject.startswith(SAID) and delivery.part == 1:
            # One by one, then: an attempt that was none keeps them out of the next list.
            alone = {"state": State.PENDING, "hold": "", "folded_into": "", "attempts": 1}
            await self._db.execute(update(table).where(table.c.folded_into == delivery.id).values(**alone))
        if delivery.kind.makes_a_message:
            await self._let_go_of_children(delivery.chat)

    async def _finish(self, delivery: Delivery, **values: Any) -> None:
        mine = and_(
            table.c.seq == delivery.seq, table.c.lease == delivery.lease, table.c.state == State.SENDING
        )
        done = await self._db.execute(update(table).where(mine).values(lease_until=None, **values))
        if done.rowcount != 1:
            raise LostLease(f"delivery {delivery.id} has passed to somebody else")

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

    async def clock_was_set(self, now: datetime, beyond: timedelta = timedelta(0)) -> None:
        for column, which in (
            (table.c.not_before, table.c.state.in_(OPEN)),
            (table.c.lease_until, table.c.state == State.SENDING),
        ):
            late = update(table).where(which, column > now + beyond)
            await self._db.execute(late.values({column: now}))
        resting = update(standings).where(standings.c.paused_until > now + beyond)
        await self._db.execute(resting.values(paused_until=now))


def moment(value: Any) -> datetime:
    """Rows are untyped."""
    assert isinstance(value, datetime)
    return value
