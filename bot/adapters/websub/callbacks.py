"""The address where hubs confirm a subscription (GET) and say that something changed (POST)."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from aiohttp import web

from bot.adapters.listening import Listener
from bot.errors import StoreTrouble
from bot.websub import WebSub


class Callbacks:
    """Listens on `listen` ("host:port") while it is open. The last part of every path is a subscription's token."""

    def __init__(self, listen: str, websub: WebSub, max_bytes: int) -> None:
        self._listen, self._websub, self._max_bytes = listen, websub, max_bytes
        self._listener: Listener | None = None

    async def __aenter__(self) -> Self:
        """Raises CannotStart where the port is taken."""
        app = web.Application(client_max_size=self._max_bytes)
        app.router.add_get("/{path:.*}", self._confirm)
        app.router.add_post("/{path:.*}", self._pushed)
        self._listener = await Listener.open(app, self._listen, "[websub] listen")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listener:
            await self._listener.close()

    @property
    def port(self) -> int:
        """Where it listens; for tests that asked for port 0."""
        assert self._listener
        return self._listener.port

    async def _confirm(self, request: web.Request) -> web.Response:
        asked = request.query
        try:
            wanted = await self._websub.confirm(
                _token(request),
                asked.get("hub.mode", ""),
                asked.get("hub.topic", ""),
                asked.get("hub.lease_seconds", ""),
            )
        except StoreTrouble:
            return web.Response(status=503)
        if not wanted:
            return web.Response(status=404)
        # Plain text, and nothing that a browser would run: the challenge is the hub's.
        return web.Response(text=asked.get("hub.challenge", ""), content_type="text/plain")

    async def _pushed(self, request: web.Request) -> web.Response:
        body = await request.read()
        try:
            known = await self._websub.pushed(
                _token(request), request.headers.get("X-Hub-Signature", ""), body
            )
        except StoreTrouble:
            return web.Response(status=503)  # the hub tries again
        return web.Response(status=202 if known else 404)


def _token(request: web.Request) -> str:
    return request.path.rstrip("/").rpartition("/")[2]
