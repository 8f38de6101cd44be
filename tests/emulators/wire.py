"""The line between a bot and a platform: a forwarding proxy that can go wrong in the ways a network does.

    async with Wire(port_of_the_emulator) as wire:
        wire.meet(b"berita 3", Wire.SWALLOW)

A rule meets the next request that carries its bytes; everything else passes.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import Self

CHUNK = 65_536


class Harm(Enum):
    """What befalls the connection of the request that a rule meets."""

    SWALLOW = auto()  # half open: the request never arrives, nobody says so
    MUTE = auto()  # half open: it arrives, the answer does not
    RESET = auto()  # torn before the request has arrived
    RESET_AFTER = auto()  # torn once the answer is on its way back


@dataclass(slots=True)
class _Rule:
    marker: bytes
    harm: Harm


class _Line:
    """One connection and its counterpart behind the wire."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.near, self.far = near, far
        self.frozen = self.mute = self.doomed = False

    def tear(self) -> None:
        """Reset both ends."""
        for writer in (self.near, self.far):
            writer.transport.abort()


class Wire:
    """Listens on a port of its own and passes what it hears to 127.0.0.1:`target`; with `tls`, it ends TLS."""

    def __init__(self, target: int, tls: ssl.SSLContext | None = None) -> None:
        self._target, self._tls = target, tls
        self._rules: list[_Rule] = []
        self._refuse = 0
        self._lines: set[_Line] = set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.met = 0  # rules that have met their request, and connections refused

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()
        for line in list(self._lines):
            line.tear()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def port(self) -> int:
        assert self._server
        return int(self._server.sockets[0].getsockname()[1])

    def meet(self, marker: bytes, harm: Harm) -> None:
        """Harm the connection of the next request with these bytes."""
        self._rules.append(_Rule(marker, harm))

    def refuse(self, times: int) -> None:
        """Reset the next new connections at their first byte (of a TLS handshake, where there is one)."""
        self._refuse += times

    def freeze(self) -> None:
        """Every connection there is now dies without a word; new ones work."""
        for line in self._lines:
            line.frozen = True

    def cut(self) -> None:
        """Tear every connection there is now."""
        for line in list(self._lines):
            line.tear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with suppress(ConnectionError, asyncio.CancelledError):
            if self._refuse:
                self._refuse -= 1
                self.met += 1
                await reader.read(1)
                writer.transport.abort()
                return
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
            line = _Line(writer, far_writer)
            self._lines.add(line)
            try:
                await asyncio.gather(self._there(reader, line), self._back(far_reader, line))
            finally:
                self._lines.discard(line)
                line.tear()

    async def _there(self, reader: asyncio.StreamReader, line: _Line) -> None:
        while data := await reader.read(CHUNK):
            rule = next((rule for rule in self._rules if rule.marker in data), None)
            if rule:
                self._rules.remove(rule)
                self.met += 1
                match rule.harm:
                    case Harm.SWALLOW:
                        line.frozen = True
                    case Harm.MUTE:
                        line.mute = True
                    case Harm.RESET:
                        line.tear()
                        return
                    case Harm.RESET_AFTER:
                        line.doomed = True
            if not line.frozen:
                line.far.write(data)
                await line.far.drain()
        if not (line.frozen or line.mute):
            line.tear()

    async def _back(self, reader: asyncio.StreamReader, line: _Line) -> None:
        while data := await reader.read(CHUNK):
            if line.doomed:
                line.tear()
                return
            if not (line.frozen or line.mute):
                line.near.write(data)
                await line.near.drain()
        if not (line.frozen or line.mute):
            line.tear()
