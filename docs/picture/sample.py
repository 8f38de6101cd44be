"""The alert that the picture shows: the program polls its own samples, and what it posts is kept instead of sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import assemble, connected
from bot.chat import Message, Place
from bot.config import load
from bot.model import Priority
from bot.pace import Pace
from bot.ports import Answer


@dataclass
class Album:
    """A messenger that keeps each message as it stands in the chat at the end."""

    platform: str  # whose chats it takes over
    shown: dict[str, Message] = field(default_factory=dict)  # by the id it gave out

    def pace(self, place: Place) -> Pace:
        return Pace(0.0)

    async def turn(self, priority: Priority, last: float) -> None: ...

    def parts(self, message: Message) -> Sequence[Message]:
        return [message]

    async def start(self, answer: Answer | None) -> None: ...

    async def check(self, place: Place) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, place: Place, message: Message, delivery: str, under: str = "") -> str:
        self.shown[delivery] = message
        return delivery

    async def edit(self, place: Place, remote_id: str, message: Message) -> None:
        self.shown[remote_id] = message

    async def delete(self, place: Place, remote_id: str) -> None:
        del self.shown[remote_id]

    async def find(self, place: Place, delivery: str, since: datetime, under: str = "") -> str | None:
        return delivery if delivery in self.shown else None


async def sample_alert() -> Message:
    """The richest alert of `pantau demo`: the one that another source's copy has been folded into."""
    album = Album("console")
    with as_file(files("bot") / "samples") as samples, TemporaryDirectory(prefix="pantau-picture-") as folder:
        config = load(samples / "demo.toml", {})
        config = replace(config, storage_url=f"sqlite:///{Path(folder) / 'picture.db'}")
        async with assemble(config, [album]) as app, connected(app, answering=False):
            await app.once()
    return max(album.shown.values(), key=lambda message: len(message.lines))
