"""Two platforms behind lines that can break, the real SDKs, the real store and lanes between them."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.adapters.slack import SlackMessenger, failures
from bot.adapters.store.tables import deliveries
from bot.adapters.telegram import TelegramMessenger
from bot.app import App, assemble, connected, now
from bot.config import load
from bot.inbox import Inbox
from bot.pace import Pace
from tests.builders import NOON, message
from tests.emulators.slack import Human, SlackEmulator
from tests.emulators.telegram import Person, TelegramEmulator
from tests.emulators.wire import Wire
from tests.program import tables

CHATS = ("slack-a", "slack-b", "telegram-a", "telegram-b")
SERVER_KEY = Path(__file__).parent / "data/self_signed.pem"
LOOK = 0.01  # seconds between two looks at the chats


@dataclass
class Faultline:
    """What the tests have to hand."""

    slack: SlackEmulator
    telegram: TelegramEmulator
    wires: dict[str, Wire]
    places: dict[str, str]
    alice: Human
    budi: Person
    app: App = field(init=False)
    seen: dict[str, list[tuple[str, float]]] = field(
        default_factory=dict
    )  # by chat: text, when it stood there
    late: float = 0.0  # seconds: the longest that this machine kept the event loop from its turn
    stored: float = 0.0  # seconds: the longest that a write to the store took, with nothing in it
    posted_at: dict[int, float] = field(default_factory=dict)

    async def post(self, number: int) -> None:
        """Queue one message for every chat."""
        self.posted_at[number] = time.monotonic()
        async with self.app.store.write() as tx:
            for chat in CHATS:
                await tx.deliveries.post(chat, f"test:{number}", message(mark(chat, number)), NOON)
                await self.app.engine.ensure("drain", chat, tx)

    def texts(self, chat: str) -> list[str]:
        """What the bot said in a chat by itself, in order."""
        if chat.startswith("slack"):
            found = [one.shown for one in self.slack.from_bot(self.places[chat]) if not one.thread_ts]
        else:
            found = [one.text for one in self.telegram.posts(int(self.places[chat]))]
        return [text for text in found if text.startswith(chat)]

    async def watch(self) -> None:
        """Note when each message appears."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(LOOK)
            now = time.monotonic()
            self.late = max(self.late, now - before - LOOK)
            for chat in CHATS:
                known = self.seen.setdefault(chat, [])
                known.extend((text, now) for text in self.texts(chat)[len(known) :])

    async def feel(self) -> None:
        """How long the store takes at this moment: no fault of a platform may be seen there."""
        while True:
            before = time.monotonic()
            async with self.app.store.write() as tx:
                await tx.mark("canary", NOON)
            self.stored = max(self.stored, time.monotonic() - before)
            await asyncio.sleep(5 * LOOK)

    @property
    def machine(self) -> float:
        """Seconds that this machine, busy with other things, explains: a message takes four turns at the store, which
        four chats share."""
        return self.late + 8 * self.stored

    async def until(self, chat: str, number: int, within: float) -> None:
        """Until this message stands in the chat and the store knows."""
        async with asyncio.timeout(within):
            while mark(chat, number) not in self.texts(chat):  # noqa: ASYNC110  # a chat has no event
                await asyncio.sleep(LOOK)

    async def all_have(self, number: int, within: float) -> None:
        """Until this message stands in every chat and the store knows of all."""
        for chat in CHATS:
            await self.until(chat, number, within)
        async with asyncio.timeout(within):
            while not await self.settled():  # noqa: ASYNC110  # the store has no event
                await asyncio.sleep(2 * LOOK)

    async def settled(self) -> bool:
        """Does the store know that everything was sent?"""
        states = [state for chat in CHATS for state, _, _ in await self.states(chat)]
        return all(state == "sent" for state in states)

    async def states(self, chat: str) -> list[tuple[str, datetime | None, str]]:
        """Of each delivery, in order: its state, when it may be tried, its last trouble."""
        async with self.app.store.read() as tx:
            rows = await tx._db.execute(
                select(deliveries.c.state, deliveries.c.not_before, deliveries.c.error)
                .where(deliveries.c.chat == chat)
                .order_by(deliveries.c.seq)
            )
            return [tuple(row) for row in rows]


