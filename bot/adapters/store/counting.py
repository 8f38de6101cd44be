"""The outbox looked at: what waits, what needs a person, how fast it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text, and_, bindparam, case, cast, func, literal, or_, select, update

from bot.adapters.store.outbox import MESSAGES, OPEN, ORDER, Outbox
from bot.adapters.store.tables import alerts, articles
from bot.adapters.store.tables import deliveries as table
from bot.chat import Message
from bot.model import Hold, Kind, State
from bot.ports import Delivery, Lane, Stuck

DELAYS = 10_000  # the most alerts the delay is computed from
ALERT = "alert:"  # begins the subject of an alert; its number follows
ASKING = (Hold.UNSURE, Hold.RESTORED)  # held until a person has decided

PUBLISHED = (
    select(articles.c.published)
    .join(alerts, articles.c.id == alerts.c.article_id)
    .where(alerts.c.id == bindparam("of_alert"), alerts.c.backlog.is_(False))
)


class Counting(Outbox):
    """The part of bot.ports.Deliveries for whoever looks after it."""

    async def waiting(self, now: datetime) -> list[str]:
        due = and_(table.c.state == State.HELD, table.c.held_until <= now)
        query = select(table.c.chat).where(or_(table.c.state.in_(OPEN), due)).distinct()
        return list(await self._db.scalars(query.order_by(table.c.chat)))

    async def published(self, delivery: Delivery) -> datetime | None:
        name, _, number = delivery.subject.partition(":")
        if name != "alert" or not number.isdigit() or not delivery.kind.makes_a_message:
            return None
        return await self._db.scalar(PUBLISHED, {"of_alert": int(number)})

    async def lanes(self) -> list[Lane]:
        # What waits for its own message waits as that one does; what stands in a list counts once, as the list.
        state = case((table.c.hold == Hold.PARENT, literal(str(State.PENDING))), else_=table.c.state)
        counted = (
            select(table.c.chat, state.label("state"), func.count().label("n"))
            .where(table.c.hold != Hold.FOLDED)
            .group_by(table.c.chat, state)
        )
        counts: dict[str, dict[str, int]] = {}
        for row in await self._db.execute(counted):
            counts.setdefault(row.chat, {})[row.state] = row.n
        over = (State.SENT, State.DROPPED)
        troubled = select(table.c.chat, table.c.error).where(table.c.error != "", table.c.state.not_in(over))
        errors = {row.chat: row.error for row in await self._db.execute(troubled.order_by(table.c.seq))}
        return [
            Lane(
                chat=chat,
                sent=states.get(State.SENT, 0),
                waiting=states.get(State.PENDING, 0) + states.get(State.SENDING, 0),
                uncertain=states.get(State.UNCERTAIN, 0),
                dead=states.get(State.DEAD, 0),
                held=states.get(State.HELD, 0),
                error=errors.get(chat, ""),
            )
            for chat, states in sorted(counts.items())
        ]

    async def alerts_in(self, chat: str, remote_id: str) -> list[int]:
        if not remote_id:
            return []
        # What a list tells has the list's own id.
        there = and_(table.c.chat == chat, table.c.remote_id == remote_id, table.c.kind.in_(MESSAGES))
        query = select(table.c.subject, table.c.parent).where(there).order_by(*ORDER)
        rows = (await self._db.execute(query)).all()
        named = [row.subject if row.subject.startswith(ALERT) else row.parent for row in rows]
        return [int(subject.removeprefix(ALERT)) for subject in named if subject.startswith(ALERT)]

    async def delays(self, since: datetime) -> list[float]:
        alert = table.c.subject == literal(ALERT) + cast(alerts.c.id, Text)
        query = (
            select(table.c.sent_at, articles.c.published)
            .join(alerts, alert)
            .join(articles, articles.c.id == alerts.c.article_id)
            .where(
                table.c.kind.in_(MESSAGES),
                table.c.sent_at >= since,
                alerts.c.backlog.is_(False),
                articles.c.published.is_not(None),
            )
            .order_by(table.c.sent_at.desc())
            .limit(DELAYS)
        )
        rows = await self._db.execute(query)
        return sorted(max(0.0, (row.sent_at - row.published).total_seconds()) for row in rows)

    async def stuck(self, *, everything: bool = False) -> list[Stuck]:
        needs = or_(
            table.c.state.in_((State.UNCERTAIN, State.DEAD)),
            and_(table.c.state == State.HELD, table.c.hold.in_(ASKING)),
        )
        open_ = table.c.state.in_((State.PENDING, State.SENDING, State.HELD))
        query = select(table).where(or_(needs, open_) if everything else needs)
        return [
            Stuck(
                id=row.id,
                chat=row.chat,
                subject=row.subject,
                kind=Kind(row.kind),
                state=State(row.state),
                hold=row.hold,
                attempts=row.attempts,
                created_at=row.created_at,
                first_sent_at=row.first_sent_at,
                error=row.error,
                text=Message.from_json(row.payload).text,
            )
            for row in await self._db.execute(query.order_by(table.c.seq))
        ]

    async def again(self, ids: Sequence[str], now: datetime) -> int:
        mine = table.c.id.in_(ids)
        # What may be there and can be looked up is looked up first, as always.
        unsure = and_(mine, table.c.state == State.UNCERTAIN)
        looked = await self._db.execute(update(table).where(unsure).values(not_before=now))
        settled = or_(
            table.c.state.in_((State.DEAD, State.DROPPED, State.PENDING)),
            and_(table.c.state == State.HELD, table.c.hold.in_(ASKING)),
        )
        anew = {
            "state": State.PENDING,
            "hold": "",
            "held_until": None,
            "not_before": None,
            "unanswered": 0,
            "lookups": 0,
            "error": "",
        }
        sent = await self._db.execute(update(table).where(mine, settled).values(**anew))
        return looked.rowcount + sent.rowcount

    async def drop(self, ids: Sequence[str]) -> int:
        mine = and_(table.c.id.in_(ids), table.c.state.not_in((State.SENT, State.SENDING, State.DROPPED)))
        gone = {"state": State.DROPPED, "hold": "", "held_until": None, "error": "dropped by a person"}
        done = await self._db.execute(update(table).where(mine).values(**gone))
        chats = set(await self._db.scalars(select(table.c.chat).where(table.c.id.in_(ids))))
        for chat in chats:
            await self._let_go_of_children(chat)
        return done.rowcount
