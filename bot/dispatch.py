"""Deliveries leave: one lane per chat, the urgent first, at the platform's pace.

A delivery is claimed in one transaction, sent in no transaction, and settled in another. Between the two it may or may not have
arrived; only an answer that says so makes it "certainly not sent". Everything else is uncertain and is looked up at the
platform before it is sent again (Slack), or sent again once where nothing can be looked up (a chat may ask for `hold` instead):
an alert twice in the rarest of cases is worth less trouble than an alert never. An answer that the store could not be told
(its disk is full, say) is remembered, and told first of all when the lane runs again.

A lane claims only when its turn has come, at the chat's pace and in the token's budget: what is claimed is then the most urgent
there is, and a flash waits for no normal alert that waits itself. No lane polls: it is woken by commits, and its own timer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot import words
from bot.errors import (
    ChatGone,
    ChatMoved,
    LostLease,
    MessageRefused,
    SendError,
    ThreadGone,
    TryAgain,
    Uncertain,
)
from bot.logs import about
from bot.meters import Meters
from bot.model import Chat, Hold, Kind, OnUncertain, Priority, State
from bot.pace import Schedule
from bot.ports import Clock, Delivery, Messenger, Store, Tx
from bot.quiet import quiet_until
from bot.rests import LOOK_UP_AFTER, back_off, plainer, wait_after
from bot.standings import Standings

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # longer than any adapter waits for an answer (30 s)
LOOK_UPS = 2  # not found so often: it is not there
BLIND_SENDS = 2  # unanswered sends of a message whose arrival nobody can look up
TRIPS = 6  # sends of a message that an adapter trips over
FOLD_ABOVE = 20  # alerts that may wait in a chat before those behind are told in a list
LISTED = 200  # alerts in one list

Rest = Callable[[float, asyncio.Event], Awaitable[None]]


class Tripped(Uncertain):
    """An adapter failed in a way of its own: nobody knows how far the message came."""


async def rest(seconds: float, bell: asyncio.Event) -> None:
    """Wait, but no longer than until the bell rings."""
    try:
        await asyncio.wait_for(bell.wait(), seconds)
    except TimeoutError:
        return


def _ticks() -> float:
    """A clock that nobody sets."""
    return asyncio.get_running_loop().time()


@dataclass(frozen=True, slots=True)
class _There:
    """It stands in the chat."""

    remote_id: str
    how: str  # "sent" or "found"


@dataclass(frozen=True, slots=True)
class _NotFound:
    """A look-up that found nothing, and whether there is anything to look into."""

    tellable: bool


_Outcome = _There | _NotFound | SendError


@dataclass(slots=True)
class _Lane:
    """What a chat's lane remembers while the process runs."""

    schedule: Schedule
    bell: asyncio.Event = field(default_factory=asyncio.Event)  # something new waits there
    head: Priority | None = None  # the class of what leaves next, if that is known
    unwritten: tuple[Delivery, _Outcome] | None = None  # what came of a claim, until the store knows too


