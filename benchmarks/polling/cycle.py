"""One cycle over many feeds, 80 % unchanged (304) and 20 % with two new items: feeds per second of processor time.

    python -m benchmarks.polling.cycle [--feeds 2000] [--large 10000]     (pip install reader)

Each program is a process of its own over the same publisher on the loopback: it polls everything once (not counted), the
publisher turns the page, and the second cycle is measured by the processor time of the process and its children. Every feed is a
host of its own, so nobody waits for politeness. Peers: lemon24/reader, and the loop that most bots are (aiohttp, feedparser, the
ids seen in SQLite). Pantau stores, matches three watches, folds copies and keeps its outbox meanwhile. With --large, the lag
of Pantau's event loop (a sleep of 5 ms that takes longer) and its resident memory over so many feeds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.polling.publisher import CHANGED, ITEMS, address
from bot.event_loop import run_to_end
from bot.ports import Store

SOURCES = '[[sources]]\nname = "Sumber {n}"\nurl = "http://{host}:{port}/feed/{n}"\n'
WATCHES = (
    '[polling]\nallow_networks = ["127.0.0.0/8"]\n'
    '[[chats]]\nname = "a"\nplatform = "console"\nid = "console"\n'
    '[[watches]]\nname = "Putin"\nquery = "Putin"\n[[watches]]\nname = "KU"\nquery = \'"Korea Utara"\'\n'
    '[[watches]]\nname = "S"\nquery = "~sanksi NEAR/5 ekonomi"\n'
)


def url(number: int, port: int) -> str:
    return f"http://{address(number)}:{port}/feed/{number}"


def turn(port: int, edition: int) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/edition/{edition}", method="POST")
    urllib.request.urlopen(request, timeout=10).close()


def processor_time() -> float:
    """Seconds that this process and its living children have used."""
    own = os.times()
    total = own.user + own.system + own.children_user + own.children_system
    for child in children():
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def children() -> list[int]:
    return [int(one) for one in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def resident(pid: int) -> float:
    """MB of memory that are this process's own, shared ones counted in part."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


