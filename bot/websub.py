"""WebSub (W3C Recommendation of 2018): a hub tells us that a feed has changed, and the feed is polled at once.

Polling goes on as if there were no hub, so a hub that dies, lies or is late costs nothing but the haste it promised. What a hub
sends is a wake-up and not a source of articles, although the protocol sends the feed with it: so there is one way in which
articles come, with one identity, one set of validators and one claim. It costs one request for each push.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.errors import SourceError
from bot.model import Source, Subscription
from bot.ports import Clock, Hub, Store
from bot.sources import Hints

log = logging.getLogger(__name__)

LOOK = 30.0  # seconds between two looks at what has to be asked for
LEASE = timedelta(days=10)  # that we ask for; the hub decides
SHORTEST_LEASE = timedelta(minutes=5)  # a shorter one is a mistake, and would keep us asking
ANSWER = timedelta(hours=1)  # that a hub has to come back with its challenge
LONGEST_WAIT = timedelta(days=1)  # between two tries at a hub that refuses
DIGESTS = ("sha1", "sha256", "sha384", "sha512")  # WebSub 8, Recognised algorithms


@dataclass(frozen=True, slots=True)
class WebSub:
    """Subscribes sources whose feeds name a hub. `look` is a job of the clockwork; the rest is called by adapters."""

    store: Store
    hub: Hub
    clock: Clock
    address: str  # of ours, as hubs reach it: "https://pantau.example.org/websub"
    hasten: Callable[[int], Awaitable[None]]  # poll a source at once
    _named: dict[int, tuple[str, str]] = field(
        default_factory=dict
    )  # by source: the hub and topic of its feed

    def noticed(self, source: Source, hints: Hints) -> None:
        """A feed was read as a whole: this is what it says of its hub, if it has one."""
        hub = hints.hub if hints.hub.startswith(("https://", "http://")) else ""
        self._named[source.id] = (hub, hints.topic or source.url) if hub else ("", "")

    async def look(self) -> None:
        """Ask for what is named and not subscribed to, and for what runs out."""
        now = self.clock()
        async with self.store.read() as tx:
            known = {one.source: one for one in await tx.subscriptions.all()}
        for source, named in list(self._named.items()):
            before = known.get(source)
            if before is not None and (before.hub, before.topic) == named:
                del self._named[source]
            elif named[0]:
                known[source] = begin(source, *named, now)
                del self._named[source]
            else:
                del self._named[source]
                if before is not None:
                    # Its callback answers 404 from now on, and that is how a hub is told.
                    del known[source]
                    async with self.store.write() as tx:
                        await tx.subscriptions.drop(source)
        for subscription in known.values():
            if subscription.ask_at <= now:
                await self._ask(subscription, now)

    async def _ask(self, subscription: Subscription, now: datetime) -> None:
        """Ask a hub, with the subscription stored first: the challenge may come before the answer does."""
        asked = replace(subscription, tries=subscription.tries + 1, ask_at=now + patience(subscription.tries))
        async with self.store.write() as tx:
            await tx.subscriptions.keep(asked)
        try:
            await self.hub.subscribe(asked, f"{self.address.rstrip('/')}/{asked.token}", LEASE)
        except SourceError as error:
            log.info("the hub of source %d cannot be subscribed to: %s", asked.source, error)

    async def confirm(self, token: str, mode: str, topic: str, lease: str) -> bool:
        """A hub asks whether we want this subscription; True to echo its challenge."""
        now = self.clock()
        async with self.store.write() as tx:
            subscription = await tx.subscriptions.by_token(token)
            if subscription is None or topic != subscription.topic:
                return False
            if mode == "denied":
                log.info("the hub of source %d denies the subscription", subscription.source)
                await tx.subscriptions.keep(replace(subscription, until=None, ask_at=now + LONGEST_WAIT))
                return False
            if mode != "subscribe":
                return False  # we never ask to be unsubscribed
            until = now + granted(lease)
            active = replace(subscription, until=until, tries=0, ask_at=renewal(now, until))
            await tx.subscriptions.keep(active)
        return True

    async def pushed(self, token: str, signature: str, body: bytes) -> bool:
        """A hub sends what has changed: the source is polled at once. False where nobody subscribed.

        What is not signed with our secret is taken without a word and does nothing (WebSub 7.1).
        """
        async with self.store.read() as tx:
            subscription = await tx.subscriptions.by_token(token)
        if subscription is None:
            return False
        if is_signed(subscription.secret, signature, body):
            await self.hasten(subscription.source)
        else:
            log.warning("a push for source %d has no valid signature and was left", subscription.source)
        return True


def begin(source: int, hub: str, topic: str, now: datetime) -> Subscription:
    """A subscription to be asked for now, under an address that nobody can guess."""
    return Subscription(source, hub, topic, secrets.token_urlsafe(24), secrets.token_urlsafe(32), ask_at=now)


def patience(tries: int) -> timedelta:
    """Until the next try, when no challenge comes."""
    return min(LONGEST_WAIT, ANSWER * 2.0 ** min(tries, 10))


def granted(lease: str) -> timedelta:
    """The lease that a hub grants, in seconds; what cannot be read is what we asked for."""
    seconds = int(lease) if lease.isascii() and lease.isdecimal() and len(lease) < 10 else 0
    return max(SHORTEST_LEASE, timedelta(seconds=seconds)) if seconds else LEASE


def renewal(now: datetime, until: datetime) -> datetime:
    """When to ask for the lease again: with a fifth of it, a day at most, still to go."""
    lease = until - now
    return until - min(timedelta(days=1), lease / 5)


def is_signed(secret: str, header: str, body: bytes) -> bool:
    """Does X-Hub-Signature ("sha256=…") prove that the sender knows the secret?"""
    digest, _, given = header.strip().partition("=")
    if digest.lower() not in DIGESTS:
        return False
    made = hmac.new(secret.encode(), body, digest.lower()).hexdigest()
    return hmac.compare_digest(made.encode(), given.strip().lower().encode())
