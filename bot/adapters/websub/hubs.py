"""Asks hubs for subscriptions (bot.ports.Hub). Their addresses stand in feeds, so they are dialled as guardedly as sources."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from bot.adapters.http import failures
from bot.adapters.http.fetcher import user_agent
from bot.adapters.http.guard import Guard
from bot.model import Subscription

ACCEPTED = (202, 204)  # WebSub 5.1: 202; the hubs of old said 204


class HttpHub:
    """Use it as an async context manager. `timeout`: seconds for one request."""

    def __init__(self, timeout: float, contact: str = "", networks: Iterable[str] = ()) -> None:
        self._timeout, self._user_agent, self._guard = timeout, user_agent(contact), Guard(networks)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(socket_factory=self._guard),
            timeout=aiohttp.ClientTimeout(total=self._timeout),
            headers={"User-Agent": self._user_agent},
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def subscribe(self, subscription: Subscription, callback: str, lease: timedelta) -> None:
        """Ask; the hub's yes comes later, to the callback. Raises SourceError."""
        asked = {
            "hub.mode": "subscribe",
            "hub.topic": subscription.topic,
            "hub.callback": callback,
            "hub.secret": subscription.secret,
            "hub.lease_seconds": str(round(lease.total_seconds())),
        }
        host = subscription.hub
        try:
            host = URL(subscription.hub).host or host
            # A redirect would carry the secret to somebody else.
            async with self._session.post(subscription.hub, data=asked, allow_redirects=False) as answer:
                if answer.status not in ACCEPTED:
                    raise failures.of_status(answer.status, host, answer.headers, datetime.now(UTC))
        except failures.EXPECTED as error:
            raise failures.of_error(error, host, timeout=self._timeout, limit=0) from error