async def pantau(folder: Path, feeds: int, port: int) -> dict[str, float]:
    from rich.console import Console

    from bot.adapters.console import ConsoleMessenger
    from bot.app import assemble
    from bot.config import load

    config = folder / "config.toml"
    config.write_text(
        WATCHES + "".join(SOURCES.format(n=n, host=address(n), port=port) for n in range(feeds)),
        encoding="utf-8",
    )
    loaded = replace(load(config, {}), storage_url=f"sqlite:///{folder / 'pantau.db'}")
    lags: list[float] = []

    async def watch_lag() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            lags.append(time.perf_counter() - began - 0.005)

    with (folder / "out.txt").open("w") as out:
        messenger = ConsoleMessenger(Console(file=out), interactive=False)
        async with assemble(loaded, [messenger], interactive=False) as app:
            await app.polls.all_due()
            turn(port, 2)
            await all_due_again(app.store, feeds)
            await app.polls.load()
            lags.clear()
            lag = asyncio.create_task(watch_lag())
            used, began = processor_time(), time.perf_counter()
            await app.polls.all_due()
            used, took = processor_time() - used, time.perf_counter() - began
            lag.cancel()
            memory = resident(os.getpid()) + sum(map(resident, children()))
            async with app.store.read() as tx:
                hours = await tx.sources.hours(every_now().replace(year=2000))
                unread = sum(bool(one.failures) for one in await tx.sources.all())
    lags.sort()
    return {
        "cpu": used, "seconds": took, "memory": memory, "lag_p99_ms": lags[int(len(lags) * 0.99)] * 1e3,
        "lag_p50_ms": lags[len(lags) // 2] * 1e3,
        "items": sum(hour.items for hour in hours), "failed": unread,
    }  # fmt: skip


async def all_due_again(store: Store, feeds: int) -> None:
    async with store.write() as tx:
        await tx.sources.release_all()
        every = await tx.sources.claim(range(1, feeds + 1), every_now(), every_now())
        await tx.sources.settle([(one, replace(one, due_at=every_now())) for one in every])


def every_now() -> datetime:
    return datetime.now(UTC)


def lemon(folder: Path, feeds: int, port: int) -> dict[str, float]:
    from reader import make_reader

    reader = make_reader(str(folder / "reader.db"))
    for number in range(feeds):
        reader.add_feed(url(number, port))
    reader.update_feeds(workers=10, scheduled=False)
    turn(port, 2)
    used, began = processor_time(), time.perf_counter()
    reader.update_feeds(workers=10, scheduled=False)
    used, took = processor_time() - used, time.perf_counter() - began
    return {"cpu": used, "seconds": took, "items": float(reader.get_entry_counts().total or 0)}


async def loop(folder: Path, feeds: int, port: int) -> dict[str, float]:
    import sqlite3

    import aiohttp
    import feedparser

    store = sqlite3.connect(folder / "loop.db")
    store.execute("CREATE TABLE seen (id TEXT PRIMARY KEY, title TEXT, body TEXT)")
    etags: dict[int, str] = {}
    places = asyncio.Semaphore(100)

    async def poll(session: aiohttp.ClientSession, number: int) -> None:
        headers = {"If-None-Match": etags[number]} if number in etags else {}
        async with places, session.get(url(number, port), headers=headers) as answer:
            if answer.status == 304:
                return
            body = await answer.read()
            etags[number] = answer.headers["ETag"]
        with store:
            for entry in feedparser.parse(body).entries:
                row = (entry.id, entry.title, entry.summary)
                store.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", row)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*(poll(session, number) for number in range(feeds)))
        turn(port, 2)
        used, began = processor_time(), time.perf_counter()
        await asyncio.gather(*(poll(session, number) for number in range(feeds)))
        used, took = processor_time() - used, time.perf_counter() - began
    (items,) = store.execute("SELECT count(*) FROM seen").fetchone()
    return {"cpu": used, "seconds": took, "items": items}


def measure(program: str, feeds: int) -> dict[str, float]:
    """One program over a publisher of its own, each a process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    publisher = subprocess.Popen([sys.executable, "-m", "benchmarks.polling.publisher", str(port)])
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        command = [
            sys.executable,
            "-m",
            "benchmarks.polling.cycle",
            "--program",
            program,
            "--feeds",
            str(feeds),
            "--port",
            str(port),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1800)
        if done.returncode:
            sys.stderr.write(done.stderr[-3000:])
            raise SystemExit(f"{program} ended with {done.returncode}")
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found
    finally:
        publisher.terminate()
        publisher.wait()


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--feeds", type=int, default=2000)
    options.add_argument("--large", type=int, default=0)
    options.add_argument("--program", choices=("pantau", "reader", "loop"))
    options.add_argument("--port", type=int, default=0)
    chosen = options.parse_args()
    if chosen.program:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            match chosen.program:
                case "pantau":
                    found = run_to_end(pantau(folder, chosen.feeds, chosen.port))
                case "reader":
                    found = lemon(folder, chosen.feeds, chosen.port)
                case _:
                    found = asyncio.run(loop(folder, chosen.feeds, chosen.port))
        say(json.dumps(found))
        return
    expected = chosen.feeds * ITEMS + 2 * len(range(0, chosen.feeds, CHANGED))
    say(f"{chosen.feeds} feeds of {ITEMS} items, {expected} items in all\n")
    say("| program | feeds/core-second | seconds | items kept | Pantau is |\n|---|---|---|---|---|")
    rates: dict[str, float] = {}
    for program in ("pantau", "loop", "reader"):
        found = measure(program, chosen.feeds)
        rates[program] = chosen.feeds / found["cpu"]
        say(
            f"| {program} | {rates[program]:,.0f} | {found['seconds']:.1f} | {found['items']:,.0f} "
            f"| {rates['pantau'] / rates[program]:.1f} × |"
        )
    if chosen.large:
        found = measure("pantau", chosen.large)
        say(
            f"\n{chosen.large:,} feeds: {chosen.large / found['cpu']:,.0f} feeds/core-second, {found['seconds']:.0f} s, loop lag "
            f"p50 {found['lag_p50_ms']:.1f} ms, p99 {found['lag_p99_ms']:.1f} ms, {found['memory']:.0f} MB in all processes, "
            f"{found['failed']:.0f} failed"
        )


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
