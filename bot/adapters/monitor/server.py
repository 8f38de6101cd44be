"""Three addresses on one port, for machines: what is asked there changes nothing.

/healthz: 200 as long as this process does its work; 503 when a restart is worth a try (nothing could be stored for a
minute). A platform that refuses our token is named in the answer, and keeps the 200: a restart would not bring it
back, and would hold up the others. /readyz: 200 only while every platform carries messages.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.adapters.listening import Listener
from bot.adapters.monitor.families import exposition
from bot.errors import StoreTrouble
from bot.facts import Facts
from bot.meters import Meters

Ask = Callable[[], Awaitable[Facts]]


class Monitor:
    """Listens on `listen` ("host:port") while it is open; an empty one opens nothing."""

    def __init__(self, listen: str, facts: Ask, vitals: Ask, meters: Meters) -> None:
        """`facts`: everything that is counted; `vitals`: what tells whether all is well."""
        self._listen, self._facts, self._vitals, self._meters = listen, facts, vitals, meters
        self._listener: Listener | None = None

    async def __aenter__(self) -> Self:
        """Raises CannotStart where the port is taken."""
        if self._listen:
            app = web.Application()
            app.router.add_get("/metrics", self._metrics)
            app.router.add_get("/healthz", self._healthz)
            app.router.add_get("/readyz", self._readyz)
            self._listener = await Listener.open(app, self._listen, "[metrics] listen")
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

    async def _metrics(self, _request: web.Request) -> web.Response:
        try:
            facts = await self._facts()
        except StoreTrouble as trouble:
            return web.Response(status=503, text=f"{trouble}\n")
        return web.Response(
            body=exposition(facts, self._meters), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    async def _healthz(self, _request: web.Request) -> web.Response:
        return await self._verdict(lambda facts: facts.alive)

    async def _readyz(self, _request: web.Request) -> web.Response:
        return await self._verdict(lambda facts: facts.ready)

    async def _verdict(self, good: Callable[[Facts], bool]) -> web.Response:
        try:
            facts = await self._vitals()
        except StoreTrouble as trouble:
            return _answer(503, {"status": "failing", "store": str(trouble)})
        status = "failing" if not facts.alive else "degraded" if facts.ailing or facts.trouble else "ok"
        body: dict[str, Any] = {
            "status": status,
            "store": facts.trouble,
            "last_beat": facts.beat.isoformat() if facts.beat else None,
            "platforms": {
                name: {
                    "condition": health.condition.value,
                    "since": health.since.isoformat() if health.since else None,
                    "detail": health.detail,
                }
                for name, health in facts.platforms.items()
            },
        }
        return _answer(200 if good(facts) else 503, body)


def _answer(status: int, body: dict[str, Any]) -> web.Response:
    return web.json_response(
        body, status=status, dumps=lambda one: json.dumps(one, ensure_ascii=False) + "\n"
    )
