"""Puts messages into Telegram chats, one attempt each; what comes back is one of SendError's children."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from telegram import Bot, LinkPreviewOptions, ReplyParameters
from telegram import Message as TelegramMessage
from telegram.constants import ChatAction
from telegram.error import ChatMigrated, RetryAfter, TelegramError

from bot.adapters.telegram.failures import is_gone, is_not_modified, meaning, seconds
from bot.adapters.telegram.pauses import Pauses
from bot.adapters.telegram.render import Rendered
from bot.chat import Place
from bot.errors import (
    ChatGone,
    ChatMoved,
    MessageRefused,
    SendError,
    TokenRefused,
    TryAgain,
    Uncertain,
    Unreachable,
)
from bot.health import Condition, Pulse
from bot.model import Priority
from bot.pace import Gate

SENDING = "sending"
GENERAL_TOPIC = "1"  # Bot API: it must not be named when posting
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

T = TypeVar("T")
log = logging.getLogger("bot.adapters.telegram")


class Writer:
    """One bot's pen. Whoever has not waited for the bot's budget (`gate`) before does so here, as for an answer."""

    def __init__(self, bot: Bot, pulse: Pulse, gate: Gate) -> None:
        self._bot, self._pulse, self._gate = bot, pulse, gate
        self._moved: dict[str, int] = {}  # groups that became supergroups, learned while running
        self._pauses = Pauses()

    async def post(
        self, place: Place, rendered: Rendered, reply_to: int | None = None, *, in_turn: bool = False
    ) -> int:
        """One new message; its id. `in_turn`: the budget has been waited for."""
        reply = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None
        sent = await self._in_turn(
            place, lambda chat: self._send(chat, place, rendered, reply), in_turn=in_turn
        )
        return sent.message_id

    def _send(
        self, chat: int | str, place: Place, rendered: Rendered, reply: ReplyParameters | None
    ) -> Awaitable[TelegramMessage]:
        if rendered.picture:
            return self._bot.send_photo(
                chat,
                rendered.picture,
                caption=rendered.text or None,
                caption_entities=rendered.entities,
                reply_markup=rendered.keyboard,
                message_thread_id=_topic(place),
                reply_parameters=reply,
            )
        return self._bot.send_message(
            chat,
            rendered.text,
            entities=rendered.entities,
            reply_markup=rendered.keyboard,
            message_thread_id=_topic(place),
            link_preview_options=NO_PREVIEW,
            reply_parameters=reply,
        )

    async def edit(self, place: Place, message_id: int, rendered: Rendered) -> None:
        """Another text in the place of one that stands there. Never Uncertain: an edit can be made twice."""
        try:
            await self._in_turn(place, lambda chat: self._change(chat, message_id, rendered), in_turn=True)
        except Uncertain as lost:
            raise TryAgain(str(lost)) from lost
        except MessageRefused as refusal:
            if not is_not_modified(refusal):
                raise

    def _change(self, chat: int | str, message_id: int, rendered: Rendered) -> Awaitable[object]:
        if rendered.picture:  # the picture itself stays
            return self._bot.edit_message_caption(
                chat_id=chat,
                message_id=message_id,
                caption=rendered.text or None,
                caption_entities=rendered.entities,
                reply_markup=rendered.keyboard,
            )
        return self._bot.edit_message_text(
            rendered.text,
            chat_id=chat,
            message_id=message_id,
            entities=rendered.entities,
            reply_markup=rendered.keyboard,
            link_preview_options=NO_PREVIEW,
        )

    async def delete(self, place: Place, message_id: int) -> None:
        """A message less; one that is gone already is as it should be. Never Uncertain."""
        try:
            await self._in_turn(place, lambda chat: self._bot.delete_message(chat, message_id), in_turn=True)
        except Uncertain as lost:
            raise TryAgain(str(lost)) from lost
        except MessageRefused as refusal:
            if not is_gone(refusal):
                raise

    async def show_typing(self, place: Place) -> None:
        """Let the people there see "typing …" for five seconds: it fails where a message would fail."""
        await self._in_turn(
            place,
            lambda chat: self._bot.send_chat_action(chat, ChatAction.TYPING, message_thread_id=_topic(place)),
            proof=False,
        )

    def moved(self, chat: str, to: int) -> None:
        """A group has become a supergroup: its messages go there from now on."""
        if self._moved.get(chat) != to:
            self._moved[chat] = to
            log.warning(
                "The Telegram group %s has become a supergroup: write its new id %s into the configuration.",
                chat,
                to,
            )

    def check_moved(self, place: Place) -> None:
        """Raises ChatMoved where it is known that the chat has another id: whoever sends should note that."""
        if place.id in self._moved:
            to = str(self._moved[place.id])
            raise ChatMoved(f"The group {place.id} has become the supergroup {to}.", to)

    def known_as(self, place: Place) -> Place:
        """The place as whoever configured it knows it: by the id that the group had."""
        old = next((old for old, new in self._moved.items() if str(new) == place.id), None)
        return replace(place, id=old) if old else place

    async def _in_turn(
        self,
        place: Place,
        call: Callable[[int | str], Awaitable[T]],
        *,
        proof: bool = True,
        in_turn: bool = False,
    ) -> T:
        """Make one call for the chat of a place, spaced from the others and not during a pause.

        `proof`: that it goes well shows that messages do.
        """
        async with self._pauses.turn(place.id):
            if not in_turn:
                await self._gate.turn(Priority.ANSWER)
            result = await self._call(place, call)
            if proof:
                self._pauses.arrived(place.id)
            return result

    async def _call(self, place: Place, call: Callable[[int | str], Awaitable[T]]) -> T:
        try:
            result = await call(self._chat(place))
        except TelegramError as error:
            if isinstance(error, RetryAfter) and self._pauses.told(place.id, seconds(error)):
                self._gate.slower()
            if isinstance(error, ChatMigrated):
                self.moved(place.id, error.new_chat_id)
            trouble = meaning(error)
            self._note(trouble)
            raise trouble from error
        self._pulse.well(SENDING)
        return result

    def _note(self, trouble: SendError) -> None:
        """What a failed call tells about Telegram as a whole."""
        match trouble:
            case TokenRefused():
                self._pulse.ill(SENDING, Condition.REFUSED, str(trouble))
            case Unreachable() | Uncertain():
                self._pulse.ill(SENDING, Condition.AWAY, str(trouble))
            case _:  # whatever it says of one chat: it answers, and knows us
                self._pulse.well(SENDING)

    def _chat(self, place: Place) -> int | str:
        """The chat's id as the Bot API wants it: a number, or "@name" of a public channel."""
        return self._moved.get(place.id) or (
            place.id if place.id.startswith("@") else _number(place.id, "the id of a chat")
        )


def _topic(place: Place) -> int | None:
    return None if place.thread in ("", GENERAL_TOPIC) else _number(place.thread, "the id of a topic")


def _number(text: str, what: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ChatGone(f"{text!r} is not {what} in Telegram: that is a number.") from None
