"""An update from Telegram -> what somebody asks for, or None. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram import CallbackQuery, Message, Update

from bot.chat import Place, Request, User, parse_command

PLATFORM = "telegram"
GREETING = "start"  # what Telegram itself sends when somebody opens a chat with a bot


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and the message that an answer belongs under."""

    request: Request
    message_id: int
    pressed: bool = False  # a button

    def to_json(self) -> dict[str, Any]:
        return {
            "request": self.request.to_json(),
            "message_id": self.message_id,
            "pressed": self.pressed,
        }

    @classmethod
    def left_over(cls, data: dict[str, Any]) -> Asked:
        """What `to_json` wrote down in a run that has ended."""
        return cls(Request.left_over(data["request"]), data["message_id"], data["pressed"])

    @property
    def press(self) -> str:
        """Names the button and who pressed it; empty for what was typed."""
        if not self.pressed:
            return ""
        asked = self.request
        return " ".join((asked.place.id, str(self.message_id), asked.user.id, asked.name, asked.argument))


def asked(update: Update, username: str, commands: Collection[str], now: datetime) -> Asked | None:
    """What the update asks of the bot called `username`, which has these commands."""
    if update.callback_query:
        return _pressed(update.callback_query, now)
    if update.message:
        return _typed(update.message, username, commands)
    return None


def _pressed(query: CallbackQuery, now: datetime) -> Asked | None:
    if not query.message or not query.data:
        return None
    # A message too old to be shown again still has its chat and id, but no topic.
    thread = _thread(query.message) if isinstance(query.message, Message) else ""
    name, argument = parse_command(query.data)
    place = Place(PLATFORM, str(query.message.chat.id), thread)
    user = User(PLATFORM, str(query.from_user.id), query.from_user.full_name)
    return Asked(Request(name, argument, place, user, now), query.message.message_id, pressed=True)


def _typed(message: Message, username: str, commands: Collection[str]) -> Asked | None:
    text, sender = (message.text or "").strip(), message.from_user
    if not text.startswith("/") or sender is None:
        return None
    name, argument = parse_command(text)
    addressee = text.split(maxsplit=1)[0].partition("@")[2].lower()
    if addressee and addressee != username.lower():
        return None
    # In a group another bot may be meant, or nobody: "/s" ends an ironic sentence.
    if not addressee and message.chat.type != "private" and name not in commands:
        return None
    if name == GREETING:
        name, argument = "help", ""
    place = Place(PLATFORM, str(message.chat.id), _thread(message))
    user = User(PLATFORM, str(sender.id), sender.full_name)
    under = str(message.reply_to_message.message_id) if message.reply_to_message else ""
    return Asked(Request(name, argument, place, user, message.date, under), message.message_id)


def _thread(message: Message) -> str:
    """The topic. Replies in ordinary supergroups have a thread id too, but nothing can be posted to it."""
    return str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else ""
