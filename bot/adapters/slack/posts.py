"""Alerts in a channel: post once, edit, and look whether a message whose answer was lost is there."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack.failures import classify, gone
from bot.adapters.slack.pictures import Pictures
from bot.chat import Message, Place
from bot.errors import ChatGone, MessageRefused, TryAgain, Uncertain

CLOCK_SLACK = (
    3600.0  # seconds that our clock may be ahead of Slack's: a look-up that begins too late sees nothing
)
NOT_THERE = "message_not_found"
PAGE = 200  # messages in one call of conversations.history

EVENT_TYPE = "pantau_delivery"  # of the metadata; its payload is an opaque id, since every member can read it
CLIENT_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:pantau:slack:client_msg_id")


class Posts:
    """The outward half of the Messenger port, on a client that makes one attempt for each call."""

    def __init__(self, web: AsyncWebClient, pictures: Pictures) -> None:
        self._web, self._pictures = web, pictures
        self._direct: dict[str, str] = {}  # user id -> id of the conversation with them

    async def check(self, place: Place) -> None:
        """Could we post there? Sends nothing. Raises SendError's children in plain words."""
        channel = await self._channel(place)
        if channel != place.id:
            return  # a direct conversation that could be opened
        where = {"channel": channel}
        response = await self._read(self._web.api_call("conversations.info", http_verb="GET", params=where))
        found: dict[str, Any] = response.get("channel") or {}
        if found.get("is_archived"):
            raise gone("is_archived")
        if not (found.get("is_member") or found.get("is_im")):
            raise gone("not_in_channel")

    async def send(self, place: Place, message: Message, delivery: str, under: str = "") -> str:
        """Post once; the message's ts. Raises SendError's children only.

        A reply in a chat that is a thread itself stands in that thread: Slack has one level of them. A reply that is refused
        goes to the channel: people delete what it would stand under.
        """
        content: dict[str, Any] = {
            "channel": await self._channel(place),
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"delivery_id": delivery}},
            # Not documented for bots: harmless, and if Slack heeds it, one more guard against a double.
            "client_msg_id": str(uuid.uuid5(CLIENT_IDS, delivery)),
        }
        if thread := place.thread or under:
            content["thread_ts"] = thread
        try:
            posted = await self._pictures.post(message, partial(self._put, "chat.postMessage", content))
        except MessageRefused:
            if not under or place.thread:
                raise
            del content["thread_ts"]
            posted = await self._pictures.post(message, partial(self._put, "chat.postMessage", content))
        # An answer with is_duplicate carries the ts of the message that is there: it was sent.
        return _ts(posted)

    async def edit(self, place: Place, remote_id: str, message: Message) -> None:
        """Put the message in place of one sent before; its metadata stays. Raises SendError's children."""
        content: dict[str, Any] = {"channel": await self._channel(place), "ts": remote_id}
        await self._pictures.post(message, partial(self._put, "chat.update", content))

    async def delete(self, place: Place, remote_id: str) -> None:
        """Take a message away; one that is gone already is as it should be. Never Uncertain."""
        where = {"channel": await self._channel(place), "ts": remote_id}
        try:
            await self._read(self._web.api_call("chat.delete", json=where))
        except MessageRefused as refusal:
            if NOT_THERE not in str(refusal):
                raise

    async def find(self, place: Place, delivery: str, since: datetime, under: str = "") -> str | None:
        """The ts of the message that carries `delivery`, None if it is certainly not there.

        A reply is looked for in its thread, and in the channel, where it goes if the thread is not there.
        Raises Uncertain where the app may not read the channel, TryAgain when it can but not now.
        """
        where: dict[str, Any] = {
            "channel": await self._channel(place),
            "oldest": f"{since.timestamp() - CLOCK_SLACK:.6f}",
            "include_all_metadata": True,
            "limit": PAGE,
        }
        try:
            if under and not place.thread:
                with suppress(MessageRefused):  # what it should stand under was deleted
                    if found := await self._search(where | {"ts": under}, delivery):
                        return found
            return await self._search(where | ({"ts": place.thread} if place.thread else {}), delivery)
        except (ChatGone, MessageRefused) as error:  # who may not look cannot tell
            raise Uncertain(str(error)) from error

    async def _search(self, where: dict[str, Any], delivery: str) -> str | None:
        """Every page of a channel, or of the thread under `where["ts"]`."""
        method = "conversations.replies" if "ts" in where else "conversations.history"
        while True:
            response = await self._read(self._web.api_call(method, http_verb="GET", params=where))
            found: list[dict[str, Any]] = response.get("messages") or []
            for message in found:
                if _carries(message, delivery):
                    return str(message["ts"])
            cursor = (response.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
            where["cursor"] = cursor

    async def _put(self, method: str, where: dict[str, Any], content: dict[str, Any]) -> AsyncSlackResponse:
        return await self._call(self._web.api_call(method, json={**where, **content}))

    async def _call(self, call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
        try:
            return await call
        except Exception as error:  # slack_sdk fails in its own ways on answers that are not JSON
            raise classify(error) from error

    async def _read(self, call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
        """The answer to a call that may as well be made twice: a lost one can be had again."""
        try:
            return await self._call(call)
        except Uncertain as error:
            raise TryAgain(str(error)) from error

    async def _channel(self, place: Place) -> str:
        """The conversation's id: a person's id stands for the direct conversation with them."""
        if not place.id.startswith(("U", "W")):
            return place.id
        if place.id not in self._direct:
            response = await self._read(self._web.api_call("conversations.open", json={"users": place.id}))
            self._direct[place.id] = str(response["channel"]["id"])
        return self._direct[place.id]


def _carries(message: dict[str, Any], delivery: str) -> bool:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == EVENT_TYPE and payload.get("delivery_id") == delivery


def _ts(response: AsyncSlackResponse) -> str:
    ts = response.get("ts")
    if not ts:
        raise Uncertain("Slack said yes but did not name the message.")
    return str(ts)
