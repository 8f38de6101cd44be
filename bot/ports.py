"""The edges: what the application asks of the world. Each is implemented in bot/adapters and faked in tests/fakes.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.chat import Message, Place, Request
from bot.model import Source

Answer = Callable[[Request], Awaitable[Message]]
"""The router, as a chat sees it. It never raises: what goes wrong is said in the message."""


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes that came from a source."""

    url: str  # where it finally came from, after redirects; a path for a file
    body: bytes
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer to one poll of a source. No documents and `unchanged`: the publisher said 304."""

    documents: tuple[Document, ...] = ()
    etag: str = ""
    last_modified: str = ""
    unchanged: bool = False


class Fetcher(Protocol):
    async def fetch(self, source: Source) -> Fetched:
        """Read a source once, conditionally. Raises SourceError; nothing else."""


class Messenger(Protocol):
    """A chat platform: carries messages out and requests in."""

    platform: str

    def pace(self, place: Place) -> float:
        """Seconds to leave between two messages to this place."""

    async def start(self, answer: Answer) -> None:
        """Connect and begin to pass requests to `answer`. Raises CannotStart with one clear sentence."""

    async def stop(self) -> None:
        """Take no more requests, let the ones under way finish, close. Never raises; may be called twice."""

    async def send(self, place: Place, message: Message, delivery: str) -> str:
        """Post once, with no retries of any kind; the message's id on the platform. Raises SendError's children only.

        `delivery` is an opaque id that `find` can look for later.
        """

    async def edit(self, place: Place, remote_id: str, message: Message) -> None:
        """Put the message in place of one sent before. Idempotent: "not modified" is success. Raises SendError's children."""

    async def find(self, place: Place, delivery: str, since: datetime) -> str | None:
        """The id of the message that carries `delivery`, None if it is certainly not there.

        Raises Uncertain where the platform cannot tell, TryAgain when it can but not now.
        """


class Tx(Protocol):
    """An open transaction."""

    def after_commit(self, act: Callable[[], None]) -> None:
        """Call `act` once this transaction is durable; not at all if it is rolled back."""


class Engine(Protocol):
    """Runs keyed, coalescing jobs. The database holds the truth; the engine only wakes."""

    async def ensure(self, kind: str, key: str, tx: Tx) -> None:
        """At least one run after this commit, at most one at a time per key, no lost wake-up."""


Job = Callable[[str], Awaitable[datetime | None]]
"""Work for one key. Returns when it wants to run again, or None."""

Begin = Callable[[], AbstractAsyncContextManager[Tx]]
