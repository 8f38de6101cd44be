"""A publisher who plays a script, one line for each request, and the program's polling on the other side of the line."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web

from bot.adapters.http import HttpFetcher
from bot.adapters.store import SqlStore
from bot.config import SourceSettings
from bot.model import Source
from bot.owners import Owners
from bot.poll import Polls
from tests.builders import NOON, chat, watch
from tests.fakes import FakeClock, FakeEngine
from tests.publisher import serving
from tests.test_pipeline import lookout

TIMEOUT = 0.6  # seconds that a publisher has for a whole answer here
RSS = "application/rss+xml; charset=utf-8"


def feed(*items: str, name: str = "Kawat") -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{name}</title>{"".join(items)}</channel></rss>'


def item(
    number: int, title: str = "", *, guid: str = "", link: str = "", date: str = "", body: str = ""
) -> str:
    """One report about Putin."""
    return (
        f"<item><title>{title or f'Putin berita {number}'}</title><guid isPermaLink='false'>{guid or f'g-{number}'}</guid>"
        f"<link>{link or f'https://berita.example/{number}'}</link><pubDate>{date or 'Sun, 22 Nov 2026 11:59:00 GMT'}</pubDate>"
        f"<description>{body or f'Laporan bernomor {number} tentang Putin dan hal lain.'}</description></item>"
    )


def batch(first: int, last: int) -> list[str]:
    """Reports from the newest to the oldest."""
    return [item(number) for number in range(last, first - 1, -1)]


@dataclass(frozen=True, slots=True)
class Says:
    """One answer."""

    body: str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    broken: str = ""  # "reset": in the middle of the body; "slow": a byte now and then

    async def play(self, request: web.Request) -> web.StreamResponse:
        body = self.body.encode() if isinstance(self.body, str) else self.body
        headers = {"Content-Type": RSS} | self.headers
        if not self.broken:
            return web.Response(body=body, status=self.status, headers=headers)
        answer = web.StreamResponse(status=self.status, headers=headers | {"Content-Length": str(len(body))})
        await answer.prepare(request)
        if self.broken == "reset":
            await answer.write(body[: len(body) // 2])
            assert request.transport
            request.transport.abort()
            return answer
        for byte in body:
            await answer.write(bytes([byte]))
            await asyncio.sleep(TIMEOUT / 5)
        return answer


def packed(body: str, *, cut: int = 0) -> Says:
    """A body in gzip, without its last bytes."""
    whole = gzip.compress(body.encode())
    return Says(whole[: len(whole) - cut], headers={"Content-Encoding": "gzip"})


Script = Says | Callable[[web.Request], Says]


class Stage:
    """A script that is played, and the program that polls."""

    def __init__(self, store: SqlStore, fetcher: HttpFetcher, address: str) -> None:
        self.store, self.address = store, address
        self.clock, self.engine = FakeClock(), FakeEngine()
        self.chance = 0.5
        watching = lookout(watch("Putin"))
        self.polls = Polls(
            store, fetcher, self.engine, lambda: watching, self.clock, 3,
            owners=Owners([chat("redaksi")]), chance=lambda: self.chance, sleep=lambda _: asyncio.sleep(0),
        )  # fmt: skip
        self.script: list[Script] = []
        self.requests: list[web.Request] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The next line of the script; the last one is said for ever."""
        self.requests.append(request)
        line = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return await (line if isinstance(line, Says) else line(request)).play(request)

    async def configured(self, *paths: str) -> None:
        settings = [
            SourceSettings(f"Kawat {number}", f"{self.address}/{path}")
            for number, path in enumerate(paths or ("feed.xml",))
        ]
        async with self.store.write() as tx:
            await tx.sources.sync(settings, self.clock.now)

    async def sources(self) -> list[Source]:
        async with self.store.read() as tx:
            return sorted(await tx.sources.all(), key=lambda source: source.name)

    async def source(self) -> Source:
        return (await self.sources())[0]

    async def poll(self, *script: Script) -> Source:
        """Let the (first) source fall due, and poll; `script` is what the publisher says from now on."""
        if script:
            self.script = list(script)
        due = (await self.source()).due_at
        assert due
        self.clock.now = max(self.clock.now, due)
        await self.polls.load()
        await self.polls.due()
        await self.polls.idle()
        return await self.source()

    async def titles(self) -> list[str]:
        """What is stored, in the order of arrival."""
        async with self.store.read() as tx:
            stored = await tx.articles.since(NOON - timedelta(days=30))
        return sorted(filed.article.title for filed in stored)

    async def alerts(self) -> list[str]:
        """The titles of what the chat is told, one for each alert."""
        said = []
        async with self.store.write() as tx:
            number = 1
            while told := await tx.alerts.get(number):
                said.append((await tx.articles.get(told.article)).title)
                number += 1
        return said

    async def notices(self) -> list[str]:
        """What the owners are told besides."""
        async with self.store.read() as tx:
            return [text for text in await _posts(tx) if not text.startswith("Putin")]

    def waits(self, source: Source) -> float:
        """Seconds until it is asked again."""
        assert source.due_at
        return (source.due_at - self.clock.now).total_seconds()


async def _posts(tx: object) -> list[str]:
    from sqlalchemy import select

    from bot.adapters.store.tables import deliveries
    from bot.chat import Message

    rows = await tx._db.execute(select(deliveries.c.payload).order_by(deliveries.c.seq))  # type: ignore[attr-defined]
    return [Message.from_json(row.payload).text for row in rows]


@asynccontextmanager
async def staged(store: SqlStore) -> AsyncIterator[Stage]:
    """A stage whose source has answered once, with nothing: what comes then is news."""
    stages: list[Stage] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        return await stages[0].answer(request)

    async with (
        serving(answer) as address,
        HttpFetcher(TIMEOUT, 30_000_000, networks=["127.0.0.0/8"]) as fetcher,
    ):
        stage = Stage(store, fetcher, address)
        stages.append(stage)
        await stage.configured()
        await stage.poll(Says(feed()))
        yield stage
