"""Two Socket Mode connections, so that one hears while the other is being refreshed.

slack_sdk reconnects by itself, but not well enough. After a broken connection it sleeps for a whole ping
interval (measured): so we look every second. After a goodbye it reconnects at once and for ever (measured):
so addresses are handed out with growing pauses. And it has been seen to rest in a state where it only logs
errors (python-slack-sdk before 3.45): so a connection that stays away is built anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack.failures import classify
from bot.errors import SendError, TokenRefused
from bot.health import Condition, Pulse

log = logging.getLogger(__name__)

LISTENING = "listening"
SOCKETS = 2
PING_SECONDS = 10.0  # a dead connection is noticed after about twice this (measured: 19 s)
CONNECT_SECONDS = 30.0  # connect() never gives up by itself
CLOSE_SECONDS = 2.0  # for the closing handshake
ACK_SECONDS = 3.0  # Slack's own patience; acknowledgements under way get it too
WATCH_SECONDS = 1.0  # between two looks at the connections
DEAF_SECONDS = 5.0  # without any connection
REBUILD_SECONDS = 60.0  # away for so long: build it anew

FREE_OPENS = (
    6  # new addresses within RECENT_SECONDS that cost no pause: start, and one refresh of both sockets
)
RECENT_SECONDS = 60.0
PAUSE_MOST = 30.0


def pause_before_open(recent: int) -> float:
    """Seconds to wait before asking for one more address after `recent` in the last minute."""
    return 0.0 if recent < FREE_OPENS else float(min(2 ** (recent - FREE_OPENS + 1), PAUSE_MOST))


class Addresses(AsyncWebClient):
    """Hands out Socket Mode addresses, ever more slowly to whoever asks too often (too_many_websockets)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.closing = asyncio.Event()
        self._opened: list[float] = []  # monotonic
        self.trouble: SendError | None = None  # with the last try

    async def apps_connections_open(self, *, app_token: str, **kwargs: Any) -> AsyncSlackResponse:
        now = time.monotonic()
        self._opened = [at for at in self._opened if now - at < RECENT_SECONDS]
        pause = pause_before_open(len(self._opened))
        self._opened.append(now + pause)
        if pause:
            log.warning("Slack gives no lasting connection; the next try is in %g s.", pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), pause)
        if self.closing.is_set():
            raise asyncio.CancelledError  # the only thing that ends the SDK's loop of tries without a fuss
        try:
            address = await super().apps_connections_open(app_token=app_token, **kwargs)
        except Exception as error:
            self.trouble = classify(error)
            raise
        self.trouble = None
        return address


class Socket(AsyncSocketModeHandler):
    """One connection that knows what it has not acknowledged yet."""

    def __init__(self, app: AsyncApp, app_token: str, addresses: Addresses, logger: logging.Logger) -> None:
        super().__init__(app, app_token, logger=logger, web_client=addresses, ping_interval=PING_SECONDS)
        self.away_since: float | None = None  # monotonic
        self._under_way = 0
        self._reconnecting: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # Bolt's own
        """Pass one envelope to Bolt and acknowledge it."""
        self._under_way += 1
        self._idle.clear()
        try:
            await super().handle(client, req)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def open(self) -> None:
        """Connect; TimeoutError if it takes too long."""
        await asyncio.wait_for(self.client.connect(), CONNECT_SECONDS)  # type: ignore[no-untyped-call]  # the SDK's

    async def close(self) -> None:
        """Acknowledge what was heard and hang up. Never raises, soon done."""
        if self._reconnecting is not None:
            self._reconnecting.cancel()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), ACK_SECONDS)
        try:
            await asyncio.wait_for(self.client.close(), CLOSE_SECONDS)  # type: ignore[no-untyped-call]  # the SDK's
        except Exception:
            # A peer that does not say goodbye leaves close() half done; its second run does the rest.
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self.client.close(), CLOSE_SECONDS)  # type: ignore[no-untyped-call]  # the SDK's

    def reconnect(self) -> None:
        """Try to connect again, in the background, unless a try is under way."""
        if self._reconnecting is None or self._reconnecting.done():
            self._reconnecting = asyncio.create_task(self._reconnect())

    async def _reconnect(self) -> None:
        try:
            await self.client.connect_to_new_endpoint()
        except Exception as error:
            log.warning("Slack cannot be reached for a new connection: %s", error)

    async def away_for(self, now: float) -> float:
        """Seconds since this connection was last seen to be well."""
        if await self.client.is_connected():
            self.away_since = None
            return 0.0
        if self.away_since is None:
            self.away_since = now  # counts from the second look on: it may be in the middle of a refresh
        return now - self.away_since


class Sockets:
    """Keeps the connections of one app open until it is told to stop."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        addresses: Addresses,
        logger: logging.Logger,
        pulse: Pulse,
    ) -> None:
        self._pulse = pulse
        self._app, self._app_token, self._addresses, self._logger = app, app_token, addresses, logger
        self._sockets: list[Socket] = []
        self._watch: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect all; TimeoutError if Slack does not let us in time."""
        self._sockets = [self._new() for _ in range(SOCKETS)]
        await asyncio.gather(*(socket.open() for socket in self._sockets))
        self._watch = asyncio.create_task(self._keep())

    async def close(self) -> None:
        """Hang up on all. Never raises."""
        self._addresses.closing.set()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await asyncio.gather(*(socket.close() for socket in self._sockets))

    def _new(self) -> Socket:
        return Socket(self._app, self._app_token, self._addresses, self._logger)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            aways = [await socket.away_for(time.monotonic()) for socket in self._sockets]
            self._note(min(aways))
            for place, (socket, away) in enumerate(zip(self._sockets, aways, strict=True)):
                if away >= REBUILD_SECONDS:
                    await self._rebuild(place, socket)
                elif away:
                    socket.reconnect()

    def _note(self, away: float) -> None:
        """What the best of the connections tells about Slack; a refresh of both takes a moment, and is none."""
        trouble = self._addresses.trouble
        if isinstance(trouble, TokenRefused):
            said = str(trouble).replace("PANTAU_SLACK_BOT_TOKEN", "PANTAU_SLACK_APP_TOKEN")
            self._pulse.ill(LISTENING, Condition.REFUSED, said)
        elif away > DEAF_SECONDS:
            self._pulse.ill(LISTENING, Condition.AWAY, str(trouble or "it keeps no connection open"))
        elif not away:
            self._pulse.well(LISTENING)

    async def _rebuild(self, place: int, old: Socket) -> None:
        log.warning(
            "A connection to Slack stayed away for more than %g s and is built anew.", REBUILD_SECONDS
        )
        await old.close()
        self._sockets[place] = self._new()
        try:
            await self._sockets[place].open()
        except TimeoutError:
            log.warning("Slack does not let us in yet.")
