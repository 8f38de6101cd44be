"""Kills the program with kill -9 on the whole way of an alert, over and over; counts what was lost, doubled, out of order.

The program is the real one (bot.app: HTTP, store, lanes, both SDKs) in a process of its own; its parser runs there, too. Around
it: a publisher that never stops, and the strict emulators of Slack and Telegram. After each kill it is started again on the
same store. Kills fall, in turn and by a seed,
  - at a random instant of a life, its start included;
  - at a commit of the route: before it, or right after it; every commit that was ever seen gets its turn;
  - on the wire: a platform has a message's request and has not stored it, or has stored it and has not answered.
Between kills, a platform now and then refuses a message or loses an answer, so that what follows from that is killed, too.
At the end the program is left alone until nothing waits; then every article must stand in every chat: once in Slack; once in
Telegram, or twice if a kill fell between its storing there and the commit that notes it (the one window, PLATFORMS: nobody can
look it up). Paces, the wait before a look-up and the time between two looks for due sources are shortened, nothing else.

    python -m benchmarks.faults.kills [kills] [seed] [--store URL] [--minutes N] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import random
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack, closing, suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import pairwise
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiohttp import web

    from benchmarks.faults.lives import AtCommit, Newsroom
    from tests.emulators.slack import SlackEmulator
    from tests.emulators.telegram import TelegramEmulator

CHANNELS, PEOPLE = 3, 3
LIFE = 1.5  # times as long as an alert takes from the publisher to the last chat: from readiness to a random kill, at most
IN_THE_START = 0.2  # share of those that fall before
START = 90.0  # seconds that a start may take on a busy machine
PATIENCE = 2.0  # times as long again, for a planned end to come about; then the life is ended as it is
SETTLE, ROUNDS = (
    0.2,
    10,
)  # seconds, and rounds of the loop, in which a platform works off what it had in its sockets
WEATHER = 0.3  # share of lives in which a platform refuses a message, or loses an answer
DRAIN = 600.0  # seconds that the last life gets to deliver everything
NTH = (1, 2)  # of the commits with one label in one life
WINDOW = 400  # items in the feed
POSTS = {"chat.postmessage": "slack", "sendmessage": "telegram"}


class Town:
    """The publisher, the platforms, and who is to be killed when."""

    def __init__(self, slack: SlackEmulator, telegram: TelegramEmulator) -> None:
        self.slack, self.telegram = slack, telegram
        self.published: list[tuple[int, str, datetime]] = []
        self.asked = 0
        self.armed: tuple[str, bool] | None = None  # platform, and after its storing
        self.victim: BaseProcess | None = None
        self.serving = 0  # requests that a platform is working on
        for faults in (slack.faults, telegram.faults):
            faults.serve = self.bent(faults.serve)  # type: ignore[method-assign]  # wrapped, so that a fault comes every second

    def bent(self, serve: Any) -> Any:
        """The way a platform serves a call, with a kill in it when that is planned."""

        async def served(method: str, request: web.Request, handle: Any, *rest: Any) -> web.StreamResponse:
            self.serving += 1
            try:
                return await fatal(method, request, handle, *rest)
            finally:
                self.serving -= 1

        async def fatal(method: str, request: web.Request, handle: Any, *rest: Any) -> web.StreamResponse:
            platform = POSTS.get(method.lower(), "")
            if not self.armed or self.armed[0] != platform:
                response: web.StreamResponse = await serve(method, request, handle, *rest)
                return response
            after, self.armed = self.armed[1], None
            if after:
                response = await serve(method, request, handle, *rest)
                self.kill()
                return response
            self.kill()
            return await hang_up(request)

        return served

    def kill(self) -> None:
        if self.victim is not None:
            self.victim.kill()

    def weather(self, dice: random.Random) -> None:
        """The next message to a platform meets what is no kill: it is certainly not stored, or Slack's history has it."""
        from tests.emulators.faults import Drop
        from tests.emulators.slack_web import ratelimited
        from tests.emulators.telegram import too_many_requests

        match dice.choice(("slack: 429", "slack: lost", "slack: no answer", "telegram: 429")):
            case "slack: 429":
                self.slack.faults.fail("chat.postMessage", ratelimited(1))
            case "slack: lost":
                self.slack.faults.fail("chat.postMessage", Drop.BEFORE)
            case "slack: no answer":
                self.slack.faults.fail("chat.postMessage", Drop.AFTER)
            case _:
                self.telegram.fail("sendMessage", too_many_requests(1))

    async def settled(self) -> None:
        """Until the platforms have worked off what the dead program had sent."""
        quiet = 0
        while quiet < ROUNDS:  # a machine that stands still for a while makes no round
            await asyncio.sleep(SETTLE / ROUNDS)
            quiet = 0 if self.serving else quiet + 1

    def publish(self, dice: random.Random) -> None:
        number = len(self.published) + 1
        self.published.append(
            (number, dice.choice(("lanmer", "nokpis", "ruttam", "dilan")), datetime.now(UTC))
        )

    async def feed(self, _request: web.Request) -> web.StreamResponse:
        from aiohttp import web

        self.asked += 1
        items = "".join(
            f"<item><title>Putin {word} {number}</title><link>http://berita.example/{number}</link>"
            f"<guid>{number}</guid><pubDate>{format_datetime(at)}</pubDate>"
            f"<description>{word} {number * 7919 % 9973} {number * 104729 % 99991}.</description></item>"
            for number, word, at in reversed(self.published[-WINDOW:])
        )
        body = f'<rss version="2.0"><channel><title>Kawat</title>{items}</channel></rss>'
        return web.Response(text=body, content_type="application/rss+xml")

    def texts(self, chat: str) -> list[str]:
        """What stands in a chat, oldest first."""
        platform, _, number = chat.partition("-")
        if platform == "slack":
            channel = [*self.slack.workspace.channels.values()][int(number)]
            return [one.shown for one in self.slack.from_bot(channel)]
        return [one.text for one in self.telegram.posts([*self.telegram.rooms][int(number)])]


