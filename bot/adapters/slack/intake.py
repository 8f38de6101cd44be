"""What Bolt hears: kept, acknowledged, and handled after.

Slack gives three seconds; a handler may need more. So every listener stores what it heard, which is soon done, lets
Bolt acknowledge, and hands the work to a task that this module keeps: Bolt forgets its own when it closes.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.adapters.slack.forms import from_form
from bot.adapters.slack.incoming import (
    PLATFORM,
    Asked,
    from_button,
    from_command,
    from_event,
    from_shortcut,
)
from bot.ports import Journal

log = logging.getLogger(__name__)

ANYTHING = re.compile(".*")


class Intake:
    """Turns everything that Bolt hears into requests, each once."""

    def __init__(self, bot_user: str, journal: Journal, handle: Callable[[Asked], Awaitable[None]]) -> None:
        self._bot_user, self._journal, self._handle = bot_user, journal, handle
        self._under_way: set[asyncio.Task[None]] = set()

    def listen(self, app: AsyncApp) -> None:
        """Register for all commands, buttons, shortcuts, forms and events; Slack would send again what nobody listens to.

        The app must process before it responds: what is acknowledged is stored.
        """
        app.command(ANYTHING)(self._on_command)
        app.action(ANYTHING)(self._on_button)
        app.shortcut(ANYTHING)(self._on_shortcut)
        app.view(ANYTHING)(self._on_form)
        app.event(ANYTHING)(self._on_event)

    async def resume(self) -> None:
        """Begin with what the last run was cut off from."""
        for kept in await self._journal.left(PLATFORM):
            self._begin(kept.key, Asked.left_over(kept.payload))

    async def finish(self, seconds: float) -> None:
        """Give the requests under way so long to end, then end them: the next start goes on with those."""
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way, timeout=seconds)
        for task in late:
            log.warning("A request did not finish within %g s and was ended.", seconds)
            task.cancel()

    async def _on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await self._take(body["trigger_id"], from_command(body, datetime.now(UTC)))
        await ack()

    async def _on_button(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await self._take(body["trigger_id"], from_button(body, datetime.now(UTC)))
        await ack()

    async def _on_shortcut(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await self._take(body["trigger_id"], from_shortcut(body, datetime.now(UTC)))
        await ack()

    async def _on_form(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await self._take(f"view:{body['view']['id']}", from_form(body, datetime.now(UTC)))
        await ack()  # which closes it

    async def _on_event(self, body: dict[str, Any]) -> None:
        # A repeated event is not dropped for being a retry: the retry may be the only one that came through.
        await self._take(body["event_id"], from_event(body["event"], self._bot_user))

    async def _take(self, id: str, asked: Asked | None) -> None:
        if asked is None:
            return
        key = f"{PLATFORM}:{id}"
        if await self._journal.take(PLATFORM, key, asked.to_json(), asked.press):
            self._begin(key, asked)
        else:
            log.info("%s came again and is not handled twice.", key)

    def _begin(self, key: str, asked: Asked) -> None:
        task = asyncio.create_task(self._work(key, asked))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _work(self, key: str, asked: Asked) -> None:
        try:
            await self._handle(asked)
        except Exception:
            log.exception("A request from Slack failed.")
        self._journal.done(key)
