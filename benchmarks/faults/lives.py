"""Lives and deaths of the real program between a publisher and both platforms; see kills.py.

Lives are forked from a process that has imported everything, so that most kills fall into the route of an alert and not into
imports. A life may be told to kill itself at a commit: before it, or right after it and before anybody hears of it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

import bot.adapters.slack
import bot.adapters.slack.messenger
import bot.adapters.telegram
import bot.adapters.telegram.messenger
import bot.app
import bot.dispatch
import bot.jobs
import bot.rests
from bot.adapters.store.database import Transactions
from bot.annotate import annotate
from bot.app import assemble, connected
from bot.config import Config, Polling, SourceSettings
from bot.config.settings import Alerts, Slack, Telegram
from bot.model import Article, Chat, Watch
from bot.pace import Pace
from bot.reading import InThread

# Every life would spend its first second on the weights that names and languages are recognised with.
annotate(Article("0", title="Putin tiba di Jakarta", body="Presiden Putin tiba di Jakarta pada Rabu."))

PACE = 0.04  # seconds between two messages of a chat: a life lasts about a second
TICK = 0.2  # seconds between two looks at which sources are due
LOOK_UP_AFTER = timedelta(seconds=0.5)
FOLD_ABOVE = 8  # so that lists are on the route, too
MARK = re.compile(r"Putin \w+ (\d+)")


@dataclass(frozen=True)
class Newsroom:
    """What a life has to know."""

    folder: str
    store: str
    feed: str
    slack_url: str
    slack_tokens: tuple[str, str]
    telegram_url: str
    telegram_token: str
    channels: tuple[str, ...]
    people: tuple[int, ...]


@dataclass(frozen=True)
class AtCommit:
    """Where a life ends by its own hand."""

    label: str
    after: bool
    nth: int


def names(room: Newsroom) -> list[Chat]:
    """The chats, as the configuration has them."""
    slack = [Chat(f"slack-{n}", "slack", id) for n, id in enumerate(room.channels)]
    return slack + [Chat(f"telegram-{n}", "telegram", str(id)) for n, id in enumerate(room.people)]


def live(room: Newsroom, end: AtCommit | None, ready: Connection) -> None:
    """One life of the program, until it is killed or told to stop."""
    logging.basicConfig(
        filename=f"{room.folder}/log", format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    for module in (bot.adapters.slack.messenger, bot.adapters.telegram.messenger):
        for pace in ("PACE", "PRIVATE_PACE"):
            if hasattr(module, pace):
                setattr(module, pace, Pace(PACE))
    for module in (bot.rests, bot.dispatch):
        module.LOOK_UP_AFTER = LOOK_UP_AFTER  # type: ignore[attr-defined]  # shortened for a life of seconds
    bot.jobs.TICK = TICK
    bot.app.ParserProcess = Parser  # type: ignore[attr-defined,misc]  # half of a life would be its start
    Transactions.writing = watched(Path(room.folder) / "labels", end)  # type: ignore[method-assign]  # wrapped, to end at a commit
    asyncio.run(_live(room, ready))


class Parser(InThread):
    """Parses in this process."""

    async def __aenter__(self) -> Parser:
        return self

    async def __aexit__(self, *_: object) -> None: ...


async def _live(room: Newsroom, ready: Connection) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    config = Config(
        file=Path(room.folder) / "config.toml",
        storage_url=room.store,
        sources=(SourceSettings("Kawat", room.feed, interval=0.3, pinned=True),),
        watches=(Watch("Putin", "Putin"),),
        chats=tuple(names(room)),
        alerts=Alerts(fold_above=FOLD_ABOVE),
        polling=Polling(first_alerts=0, allow_networks=("127.0.0.0/8",)),
        slack=Slack(room.slack_url, *room.slack_tokens),
        telegram=Telegram(room.telegram_url, room.telegram_token),
    )
    async with assemble(config, interactive=False) as app, connected(app, answering=False):
        ready.send(True)
        await app.serve(stop)


def watched(labels: Path, end: AtCommit | None) -> Callable[[Transactions], Any]:
    """Transactions that know who commits, note it, and end the life at one of them."""
    commits, known = Transactions.writing, set[str]()
    left = end.nth if end else 0

    @asynccontextmanager
    async def writing(
        self: Transactions,
    ) -> AsyncIterator[tuple[AsyncConnection, list[Callable[[], None]]]]:
        nonlocal left
        label = caller(sys._getframe())
        if label not in known:
            known.add(label)
            with labels.open("a") as file:
                file.write(f"{label}\n")
        now = False
        if end is not None and label == end.label:
            left -= 1
            now = left == 0
        async with commits(self) as (connection, after):
            if now and end and end.after:
                after.insert(0, die)
            yield connection, after
            if now and end and not end.after:
                die()

    return writing


def caller(frame: FrameType | None) -> str:
    """Which function of the program, outside of the store, asked for the transaction, and which one had called that."""
    callers: list[str] = []
    while frame is not None and len(callers) < 2:
        name = frame.f_code.co_filename
        if "/bot/" in name and "/adapters/store/" not in name:
            callers.append(f"{Path(name).stem}.{frame.f_code.co_name}")
        frame = frame.f_back
    return "<".join(callers) or "?"


def die() -> None:
    """kill -9, by one's own hand."""
    os.kill(os.getpid(), signal.SIGKILL)
