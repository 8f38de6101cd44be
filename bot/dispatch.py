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
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.chat import Line, Message, Place, Span
from bot.errors import ChatGone, LostLease, MessageRefused, SendError, TryAgain, Uncertain
from bot.model import Chat, Kind, State
from bot.ports import Clock, Delivery, Messenger, Store

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # longer than any adapter waits for an answer (30 s)
LOOK_UP_AFTER = timedelta(seconds=5)  # a platform needs a moment before its history shows what just arrived
LOOK_UPS = 2  # not found so often: it is not there
LONGEST_WAIT = timedelta(minutes=5)  # between tries at a platform that cannot be reached
GONE_WAIT = timedelta(minutes=10)  # between tries at a chat that does not let us in
SENDS = 2  # tries at a message whose arrival nobody can look up


@dataclass(frozen=True, slots=True)
class Lanes:
    """Carries the waiting deliveries of every chat; `drain` is the job for one chat."""

    store: Store
    chats: Mapping[str, Chat]
    messengers: Mapping[str, Messenger]  # by platform
    clock: Clock
    stopping: Callable[[], bool]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

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
            await self.sleep(messenger.pace(place))
        return None

    async def _carry(self, delivery: Delivery, place: Place, messenger: Messenger) -> None:
        """One step: send what was not sent, or look up what may have arrived."""
        step = (
            self._look_up if delivery.state is State.UNCERTAIN and delivery.kind is Kind.POST else self._send
        )
        try:
            await step(delivery, place, messenger)
        except SendError as trouble:
            await self._settle(delivery, trouble)

    async def _send(self, delivery: Delivery, place: Place, messenger: Messenger) -> None:
        if delivery.kind is Kind.POST:
            remote_id = await messenger.send(place, delivery.message, delivery.id)
        elif delivery.target:
            remote_id = delivery.target
            await messenger.edit(place, remote_id, delivery.message)
        else:
            raise MessageRefused("there is no message to edit")
        async with self.store.write() as tx:
            await tx.deliveries.sent(delivery, remote_id, self.clock())

    async def _look_up(self, delivery: Delivery, place: Place, messenger: Messenger) -> None:
        """Find out whether an unanswered message arrived; if it did not, or nobody can tell, it goes back in its place."""
        assert delivery.first_sent_at is not None
        tellable, found = True, None
        try:
            found = await messenger.find(place, delivery.id, delivery.first_sent_at)
        except Uncertain:
            tellable = False
        now = self.clock()
        async with self.store.write() as tx:
            if found is not None:
                await tx.deliveries.sent(delivery, found, now)
            elif tellable and delivery.lookups + 1 < LOOK_UPS:
                await tx.deliveries.unsure(
                    delivery, now + LOOK_UP_AFTER, "not in the chat's history yet", looked=True
                )
            elif tellable or delivery.attempts < SENDS:
                await tx.deliveries.retry(delivery, now, "no answer the last time")
            else:
                log.error(
                    "delivery %s to %s: %d sends had no answer", delivery.id, delivery.chat, delivery.attempts
                )
                await tx.deliveries.dead(
                    delivery, f"sent {delivery.attempts} times with no answer: it may be there"
                )

    async def _settle(self, delivery: Delivery, trouble: SendError) -> None:
        """Write down what the trouble means for the delivery."""
        now, error = self.clock(), str(trouble)
        async with self.store.write() as tx:
            match trouble:
                case MessageRefused() if (plain := plainer(delivery.message)) != delivery.message:
                    log.warning("delivery %s refused (%s); it goes out plain", delivery.id, error)
                    await tx.deliveries.retry(delivery, now, error, plain)
                case MessageRefused():
                    log.error("delivery %s to %s cannot be sent: %s", delivery.id, delivery.chat, error)
                    await tx.deliveries.dead(delivery, error)
                case Uncertain() if delivery.kind is Kind.POST:
                    log.warning("delivery %s to %s had no answer: %s", delivery.id, delivery.chat, error)
                    await tx.deliveries.unsure(delivery, now + LOOK_UP_AFTER, error)
                case _:
                    at = now + wait_after(trouble, delivery.attempts)
                    # An unanswered message stays unanswered when the platform has no time for the look-up either.
                    put_back = (
                        tx.deliveries.unsure if delivery.state is State.UNCERTAIN else tx.deliveries.retry
                    )
                    log.log(
                        logging.ERROR if isinstance(trouble, ChatGone) else logging.INFO,
                        "%s waits: %s",
                        delivery.chat,
                        error,
                    )
                    await put_back(delivery, at, error)


def wait_after(trouble: SendError, attempts: int) -> timedelta:
    """How long a lane rests: as long as it is told, else 2, 4, 8 … seconds, bounded."""
    if isinstance(trouble, ChatGone):
        return GONE_WAIT
    if isinstance(trouble, TryAgain) and trouble.wait:
        return timedelta(seconds=trouble.wait)
    return min(LONGEST_WAIT, timedelta(seconds=2.0 ** min(attempts, 10)))


def plainer(message: Message) -> Message:
    """The same words with no styles, links or buttons: what a platform has the least reason to refuse."""
    lines = tuple(Line((Span(line.text),)) for line in message.lines)
    return replace(message, lines=lines, buttons=())
