"""Slack's Socket Mode, the server's side.

Each envelope goes to any one of the open connections and must be acknowledged within three seconds. Events
that are not are sent again, with a new envelope_id and the same event_id; commands and buttons are not
(docs.slack.dev, apis/events-api/using-socket-mode).
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.emulators.slack_workspace import APP_ID

ACK_SECONDS = 3.0
CONNECTIONS = 10  # at most, for one app
EVENT_PAUSES = (0.0, 60.0, 300.0)  # seconds before each of the three times an event is sent again
PATH = "/link/"


class DispatchFailed(Exception):
    """What a person sees when nobody acknowledged: "/pantau failed with the error dispatch_failed"."""


@dataclass(slots=True)
class Event:
    """One event on its way to the bot."""

    payload: dict[str, Any]
    tries: int = 0
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def id(self) -> str:
        return str(self.payload["event_id"])


class SocketServer:
    """Tickets, connections, envelopes and their acknowledgements."""

    def __init__(self) -> None:
        self.tickets: set[str] = set()
        self.connections: list[web.WebSocketResponse] = []
        self.opened = 0  # connections ever made
        self.acknowledged: list[float] = []  # seconds that each acknowledgement took
        self.ack_seconds = ACK_SECONDS
        self.acks_lost = 0  # so many acknowledgements get lost on their way here
        self.pauses: tuple[float, ...] = EVENT_PAUSES
        self._requests: dict[web.WebSocketResponse, web.Request] = {}
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._turn = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def ticket(self) -> str:
        """The path of a connection that can be made once."""
        ticket = str(uuid.uuid4())
        self.tickets.add(ticket)
        return f"{PATH}?ticket={ticket}&app_id={APP_ID}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One connection, from hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=403, text="invalid ticket")
        self.tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.opened += 1
        if len(self.connections) >= CONNECTIONS:
            await _say_goodbye(socket, "too_many_websockets")
            return socket
        self.connections.append(socket)
        self._requests[socket] = request
        try:
            await socket.send_json(self._hello())
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(json.loads(message.data))
        finally:
            self._forget(socket)
        return socket

    async def deliver(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send a command or a button once; the payload of its acknowledgement. Raises DispatchFailed."""
        answer = await self._send(kind, payload, accepts_response_payload=kind == "slash_commands")
        if answer is None:
            raise DispatchFailed("dispatch_failed")
        return answer

    def deliver_event(self, payload: dict[str, Any]) -> Event:
        """Send an event until it is acknowledged or all tries are used; at once, in the background."""
        event = Event(payload)
        task = asyncio.create_task(self._deliver_event(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return event

    async def deliver_again(self, event: Event, reason: str = "timeout") -> bool:
        """The same event in a new envelope, as after a lost acknowledgement; whether it was acknowledged."""
        retry = {"retry_attempt": event.tries, "retry_reason": reason if event.tries else ""}
        answer = await self._send("events_api", event.payload, accepts_response_payload=False, **retry)
        event.tries += 1
        if answer is not None:
            event.acknowledged.set()
        return answer is not None

    async def disconnect(self, reason: str) -> None:
        """Tell every connection to go (refresh_requested, link_disabled) or to get ready to (warning)."""
        for socket in list(self.connections):
            if reason != "warning":  # that one comes seconds before the end and leaves the connection open
                self._forget(socket)
            await _say_goodbye(socket, reason)

    def abort(self) -> None:
        """Cut every connection without a word."""
        for socket in list(self.connections):
            transport = self._requests[socket].transport
            self._forget(socket)
            if transport is not None:
                transport.abort()

    async def close(self) -> None:
        """Stop sending events, end the connections."""
        for task in self._tasks:
            task.cancel()
        for socket in list(self.connections):
            await socket.close()

    async def _deliver_event(self, event: Event) -> None:
        for pause in (0.0, *self.pauses):
            await asyncio.sleep(pause)
            if await self.deliver_again(event):
                return

    async def _send(self, kind: str, payload: dict[str, Any], **extra: Any) -> dict[str, Any] | None:
        """One envelope to the connection whose turn it is; its acknowledgement, None if it never came."""
        if not self.connections:
            return None
        self._turn += 1
        socket = self.connections[self._turn % len(self.connections)]
        envelope = str(uuid.uuid4())
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[envelope] = answer
        try:
            sent = time.monotonic()
            await socket.send_json({"envelope_id": envelope, "type": kind, "payload": payload, **extra})
            acknowledgement = await asyncio.wait_for(answer, self.ack_seconds)
            self.acknowledged.append(time.monotonic() - sent)
            return acknowledgement
        except (TimeoutError, ConnectionError):
            return None
        finally:
            del self._waiting[envelope]

    def _acknowledge(self, answer: dict[str, Any]) -> None:
        if self.acks_lost:
            self.acks_lost -= 1
            return
        waiting = self._waiting.get(answer.get("envelope_id", ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.get("payload") or {})

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": APP_ID},
            "debug_info": {"host": "applink", "approximate_connection_time": 18060},
        }

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self.connections:
            self.connections.remove(socket)
        self._requests.pop(socket, None)


async def _say_goodbye(socket: web.WebSocketResponse, reason: str) -> None:
    await socket.send_json(
        {"type": "disconnect", "reason": reason, "debug_info": {"host": "wss-111.slack.com"}}
    )
    if reason != "warning":
        await socket.close()
