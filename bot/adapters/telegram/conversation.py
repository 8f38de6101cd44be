"""Answers what people type and press, each request in its own task."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Collection, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from telegram import Update
from telegram.error import TelegramError

from bot.adapters.telegram.inbound import PLATFORM, Asked, asked
from bot.adapters.telegram.render import Rendered, parts, render
from bot.adapters.telegram.writer import Writer
from bot.chat import Place
from bot.errors import SendError, TryAgain, Uncertain
from bot.ports import Answer, Journal

FINISH_SECONDS = 5.0  # for requests under way when the program stops
PAUSES = (
    1.0,
    2.0,
    4.0,
    8.0,
)  # seconds at least before each further try at an answer: a person waits; alerts have lanes
BLIND_SENDS = 2  # of an answer whose arrival nobody can look up, as of an alert
LONGEST_WAIT = 60.0  # seconds before another try; later the person has gone
TYPING_AFTER = 0.7  # seconds until "typing …" is shown
TYPING_EVERY = 4.5  # seconds; Telegram shows it for 5

T = TypeVar("T")
log = logging.getLogger("bot.adapters.telegram")


class Conversation:
    """Takes updates for the bot called `username`, asks `answer`, and writes where it was asked."""

    def __init__(
        self,
        writer: Writer,
        answer: Answer,
        username: str,
        commands: Collection[str],
        journal: Journal,
        bot: int,
    ) -> None:
        """`bot` is the bot's id: another one counts its updates anew."""
        self._writer, self._answer = writer, answer
        self._journal, self._bot = journal, bot
        self._username, self._commands = username, commands
        self._under_way: set[asyncio.Task[None]] = set()

    async def take(self, update: Update) -> None:
        """Begin to work on an update. What it asks is stored first: Telegram hands it out no more after this."""
        question = asked(update, self._username, self._commands, datetime.now(UTC))
        key = f"{PLATFORM}:{self._bot}:{update.update_id}"
        if question and not await self._journal.take(PLATFORM, key, question.to_json(), question.press):
            log.info("%s came again and is not handled twice.", key)
            question = None
        self._begin(self._handle(update, key, question))

    async def resume(self) -> None:
        """Begin with what the last run was cut off from."""
        for kept in await self._journal.left(PLATFORM):
            self._begin(self._handle(None, kept.key, Asked.left_over(kept.payload)))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="telegram update")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def finish(self) -> None:
        """Let what is under way finish, for FINISH_SECONDS at most."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=FINISH_SECONDS)
            for task in late:
                log.warning("A command from Telegram was still under way at the stop and was given up.")
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._journal.close()

    async def _handle(self, update: Update | None, key: str, question: Asked | None) -> None:
        try:
            if update is not None:
                await self._acknowledge(update)
            if question:
                await self._reply(question)
        except SendError as failure:
            log.warning("An answer did not arrive in Telegram: %s", failure)
        except Exception:
            # Nobody awaits this task; a mistake of ours must not vanish with it.
            log.exception("An update from Telegram could not be worked on.")
        if question:
            self._journal.done(key)

    async def _acknowledge(self, update: Update) -> None:
        if update.message and update.message.migrate_to_chat_id:
            self._writer.moved(str(update.message.chat.id), update.message.migrate_to_chat_id)
        if update.callback_query:
            # First of all, so that the button stops spinning. A press too old for that still counts.
            with suppress(TelegramError):
                await update.callback_query.answer()

    async def _reply(self, question: Asked) -> None:
        place = self._writer.known_as(question.request.place)
        request = replace(question.request, place=place)
        message = await self._while_typing(place, self._answer(request))
        for part in parts(message):
            await self._say(place, render(part), question.message_id)

    async def _say(self, place: Place, rendered: Rendered, reply_to: int) -> None:
        """Post a part of an answer; once more when nobody knows whether it arrived, which is better than never."""
        unanswered = 0
        for pause in (*PAUSES, None):
            try:
                await self._writer.post(place, rendered, reply_to)
                return
            except (TryAgain, Uncertain) as failure:
                unanswered += isinstance(failure, Uncertain)
                wait = failure.wait if isinstance(failure, TryAgain) else 0.0
                if pause is None or unanswered == BLIND_SENDS or wait > LONGEST_WAIT:
                    raise
            await asyncio.sleep(max(wait, pause))

    async def _while_typing(self, place: Place, work: Awaitable[T]) -> T:
        """Wait for the work, and let the one who asked see "typing …" if it takes long."""
        typing = asyncio.create_task(self._type(place))
        try:
            return await work
        finally:
            typing.cancel()

    async def _type(self, place: Place) -> None:
        await asyncio.sleep(TYPING_AFTER)
        with suppress(SendError):  # a courtesy; the answer itself will say what is wrong
            while True:
                await self._writer.show_typing(place)
                await asyncio.sleep(TYPING_EVERY)
