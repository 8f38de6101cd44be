"""The chats of the Telegram emulator: who is in them and what stands there."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.emulators.telegram_limits import ApiError, bad_request
from tests.emulators.telegram_text import Formatted

Json = dict[str, Any]

GENERAL_TOPIC = 1  # Bot API: the General topic has this id and must not be named


@dataclass(frozen=True, slots=True)
class Account:
    """A person or a bot."""

    id: int
    name: str
    username: str = ""
    is_bot: bool = False

    def to_json(self) -> Json:
        shown: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.name}
        return shown | {"username": self.username} if self.username else shown


@dataclass(slots=True)
class Shown:
    """A message as people see it."""

    id: int
    sender: Account
    content: Formatted
    date: int  # Unix time
    rows: list[list[Json]] = field(default_factory=list)
    thread: int = 0
    reply_to: int = 0
    edited: bool = False
    deleted: bool = False
    file: str = ""

    @property
    def text(self) -> str:
        return self.content.text

    @property
    def buttons(self) -> list[str]:
        """The labels, row by row."""
        return [button["text"] for row in self.rows for button in row]

    def marked(self, kind: str) -> list[str]:
        """The stretches that carry this kind of entity: "bold", "text_link", "blockquote" …"""
        return self.content.marked(kind)

    def links(self) -> dict[str, str]:
        """Linked words and where they lead."""
        entities = [e for e in self.content.entities if e.type == "text_link"]
        return dict(zip(self.marked("text_link"), (e.url for e in entities), strict=True))

    def data(self, label: str) -> str:
        """What the button with this label sends when it is pressed."""
        found = [b["callback_data"] for row in self.rows for b in row if b["text"] == label]
        assert found, f"no button {label!r} here, only {self.buttons}"
        return str(found[0])


@dataclass(slots=True)
class Room:
    """A private chat, group or supergroup."""

    id: int
    kind: str  # as the Bot API's Chat.type
    title: str
    forum: bool = False
    topics: set[int] = field(default_factory=set)
    members: dict[int, Account] = field(default_factory=dict)
    shown: dict[int, Shown] = field(default_factory=dict)
    closed: ApiError | None = None  # what every call meets from now on
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def to_json(self) -> Json:
        name = "first_name" if self.kind == "private" else "title"
        return {"id": self.id, "type": self.kind, name: self.title} | (
            {"is_forum": True} if self.forum else {}
        )

    def check_open(self) -> None:
        """Raise what the server says of a chat that the bot cannot reach any more."""
        if self.closed:
            raise self.closed

    def check_thread(self, thread: int) -> None:
        """Raise when there is no such topic here; General has none that could be named."""
        if thread and (thread == GENERAL_TOPIC or thread not in self.topics):
            raise bad_request("message thread not found")

    def post(self, sender: Account, content: Formatted, date: int, **more: Any) -> Shown:
        """Put a new message into the chat."""
        message = Shown(next(self._ids), sender, content, date, **more)
        self.shown[message.id] = message
        return message

    def visible(self) -> list[Shown]:
        """What stands in the chat, oldest first."""
        return [message for message in self.shown.values() if not message.deleted]

    def message_json(self, message: Shown) -> Json:
        """The Bot API's Message object."""
        body: Json = {
            "message_id": message.id,
            "date": message.date,
            "chat": self.to_json(),
            "from": message.sender.to_json(),
        }
        if message.file:
            body["document"] = {"file_id": message.file, "file_unique_id": message.file}
        if message.text:
            words, marks = ("caption", "caption_entities") if message.file else ("text", "entities")
            body |= {words: message.text, marks: [entity.to_json() for entity in message.content.entities]}
        if message.rows:
            body["reply_markup"] = {"inline_keyboard": message.rows}
        if message.thread:
            body |= {"message_thread_id": message.thread, "is_topic_message": True}
        if message.reply_to in self.shown:
            body["reply_to_message"] = self.message_json(self.shown[message.reply_to])
        if message.edited:
            body["edit_date"] = message.date
        return body
