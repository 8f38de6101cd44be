"""What can go wrong between a client and a platform, and a plan of when it does; both emulators ask it.

A test plans (`plan.fail("sendMessage", Drop.AFTER)`); the server runs every method through `plan.serve`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum

from aiohttp import web

EVERY = "*"  # in place of a method's name: whatever comes next


class Drop(Enum):
    """The connection breaks without an answer."""

    BEFORE = "before"  # nothing was stored
    AFTER = "after"  # it was stored: the client cannot know


@dataclass(frozen=True, slots=True)
class Slow:
    """Stored at once, answered late."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Reply:
    """This answer in place of the platform's own; nothing is stored unless `stored` says so."""

    status: int
    body: str
    content_type: str = "text/plain"
    headers: dict[str, str] = field(default_factory=dict)
    stored: bool = False


Fault = Drop | Slow | Reply
Handle = Callable[[], Awaitable[web.StreamResponse]]

CRASH = Reply(500, "Internal Server Error")
"""A server that broke before it stored anything."""

BAD_GATEWAY = Reply(502, "<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")
"""What a proxy says when the platform is away."""

HTML = Reply(200, "<!doctype html><title>Maintenance</title>", "text/html")
"""A page for people where a program expects JSON."""


@dataclass(slots=True)
class _Planned:
    method: str  # lower case
    fault: Fault
    left: int | None  # None: from now on
    about: str = ""  # only calls with this text among their arguments


class FaultPlan:
    """Faults waiting for their method to be called, first planned first."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []
        self.met: list[tuple[str, Fault]] = []  # method and fault, of every call that met one

    def fail(self, method: str, fault: Fault, times: int | None = 1, *, about: str = "") -> None:
        """Let the next `times` calls of `method` (EVERY: any) meet `fault`; None means from now on.

        `about`: only calls whose arguments carry this text.
        """
        self._planned.append(_Planned(method.lower(), fault, times, about))

    def heal(self) -> None:
        """Forget every fault that is still planned."""
        self._planned.clear()

    def take(self, method: str, said: object = "") -> Fault | None:
        """The fault that this call meets, used up by one."""
        for planned in self._planned:
            if planned.method in (method.lower(), EVERY) and planned.about in str(said):
                if planned.left is not None:
                    planned.left -= 1
                    if planned.left == 0:
                        self._planned.remove(planned)
                self.met.append((method.lower(), planned.fault))
                return planned.fault
        return None

    async def serve(
        self, method: str, request: web.Request, handle: Handle, said: object = ""
    ) -> web.StreamResponse:
        """The answer of `handle`, bent by the fault that was planned for this call with the arguments `said`."""
        fault = self.take(method, said)
        match fault:
            case None:
                return await handle()
            case Drop():
                if fault is Drop.AFTER:
                    await handle()
                return _hang_up(request)
            case Slow(seconds):
                response = await handle()
                await asyncio.sleep(seconds)
                return response
            case Reply():
                if fault.stored:
                    await handle()
                return web.Response(
                    status=fault.status,
                    text=fault.body,
                    content_type=fault.content_type,
                    headers=fault.headers,
                )


def _hang_up(request: web.Request) -> web.StreamResponse:
    """Reset the TCP connection; the response that is returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
