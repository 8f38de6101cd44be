"""Articles per second through the transaction of a poll: unseen? match, group, alert, save; on SQLite, on one core.

The peer stores the same articles with the standard library's sqlite3 and nothing else: what the work around the insert costs.

    python benchmarks/taking_in.py [articles]
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.adapters.engine import InProcessEngine
from bot.adapters.store import open_store
from bot.config import SourceSettings
from bot.grouping import Grouping
from bot.model import Article, Chat, Watch
from bot.pipeline import Brought, Lookout, look_at, take_in
from bot.ports import Fetched
from bot.query import Index, parse
from tests.polled import claim, polled

FEED = 50  # articles in one poll
WORDS = (
    "pemerintah",
    "harga",
    "beras",
    "naik",
    "presiden",
    "menteri",
    "rapat",
    "gempa",
    "sekolah",
    "kota",
    "banjir",
)


def now() -> datetime:
    return datetime.now(UTC)


def articles(count: int) -> list[Article]:
    """Reports of about 300 words, one in fifty about Putin."""
    dice = random.Random(7)
    made = []
    for number in range(count):
        said = [dice.choice(WORDS) for _ in range(300)]
        if number % 50 == 0:
            said[40] = "Putin"
        body = (
            ". ".join(" ".join(said[at : at + 15]).capitalize() for at in range(0, 300, 15))
            + f". Nomor {number}."
        )
        made.append(
            Article(f"id-{number}", f"https://example.com/{number}", f"Berita {number}", body, source="Kawat")
        )
    return made


async def pantau(folder: Path, every: list[Article]) -> float:
    watches = [Watch("Putin", "Putin"), Watch("Korut", '"Korea Utara"')]
    index = Index()
    for watch in watches:
        index.add(watch.name, parse(watch.query))
    lookout = Lookout(
        index, {watch.name: watch for watch in watches}, [Chat("redaksi", "console", "console")]
    )
    async with open_store(f"sqlite:///{folder / 'pantau.db'}") as store:
        engine = InProcessEngine(now)
        engine.handle("drain", lambda _: asyncio.sleep(0))  # type: ignore[arg-type]  # nothing is sent here
        async with store.write() as tx:
            await tx.sources.sync([SourceSettings("Kawat", "https://example.com/feed")], now())
        grouping = Grouping()
        began = time.perf_counter()
        for at in range(0, len(every), FEED):
            (looked,) = await look_at(store, lookout, grouping, [(None, every[at : at + FEED])], now())
            async with store.write() as tx:
                source = await claim(tx, 1, now() + timedelta(days=at), now() + timedelta(days=at, minutes=5))
                assert source
                await take_in(tx, engine, lookout, [Brought(source, looked)], now(), first_alerts=3)
                await polled(tx, source, Fetched(), now=now(), due_at=now(), unseen=True, problem="")
        return time.perf_counter() - began


def bare(folder: Path, every: list[Article]) -> float:
    with closing(sqlite3.connect(folder / "bare.db")) as store:
        store.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE a (id TEXT PRIMARY KEY, u, t, b)"
        )
        began = time.perf_counter()
        for at in range(0, len(every), FEED):
            with store:
                rows = [(one.id, one.url, one.title, one.body) for one in every[at : at + FEED]]
                store.executemany("INSERT INTO a VALUES (?, ?, ?, ?)", rows)
        return time.perf_counter() - began


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    every = articles(count)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, peer = asyncio.run(pantau(folder, every)), bare(folder, every)
    print(f"{count} articles of 300 words in polls of {FEED}")  # noqa: T201
    print(f"pantau            {count / ours:8.0f} articles/s")  # noqa: T201
    print(f"bare sqlite3      {count / peer:8.0f} articles/s   ({ours / peer:.1f} × its time)")  # noqa: T201


if __name__ == "__main__":
    main()
