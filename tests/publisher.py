"""Publishers on the loopback: one plays an aiohttp handler, one says raw bytes and then misbehaves."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import Enum, auto

from aiohttp import web

LOOPBACK = ("127.0.0.0/8",)  # where these publishers live; nothing reads from there unless it is told so
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Ending(Enum):
    """What a raw publisher does after its last byte."""

    CLOSE = auto()
    RESET = auto()
    STALL = auto()


@asynccontextmanager
async def serving(handler: Handler, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Play `handler` for every path and method; the address without a slash at its end."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def saying(answer: bytes, ending: Ending = Ending.CLOSE) -> AsyncIterator[str]:
    """Say these bytes to whoever asks, then end as told; the address."""
    over = asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        if ending is Ending.STALL:
            await over.wait()
        if ending is Ending.RESET:
            writer.transport.abort()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"
    finally:
        over.set()
        server.close()
        await server.wait_closed()
