"""How Pantau is right now, in values: what /status says, what /metrics and /healthz show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.health import Condition, Health
from bot.model import Source
from bot.ports import Clock, Lane, Messenger, Store

ALIVE = timedelta(
    seconds=60
)  # four beats: a process that stored no sign of life for longer hangs, or its store does


@dataclass(frozen=True, slots=True)
class Facts:
    now: datetime
    lanes: Sequence[Lane]
    sources: Sequence[Source]
    due: int  # sources whose time has come
    beat: datetime | None  # the last sign of life that could be stored
    platforms: Mapping[str, Health]
    trouble: str  # why the store takes no writes at the moment, and what to do

    @property
    def alive(self) -> bool:
        """The clockwork runs, and the store takes writes."""
        return self.beat is not None and self.now - self.beat < ALIVE

    @property
    def ready(self) -> bool:
        """Alive, and every platform carries messages in both directions."""
        return self.alive and not self.ailing

    @property
    def ailing(self) -> dict[str, Health]:
        """The platforms that are not well."""
        return {
            name: health for name, health in self.platforms.items() if health.condition is not Condition.WELL
        }


async def vitals(store: Store, messengers: Mapping[str, Messenger], clock: Clock) -> Facts:
    """Only what tells whether all is well: nothing is counted. Raises StoreTrouble."""
    async with store.read() as tx:
        return Facts(clock(), (), (), 0, await tx.last_beat(), conditions(messengers), store.trouble)


async def gather(store: Store, messengers: Mapping[str, Messenger], clock: Clock) -> Facts:
    """All of it. Raises StoreTrouble."""
    now = clock()
    async with store.read() as tx:
        return Facts(
            now=now,
            lanes=await tx.deliveries.lanes(),
            sources=await tx.sources.all(),
            due=len(await tx.sources.due(now)),
            beat=await tx.last_beat(),
            platforms=conditions(messengers),
            trouble=store.trouble,
        )


def conditions(messengers: Mapping[str, Messenger]) -> dict[str, Health]:
    """By platform."""
    return {name: messenger.health for name, messenger in sorted(messengers.items())}