def mark(chat: str, number: int) -> str:
    """The text of a message: it stays as it is in JSON and in a form."""
    return f"{chat}-n{number}-"


@asynccontextmanager
async def faultline(
    folder: Path, host: str = "127.0.0.1", *, tls: bool = False, read_seconds: float | None = None
) -> AsyncIterator[Faultline]:
    """Everything running; `tls`: the platforms are reached over TLS; `read_seconds`: how long Telegram is waited for."""
    server_tls = None
    if tls:
        server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        server_tls.load_cert_chain(SERVER_KEY)
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(SlackEmulator())
        telegram = await stack.enter_async_context(TelegramEmulator())
        wires = {}
        for platform, server in (("slack", slack), ("telegram", telegram)):
            port = server.port
            if server_tls:
                port = (await stack.enter_async_context(Wire(port, server_tls))).port
            wires[platform] = await stack.enter_async_context(Wire(port))
        slack.reached_at(f"{host}:{wires['slack'].port}", tls=tls)
        alice, budi = slack.user("Alice"), telegram.user("Budi")
        places = {
            "slack-a": slack.channel("a").id,
            "slack-b": slack.channel("b").id,
            "telegram-a": str(budi.id),
            "telegram-b": str(telegram.group("b", budi)),
        }
        line = Faultline(slack, telegram, wires, places, alice, budi)
        file = folder / "config.toml"
        chats: list[dict[str, object]] = [
            {"name": name, "platform": name.partition("-")[0], "id": places[name], "language": "en"}
            for name in CHATS
        ]
        file.write_text(tables("chats", chats), encoding="utf-8")
        journal = Inbox(None, now)
        messengers = [
            SlackMessenger(slack.bot_token, slack.app_token, journal, slack.api_url),
            TelegramMessenger(
                telegram.token,
                journal,
                f"http{'s' if tls else ''}://{host}:{wires['telegram'].port}",
                [("status", "status"), ("help", "help")],
                read_seconds=read_seconds or READ_SECONDS,
            ),
        ]
        line.app = await stack.enter_async_context(assemble(load(file, {}), messengers))
        await stack.enter_async_context(connected(line.app, answering=True))
        stop = asyncio.Event()
        serving = asyncio.create_task(line.app.serve(stop))
        watching = [asyncio.create_task(line.watch()), asyncio.create_task(line.feel())]
        try:
            yield line
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
            stop.set()
            await serving


READ_SECONDS = 0.8  # for an answer; the real ones are 30 s
PACE = 0.05  # seconds between two messages of a chat


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The waits of the program, shorter."""
    for name, value in {
        "bot.adapters.slack.messenger.PACE": Pace(PACE),
        "bot.adapters.slack.messenger.BUDGET": 1000.0,
        "bot.adapters.slack.messenger.CALL_SECONDS": READ_SECONDS,
        "bot.adapters.slack.failures.TOKEN_WAIT": 0.3,
        "bot.adapters.slack.sockets.PING_SECONDS": 0.3,
        "bot.adapters.slack.sockets.WATCH_SECONDS": 0.1,
        "bot.adapters.telegram.messenger.PRIVATE_PACE": Pace(PACE),
        "bot.adapters.telegram.messenger.GROUP_PACE": Pace(PACE),
        "bot.adapters.telegram.messenger.BUDGET": 1000.0,
        "bot.adapters.telegram.failures.WITHOUT_TOKEN": 0.3,
        "bot.adapters.telegram.failures.NOT_CONNECTED": 0.3,
        "bot.dispatch.LOOK_UP_AFTER": timedelta(seconds=0.2),
        "bot.rests.back_off": lambda attempts: timedelta(seconds=0.2),
        "bot.dispatch.back_off": lambda attempts: timedelta(seconds=0.2),
    }.items():
        monkeypatch.setattr(name, value)
    monkeypatch.setitem(failures.WAITS, "rate_limited", 0.3)
