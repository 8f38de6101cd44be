"""How long /summary needs for a period with 1,000 articles: processor time until its answer is ready to be sent.

Beside it, in the same run, the least that any program would do: the same articles read from the same file with bare
sqlite3, and the first three sentences of each cut with one regular expression. The articles are IndoSum's, 270 words each,
in a store on disk; the first question of a run also learns the words of the articles.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.text import indosum
from bot.adapters.store import SqlStore, open_store
from bot.chat import Place, Request, User
from bot.config import Access, SourceSettings
from bot.model import Article, Chat, Match, Passage, Watch
from bot.ports import Filed
from bot.watchlist import Watchlist
from handlers.desk import Desk
from handlers.router import Router

QUESTIONS = (
    "/summary",
    "/summary --long",
    "/summary pemerintah OR polisi",
    "/summary di",
    "/summary --page 40",
    "/summary kebakaran sejak kemarin",
    "/summary pemerintha",  # nothing is found: the nearest is looked for
)
LEAD = 3
_STOP = re.compile(r"(?<=[.!?])\s+")


def now() -> datetime:
    return datetime(2026, 11, 26, 12, tzinfo=UTC)


async def fill(store: SqlStore, articles: list[Article]) -> None:
    """All seen within the last day, all answers to the one watch."""
    outlets = sorted({one.source for one in articles})
    async with store.write() as tx:
        await tx.sources.sync(
            [SourceSettings(name, f"https://example.com/{at}") for at, name in enumerate(outlets)], now()
        )
        number = {source.name: source.id for source in await tx.sources.all()}
        stories = await tx.articles.stories([one.id for one in articles], now())
        filed = [(number[one.source], Filed(one, stories[one.id])) for one in articles]
        await tx.articles.add(filed, now() - timedelta(hours=2))
        await tx.articles.add_matches(
            [(one.id, Match("Semua", (), Passage("title", 0, 0, ""))) for one in articles]
        )
        await tx.watches.sync([Watch("Semua", "di")])


async def ours(store: SqlStore) -> list[tuple[str, float, str]]:
    chat = Chat("redaksi", "console", "console")
    watchlist = Watchlist(store, [chat])
    await watchlist.load()
    router = Router(Desk(store, watchlist, [chat], Access(), now))
    answers = []
    for question in QUESTIONS:
        name, _, argument = question.removeprefix("/").partition(" ")
        request = Request(name, argument, Place("console", "console"), User("console", "1"), now())
        began = time.process_time()
        message = await router(request)
        answers.append((question, time.process_time() - began, message.text.split("\n")[1]))
    return answers


def bare(path: Path) -> float:
    began = time.process_time()
    with closing(sqlite3.connect(path)) as store:
        for _, body in store.execute("SELECT title, body FROM articles"):
            _STOP.split(body, LEAD)
    return time.process_time() - began


async def measure(path: Path) -> list[tuple[str, float, str]]:
    articles = [replace(row.article, source=row.outlet) for row in indosum.load()]
    async with open_store(f"sqlite:///{path}") as store:
        await fill(store, articles)
        return await ours(store)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pantau.db"
        answers = asyncio.run(measure(path))
        peer = bare(path)
    for question, seconds, said in answers:
        print(f"{question:<34}{1000 * seconds:>6.0f} ms   {said}")  # noqa: T201
    print(f"{'bare sqlite3, first sentences':<34}{1000 * peer:>6.0f} ms")  # noqa: T201


if __name__ == "__main__":
    main()