async def hang_up(request: web.Request) -> web.StreamResponse:
    """Nobody is there to hear an answer."""
    from aiohttp import web

    if request.transport is not None:
        request.transport.abort()
    return web.Response()


class Campaign:
    """Lives and kills of one program on one store."""

    def __init__(self, room: Newsroom, town: Town, dice: random.Random) -> None:
        self.room, self.town, self.dice = room, town, dice
        self.processes = multiprocessing.get_context("forkserver")
        self.processes.set_forkserver_preload(["benchmarks.faults.lives"])
        self.fell: Counter[str] = Counter()
        self.in_window: Counter[tuple[str, int]] = (
            Counter()
        )  # Telegram: kills between its storing and our commit
        self.planned: list[AtCommit] = []
        self.alert_seconds = (
            0.0  # from the publisher to the last chat, with nothing in the way, on this machine
        )

    async def start(self, end: AtCommit | None = None) -> tuple[BaseProcess, Connection]:
        from benchmarks.faults.lives import live

        mine, theirs = self.processes.Pipe(duplex=False)
        process = self.processes.Process(target=live, args=(self.room, end, theirs))
        await asyncio.to_thread(process.start)
        theirs.close()
        self.town.victim = process
        return process, mine

    async def ready(self, process: BaseProcess, says: Connection) -> bool:
        """Until it serves; False when it has ended before."""
        began = time.monotonic()
        while not says.poll():
            if not process.is_alive():
                return False
            if time.monotonic() - began > START:
                raise RuntimeError(f"the program did not start; see {self.room.folder}/log")
            await asyncio.sleep(0.01)
        return True

    async def first(self) -> None:
        """A life that is killed once it knows the empty feed (what comes after it is news) and has told two alerts."""
        from benchmarks.faults.lives import names

        process, says = await self.start()
        await self.ready(process, says)
        while self.town.asked < 2:  # noqa: ASYNC110  # a handler counts it
            await asyncio.sleep(0.05)
        await asyncio.sleep(1.0)
        for told in (1, 2):  # the first one is slow: connections are opened for it
            self.town.publish(self.dice)
            began = time.monotonic()
            while not all(len(self.town.texts(chat.name)) == told for chat in names(self.room)):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            self.alert_seconds = time.monotonic() - began
        process.kill()
        await asyncio.to_thread(process.join)
        says.close()
        await self.town.settled()
        self.look_into_the_window()

    async def life_and_death(self) -> None:
        kind = self.dice.choices(("random", "commit", "wire"), (4, 4, 2))[0]
        end = self.next_commit() if kind == "commit" else None
        process, says = await self.start(end)
        if kind == "random" and self.dice.random() < IN_THE_START:
            await asyncio.sleep(self.dice.uniform(0, 0.8))
            where = "in the start"
        else:
            alive = await self.ready(process, says)
            self.town.publish(self.dice)
            if self.dice.random() < 0.3:
                self.town.publish(self.dice)
            if self.dice.random() < WEATHER:
                self.town.weather(self.dice)
            where = await self.ending(kind, end, process) if alive else f"commit {end and end.label}"
        by_itself = not process.is_alive() and not (end or kind == "wire")
        process.kill()
        await asyncio.to_thread(process.join)
        says.close()
        self.town.armed = None
        if by_itself or process.exitcode != -9:
            raise RuntimeError(
                f"the program ended by itself ({process.exitcode}); see {self.room.folder}/log"
            )
        self.fell[where] += 1
        await self.town.settled()
        self.look_into_the_window()

    async def ending(self, kind: str, end: AtCommit | None, process: BaseProcess) -> str:
        """Wait for the end that is planned; where it fell."""
        if kind == "random":
            await asyncio.sleep(self.dice.uniform(0, LIFE * self.alert_seconds))
            return "at a random instant"
        where = f"{'after' if end.after else 'before'} commit {end.label}" if end else ""
        if kind == "wire":
            platform, after = self.dice.choice(("slack", "telegram")), self.dice.random() < 0.5
            self.town.armed = platform, after
            where = f"{platform}: {'stored, not answered' if after else 'not stored'}"
        began = time.monotonic()
        while process.is_alive():
            if time.monotonic() - began > PATIENCE * self.alert_seconds:
                return "at a random instant"  # it did not come that far
            await asyncio.sleep(0.005)
        return where

    def next_commit(self) -> AtCommit | None:
        """Every commit that was seen so far, before and after, in a shuffled turn."""
        from benchmarks.faults.lives import AtCommit

        if not self.planned:
            labels = Path(self.room.folder) / "labels"
            seen = sorted(set(labels.read_text().split())) if labels.exists() else []
            self.planned = [
                AtCommit(label, after, nth) for label in seen for after in (False, True) for nth in NTH
            ]
            self.dice.shuffle(self.planned)
        return self.planned.pop() if self.planned else None

    def look_into_the_window(self) -> None:
        """Which Telegram messages stood there and were not known to stand there when the program was killed."""
        from benchmarks.faults.lives import MARK

        asked = "SELECT chat, payload FROM deliveries WHERE state = 'sending' AND chat LIKE 'telegram-%'"
        for chat, payload in self.query(asked):
            written = payload if isinstance(payload, str) else json.dumps(payload)
            there = "\n".join(self.town.texts(chat))
            for number in {int(found) for found in MARK.findall(written)}:
                if re_found(number, there):
                    self.in_window[chat, number] += 1

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        if self.room.store.startswith("sqlite"):
            path = self.room.store.removeprefix("sqlite:///")
            with closing(sqlite3.connect(path, timeout=30)) as store:
                with suppress(sqlite3.OperationalError):  # no tables yet
                    return store.execute(sql).fetchall()
                return []
        import psycopg

        with psycopg.connect(self.room.store) as server:
            with suppress(psycopg.errors.UndefinedTable):
                return server.execute(sql.encode()).fetchall()
            return []

    async def until_quiet(self) -> float:
        """One undisturbed life that has everything to deliver; ends as an operator ends it. Seconds it took."""
        process, says = await self.start()
        await self.ready(process, says)
        began, asked = time.monotonic(), self.town.asked
        while time.monotonic() - began < DRAIN:
            await asyncio.sleep(1.0)
            open_ = self.query("SELECT count(*) FROM deliveries WHERE state NOT IN ('sent', 'dead')")
            if self.town.asked > asked + 3 and not open_[0][0]:
                break
        took = time.monotonic() - began
        process.terminate()
        await asyncio.to_thread(process.join, 30)
        process.kill()
        says.close()
        return took