@dataclass(frozen=True, slots=True)
class Lanes:
    """Carries the waiting deliveries of every chat; `drain` is the job for one chat."""

    store: Store
    chats: Mapping[str, Chat]
    messengers: Mapping[str, Messenger]  # by platform
    clock: Clock
    stopping: Callable[[], bool]
    rest: Rest = rest
    ticks: Callable[[], float] = _ticks
    meters: Meters = field(default_factory=Meters)
    standings: Standings = field(default_factory=Standings)
    fold_above: int = FOLD_ABOVE  # 0: never
    lanes: dict[str, _Lane] = field(default_factory=dict)

    def ring(self, name: str) -> None:
        """Something new waits for this chat while its lane is at work."""
        if name in self.lanes:
            self.lanes[name].bell.set()

    async def drain(self, name: str) -> datetime | None:
        """Send what waits for this chat, until nothing is left or the rest must wait; returns until when."""
        chat = self.chats.get(name)
        messenger = self.messengers.get(chat.platform) if chat else None
        if chat is None or messenger is None:
            return None  # kept until the configuration has a way to this chat again
        pace = messenger.pace(self.standings.place(chat))
        lane = self.lanes.setdefault(name, _Lane(Schedule(pace)))
        lane.bell.set()
        await self._write_down(chat, lane)
        while not self.stopping():
            head: Priority | datetime | None = lane.head
            lane.head = None
            if head is None or lane.bell.is_set() or chat.quiet_hours:
                head = await self._look_ahead(chat, lane)
            if not isinstance(head, Priority):
                return head
            if not await self._turn(chat, lane, messenger, head):
                continue
            now = self.clock()
            async with self.store.write() as tx:
                claimed = await tx.deliveries.claim(name, now, now + LEASE)
                if isinstance(claimed, Delivery):
                    claimed = await _fitting(tx, claimed, messenger)
            if not isinstance(claimed, Delivery):
                continue
            lane.schedule.take(self.ticks())
            lane.unwritten = claimed, await self._carry(claimed, chat, messenger)
            await self._write_down(chat, lane)
        return None

    async def _look_ahead(self, chat: Chat, lane: _Lane) -> Priority | datetime | None:
        """What leaves next; before that, when something new came, what has to be held, let go or told in a list."""
        now = self.clock()
        until = quiet_until(chat, now)
        if not lane.bell.is_set() and until is None:
            async with self.store.read() as tx:
                return await tx.deliveries.next(chat.name, now)
        lane.bell.clear()
        async with self.store.write() as tx:
            held = await tx.deliveries.release(chat.name, now, quiet=until is not None)
            if until is not None:
                await tx.deliveries.quiet(chat.name, until)
            elif self.fold_above and held > 1:
                await self._fold_what_was_held(tx, chat, now)
            elif self.fold_above:
                await self._fold(tx, chat, now)
            head = await tx.deliveries.next(chat.name, now)
        return until if head is None and until is not None else head

    async def _fold(self, tx: Tx, chat: Chat, now: datetime) -> None:
        """A lane that is far behind tells the rest in a list: late and whole, not later and later."""
        behind = await tx.deliveries.crowd(chat.name, self.fold_above, self.fold_above // 4, LISTED)
        if len(behind) > 1:
            message = words.folded(behind, chat)
            list_id = await tx.deliveries.fold(chat.name, [one.id for one in behind], message, now)
            log.warning(
                "%s is far behind: %d alerts leave in one list",
                chat.name,
                len(behind),
                extra={"delivery": list_id},
            )

    async def _fold_what_was_held(self, tx: Tx, chat: Chat, now: datetime) -> None:
        """The alerts of the quiet hours come as one message; those of urgent watches come by themselves."""
        behind = await tx.deliveries.crowd(chat.name, 1, 0, LISTED)
        if behind:
            message = words.folded(behind, chat, quiet=True)
            await tx.deliveries.fold(chat.name, [one.id for one in behind], message, now)

    async def _turn(self, chat: Chat, lane: _Lane, messenger: Messenger, head: Priority) -> bool:
        """Wait for the chat's pace, then for the token's budget; False when something new has to be looked at first."""
        began = self.ticks()
        while (wait := lane.schedule.wait(self.ticks(), head)) > 0:
            await self.rest(wait, lane.bell)
            if lane.bell.is_set():
                return False
        turn = asyncio.ensure_future(messenger.turn(head, lane.schedule.last))
        bell = asyncio.ensure_future(lane.bell.wait())
        try:
            await asyncio.wait((turn, bell), return_when=asyncio.FIRST_COMPLETED)
            while not turn.done() and lane.bell.is_set():
                newer = await self._look_ahead(chat, lane)
                if isinstance(newer, Priority) and newer < head:
                    return False  # it asks for an earlier turn
                bell = asyncio.ensure_future(lane.bell.wait())
                await asyncio.wait((turn, bell), return_when=asyncio.FIRST_COMPLETED)
        finally:
            bell.cancel()
            if not turn.done():
                turn.cancel()
        turn.result()
        self.meters.waited(chat.platform, self.ticks() - began)
        return True

    async def _carry(self, delivery: Delivery, chat: Chat, messenger: Messenger) -> _Outcome:
        """One step: send what was not sent, or look up what may have arrived."""
        unknown = delivery.state is State.UNCERTAIN and delivery.kind.makes_a_message
        step = self._look_up if unknown else self._send
        with about(delivery=delivery.id, chat=delivery.chat, subject=delivery.subject):
            try:
                return await step(delivery, chat, messenger)
            except SendError as trouble:
                return trouble

    async def _send(self, delivery: Delivery, chat: Chat, messenger: Messenger) -> _Outcome:
        try:
            return _There(await self._hand_over(delivery, chat, messenger), "sent")
        except SendError:
            raise
        except Exception as fault:
            # Ours, in an adapter: nobody knows how far it came, and the chat's next message must not wait for it.
            log.exception("delivery %s to %s: a fault of Pantau's own", delivery.id, delivery.chat)
            raise Tripped(f"a fault of Pantau's own: {fault!r}") from fault

    async def _hand_over(self, delivery: Delivery, chat: Chat, messenger: Messenger) -> str:
        """The platform's id of the message that stands there now."""
        place = self.standings.place(chat)
        if delivery.kind.makes_a_message:
            return await messenger.send(place, delivery.message, delivery.id, delivery.target)
        if not delivery.target:
            raise MessageRefused(f"there is no message to {delivery.kind}")
        if delivery.kind is Kind.DELETE:
            await messenger.delete(place, delivery.target)
        else:
            await messenger.edit(place, delivery.target, delivery.message)
        return delivery.target

    async def _look_up(self, delivery: Delivery, chat: Chat, messenger: Messenger) -> _Outcome:
        """Find out whether an unanswered message arrived."""
        assert delivery.first_sent_at is not None
        place = self.standings.place(chat)
        try:
            found = await messenger.find(place, delivery.id, delivery.first_sent_at, delivery.target)
        except Uncertain:
            return _NotFound(tellable=False)
        return _NotFound(tellable=True) if found is None else _There(found, "found")

    async def _write_down(self, chat: Chat, lane: _Lane) -> None:
        """Let the store know what came of the lane's claim. When it cannot, that is remembered for the lane's next run."""
        if lane.unwritten is None:
            return
        delivery, outcome = lane.unwritten
        with about(delivery=delivery.id, chat=delivery.chat, subject=delivery.subject):
            try:
                match outcome:
                    case _There():
                        await self._there(delivery, chat, lane, outcome)
                    case _NotFound():
                        await self._not_there(delivery, chat, outcome.tellable)
                    case _:
                        await self._settle(delivery, chat, outcome)
            except LostLease as lost:
                log.warning("%s", lost)
        lane.unwritten = None

    async def _there(self, delivery: Delivery, chat: Chat, lane: _Lane, there: _There) -> None:
        now = self.clock()
        async with self.store.write() as tx:
            await tx.deliveries.sent(delivery, there.remote_id, now)
            published = await tx.deliveries.published(delivery)
            await self.standings.well(tx, chat, now)
            # What leaves next is learned here, at no transaction of its own.
            head = await tx.deliveries.next(chat.name, now)
        lane.head = head if isinstance(head, Priority) else None
        self.meters.arrived(delivery.chat, published, now)
        log.info(there.how, extra={"remote_id": there.remote_id, "attempt": delivery.attempts})

    async def _not_there(self, delivery: Delivery, chat: Chat, tellable: bool) -> None:
        """It did not arrive, or nobody can tell: it goes back in its place, or to a person."""
        now = self.clock()
        async with self.store.write() as tx:
            if tellable and delivery.lookups + 1 < LOOK_UPS:
                await tx.deliveries.unsure(
                    delivery, now + LOOK_UP_AFTER, "not in the chat's history yet", looked=True
                )
            elif not tellable and not delivery.attempts:
                # Never sent by this store: it is a backup, and an older self may have sent it.
                await tx.deliveries.hold(delivery, Hold.RESTORED, "nobody can look whether it is there")
            elif not tellable and chat.on_uncertain == OnUncertain.HOLD:
                log.error(
                    "delivery %s to %s had no answer and is held: it may be there", delivery.id, chat.name
                )
                await tx.deliveries.hold(delivery, Hold.UNSURE, "no answer: it may be there")
            elif tellable or delivery.unanswered < BLIND_SENDS:
                at = now + back_off(delivery.unanswered) if tellable else now
                await tx.deliveries.retry(delivery, at, "no answer the last time")
            else:
                error = f"sent {delivery.unanswered} times with no answer: it may be there"
                log.error("delivery %s to %s: %s", delivery.id, delivery.chat, error)
                await tx.deliveries.dead(delivery, error)

    async def _settle(self, delivery: Delivery, chat: Chat, trouble: SendError) -> None:
        """Write down what the trouble means for the delivery."""
        now, error = self.clock(), str(trouble)
        looking = delivery.state is State.UNCERTAIN
        rests_until = None
        async with self.store.write() as tx:
            match trouble:
                case ChatMoved() | ThreadGone() if await self.standings.follow(tx, chat, trouble, now):
                    log.warning("%s: %s", delivery.chat, error)
                    if looking:
                        await tx.deliveries.unsure(delivery, now, error)
                    else:
                        await tx.deliveries.retry(delivery, now, error)
                case MessageRefused() if (
                    not looking and (plain := plainer(delivery.message)) != delivery.message
                ):
                    log.warning("delivery %s refused (%s); it goes out plain", delivery.id, error)
                    await tx.deliveries.retry(delivery, now, error, plain)
                case MessageRefused() if not delivery.kind.makes_a_message:
                    # People delete alerts they are done with; the news itself was told.
                    log.info("%s: an alert that cannot be changed stays as it is: %s", delivery.chat, error)
                    await tx.deliveries.sent(delivery, delivery.target, now)
                case MessageRefused() if not looking:
                    log.error("delivery %s to %s cannot be sent: %s", delivery.id, delivery.chat, error)
                    await tx.deliveries.dead(delivery, error)
                case Tripped() if delivery.unanswered + 1 >= TRIPS:
                    await tx.deliveries.dead(delivery, error)
                case Uncertain() if delivery.kind.makes_a_message:
                    log.warning("delivery %s to %s had no answer: %s", delivery.id, delivery.chat, error)
                    await tx.deliveries.unsure(delivery, now + LOOK_UP_AFTER, error)
                case _:
                    gone = isinstance(trouble, ChatGone | ThreadGone)
                    log.log(logging.ERROR if gone else logging.INFO, "%s waits: %s", delivery.chat, error)
                    rests_until = at = now + wait_after(trouble, delivery.attempts)
                    if gone:
                        await self.standings.gone(tx, chat, error, now)
                    if gone or (isinstance(trouble, TryAgain) and trouble.wait):
                        await tx.standings.pause(chat.name, at)
                    # An unanswered message stays unanswered when the platform has no time for the look-up either.
                    if looking:
                        await tx.deliveries.unsure(delivery, max(at, now + LOOK_UP_AFTER), error)
                    else:
                        await tx.deliveries.retry(delivery, at, error)
        self.meters.troubled(delivery.chat, trouble, rests_until)


async def _fitting(tx: Tx, delivery: Delivery, messenger: Messenger) -> Delivery:
    """The delivery, or the first part of it when its message is too long for one: the others follow it."""
    if delivery.state is State.UNCERTAIN or delivery.attempts > 1 or not delivery.kind.makes_a_message:
        return delivery
    parts = messenger.parts(delivery.message)
    if len(parts) < 2:
        return delivery
    await tx.deliveries.cut(delivery, parts)
    return delivery.with_message(parts[0])
