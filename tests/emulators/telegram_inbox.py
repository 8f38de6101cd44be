"""The bot's updates as getUpdates hands them out: kept until confirmed, for one poller at a time."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.emulators.telegram_limits import ApiError

Json = dict[str, Any]

FIRST_UPDATE = 1000
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}  # Bot API, allowed_updates


def conflict(text: str) -> ApiError:
    """409: somebody else takes the updates."""
    return ApiError(409, f"Conflict: {text}")


class Inbox:
    """Updates waiting to be fetched and confirmed."""

    def __init__(self) -> None:
        self.webhook = ""
        self._waiting: list[Json] = []
        self._next = FIRST_UPDATE
        self._allowed: set[str] = set()
        self._poller: asyncio.Future[None] | None = None

    @property
    def pending(self) -> int:
        """Updates that nobody has confirmed."""
        return len(self._waiting)

    @property
    def polled(self) -> bool:
        """Is somebody waiting for updates at this moment?"""
        return self._poller is not None

    def put(self, kind: str, value: Json) -> None:
        """Queue an update of a kind ("message", "callback_query" …) that the bot asked for."""
        wanted = kind in self._allowed if self._allowed else kind not in NOT_BY_DEFAULT
        if wanted:
            self._waiting.append({"update_id": self._next, kind: value})
            self._next += 1
            self._wake(None)

    def set_webhook(self, url: str, *, drop: bool) -> None:
        """Send updates to an address from now on; an empty one brings polling back."""
        if drop:
            self._waiting.clear()
        if url:
            self._wake(conflict("terminated by setWebhook request"))
        self.webhook = url

    async def poll(self, offset: int, limit: int, timeout: float, allowed: list[str] | None) -> list[Json]:
        """Confirm what is before `offset`, then the next updates, waiting up to `timeout` seconds for one."""
        if self.webhook:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        if allowed is not None:
            self._allowed = set(allowed)
        self._wake(
            conflict(
                "terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        )
        if offset > 0:
            self._waiting = [update for update in self._waiting if update["update_id"] >= offset]
        if not self._waiting and timeout:
            await self._wait(timeout)
        return self._waiting[:limit]

    async def _wait(self, timeout: float) -> None:
        self._poller = mine = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await mine
        except TimeoutError:
            pass
        finally:
            if self._poller is mine:
                self._poller = None

    def _wake(self, error: ApiError | None) -> None:
        poller, self._poller = self._poller, None
        if poller is not None and not poller.done():
            if error:
                poller.set_exception(error)
            else:
                poller.set_result(None)
