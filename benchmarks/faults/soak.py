"""A soak: half an hour of news with a fault every second, and then an audit of what stands in each chat.

    python -m benchmarks.faults.soak --minutes 30 --seed 1

The real program runs as its users run it, between a publisher and strict emulators of both platforms with their real
limits, over lines that break. The seed decides which fault comes when; what a fault meets is up to the clock. At the
end everything heals, what waits may leave, and the audit compares what was published with what each chat shows.
Peer: the same count for a sender that repeats what had no answer (what slack_sdk and most bots do), from the same
faults: how often it would have doubled a message, and how often one that gives up would have lost it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

from aiohttp import web

from tests.emulators.faults import BAD_GATEWAY, CRASH, HTML, Drop, Fault, Reply, Slow
from tests.emulators.slack import SlackEmulator
from tests.emulators.slack_web import RATE_LIMITED_ONCE, ratelimited, refusal
from tests.emulators.telegram import TelegramEmulator, said, too_many_requests
from tests.emulators.telegram_limits import ApiError, Flood
from tests.emulators.telegram_text import Formatted
from tests.emulators.wire import Wire
from tests.program import Program, tables
from tests.publisher import serving

CHATS = 6  # on each platform; a third of Telegram's are groups
NEWS_EVERY = (
    8.0  # seconds between two articles: within what a group is allowed, with room for what faults cost
)
ASK_EVERY = 20.0  # seconds between two commands of people
PATIENCE = 600.0  # seconds that the rest may take to leave after everything has healed
MARKER = "nomor-"  # in the title of every article
STORED_502 = Reply(502, "<html>Bad Gateway</html>", "text/html", stored=True)


@dataclass
class Town:
    """Everything around the program."""

    slack: SlackEmulator
    telegram: TelegramEmulator
    wires: dict[str, Wire]
    chance: random.Random
    published: list[tuple[int, datetime]] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    feed_faults: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)  # faults by name
    asked: Counter[str] = field(default_factory=Counter)  # commands that a platform took, by platform

    async def feed(self, request: web.Request) -> web.StreamResponse:
        fault = self.feed_faults.pop() if self.feed_faults else ""
        if fault == "feed: 503":
            return web.Response(status=503, text="away")
        if fault == "feed: dropped" and request.transport:
            request.transport.abort()
        if fault == "feed: slow":
            await asyncio.sleep(5)
        items = "".join(
            f"<item><title>Putin berita {marker(number)}</title><link>https://example.com/{number}</link>"
            f"<guid>{number}</guid><pubDate>{format_datetime(at, usegmt=True)}</pubDate>"
            f"<description>Presiden Putin dalam laporan nomor {number} dari {number * 7919 % 997}.</description></item>"
            for number, at in reversed(self.published[-60:])
        )
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Kawat</title>{items}</channel></rss>'
        return web.Response(text=body, content_type="application/rss+xml")

    def texts(self, chat: str) -> list[str]:
        """What the program said in a chat by itself, oldest first."""
        if chat.startswith("slack"):
            return [one.shown for one in self.slack.from_bot(self.places[chat]) if not one.only_for]
        return [one.text for one in self.telegram.posts(int(self.places[chat]))]

    async def publish(self) -> None:
        while True:
            self.published.append((len(self.published) + 1, datetime.now(UTC)))
            await asyncio.sleep(NEWS_EVERY)

    async def ask(self) -> None:
        alice = self.slack.user("Alice")
        budi = next(iter(self.telegram.rooms))
        while True:
            await asyncio.sleep(ASK_EVERY)
            room = self.slack.workspace.channels[self.places["slack-0"]]
            with suppress(Exception):  # nobody there at this moment: Slack says so to Alice
                await alice.types(room, "/pantau help")
                self.asked["slack"] += 1
            self.asked["telegram"] += 1
            person = self.telegram.rooms[budi].members[budi]
            self.telegram.inbox.put(
                "message",
                self.telegram.rooms[budi].message_json(
                    self.telegram.rooms[budi].post(person, Formatted("/help"), self.telegram.now())
                ),
            )

    def answers(self, platform: str) -> int:
        """How often people were answered."""
        if platform == "slack":
            return sum(bool(one.only_for) for one in self.slack.from_bot(self.places["slack-0"]))
        return sum(MARKER not in one.text for one in self.telegram.posts(next(iter(self.telegram.rooms))))

    async def break_something(self) -> None:
        """A fault every second."""
        faults = harms(self)
        names, weights = list(faults), [weight for weight, _ in faults.values()]
        while True:
            await asyncio.sleep(1.0)
            (name,) = self.chance.choices(names, weights)
            self.done[name] += 1
            result = faults[name][1]()
            if asyncio.iscoroutine(result):
                with suppress(Exception):  # a connection that is gone already
                    await result


def marker(number: int) -> str:
    return f"{MARKER}{number:05d}"


def harms(town: Town) -> dict[str, tuple[int, Callable[[], object]]]:
    """By name: how often, and what it does."""

    def slack(fault: Fault, method: str = "chat.postMessage") -> Callable[[], object]:
        return lambda: town.slack.faults.fail(method, fault)

    def telegram(fault: Fault, method: str = "sendMessage") -> Callable[[], object]:
        return lambda: town.telegram.fail(method, fault)

    def feed(name: str) -> tuple[int, Callable[[], object]]:
        return 1, lambda: town.feed_faults or town.feed_faults.append(name)

    return {
        "slack: dropped before": (4, slack(Drop.BEFORE)),
        "slack: dropped after": (4, slack(Drop.AFTER)),
        "slack: slow, 3 s": (3, slack(Slow(3))),
        "slack: slow, 35 s": (1, slack(Slow(35))),
        "slack: 429, 2 s": (4, slack(ratelimited(2))),
        "slack: 429, 20 s": (1, slack(ratelimited(20))),
        "slack: rate_limited": (1, slack(RATE_LIMITED_ONCE)),
        "slack: 500": (2, slack(CRASH)),
        "slack: 502": (2, slack(BAD_GATEWAY)),
        "slack: 502, stored": (3, slack(STORED_502)),
        "slack: page": (1, slack(HTML)),
        "slack: invalid_auth": (1, slack(refusal("invalid_auth"))),
        "slack: history 500": (2, slack(CRASH, "conversations.history")),
        "slack: history dropped": (2, slack(Drop.BEFORE, "conversations.history")),
        "slack: lines cut": (2, town.wires["slack"].cut),
        "slack: lines half open": (1, town.wires["slack"].freeze),
        "slack: refused": (2, lambda: town.wires["slack"].refuse(2)),
        "slack: sockets refreshed": (2, lambda: town.slack.sockets.disconnect("refresh_requested")),
        "slack: sockets aborted": (2, town.slack.sockets.abort),
        "telegram: dropped before": (4, telegram(Drop.BEFORE)),
        "telegram: dropped after": (4, telegram(Drop.AFTER)),
        "telegram: slow, 3 s": (3, telegram(Slow(3))),
        "telegram: slow, 35 s": (1, telegram(Slow(35))),
        "telegram: 429, 3 s": (4, telegram(too_many_requests(3))),
        "telegram: 429, 20 s": (1, telegram(too_many_requests(20))),
        "telegram: 500": (2, telegram(CRASH)),
        "telegram: 502": (2, telegram(BAD_GATEWAY)),
        "telegram: 502, stored": (3, telegram(STORED_502)),
        "telegram: 401": (1, telegram(said(ApiError(401, "Unauthorized")))),
        "telegram: poll dropped": (3, telegram(Drop.BEFORE, "getUpdates")),
        "telegram: poll 409": (1, telegram(said(ApiError(409, "Conflict: terminated")), "getUpdates")),
        "telegram: lines cut": (2, town.wires["telegram"].cut),
        "telegram: lines half open": (1, town.wires["telegram"].freeze),
        "telegram: refused": (2, lambda: town.wires["telegram"].refuse(2)),
        "feed: 503": feed("feed: 503"),
        "feed: dropped": feed("feed: dropped"),
        "feed: slow": feed("feed: slow"),
    }


@dataclass
class Audit:
    """What stands in the chats, against what was published."""

    lost: Counter[str] = field(default_factory=Counter)  # by chat
    doubled: Counter[str] = field(default_factory=Counter)
    out_of_order: Counter[str] = field(default_factory=Counter)
    arrived: int = 0
    given_up: Counter[str] = field(default_factory=Counter)  # by chat: marked dead, for a person to look at

    def look(self, chat: str, texts: list[str], numbers: list[int]) -> None:
        first: dict[int, int] = {}
        counts: Counter[int] = Counter()
        for place, text in enumerate(texts):
            for number in numbers:
                if marker(number) in text:
                    counts[number] += 1
                    first.setdefault(number, place)
        self.arrived += len(first)
        self.lost[chat] += len(numbers) - len(first)
        self.doubled[chat] += sum(count - 1 for count in counts.values())
        places = [first[number] for number in numbers if number in first]
        self.out_of_order[chat] += sum(later < earlier for earlier, later in pairwise(places))

    def of(self, counter: Counter[str], platform: str) -> int:
        return sum(count for chat, count in counter.items() if chat.startswith(platform))


async def built(stack: AsyncExitStack, seed: int) -> Town:
    """Both platforms with their real limits, behind lines that can break, and the chats."""
    slack = await stack.enter_async_context(SlackEmulator())
    telegram = await stack.enter_async_context(TelegramEmulator())
    slack.methods.post_interval = 1.0
    telegram.flood = Flood()
    wires = {
        "slack": await stack.enter_async_context(Wire(slack.port)),
        "telegram": await stack.enter_async_context(Wire(telegram.port)),
    }
    slack.reached_at(f"127.0.0.1:{wires['slack'].port}")
    town = Town(slack, telegram, wires, random.Random(seed))
    people = [telegram.user(f"Budi{number}") for number in range(CHATS)]
    for number in range(CHATS):
        town.places[f"slack-{number}"] = slack.channel(f"redaksi-{number}").id
        group = number % 3 == 2
        town.places[f"telegram-{number}"] = str(
            telegram.group(f"Grup {number}", people[number]) if group else people[number].id
        )
    return town


async def soak(minutes: float, seed: int, folder: Path) -> bool:
    async with AsyncExitStack() as stack:
        town = await built(stack, seed)
        slack, telegram = town.slack, town.telegram
        address = await stack.enter_async_context(serving(town.feed))
        program = await stack.enter_async_context(program_of(town, folder, address))
        await program.start()
        reading = asyncio.create_task(program.ends(minutes * 60 + PATIENCE + 300))
        await until(lambda: telegram.inbox.polled and slack.sockets.connections, 30)
        await asyncio.sleep(12)  # its first look at the empty feed
        began, memory = time.monotonic(), _memory(program)
        work = [
            asyncio.create_task(one)
            for one in (town.publish(), town.ask(), town.break_something(), _report(town, program))
        ]
        await asyncio.sleep(minutes * 60)
        for task in work:
            task.cancel()
        slack.faults.heal()
        telegram.faults.heal()
        healed = time.monotonic()
        numbers = [number for number, _ in town.published]
        with suppress(TimeoutError):
            await until(lambda: settled(folder, len(numbers) * len(town.places)), PATIENCE)
        rest = time.monotonic() - healed
        await asyncio.sleep(5)
        memory_after = _memory(program)
        assert program.process
        program.process.terminate()
        status = await reading
        (folder / "log.txt").write_text(program.said, encoding="utf-8")
        audit = Audit()
        for chat in town.places:
            audit.look(chat, town.texts(chat), numbers)
        with closing(sqlite3.connect(folder / "pantau.db")) as store:
            dead = "SELECT chat, count(*) FROM deliveries WHERE state = 'dead' GROUP BY chat"
            audit.given_up.update(dict(store.execute(dead).fetchall()))
        good = _tell(town, audit, program, status, healed - began, rest, memory, memory_after)
        program.said = " "  # it has been written to a file, and would be printed
        return good


def program_of(town: Town, folder: Path, address: str, *more: str) -> Program:
    """`pantau run` on the town; `more`: further tables of its configuration."""
    config = "\n".join(
        [
            f"[slack]\napi_url = '{town.slack.api_url}'",
            f"[telegram]\napi_url = 'http://127.0.0.1:{town.wires['telegram'].port}'",
            "[polling]\ninterval = '10s'\nallow_networks = ['127.0.0.0/8']\n[logging]\nformat = 'json'\nlevel = 'info'",
            *more,
            tables("sources", [{"name": "Kawat", "url": f"{address}/feed.xml", "interval": "10s"}]),
            tables("watches", [{"name": "Putin", "query": "Putin"}]),
            tables(
                "chats",
                [
                    {"name": chat, "platform": chat.partition("-")[0], "id": place, "language": "en"}
                    for chat, place in town.places.items()
                ],
            ),
        ]
    )
    return Program(
        folder,
        config,
        PANTAU_SLACK_BOT_TOKEN=town.slack.bot_token,
        PANTAU_SLACK_APP_TOKEN=town.slack.app_token,
        PANTAU_TELEGRAM_TOKEN=town.telegram.token,
    )


def settled(folder: Path, messages: int) -> bool:
    """Has everything been queued, and does nothing wait any more?"""
    with closing(sqlite3.connect(folder / "pantau.db", timeout=30)) as store:
        counts = dict(store.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall())
    waiting = counts.get("pending", 0) + counts.get("sending", 0) + counts.get("uncertain", 0)
    return not waiting and counts.get("sent", 0) + counts.get("dead", 0) >= messages


def _tell(
    town: Town,
    audit: Audit,
    program: Program,
    status: int,
    seconds: float,
    rest: float,
    memory: float,
    memory_after: float,
) -> bool:
    posts = {
        "slack": len(town.slack.calls("chat.postMessage")),
        "telegram": town.telegram.count("sendMessage"),
    }
    lost_answers = sum(
        count
        for name, count in town.done.items()
        if name.startswith("telegram")
        and any(word in name for word in ("after", "stored", "35 s", "half", "cut"))
    )
    posted = [
        fault
        for faults in (town.slack.faults, town.telegram.faults)
        for method, fault in faults.met
        if method in ("chat.postmessage", "sendmessage")
    ]
    stored = sum(fault in (Drop.AFTER, Slow(35), STORED_502) for fault in posted)
    not_stored = sum(fault in (Drop.BEFORE, CRASH, BAD_GATEWAY, HTML) for fault in posted)
    say(f"{seconds / 60:.1f} minutes, {sum(town.done.values())} faults of {len(town.done)} kinds")
    for name, count in sorted(town.done.items()):
        say(f"  {count:4d} × {name}")
    say(f"{len(town.published)} articles for {len(town.places)} chats: {audit.arrived} messages stand there")
    for platform in ("slack", "telegram"):
        say(
            f"{platform}: lost {audit.of(audit.lost, platform)}, doubled {audit.of(audit.doubled, platform)}, "
            f"out of order {audit.of(audit.out_of_order, platform)}, "
            f"given up and shown to a person {audit.of(audit.given_up, platform)}; {posts[platform]} calls"
        )
    say(
        f"Telegram's doubles come from answers that were lost after the message was stored: at most {lost_answers} were"
    )
    say(
        f"peer, from the same faults: who repeats what had no answer doubles at least {stored} messages; "
        f"who does not, loses at least {not_stored}"
    )
    say(f"the rest left within {rest:.0f} s after everything had healed")
    for platform, asked in sorted(town.asked.items()):
        say(f"{platform}: {asked} commands were taken, {town.answers(platform)} answers stand there")
    say(f"memory {memory:.0f} MB at the start, {memory_after:.0f} MB at the end; exit status {status}")
    faults = program.said.count('"exception"')
    say(f"tracebacks in the log: {faults}")
    # Telegram's policy: sent once more after a lost answer; after a second one it is for a person to look.
    good = all(audit.lost[chat] <= audit.given_up[chat] for chat in town.places)
    good = good and not audit.of(audit.given_up, "slack") and not audit.of(audit.doubled, "slack")
    good = (
        good and not sum(audit.out_of_order.values()) and audit.of(audit.doubled, "telegram") <= lost_answers
    )
    say("the audit finds nothing wrong" if good else "THE AUDIT FINDS SOMETHING WRONG")
    return good


async def _report(town: Town, program: Program) -> None:
    while True:
        await asyncio.sleep(60)
        shown = sum(len(town.texts(chat)) for chat in town.places)
        say(
            f"… {len(town.published)} articles, {shown} messages, {sum(town.done.values())} faults, "
            f"{_memory(program):.0f} MB"
        )


async def until(look: Callable[[], object], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not look():  # noqa: ASYNC110  # what is looked at belongs to the emulators
            await asyncio.sleep(0.2)


def _memory(program: Program) -> float:
    """Megabytes that the process keeps in memory."""
    assert program.process
    for line in Path(f"/proc/{program.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the store and the log")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pantau-soak-") as folder:
        place = given.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        good = asyncio.run(soak(given.minutes, given.seed, place))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
