"""What Bolt hears, acknowledged first and handled after.

Slack gives three seconds; a handler may need more. So every listener acknowledges and hands the work to a
task that this module keeps: Bolt forgets its own when it closes.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.adapters.slack.incoming import Asked, from_button, from_command, from_event

log = logging.getLogger(__name__)

FirstTime = Callable[[str], Awaitable[bool]]
"""Whether an event id was never seen before; remembers it."""

ANYTHING = re.compile(".*")


class Intake:
    """Turns everything that Bolt hears into requests, each event once."""

    def __init__(
        self, bot_user: str, first_time: FirstTime, handle: Callable[[Asked], Awaitable[None]]
    ) -> None:
        self._bot_user, self._first_time, self._handle = bot_user, first_time, handle
        self._under_way: set[asyncio.Task[None]] = set()

    def listen(self, app: AsyncApp) -> None:
        """Register for all commands, buttons and events; Slack would send again what nobody listens to."""
        app.command(ANYTHING)(self._on_command)
        app.action(ANYTHING)(self._on_button)
        app.event(ANYTHING)(self._on_event)

    async def finish(self, seconds: float) -> None:
        """Give the requests under way so long to end, then end them."""
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way, timeout=seconds)
        for task in late:
            log.warning("A request did not finish within %g s and was ended.", seconds)
            task.cancel()

    async def _on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        self._begin(self._take(from_command(body, datetime.now(UTC))))

    async def _on_button(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        self._begin(self._take(from_button(body, datetime.now(UTC))))

    async def _on_event(self, body: dict[str, Any]) -> None:
        # Bolt has acknowledged before it calls a listener for events.
        self._begin(self._take_event(body))

    async def _take_event(self, body: dict[str, Any]) -> None:
        asked = from_event(body["event"], self._bot_user)
        if asked is None:
            return
        # A repeated event is not dropped for being a retry: the retry may be the only one that came through.
        if await self._first_time(body["event_id"]):
            await self._take(asked)
        else:
            log.info("Event %s came again and was not handled twice.", body["event_id"])

    async def _take(self, asked: Asked | None) -> None:
        if asked is not None:
            await self._handle(asked)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("A request from Slack failed.", exc_info=error)
