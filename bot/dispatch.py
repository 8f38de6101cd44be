"""Deliveries leave: one lane per chat, in order, at the platform's pace.

A delivery is claimed in one transaction, sent in no transaction, and settled in another. Between the two it may or may not have
arrived; only an answer that says so makes it "certainly not sent". Everything else is uncertain and is looked up at the
platform before it is sent again (Slack), or sent again once where nothing can be looked up: an alert twice in the rarest of
cases is worth less trouble than an alert never.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.chat import Line, Message, Place, Span
from bot.errors import ChatGone, LostLease, MessageRefused, SendError, TryAgain, Uncertain
from bot.logs import about
from bot.meters import Meters
from bot.model import Chat, Kind, State
from bot.ports import Clock, Delivery, Messenger, Store

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # longer than any adapter waits for an answer (30 s)
LOOK_UP_AFTER = timedelta(seconds=5)  # a platform needs a moment before its history shows what just arrived
LOOK_UPS = 2  # not found so often: it is not there
LONGEST_WAIT = timedelta(minutes=5)  # between tries at a platform that cannot be reached
GONE_WAIT = timedelta(minutes=10)  # between tries at a chat that does not let us in
BLIND_SENDS = 2  # unanswered sends of a message whose arrival nobody can look up
TRIPS = 6  # sends of a message that an adapter trips over


class Tripped(Uncertain):
    """An adapter failed in a way of its own: nobody knows how far the message came."""


@dataclass(frozen=True, slots=True)
class Lanes:
    """Carries the waiting deliveries of every chat; `drain` is the job for one chat."""

    store: Store
    chats: Mapping[str, Chat]
    messengers: Mapping[str, Messenger]  # by platform
    clock: Clock
    stopping: Callable[[], bool]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    meters: Meters = field(default_factory=Meters)
    arrived: dict[str, str] = field(default_factory=dict)  # delivery -> message, until the store knows too

    async def drain(self, name: str) -> datetime | None:
        """Send what waits for this chat, in order, until nothing is left or the rest must wait; returns until when."""
        chat = self.chats.get(name)
        messenger = self.messengers.get(chat.platform) if chat else None
        if chat is None or messenger is None:
            return None  # kept until the configuration has a way to this chat again
        place = Place(chat.platform, chat.id, chat.thread)
        while not self.stopping():
            now = self.clock()
            async with self.store.write() as tx:
                claimed = await tx.deliveries.claim(name, now, now + LEASE)
            if not isinstance(claimed, Delivery):
                return claimed
            try:
                await self._carry(claimed, place, messenger)
            except LostLease as lost:
                log.warning("%s", lost)
            pause = messenger.pace(place)
            self.meters.waited(chat.platform, pause)
            await self.sleep(pause)
        return None

    async def _carry(self, delivery: Delivery, place: Place, messenger: Messenger) -> None:
        """One step: send what was not sent, or look up what may have arrived."""
        step = (
            self._look_up if delivery.state is State.UNCERTAIN and delivery.kind is Kind.POST else self._send
        )
        with about(delivery=delivery.id, chat=delivery.chat, subject=delivery.subject):
            try:
                await step(delivery, place, messenger)
            except SendError as trouble:
                await self._settle(delivery, trouble)

    async def _send(self, delivery: Delivery, place: Place, messenger: Messenger) -> None:
        try:
            remote_id = await self._hand_over(delivery, place, messenger)
        except SendError:
            raise
        except Exception as fault:
            # Ours, in an adapter: nobody knows how far it came, and the chat's next message must not wait for it.
            log.exception("delivery %s to %s: a fault of Pantau's own", delivery.id, delivery.chat)
            raise Tripped(f"a fault of Pantau's own: {fault!r}") from fault
        self.arrived[delivery.id] = remote_id
        now = self.clock()
        async with self.store.write() as tx:
            await tx.deliveries.sent(delivery, remote_id, now)
            published = await tx.deliveries.published(delivery)
        del self.arrived[delivery.id]
        self.meters.arrived(delivery.chat, published, now)
        log.info("sent", extra={"remote_id": remote_id, "attempt": delivery.attempts})

    async def _hand_over(self, delivery: Delivery, place: Place, messenger: Messenger) -> str:
        """The platform's id of the message that stands there now."""
        if delivery.kind is Kind.POST:
            return await messenger.send(place, delivery.message, delivery.id)
        if not delivery.target:
            raise MessageRefused("there is no message to edit")
        await messenger.edit(place, delivery.target, delivery.message)
        return delivery.target

    async def _look_up(self, delivery: Delivery, place: Place, messenger: Messenger) -> None:
        """Find out whether an unanswered message arrived; if it did not, or nobody can tell, it goes back in its place."""
        assert delivery.first_sent_at is not None
        tellable, found = True, self.arrived.get(delivery.id)
        if found is None:
            try:
                found = await messenger.find(place, delivery.id, delivery.first_sent_at)
            except Uncertain:
                tellable = False
        now = self.clock()
        async with self.store.write() as tx:
            if found is not None:
                await tx.deliveries.sent(delivery, found, now)
                published = await tx.deliveries.published(delivery)
            elif tellable and delivery.lookups + 1 < LOOK_UPS:
                await tx.deliveries.unsure(
                    delivery, now + LOOK_UP_AFTER, "not in the chat's history yet", looked=True
                )
            elif tellable or delivery.unanswered < BLIND_SENDS:
                at = now + back_off(delivery.unanswered) if tellable else now
                await tx.deliveries.retry(delivery, at, "no answer the last time")
            else:
                error = f"sent {delivery.unanswered} times with no answer: it may be there"
                log.error("delivery %s to %s: %s", delivery.id, delivery.chat, error)
                await tx.deliveries.dead(delivery, error)
        self.arrived.pop(delivery.id, None)
        if found is not None:
            self.meters.arrived(delivery.chat, published, now)
            log.info("found", extra={"remote_id": found, "attempt": delivery.attempts})

    async def _settle(self, delivery: Delivery, trouble: SendError) -> None:
        """Write down what the trouble means for the delivery."""
        now, error = self.clock(), str(trouble)
        looking = delivery.state is State.UNCERTAIN
        rests_until = None
        async with self.store.write() as tx:
            match trouble:
                case MessageRefused() if (
                    not looking and (plain := plainer(delivery.message)) != delivery.message
                ):
                    log.warning("delivery %s refused (%s); it goes out plain", delivery.id, error)
                    await tx.deliveries.retry(delivery, now, error, plain)
                case MessageRefused() if delivery.kind is Kind.EDIT:
                    # People delete alerts they are done with; the news itself was told.
                    log.info("%s: an alert that cannot be edited stays as it is: %s", delivery.chat, error)
                    await tx.deliveries.sent(delivery, delivery.target, now)
                case MessageRefused() if not looking:
                    log.error("delivery %s to %s cannot be sent: %s", delivery.id, delivery.chat, error)
                    await tx.deliveries.dead(delivery, error)
                case Tripped() if delivery.unanswered + 1 >= TRIPS:
                    await tx.deliveries.dead(delivery, error)
                case Uncertain() if delivery.kind is Kind.POST:
                    log.warning("delivery %s to %s had no answer: %s", delivery.id, delivery.chat, error)
                    await tx.deliveries.unsure(delivery, now + LOOK_UP_AFTER, error)
                case _:
                    level = logging.ERROR if isinstance(trouble, ChatGone) else logging.INFO
                    log.log(level, "%s waits: %s", delivery.chat, error)
                    at = now + wait_after(trouble, delivery.attempts)
                    rests_until = at
                    # An unanswered message stays unanswered when the platform has no time for the look-up either.
                    if looking:
                        await tx.deliveries.unsure(delivery, max(at, now + LOOK_UP_AFTER), error)
                    else:
                        await tx.deliveries.retry(delivery, at, error)
        self.meters.troubled(delivery.chat, trouble, rests_until)


def wait_after(trouble: SendError, attempts: int) -> timedelta:
    """How long a lane rests: as long as it is told, else 2, 4, 8 … seconds, bounded."""
    if isinstance(trouble, ChatGone):
        return GONE_WAIT
    if isinstance(trouble, TryAgain) and trouble.wait:
        return timedelta(seconds=trouble.wait)
    return back_off(attempts)


def back_off(attempts: int) -> timedelta:
    """2, 4, 8 … seconds, bounded: a platform in trouble is asked ever more rarely, and for ever."""
    return min(LONGEST_WAIT, timedelta(seconds=2.0 ** min(attempts, 10)))


def plainer(message: Message) -> Message:
    """The same words with no styles, links or buttons: what a platform has the least reason to refuse."""
    lines = tuple(Line((Span(line.text),)) for line in message.lines)
    return replace(message, lines=lines, buttons=())
