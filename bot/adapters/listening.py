"""A port that answers while it is open: what the monitor and WebSub's callbacks share."""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from aiohttp import web

from bot.errors import CannotStart


class Listener:
    """An application on "host:port", from `open` to `close`."""

    def __init__(self, runner: web.AppRunner) -> None:
        self._runner = runner

    @classmethod
    async def open(cls, app: web.Application, listen: str, setting: str) -> Self:
        """Raises CannotStart, which names the `setting`, where the port is taken."""
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        address = urlsplit(f"//{listen}")
        try:
            await web.TCPSite(runner, address.hostname, address.port).start()
        except OSError as error:
            await runner.cleanup()
            raise CannotStart(
                f"Pantau cannot listen on {listen} ({error.strerror}): name another port in {setting}."
            ) from error
        return cls(runner)

    async def close(self) -> None:
        await self._runner.cleanup()

    @property
    def port(self) -> int:
        """Where it listens; for tests that asked for port 0."""
        return int(self._runner.addresses[0][1])
