"""20,000 alerts into 200 chats at the limits of both platforms, and a flash that overtakes a backlog of 5,000.

The real store (SQLite), lanes, paces and budgets, in simulated time: the clock stands still while anything is computed or stored
and jumps over what is only waited for. The platforms are modelled at the Messenger port, with the emulators' own limits
(Telegram: 30 a second in all, 20 a minute in a group, about one a second in a chat; Slack: one a second in a channel, and 500 a
minute in a workspace, where its pages say "several hundred"); whatever is over them gets a 429. What the SDKs and HTTP cost is
not in it. TMPDIR=/dev/shm takes a slow disk out, too.
Peer: the same commits, two for each message, with bare sqlite3.

    python -m benchmarks.load.run [alerts] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sqlite3
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.load.clock import JumpingLoop, under_way
from bot.adapters.engine import InProcessEngine
from bot.adapters.slack.messenger import BUDGET as SLACK_BUDGET
from bot.adapters.slack.messenger import PACE as SLACK_PACE
from bot.adapters.store import SqlStore, SqlTx, open_store
from bot.adapters.telegram.messenger import BUDGET, GROUP_PACE, PRIVATE_PACE
from bot.chat import Message, Place, say
from bot.dispatch import Lanes
from bot.errors import TryAgain
from bot.health import Health
from bot.model import Chat, Priority
from bot.pace import Gate, Pace
from bot.ports import Answer
from tests.emulators.telegram_limits import ApiError, Flood, Window

SLACK_IN_ALL = Window(500, 60.0)
SLACK_CHANNEL = Window(1, 1.0)
SENTENCE = "Presiden Rusia Vladimir Putin tiba di Pyongyang pada Rabu dini hari dan disambut Kim Jong Un. "
BACKLOG = 5_000


@dataclass
class Platform:
    """A platform at the Messenger port."""

    platform: str
    gate: Gate
    sent: dict[str, list[tuple[float, str]]] = field(default_factory=dict)  # by chat: when, and what
    refused: int = 0
    health: Health = field(default_factory=Health)
    flood: Flood = field(default_factory=Flood)
    times: dict[str, Any] = field(default_factory=dict)

    def pace(self, place: Place) -> Pace:
        if self.platform == "slack":
            return SLACK_PACE
        return GROUP_PACE if place.id.startswith("-") else PRIVATE_PACE

    async def turn(self, priority: Priority, last: float) -> None:
        await self.gate.turn(priority, last)

    def parts(self, message: Message) -> list[Message]:
        return [message]

    async def start(self, answer: Answer | None) -> None: ...
    async def stop(self) -> None: ...
    async def check(self, place: Place) -> None: ...
    async def edit(self, place: Place, remote_id: str, message: Message) -> None: ...
    async def delete(self, place: Place, remote_id: str) -> None: ...

    async def find(self, place: Place, delivery: str, since: datetime, under: str = "") -> str | None:
        return None

    async def send(self, place: Place, message: Message, delivery: str, under: str = "") -> str:
        now = asyncio.get_running_loop().time()
        self.limit(place, now)
        self.sent.setdefault(place.id, []).append((now, message.lines[0].text))
        return str(now)

    def limit(self, place: Place, now: float) -> None:
        """Count it, or refuse it as the platform would."""
        if self.platform == "telegram":
            try:
                self.flood.check(int(place.id), now)
            except ApiError as error:
                self.refused += 1
                raise TryAgain("429", float(error.parameters["retry_after"])) from error
            return
        whole, here = (self.times.setdefault(key, deque()) for key in ("", place.id))
        wait = max(SLACK_IN_ALL.wait(whole, now), SLACK_CHANNEL.wait(here, now))
        if wait > 0:
            self.refused += 1
            raise TryAgain("429", wait)
        whole.append(now)
        here.append(now)


class Frozen:
    """The store, during whose work no time passes."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqlTx]:
        async with under_way(), self._store.write() as tx:
            yield tx

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTx]:
        async with under_way(), self._store.read() as tx:
            yield tx

    async def still_owned(self) -> bool:
        return True

    @property
    def trouble(self) -> str:
        return self._store.trouble


class Newsroom:
    """Chats, lanes and platforms on one store."""

    def __init__(self, store: SqlStore, chats: list[Chat]) -> None:
        self.store, self.chats = Frozen(store), chats
        self.platforms = {
            "slack": Platform("slack", Gate(SLACK_BUDGET)),
            "telegram": Platform("telegram", Gate(BUDGET)),
        }
        self.engine = InProcessEngine(self.clock)
        lanes = Lanes(
            self.store,
            {chat.name: chat for chat in chats},
            self.platforms,
            self.clock,
            stopping=lambda: self.engine.stopping,
            fold_above=0,
        )
        self.engine.handle("drain", lanes.drain, lanes.ring)

    def clock(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=asyncio.get_running_loop().time())

    async def queue(self, chats: list[Chat], count: int, priority: Priority, name: str = "alert") -> None:
        async with self.store.write() as tx:
            for number in range(count):
                for chat in chats:
                    text = Message((say(f"{name} {number}"), say(SENTENCE)))
                    subject = f"notice:{name}:{number}"
                    await tx.deliveries.post(chat.name, subject, text, self.clock(), priority=priority)
            for chat in chats:
                await self.engine.ensure("drain", chat.name, tx)

    def arrived(self, platform: str) -> int:
        return sum(map(len, self.platforms[platform].sent.values()))

    def last(self, platform: str) -> float:
        return max(at for times in self.platforms[platform].sent.values() for at, _ in times)


def rooms() -> list[Chat]:
    """100 channels, 50 groups, 50 private chats."""
    slack = [Chat(f"s{n}", "slack", f"C{n}") for n in range(100)]
    groups = [Chat(f"g{n}", "telegram", str(-1000 - n)) for n in range(50)]
    return slack + groups + [Chat(f"p{n}", "telegram", str(5000 + n)) for n in range(50)]


