"""Lives and deaths of the real program between publishers and a chat platform; see kills.py.

Processes are forked from one that has imported everything, so that a life costs little and most kills fall into polling. A share
of them falls into the start, and where each one fell is read from the store right after it.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import random
import re
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.app import assemble, connected
from bot.chat import Message, Place
from bot.config import Config, Polling, SourceSettings
from bot.errors import TryAgain, Uncertain
from bot.health import Health
from bot.model import Chat, Priority, Watch
from bot.pace import Pace
from bot.ports import Answer

PUBLISHERS = 4  # each on an address of its own: 127.0.0.2, 127.0.0.3, …
EVERY = 1.0  # seconds between two items of one publisher, on average
WINDOW = 250  # items in a feed: many more than come between two lives that stored something
STRICT = (2, 3)  # publishers whose feed holds one batch, replaced as soon as we say that we have it
REQUESTS = (
    10  # that a life makes before it is killed, at most: a busy machine gives a life the time for as many
)
AFTER = 0.5  # seconds between the last of them and the kill, at most
IN_THE_START = 0.1  # share of kills that fall before polling has begun
START = 60.0  # seconds that a start may take
DRAIN = 300.0  # seconds that the last life gets to deliver everything
STILL = 30.0  # seconds without a new message after which it has delivered what it will
SYLLABLES = [f"{one}{other}" for one in "bdghjklmnprstw" for other in "aeiou"]

HEADLINE = re.compile(r"Putin [a-z]+ (\d+)")


class Town:
    """The publishers and the chat platform, with everything that they saw."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.published: list[list[tuple[int, str, str, float]]] = [[] for _ in range(PUBLISHERS)]
        self.count = 0
        self.requests = self.folded = 0
        self.asked_again = asyncio.Event()
        self.held: dict[int, int] = {}  # by strict publisher: how many items stand in its feed
        self.known, self.begun, self.quiet = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.posts: list[tuple[str, int]] = []  # (delivery, item)
        self.other: list[str] = []  # messages that are no alerts
        self.asked = Counter[str]()

    async def publish(self) -> None:
        """Go on until told to be quiet; begin when the program knows the empty feeds."""
        await self.begun.wait()
        while not self.quiet.is_set():
            await asyncio.sleep(self.dice.expovariate((PUBLISHERS - len(STRICT)) / EVERY))
            self.write(self.dice.choice([number for number in range(PUBLISHERS) if number not in STRICT]))

    def write(self, number: int) -> None:
        """One more item of this publisher."""
        self.count += 1
        said = " ".join(self.word() for _ in range(45))
        item = (self.count, f"Putin {self.word()} {self.count}", f"{said}.", time.time())
        self.published[number].append(item)

    def word(self) -> str:
        """One that hardly comes again: no two items tell of one event, so each is an alert of its own."""
        return "".join(self.dice.choices(SYLLABLES, k=4))

    def replace(self, number: int) -> None:
        """The next batch of a strict publisher: who named the validator of the last one has stored it, or loses it."""
        before = len(self.published[number])
        for _ in range(self.dice.randrange(1, 5)):
            self.write(number)
        self.held[number] = len(self.published[number]) - before

    async def feed(self, request: web.Request) -> web.StreamResponse:
        number = int(request.path.strip("/"))
        known = request.headers.get("If-None-Match")
        self.requests += 1
        self.asked_again.set()
        if (
            number in STRICT
            and self.begun.is_set()
            and not self.quiet.is_set()
            and known == self.etag(number)
        ):
            self.replace(number)
        items = self.published[number][-self.held.get(number, WINDOW) :]
        etag = self.etag(number)
        headers = {"ETag": etag}
        if known == etag:
            self.asked["unchanged"] += 1
            return web.Response(status=304, headers=headers)
        self.asked["changed" if items else "empty"] += 1
        if self.asked["empty"] >= PUBLISHERS:
            self.known.set()
        written = "".join(
            f"<item><title>{title}</title><link>http://berita.example/{key}</link><guid>{key}</guid>"
            f"<pubDate>{format_datetime(datetime.fromtimestamp(at, UTC))}</pubDate><description>{body}</description></item>"
            for key, title, body, at in reversed(items)
        )
        feed = f'<rss version="2.0"><channel><title>Kawat {number}</title>{written}</channel></rss>'
        return web.Response(text=feed, content_type="application/rss+xml", headers=headers)

    def etag(self, number: int) -> str:
        return f'"{number}-{len(self.published[number])}"'

    async def polled(self, times: int) -> None:
        """Until so many requests have come from now on."""
        wanted = self.requests + times
        async with asyncio.timeout(START):
            while self.requests < wanted:
                self.asked_again.clear()
                await self.asked_again.wait()

    async def post(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        # Many that wait are told in one message; each of its alerts is named by its headline.
        told = sorted({int(number) for number in HEADLINE.findall(said["text"])})
        self.posts += [(said["delivery"], number) for number in told]
        self.folded += len(told) > 1
        if not told:
            self.other.append(said["text"])
        return web.json_response({"id": str(len(self.posts) + len(self.other))})

    async def find(self, request: web.Request) -> web.StreamResponse:
        wanted = request.query["delivery"]
        return web.json_response({"found": any(delivery == wanted for delivery, _ in self.posts)})

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """The port of all of them."""
        app = web.Application()
        app.router.add_post("/post", self.post)
        app.router.add_get("/find", self.find)
        app.router.add_get("/{number:[0-9]+}", self.feed)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "0.0.0.0", 0)
        await site.start()
        publishing = asyncio.create_task(self.publish())
        try:
            yield runner.addresses[0][1]
        finally:
            publishing.cancel()
            await runner.cleanup()