def re_found(number: int, text: str) -> bool:
    """Is the article with this number told in the text?"""
    from benchmarks.faults.lives import MARK

    return number in {int(found) for found in MARK.findall(text)}


def verdict(campaign: Campaign, town: Town) -> dict[str, Any]:
    """Every article against every chat."""
    from benchmarks.faults.lives import MARK, names

    lost: Counter[str] = Counter()
    doubled: Counter[str] = Counter()
    disorder: Counter[str] = Counter()
    unexplained: list[tuple[str, int]] = []
    lists = 0
    numbers = [number for number, _, _ in town.published]
    for chat in names(campaign.room):
        shown: Counter[int] = Counter()
        firsts: list[int] = []
        for text in town.texts(chat.name):
            told = sorted({int(found) for found in MARK.findall(text)})
            lists += len(told) > 1
            firsts += [number for number in told if not shown[number]]
            shown.update(told)
        lost[chat.platform] += sum(not shown[number] for number in numbers)
        doubled[chat.platform] += sum(shown[number] > 1 for number in numbers)
        disorder[chat.platform] += sum(a > b for a, b in pairwise(firsts))
        unexplained += [
            (chat.name, number)
            for number in numbers
            if shown[number] - 1 > campaign.in_window[chat.name, number]
        ]
    left = campaign.query("SELECT state, count(*) FROM deliveries WHERE state <> 'sent' GROUP BY state")
    return {
        "articles": len(numbers),
        "messages": len(numbers) * (CHANNELS + PEOPLE),
        "told in lists": lists,
        "lost": dict(lost),
        "doubled": dict(doubled),
        "kills in the window of Telegram": sum(campaign.in_window.values()),
        "doubled outside of the window": len(unexplained),
        "which": unexplained,
        "out of order": dict(disorder),
        "not sent in the store": dict(left),
        "kills": dict(sorted(campaign.fell.items())),
    }


