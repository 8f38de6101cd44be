"""The HTTP side of Slack: how arguments and tokens arrive, and response URLs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.emulators.faults import FaultPlan, Reply
from tests.emulators.slack_methods import ApiError, Methods, RateLimited, truth
from tests.emulators.slack_workspace import BOT_USER, Channel, Posted

JSON_ARGUMENTS = ("blocks", "metadata", "attachments", "view")  # JSON inside a form
RESPONSE_URL_USES = 5
RESPONSE_URL_SECONDS = 30 * 60
PUBLIC = ("api.test",)  # methods that need no token

RATE_LIMITED_ONCE = Reply(200, '{"ok": false, "error": "rate_limited"}', "application/json")
"""The other way in which chat.postMessage says that it is too much."""


def ratelimited(seconds: int) -> Reply:
    """Slack's usual answer to too many calls."""
    body = '{"ok": false, "error": "ratelimited"}'
    return Reply(429, body, "application/json", {"Retry-After": str(seconds)})


def refusal(error: str, **extra: Any) -> Reply:
    """An answer with `ok: false`, whatever the call was."""
    return Reply(200, json.dumps({"ok": False, "error": error, **extra}), "application/json")


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call that the server has seen, whatever became of it."""

    method: str
    args: dict[str, Any]


@dataclass(slots=True)
class ResponseUrl:
    """A way to answer one command or button without being a member of the channel."""

    channel: Channel
    user: str
    original: Posted | None = None  # the message whose button was pressed
    uses: int = 0
    born: float = field(default_factory=time.monotonic)


class WebApi:
    """`/api/{method}` and `/response/{id}`."""

    def __init__(self, methods: Methods, faults: FaultPlan, connect: Callable[[], str]) -> None:
        self.tokens: dict[str, str] = {}  # token -> "" or the error it meets, for example "token_revoked"
        self.calls: list[Call] = []
        self.response_urls: dict[str, ResponseUrl] = {}
        self._methods, self._faults, self._connect = methods, faults, connect

    async def handle_method(self, request: web.Request) -> web.StreamResponse:
        """One call of a method, by any of the ways in which arguments may come."""
        name = request.match_info["method"]
        args = await _arguments(request)
        self.calls.append(Call(name, args))
        return await self._faults.serve(name, request, lambda: self._answer(request, name, args), args)

    async def handle_upload(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file whose upload has begun."""
        file = self._methods.workspace.files[request.match_info["id"]]
        file.content = await request.read()
        return web.Response(text=f"OK - {len(file.content)}")

    async def handle_response(self, request: web.Request) -> web.StreamResponse:
        """One use of a response URL."""
        body = await request.json()
        self.calls.append(Call("response_url", body))
        return await self._faults.serve(
            "response_url", request, lambda: self._respond(request.match_info["id"], body)
        )

    async def _answer(self, request: web.Request, name: str, args: dict[str, Any]) -> web.StreamResponse:
        try:
            self._check_token(request, name, args)
            if name == "apps.connections.open":
                return web.json_response({"ok": True, "url": self._connect()})
            answer = self._methods.call(name, args)
            if "upload_url" in answer:
                answer["upload_url"] = str(request.url.origin()) + answer["upload_url"]
            return web.json_response(answer)
        except ApiError as error:
            return web.json_response(error.answer)
        except RateLimited as limit:
            headers = {"Retry-After": str(limit.seconds)}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)

    def _check_token(self, request: web.Request, name: str, args: dict[str, Any]) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token if scheme == "Bearer" else str(args.get("token", ""))
        opens = name == "apps.connections.open"
        if name in PUBLIC and not token:
            return
        if not token:
            raise ApiError("not_authed")
        if opens and request.method != "POST":
            raise ApiError("insecure_request")
        if token not in self.tokens:
            raise ApiError("invalid_auth")
        if self.tokens[token]:
            raise ApiError(self.tokens[token])
        if opens != token.startswith("xapp-"):
            raise ApiError("not_allowed_token_type")

    async def _respond(self, key: str, body: dict[str, Any]) -> web.StreamResponse:
        url = self.response_urls.get(key)
        if url is None or time.monotonic() - url.born > RESPONSE_URL_SECONDS:
            return web.json_response({"ok": False, "error": "expired_url"}, status=404)
        if url.uses >= RESPONSE_URL_USES:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        try:
            text, blocks, _ = self._methods.check_content(body)
        except ApiError as error:
            return web.json_response(error.answer, status=400)
        url.uses += 1
        if truth(body.get("replace_original")) and url.original is not None:
            url.original.text, url.original.blocks, url.original.edited = text, blocks, True
            return web.json_response({"ok": True})
        message = Posted(self._methods.workspace.next_ts(), BOT_USER, text, blocks)
        message.thread_ts = str(body.get("thread_ts") or "")
        message.only_for = "" if body.get("response_type") == "in_channel" else url.user
        url.channel.messages.append(message)
        return web.json_response({"ok": True})


async def _arguments(request: web.Request) -> dict[str, Any]:
    """Query, form, multipart and JSON in one dictionary; JSON inside a form is opened."""
    args: dict[str, Any] = dict(request.query)
    if request.method == "POST":
        if request.content_type == "application/json":
            args |= await request.json()
        else:
            args |= await request.post()
    for name in JSON_ARGUMENTS:
        if isinstance(args.get(name), str):
            try:
                args[name] = json.loads(args[name])
            except ValueError:
                continue  # stays a string, which the method refuses with its own words
    return args