@dataclass
class Screen:
    """The chat platform as the program sees it (bot.ports.Messenger): it posts, and knows what stands there."""

    address: str
    platform: str = "screen"
    health: Health = field(default_factory=Health)

    def pace(self, place: Place) -> Pace:
        return Pace(0.0)

    async def turn(self, priority: Priority, last: float) -> None: ...

    def parts(self, message: Message) -> list[Message]:
        return [message]

    async def start(self, answer: Answer | None) -> None:
        self.http = aiohttp.ClientSession()

    async def stop(self) -> None:
        await self.http.close()

    async def check(self, place: Place) -> None: ...

    async def send(self, place: Place, message: Message, delivery: str, under: str = "") -> str:
        try:
            said = {"text": message.text, "delivery": delivery}
            async with self.http.post(f"{self.address}/post", json=said) as answer:
                return str((await answer.json())["id"])
        except aiohttp.ClientConnectorError as error:
            raise TryAgain(str(error), 1.0) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Uncertain(str(error)) from error

    async def edit(self, place: Place, remote_id: str, message: Message) -> None: ...

    async def delete(self, place: Place, remote_id: str) -> None: ...

    async def find(self, place: Place, delivery: str, since: datetime, under: str = "") -> str | None:
        async with self.http.get(f"{self.address}/find", params={"delivery": delivery}) as answer:
            return "there" if (await answer.json())["found"] else None


def live(folder: str, port: int, ready: Connection) -> None:
    """One life of the program, until it is killed or told to stop."""
    logging.basicConfig(filename=f"{folder}/log", format="%(asctime)s %(levelname)s %(name)s %(message)s")
    asyncio.run(_live(Path(folder), port, ready))


async def _live(folder: Path, port: int, ready: Connection) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    config = configured(folder, port)
    async with (
        assemble(config, [Screen(f"http://127.0.0.1:{port}")], interactive=False) as app,
        connected(app, answering=False),
    ):
        ready.send(True)
        await app.serve(stop)


def configured(folder: Path, port: int) -> Config:
    """What the newsroom's file would say, with an interval that no file may ask for."""
    return Config(
        file=folder / "config.toml",
        storage_url=f"sqlite:///{folder / 'pantau.db'}",
        sources=tuple(
            SourceSettings(
                f"Kawat {number}", f"http://127.0.0.{number + 2}:{port}/{number}", interval=0.5, pinned=True
            )
            for number in range(PUBLISHERS)
        ),
        watches=(Watch("Putin", "Putin"),),
        chats=(Chat("layar", "screen", "layar"),),
        polling=Polling(first_alerts=0, allow_networks=("127.0.0.0/8",)),
    )


