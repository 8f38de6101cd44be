"""Ten-line stand-ins that remember. Each keeps its port's promises in the plainest way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.chat import Message, Place, split
from bot.errors import SendError, SourceError
from bot.health import Health
from bot.model import Priority, Source
from bot.pace import Pace
from bot.ports import Answer, Document, Fetched, Job, Tx
from tests.builders import NOON


@dataclass
class FakeClock:
    """Stands still until told."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **length: float) -> None:
        self.now += timedelta(**length)


@dataclass
class FakeMessenger:
    """Shows what was sent to it; troubles given beforehand are raised one after the other."""

    platform: str = "fake"
    shown: dict[str, tuple[Place, Message]] = field(default_factory=dict)  # by remote id
    under: dict[str, str] = field(default_factory=dict)  # what it replies to, by remote id
    calls: list[str] = field(default_factory=list)  # "send", "edit", "find" in order
    troubles: list[SendError | None] = field(default_factory=list)  # for the next sends; None: goes well
    found: list[str | SendError | None] = field(default_factory=list)  # what the next look-ups say
    stored_anyway: bool = False  # a send that raises has arrived all the same
    deliveries: list[str] = field(default_factory=list)
    health: Health = field(default_factory=Health)

    carries: int = 0  # letters of one message; 0: any number

    def pace(self, place: Place) -> Pace:
        return Pace(1.0)

    async def turn(self, priority: Priority, last: float) -> None: ...

    def parts(self, message: Message) -> list[Message]:
        return [*split(message, self.carries, lambda one: len(one.text))] if self.carries else [message]

    async def start(self, answer: Answer | None) -> None: ...

    async def stop(self) -> None: ...

    async def check(self, place: Place) -> None: ...

    async def send(self, place: Place, message: Message, delivery: str, under: str = "") -> str:
        self.calls.append("send")
        trouble = self.troubles.pop(0) if self.troubles else None
        remote_id = f"m{len(self.shown) + 1}"
        if trouble is None or self.stored_anyway:
            self.shown[remote_id] = place, message
            self.under[remote_id] = under
            self.deliveries.append(delivery)
        if trouble is not None:
            raise trouble
        return remote_id

    async def edit(self, place: Place, remote_id: str, message: Message) -> None:
        self.calls.append("edit")
        if self.troubles and (trouble := self.troubles.pop(0)):
            raise trouble
        self.shown[remote_id] = place, message

    async def delete(self, place: Place, remote_id: str) -> None:
        self.calls.append("delete")
        if self.troubles and (trouble := self.troubles.pop(0)):
            raise trouble
        self.shown.pop(remote_id, None)

    async def find(self, place: Place, delivery: str, since: datetime, under: str = "") -> str | None:
        self.calls.append("find")
        answer = self.found.pop(0)
        if isinstance(answer, SendError):
            raise answer
        return answer

    @property
    def texts(self) -> list[str]:
        return [message.text for _, message in self.shown.values()]


@dataclass
class FakeEngine:
    """Notes what would run."""

    woken: list[tuple[str, str]] = field(default_factory=list)
    jobs: dict[str, Job] = field(default_factory=dict)

    async def ensure(self, kind: str, key: str, tx: Tx) -> None:
        tx.after_commit(lambda: self.woken.append((kind, key)))


@dataclass
class FakeFetcher:
    """Gives the same answer until it is given another one."""

    answer: Fetched | SourceError = field(default_factory=Fetched)
    asked: list[Source] = field(default_factory=list)

    async def fetch(self, source: Source) -> Fetched:
        self.asked.append(source)
        if isinstance(self.answer, SourceError):
            raise self.answer
        return self.answer

    def gives(self, *bodies: str | bytes, url: str = "https://example.com/feed.xml", etag: str = "") -> None:
        encoded = [body.encode() if isinstance(body, str) else body for body in bodies]
        self.answer = Fetched(tuple(Document(url, body) for body in encoded), etag=etag)


def rss(items: Iterable[tuple[str, str]], *, published: str = "Sun, 22 Nov 2026 11:59:00 GMT") -> str:
    """A feed of (title, description) items, with links and guids made from the titles."""
    written = "".join(
        f"<item><title>{title}</title><link>https://example.com/{number}</link><guid>{title}</guid>"
        f"<pubDate>{published}</pubDate><description>{body}</description></item>"
        for number, (title, body) in enumerate(items)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Kawat</title>{written}</channel></rss>'
