"""Tells the owners when a source's condition has changed: once when it does, once when it is well again.

Changes of one minute are one message: when the newsroom's own line is down, nobody needs a thousand.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot import words
from bot.owners import Owners
from bot.ports import Clock, Engine, Store

LOOK = 30.0  # seconds between two looks


@dataclass(frozen=True, slots=True)
class SourceWatch:
    """`look` is a job of the clockwork."""

    store: Store
    engine: Engine
    owners: Owners
    clock: Clock

    async def look(self) -> None:
        """Say what has changed since it was last said."""
        async with self.store.read() as tx:
            changed = await tx.sources.changed()
        if not changed:
            return
        now = self.clock()
        async with self.store.write() as tx:
            await tx.sources.tell({source.id: source.condition for source in changed})
            first = min(source.id for source in changed)
            await self.owners.tell(
                tx,
                self.engine,
                f"notice:sources:{now.isoformat()}:{first}",
                lambda chat: words.sources_changed(changed, now, chat),
                now,
            )
