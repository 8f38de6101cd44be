"""Answers to people, by the way that fits how they asked."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import replace
from functools import partial
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.failures import classify
from bot.adapters.slack.forms import view
from bot.adapters.slack.incoming import Asked, Way
from bot.adapters.slack.pictures import Pictures
from bot.chat import Form, LineKind, Message, say
from bot.errors import ChatGone, MessageRefused, SendError, TryAgain
from bot.ports import Answer
from bot.words import LANGUAGES, phrase

log = logging.getLogger(__name__)

TRIES = 3  # because a person waits; alerts are tried again by the dispatcher
WORKING_AFTER = 1.0  # seconds until the one who waits is told that the answer will come
LEAST_WAIT, LONGEST_WAIT = 1.0, 30.0  # seconds before another try; later the person has gone
QUIET = {"unfurl_links": False, "unfurl_media": False}
ERROR_CHARS = 200  # of a response URL's complaint, for the log
WORKING = Message(
    (say(" · ".join(phrase("working", language) for language in LANGUAGES), kind=LineKind.NOTE),),
    private=True,
)


class Answers:
    """Gets each answer from the application and posts it once; whoever misses it can ask again."""

    def __init__(self, answer: Answer, web: AsyncWebClient, http: aiohttp.ClientSession) -> None:
        self._answer, self._web, self._http = answer, web, http
        self._pictures = Pictures(web, http)

    async def handle(self, asked: Asked) -> None:
        """Answer one request; what cannot be shown is logged."""
        message = await self._thought(asked)
        if message.form and await self._open(message.form, asked):
            return
        try:
            await self._insist(asked, message)
        except SendError as error:
            request = asked.request
            log.warning("The answer to %r in %s was not shown: %s", request.name, request.place.id, error)

    async def _thought(self, asked: Asked) -> Message:
        """The application's answer; whoever waits long for it sees meanwhile that it will come."""
        telling = asyncio.create_task(self._tell_that_it_comes(asked))
        try:
            return await self._answer(asked.request)
        finally:
            telling.cancel()

    async def _tell_that_it_comes(self, asked: Asked) -> None:
        """To the one who asked alone: Slack lets no app show that it is typing, and a post would stay after a crash."""
        if asked.way is Way.SHORTCUT:
            return
        await asyncio.sleep(WORKING_AFTER)
        way = Way.BUTTON if asked.way is Way.DIRECT else asked.way
        with contextlib.suppress(SendError):  # a courtesy; the answer itself will say what is wrong
            await self.give(replace(asked, way=way), WORKING)

    async def _open(self, form: Form, asked: Asked) -> bool:
        """Show the form; False when Slack shows none, for instance because its three seconds are over."""
        if not asked.trigger:
            return False
        try:
            await self._web.api_call(
                "views.open", json={"trigger_id": asked.trigger, "view": view(form, asked)}
            )
        except Exception as error:  # slack_sdk fails in its own ways on answers that are not JSON
            log.warning("The form of %r was not opened: %s", asked.request.name, classify(error))
            return False
        return True

    async def _insist(self, asked: Asked, message: Message) -> None:
        """Give the answer, again only when it certainly was not given."""
        for tries_left in reversed(range(TRIES)):
            try:
                await self.give(asked, message)
                return
            except TryAgain as failure:
                if not tries_left or failure.wait > LONGEST_WAIT:
                    raise
                await asyncio.sleep(max(failure.wait, LEAST_WAIT))

    async def give(self, asked: Asked, message: Message) -> None:
        """Show the answer where it was asked. Raises SendError's children."""
        place, user = asked.request.place, asked.request.user
        match asked.way:
            case Way.COMMAND:
                await self._respond(asked, message, public=not message.private)
            case Way.BUTTON:
                await self._to_presser(asked, message)
            case Way.MENTION if message.private:
                # Slack shows ephemeral messages in a thread only if the thread exists already.
                await self._whisper(place.id, user.id, place.thread, message)
            case Way.MENTION:
                await self._post(place.id, place.thread or asked.ts, message)
            case Way.DIRECT:
                await self._post(place.id, place.thread, message)
            case Way.SHORTCUT:
                await self._post(user.id, "", message)

    async def _to_presser(self, asked: Asked, message: Message) -> None:
        place, user = asked.request.place, asked.request.user
        try:
            await self._whisper(place.id, user.id, place.thread, message)
        except (ChatGone, MessageRefused):
            if not asked.response_url:
                raise
            # The button may stand where the bot is no member, under the answer to a command.
            await self._respond(asked, message, public=False)

    async def _post(self, channel: str, thread: str, message: Message) -> None:
        where = {"channel": channel, **_thread(thread)}
        await self._pictures.post(message, partial(self._call, "chat.postMessage", where))

    async def _whisper(self, channel: str, user: str, thread: str, message: Message) -> None:
        where = {"channel": channel, "user": user, **_thread(thread)}
        await self._pictures.post(message, partial(self._call, "chat.postEphemeral", where))

    async def _call(self, method: str, where: dict[str, Any], content: dict[str, Any]) -> None:
        try:
            await self._web.api_call(method, json={**where, **content, **QUIET})
        except Exception as error:  # slack_sdk fails in its own ways on answers that are not JSON
            raise classify(error) from error

    async def _respond(self, asked: Asked, message: Message, *, public: bool) -> None:
        where = {
            "response_type": "in_channel" if public else "ephemeral",
            "replace_original": False,
            **_thread(asked.request.place.thread),
        }
        await self._pictures.post(message, partial(self._hand_in, asked, where))

    async def _hand_in(self, asked: Asked, where: dict[str, Any], content: dict[str, Any]) -> None:
        try:
            answer = {**where, **content, **QUIET}
            async with self._http.post(asked.response_url, json=answer) as response:
                if response.status == 200:
                    return
                complaint = (await response.text())[:ERROR_CHARS]
        except (aiohttp.ClientError, TimeoutError) as error:
            raise classify(error) from error
        raise MessageRefused(f"Slack did not take the answer (status {response.status}): {complaint}")


def _thread(ts: str) -> dict[str, str]:
    return {"thread_ts": ts} if ts else {}
