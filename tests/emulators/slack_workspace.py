"""A Slack workspace in memory: people, channels and what was said in them. Nothing here knows HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from tests.emulators.slack_blocks import buttons, shown

BOT_USER = "U0PANTAU"
BOT_ID = "B0PANTAU"
APP_ID = "A0PANTAU"
TEAM_ID = "T0NEWSROOM"

MANIFEST = Path(__file__).parents[2] / "docs" / "slack-app-manifest.yaml"


@cache
def manifest() -> dict[str, Any]:
    """The app as docs/ tells people to install it: the emulator allows what it asks for and nothing else."""
    loaded: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return loaded


@dataclass(slots=True)
class Posted:
    """One message as the channel keeps it."""

    ts: str
    user: str
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    edited: bool = False
    only_for: str = ""  # the one user who sees it, for ephemeral messages
    client_msg_id: str = ""
    reactions: list[str] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """What a reader sees: the blocks where there are any, else the text."""
        return shown(self.blocks) if self.blocks else self.text

    @property
    def labels(self) -> list[str]:
        """The labels of its buttons."""
        return [button["text"]["text"] for button in buttons(self.blocks)]

    def to_api(self, *, with_metadata: bool) -> dict[str, Any]:
        """The message as the Web API and events show it."""
        shape: dict[str, Any] = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        if self.user == BOT_USER:
            shape |= {"bot_id": BOT_ID, "app_id": APP_ID}
        if self.blocks:
            shape["blocks"] = self.blocks
        if self.thread_ts:
            shape["thread_ts"] = self.thread_ts
        if self.edited:
            shape["edited"] = {"user": self.user, "ts": self.ts}
        if with_metadata and self.metadata:
            shape["metadata"] = self.metadata
        return shape


@dataclass(slots=True)
class File:
    """One upload; `complete` once files.completeUploadExternal has named it."""

    id: str
    length: int
    alt: str
    content: bytes = b""
    complete: bool = False
    refusals: int = 0  # how many blocks that name it are refused yet, because Slack still reads it


@dataclass(slots=True)
class Channel:
    """A conversation; `messages` holds everything in the order it was said, ephemeral and threaded too."""

    id: str
    name: str
    private: bool = False
    joined: bool = True  # the bot is a member
    archived: bool = False
    with_user: str = ""  # a direct conversation
    messages: list[Posted] = field(default_factory=list)
    posted_at: float = float("-inf")  # monotonic; the bot's last post

    def find(self, ts: str) -> Posted | None:
        """The message with this ts that everybody can see."""
        return next((one for one in self.messages if one.ts == ts and not one.only_for), None)

    @property
    def kind(self) -> str:
        """How permissions name this kind of conversation."""
        return "im" if self.with_user else "groups" if self.private else "channels"

    def to_api(self) -> dict[str, Any]:
        """The channel as conversations.info shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": not (self.private or self.with_user),
            "is_group": self.private,
            "is_im": bool(self.with_user),
            "is_private": self.private or bool(self.with_user),
            "is_archived": self.archived,
        } | ({"user": self.with_user} if self.with_user else {"is_member": self.joined})


class Workspace:
    """Everything that the server remembers."""

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.users: dict[str, str] = {BOT_USER: "pantau"}  # id -> name
        self.scopes: set[str] = set(manifest()["oauth_config"]["scopes"]["bot"])
        self.files: dict[str, File] = {}
        self._numbers = count(1)
        self._last = (0, 0)

    def add_user(self, name: str) -> str:
        user = f"U{next(self._numbers):04d}{name.upper()}"
        self.users[user] = name
        return user

    def add_channel(self, name: str, *, private: bool = False, joined: bool = True) -> Channel:
        channel = Channel(f"C{next(self._numbers):04d}", name, private=private, joined=joined)
        self.channels[channel.id] = channel
        return channel

    def direct(self, user: str) -> Channel:
        """The conversation of the bot and one user, opened if need be."""
        known = (channel for channel in self.channels.values() if channel.with_user == user)
        if channel := next(known, None):
            return channel
        channel = Channel(f"D{next(self._numbers):04d}", user, with_user=user)
        self.channels[channel.id] = channel
        return channel

    def look_up(self, name: str) -> Channel | None:
        """A channel by id, by #name, or the direct conversation with a user by the user's id."""
        if name in self.users and name != BOT_USER:
            return self.direct(name)
        by_name = (channel for channel in self.channels.values() if f"#{channel.name}" == name)
        return self.channels.get(name) or next(by_name, None)

    def next_ts(self) -> str:
        """A timestamp that is newer than all before it and unique in the workspace."""
        second = int(time.time())
        last_second, number = self._last
        self._last = (second, number + 1) if second <= last_second else (second, 1)
        if second < last_second:
            self._last = (last_second, number + 1)
        return f"{self._last[0]}.{self._last[1]:06d}"

    def unique(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):08d}"

    def visible(self, channel: Channel, *, thread: str = "") -> Iterator[Posted]:
        """What conversations.history (or .replies of a thread) can see, oldest first."""
        for message in channel.messages:
            inside = message.thread_ts if message.thread_ts != message.ts else ""
            wanted = message.ts == thread or inside == thread if thread else not inside
            if wanted and not message.only_for:
                yield message
