"""Looks after the platforms: one that needs a person, or stays away, is told to the owners elsewhere; so is its return.

The adapters find out and go on by themselves (`Messenger.health`); here it is only said, once, and written down for
`pantau check --running`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot import words
from bot.facts import conditions
from bot.health import Condition, Health
from bot.model import Chat
from bot.owners import Owners
from bot.ports import Clock, Engine, Messenger, Store

VIGIL = 5.0  # seconds between two looks
AWAY_TOLD = timedelta(minutes=5)  # shorter outages pass by themselves, and nobody wants to hear of them

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Vigil:
    """`look` is a job of the clockwork."""

    store: Store
    engine: Engine
    owners: Owners
    messengers: Mapping[str, Messenger]
    clock: Clock
    told: dict[str, tuple[Condition, datetime]] = field(default_factory=dict)  # by platform, until it is well

    async def look(self) -> None:
        """Say what changed since the last look."""
        found = conditions(self.messengers)
        for platform, health in found.items():
            if news := news_of(health, self.told.get(platform), self.clock()):
                await self._say(platform, news, found)

    async def _say(self, platform: str, news: Health, found: Mapping[str, Health]) -> None:
        now = self.clock()
        condition, since = news.condition, news.since or now
        began = self.told[platform][1] if condition is Condition.WELL else since

        def reachable(chat: Chat) -> bool:
            state = found.get(chat.platform, Health()).condition
            return state in (Condition.WELL, Condition.RIVAL)

        async with self.store.write() as tx:
            for one in Condition:
                await tx.unmark(f"{one}:{platform}")
            if condition.needs_a_person:
                await tx.mark(f"{condition}:{platform}", since)
            chat = await self.owners.tell(
                tx,
                self.engine,
                f"notice:{platform}:{condition}:{since.isoformat()}",
                lambda chat: words.platform_is(platform, news, began, now, chat.timezone, chat.language),
                now,
                reachable,
            )
        said = words.in_one_line(words.platform_is(platform, news, began, now, "UTC", "en"))
        log.log(
            logging.WARNING if condition is Condition.WELL else logging.ERROR,
            "%s%s",
            said,
            "" if chat else " No other chat could be told.",
        )
        if condition is Condition.WELL:
            del self.told[platform]
        else:
            self.told[platform] = condition, since


def news_of(health: Health, told: tuple[Condition, datetime] | None, now: datetime) -> Health | None:
    """What of a platform's health has to be said now, given what was said before."""
    match health.condition:
        case Condition.WELL:
            return health if told else None
        case Condition.AWAY if told or now - (health.since or now) < AWAY_TOLD:
            return None  # it was worse before, or may pass
        case condition:
            return health if not told or told[0] is not condition else None