class Campaign:
    """Lives and kills of one program on one store."""

    def __init__(self, folder: Path, port: int, town: Town) -> None:
        self.folder, self.port, self.town, self.dice = folder, port, town, town.dice
        self.processes = multiprocessing.get_context("forkserver")
        self.processes.set_forkserver_preload(["benchmarks.polling.campaign"])
        self.fell: Counter[str] = Counter()

    async def start(self) -> tuple[BaseProcess, Connection]:
        mine, theirs = self.processes.Pipe(duplex=False)
        process = self.processes.Process(target=live, args=(str(self.folder), self.port, theirs))
        await asyncio.to_thread(process.start)
        theirs.close()
        return process, mine

    async def ready(self, process: BaseProcess, says: Connection) -> None:
        """Until it polls. Raises RuntimeError when it has ended by itself."""
        began = time.monotonic()
        while not says.poll():
            if not process.is_alive() or time.monotonic() - began > START:
                raise RuntimeError(f"the program did not start; see {self.folder / 'log'}")
            await asyncio.sleep(0.01)

    async def life_and_death(self) -> None:
        process, says = await self.start()
        if self.dice.random() < IN_THE_START:
            await asyncio.sleep(self.dice.uniform(0, 0.6))
            where = "start"
        else:
            await self.ready(process, says)
            await self.town.polled(self.dice.randrange(1, REQUESTS + 1))
            await asyncio.sleep(self.dice.uniform(0, AFTER))
            where = ""
        alive = process.is_alive()
        process.kill()
        await asyncio.to_thread(process.join)
        says.close()
        if not alive:
            raise RuntimeError(f"the program ended by itself; see {self.folder / 'log'}")
        self.fell[where or self._where()] += 1

    def _where(self) -> str:
        """What was going on, by what the store holds of it."""
        with closing(sqlite3.connect(self.folder / "pantau.db", timeout=30)) as store:
            (polls,) = store.execute(
                "SELECT count(*) FROM sources WHERE claimed_until IS NOT NULL"
            ).fetchone()
            (sends,) = store.execute("SELECT count(*) FROM deliveries WHERE state = 'sending'").fetchone()
        return {(True, True): "polling and sending", (True, False): "polling", (False, True): "sending"}.get(
            (bool(polls), bool(sends)), "between"
        )

    async def stored(self) -> None:
        """Until a poll of every publisher is stored."""
        async with asyncio.timeout(START):
            while self._never_stored():  # noqa: ASYNC110  # another process stores it
                await asyncio.sleep(0.1)

    def _never_stored(self) -> int:
        with closing(sqlite3.connect(self.folder / "pantau.db", timeout=30)) as store:
            (never,) = store.execute("SELECT count(*) FROM sources WHERE ok_at IS NULL").fetchone()
        return int(never)

    async def until_quiet(self, town: Town) -> None:
        """One undisturbed life that has everything to deliver; ends as an operator ends it."""
        process, says = await self.start()
        await self.ready(process, says)
        began = moved = time.monotonic()
        shown = -1
        while time.monotonic() - began < DRAIN and time.monotonic() - moved < STILL:
            await asyncio.sleep(1.0)
            if len(town.posts) != shown:
                shown, moved = len(town.posts), time.monotonic()
            if len({item for _, item in town.posts}) == town.count and not self._waiting():
                break
        process.terminate()
        await asyncio.to_thread(process.join, 30)
        process.kill()
        says.close()

    def _waiting(self) -> int:
        with closing(sqlite3.connect(self.folder / "pantau.db", timeout=30)) as store:
            (open_,) = store.execute("SELECT count(*) FROM deliveries WHERE state != 'sent'").fetchone()
        return int(open_)


def verdict(folder: Path, town: Town) -> dict[str, Any]:
    """Every item against the store and the screen."""
    with closing(sqlite3.connect(folder / "pantau.db")) as store:
        titles = [title for (title,) in store.execute("SELECT title FROM articles")]
        alerted = [
            title
            for (title,) in store.execute(
                "SELECT articles.title FROM alerts JOIN articles ON articles.id = alerts.article_id"
            )
        ]
        left = store.execute("SELECT count(*) FROM deliveries WHERE state != 'sent'").fetchone()[0]
    keys = {item[0] for items in town.published for item in items}
    stored, told = (Counter(int(title.rsplit(" ", 1)[1]) for title in some) for some in (titles, alerted))
    shown = Counter(item for _, item in town.posts)
    return {
        "items": len(keys),
        "not_stored": sum(not stored[key] for key in keys),
        "not_alerted": sum(not told[key] for key in keys),
        "not_shown": sum(not shown[key] for key in keys),
        "stored_twice": sum(stored[key] > 1 for key in keys),
        "alerted_twice": sum(told[key] > 1 for key in keys),
        "shown_twice": sum(shown[key] > 1 for key in keys),
        "not_delivered": left,
        "folded_messages": town.folded,
        "other_messages": len(town.other),
        "others": [text.splitlines()[0][:120] for text in town.other[:5]],
    }


async def campaign(kills: int, seed: int) -> dict[str, Any]:
    """So many kills; what came of them."""
    dice = random.Random(seed)
    town = Town(dice)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with town.open() as port:
            runs = Campaign(folder, port, town)
            # The first poll finds empty feeds: everything after it is news.
            process, says = await runs.start()
            await runs.ready(process, says)
            await asyncio.wait_for(town.known.wait(), START)
            await runs.stored()  # what comes at a first poll is held back, and would count as lost here
            town.begun.set()
            process.kill()
            await asyncio.to_thread(process.join)
            began = time.monotonic()
            for number in range(kills):
                await runs.life_and_death()
                if (number + 1) % 50 == 0:
                    print(f"{number + 1} kills, {town.count} items, {len(town.posts)} shown", flush=True)  # noqa: T201
            took = time.monotonic() - began
            town.quiet.set()  # nothing new is published; the feeds and the screen stay
            await runs.until_quiet(town)
        found = verdict(folder, town)
    return {
        "kills": kills,
        "seed": seed,
        "seconds": round(took),
        "fell": dict(runs.fell),
        **found,
        "asked": dict(town.asked),
    }
