"""`pantau parse` gives the same articles that polling would store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.adapters.http import HttpFetcher
from bot.adapters.parser import ParserProcess
from bot.adapters.store import SqlStore
from bot.jsonl import article_line
from bot.poll import Polls
from tests.builders import NOON, settings
from tests.fakes import FakeClock, FakeEngine, rss
from tests.test_cli import pantau
from tests.test_pipeline import lookout

FEEDS = Path(__file__).parent / "data" / "feeds"


@pytest.mark.parametrize("name", ["rss.xml", "rdf.xml", "atom.xml", "many"])
async def test_a_feed_gives_the_same_articles_both_ways(name: str, sqlite: SqlStore, tmp_path: Path) -> None:
    path = FEEDS / name
    if name == "many":  # more than one poll reads
        path = tmp_path / "many.xml"
        path.write_text(rss((f"Berita {number}", "Isi.") for number in range(2_300)), encoding="utf-8")
    clock = FakeClock()
    async with HttpFetcher(5.0, 10_000_000) as fetcher, ParserProcess() as parser:
        polls = Polls(sqlite, fetcher, FakeEngine(), lambda: lookout(), clock, 3, parser=parser)
        async with sqlite.write() as tx:
            await tx.sources.sync([settings("Kawat", url=str(path))], NOON)
        for _ in range(2):
            await polls.load()
            await polls.due()
            await polls.idle()
            clock.advance(days=1)
    async with sqlite.read() as tx:
        stored = [filed.article for filed in await tx.articles.since(NOON)]
    said = [json.loads(line) for line in pantau("parse", path).stdout.splitlines()]
    ours = [json.loads(article_line(article)) for article in stored]
    for one in (*said, *ours):
        one.pop("source", None)  # parse knows no name
        one.pop("seen", None)
    assert len(said) == (2_300 if name == "many" else len(said)) > 0
    assert sorted(said, key=lambda one: one["id"]) == sorted(ours, key=lambda one: one["id"])


def test_a_page_is_tried_as_its_source_would_watch_it(tmp_path: Path) -> None:
    page = tmp_path / "pengumuman.html"
    page.write_text('<main><p class="n">Gempa.</p><p class="n">Banjir.</p><p class="iklan">Beli!</p></main>')
    done = pantau("parse", "--kind", "page", "--include", "p", "--exclude", ".iklan", page)
    assert [json.loads(line)["body"] for line in done.stdout.splitlines()] == ["Gempa.", "Banjir."]