async def campaign(kills: int, seed: int, store: str, minutes: float) -> dict[str, Any]:
    """So many kills, or what of them comes to pass in this time; what came of them."""
    from benchmarks.faults.lives import Newsroom
    from tests.emulators.slack import SlackEmulator
    from tests.emulators.telegram import TelegramEmulator
    from tests.publisher import serving

    dice = random.Random(seed)
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        slack = SlackEmulator()
        telegram = TelegramEmulator()
        town = Town(slack, telegram)
        await stack.enter_async_context(slack)
        await stack.enter_async_context(telegram)
        feed = await stack.enter_async_context(serving(town.feed))
        channels = tuple(slack.channel(f"redaksi-{n}").id for n in range(CHANNELS))
        people = tuple(telegram.user(f"Reader{n}").id for n in range(PEOPLE))
        slack.methods.post_interval = 0.0  # our pace is shortened, so the platform's limit is too
        room = Newsroom(
            folder,
            store or f"sqlite:///{folder}/pantau.db",
            f"{feed}/feed.xml",
            slack.api_url,
            (slack.bot_token, slack.app_token),
            telegram.url,
            telegram.token,
            channels,
            people,
        )
        lives = Campaign(room, town, dice)
        await lives.first()
        for number in range(1, kills + 1):
            if time.monotonic() - began > 60 * minutes:
                break
            await lives.life_and_death()
            if number % 50 == 0:
                rate = (time.monotonic() - began) / number
                print(f"{number} kills, {rate:.2f} s each, {len(town.published)} articles", flush=True)  # noqa: T201
        drained = await lives.until_quiet()
        result = {"kills asked": kills, "seed": seed, "store": room.store.partition(":")[0]}
        result |= verdict(lives, town)
        result |= {"seconds an alert takes": round(lives.alert_seconds, 2)}
        return result | {"seconds": round(time.monotonic() - began), "seconds to the end": round(drained, 1)}


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("kills", type=int, nargs="?", default=100)
    arguments.add_argument("seed", type=int, nargs="?", default=1)
    arguments.add_argument(
        "--store", default="", help="an empty PostgreSQL database; by default SQLite in a new file"
    )
    arguments.add_argument("--minutes", type=float, default=1e9, help="end with fewer kills after this time")
    arguments.add_argument("--json", type=Path, help="add the result to this file, as one line")
    given = arguments.parse_args()
    result = asyncio.run(campaign(given.kills, given.seed, given.store, given.minutes))
    line = json.dumps(result)
    print(line)  # noqa: T201
    if given.json:
        with given.json.open("a") as file:
            file.write(line + "\n")
    wrong = (
        sum(result["lost"].values())
        + result["doubled"]["slack"]
        + result["doubled outside of the window"]
        + sum(result["out of order"].values())
    )
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