async def flood(folder: Path, alerts: int) -> dict[str, Any]:
    """Everything at once, and the last of it."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, JumpingLoop)
    async with open_store(f"sqlite:///{folder / 'load.db'}") as store:
        room = Newsroom(store, rooms())
        await room.queue(room.chats, alerts // len(room.chats), Priority.NORMAL)
        began, real, cpu = loop.time(), time.monotonic(), time.process_time()
        loop.turns.clear()
        memory: list[tuple[float, int]] = []
        flashes: list[str] = []
        asked = 0.0
        while (done := room.arrived("slack") + room.arrived("telegram")) < alerts + len(flashes):
            memory.append((done / alerts, rss()))
            if not flashes and done > alerts * 0.4:
                flashes = [chat.name for chat in room.chats[::10]]
                asked = loop.time()
                await room.queue(room.chats[::10], 1, Priority.FLASH, "flash")
            await asyncio.sleep(5.0)
            if loop.time() - began > 20_000:
                break
        await room.engine.stop(1.0)
        flash = delays(room, asked)
        group, private = alerts / 4 / (50 * 20 / 60), alerts / 4 / 50
        ideal = {
            "slack": max(alerts / 2 / (SLACK_IN_ALL.count / SLACK_IN_ALL.seconds), alerts / 2 / 100),
            "telegram": max(alerts / 2 / 30, group, private),
        }
        took = {name: room.last(name) - began for name in ideal}
        order = sum(
            [text for _, text in sent] != sorted((text for _, text in sent), key=number_of)
            for platform in room.platforms.values()
            for sent in (
                [(at, text) for at, text in one if text.startswith("alert")] for one in platform.sent.values()
            )
        )
        memory.append((1.0, rss()))
        return {
            "alerts": alerts,
            "arrived": room.arrived("slack") + room.arrived("telegram"),
            "of the limit": {name: round(ideal[name] / took[name], 3) for name in ideal},
            "simulated seconds": {name: round(seconds) for name, seconds in took.items()},
            "429": {name: platform.refused for name, platform in room.platforms.items()},
            "chats out of order": order,
            "flash in a full house, s": {"most": round(max(flash), 2), "count": len(flash)},
            "loop's turn p50/p99/p99.9/most, ms": [
                round(1000 * loop.turn(share), 2) for share in (0.5, 0.99, 0.999, 1.0)
            ],
            "memory at the quarters, MB": [
                round(next(size for share, size in memory if share >= quarter) / 1e6, 1)
                for quarter in (0.0, 0.25, 0.5, 0.75, 1.0)
            ],
            "processor ms a message": round(1000 * (time.process_time() - cpu) / alerts, 2),
            "real seconds": round(time.monotonic() - real),
        }


async def overtaking(folder: Path) -> dict[str, float]:
    """A chat of each kind with 5,000 normal alerts before it, and a flash after a minute."""
    loop = asyncio.get_running_loop()
    async with open_store(f"sqlite:///{folder / 'flash.db'}") as store:
        chats = [one for one in rooms() if one.name in ("s0", "g0", "p0")]
        room = Newsroom(store, chats)
        await room.queue(chats, BACKLOG, Priority.NORMAL)
        worst: dict[str, float] = {}
        for turn in range(10):
            await asyncio.sleep(20.0 + turn * 0.37)
            asked = loop.time()
            await room.queue(chats, 1, Priority.FLASH, f"flash{turn}")
            await asyncio.sleep(6.0)
            for chat in chats:
                sent = room.platforms[chat.platform].sent[chat.id]
                (at,) = [at for at, text in sent if text.startswith(f"flash{turn} ")]
                worst[chat.name] = max(worst.get(chat.name, 0.0), round(at - asked, 2))
        await room.engine.stop(1.0)
        return worst


def delays(room: Newsroom, asked: float) -> list[float]:
    return [
        at - asked
        for platform in room.platforms.values()
        for sent in platform.sent.values()
        for at, text in sent
        if text.startswith("flash")
    ]


def number_of(text: str) -> int:
    return int(text.split()[1])


def rss() -> int:
    """Bytes of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def bare(folder: Path, messages: int = 2_000) -> float:
    """Processor milliseconds for two commits a message, with nothing around them."""
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as store:
        store.execute("PRAGMA journal_mode = WAL")
        store.execute("PRAGMA synchronous = FULL")
        store.execute("CREATE TABLE d (seq INTEGER PRIMARY KEY, payload TEXT, state TEXT, remote_id TEXT)")
        store.executemany("INSERT INTO d (payload, state) VALUES (?, 'pending')", [(SENTENCE,)] * messages)
        began = time.process_time()
        for number in range(1, messages + 1):
            store.execute("UPDATE d SET state = 'sending' WHERE seq = ?", (number,))
            store.execute("UPDATE d SET state = 'sent', remote_id = '1' WHERE seq = ?", (number,))
        return 1000 * (time.process_time() - began) / messages


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("alerts", type=int, nargs="?", default=20_000)
    arguments.add_argument("--json", type=Path, help="add the result to this file, as one line")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name, asyncio.Runner(loop_factory=JumpingLoop) as runner:
        folder = Path(name)
        result = {"flash before 5,000, s": runner.run(overtaking(folder))}
        result |= runner.run(flood(folder, given.alerts))
        peer = bare(folder)
    result["peer: bare sqlite3, processor ms a message"] = round(peer, 3)
    line = json.dumps(result)
    print(line)  # noqa: T201
    if given.json:
        with given.json.open("a") as file:
            file.write(line + "\n")


if __name__ == "__main__":
    main()
