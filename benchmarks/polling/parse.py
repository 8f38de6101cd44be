"""One new item in a feed that is known: processor time of `bot.reading.read` against feedparser as it comes.

The feeds: a made one of fifty items with 300 words each, and the real ones in ../shared/data/feeds where they are, each
as it is now and, for what is known of it, without its first item. Also counts what is kept of the real feeds, and
compares ids and links with feedparser's.

    python benchmarks/polling/parse.py
"""

from __future__ import annotations

import io
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import feedparser

from bot.errors import SourceError
from bot.model import Source
from bot.ports import Document, Fetched
from bot.reading import read
from bot.sources.decoding import decode
from bot.sources.feeds import read_feed
from bot.sources.items import count_tags, divide
from bot.sources.links import resolve
from bot.sources.memory import Memory
from bot.sources.recognition import recognise

REAL = Path(__file__).parents[3] / "shared" / "data" / "feeds"
ABOUT_FIFTY = range(35, 71)  # items: the real feeds that the goal speaks of
RUNS = 7
URL = "https://example.com/feed"


def made(items: int = 50) -> bytes:
    """A feed as news sites write them: markup in CDATA, a link, a guid, a date, an author, categories."""
    dice = random.Random(7)
    words = [
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
    ]
    written = []
    for number in range(items):
        said = " ".join(dice.choice(words) for _ in range(300))
        written.append(
            f"<item>\n<title>Berita {number}</title>\n<link>https://example.com/{number}</link>\n"
            f"<guid isPermaLink='false'>{number}</guid>\n<pubDate>Sun, 22 Nov 2026 11:59:00 GMT</pubDate>\n"
            f"<dc:creator>Rina</dc:creator><category>Dunia</category>\n"
            f'<description><![CDATA[<p><a href="/{number}"><img src="/{number}.jpg" alt=""/></a>{said}</p>]]>'
            "</description>\n</item>\n"
        )
    head = '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Kawat</title>\n'
    return f'<?xml version="1.0"?>\n{head}{"".join(written)}</channel></rss>'.encode()


def seconds(work: Callable[[], object]) -> float:
    """Processor time of the best of RUNS."""
    best = float("inf")
    for _ in range(RUNS):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def ratio(document: bytes) -> tuple[float, float, int]:
    """Seconds of feedparser's default, seconds of ours, and the number of items."""
    pieces, _ = divide(document)
    older = document[: pieces[0].start] + document[pieces[0].end :]
    source, answer = Source(1, "Kawat", URL), Fetched((Document(URL, document),))
    memo = read(source, Fetched((Document(URL, older),))).memo
    assert read(source, answer, memo).articles
    theirs = seconds(lambda: feedparser.parse(io.BytesIO(document)))
    return theirs, seconds(lambda: read(source, answer, memo)), len(pieces)


def real() -> list[tuple[str, bytes]]:
    """The real feeds as UTF-8, which is what nearly all of them are."""
    return [(path.name, decode(path.read_bytes())[0].encode()) for path in sorted(REAL.iterdir())]


def kept() -> None:
    """Items by tags, articles, and how many ids and links are those of feedparser."""
    items = articles = compared = same = same_ids = lost = 0
    for path in sorted(REAL.iterdir()):
        body = path.read_bytes()
        try:
            found = read(Source(1, "Kawat", URL), Fetched((Document(URL, body),)))
        except SourceError as error:
            say(f"  {path.name}: {error}")
            continue
        tags = count_tags(decode(body)[0].encode())
        items, articles = items + tags, articles + len(found.articles)
        try:
            entries = feedparser.parse(io.BytesIO(body), sanitize_html=False).entries
        except Exception as error:  # what it raises is one of the figures
            say(f"  feedparser raises {type(error).__name__} on {path.name}")
            entries = []
        lost += max(0, tags - len(entries))
        if len(entries) == len(found.articles):
            for entry, article, guid in zip(entries, found.articles, guids(body), strict=True):
                compared += 1
                # Ours are absolute, and spaces in them are escaped.
                same += resolve(URL, entry.get("link", "")) == article.url
                same_ids += entry.get("id", "") == guid
    say(f"items kept              {articles} of {items} by tags (feedparser loses {lost})")
    say(f"links as feedparser's   {same} of {compared} where it succeeds")
    say(f"ids as feedparser's     {same_ids} of {compared}")


def guids(body: bytes) -> list[str]:
    """The publisher's ids as our reading has them, item by item; what an article's id is made from."""
    text, _ = decode(body)
    root = recognise(text, url=URL, content_type="").root
    assert root
    return [draft.guid for draft in read_feed(text[root.start :].encode(), root, URL, Memory(b"")).drafts]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    theirs, ours, count = ratio(made())
    figures = f"feedparser {theirs * 1000:.1f} ms, pantau {ours * 1000:.2f} ms: {theirs / ours:.0f} ×"
    say(f"one new item of {count}, made: {figures}")
    if not REAL.is_dir():
        say("(the collection of real feeds is not here)")
        return
    ratios = []
    for name, document in real():
        pieces, hidden = divide(document)
        if len(pieces) in ABOUT_FIFTY and not hidden and pieces[0].closed:
            theirs, ours, count = ratio(document)
            ratios.append(theirs / ours)
            figures = f"{theirs * 1000:.1f} / {ours * 1000:.2f} ms = {theirs / ours:.0f} ×"
            say(f"  {name}: {count} items, {len(document) // 1024} KB: {figures}")
    say(
        f"one new item of about fifty, real: median {statistics.median(ratios):.0f} ×, least {min(ratios):.0f} ×"
    )
    kept()


if __name__ == "__main__":
    main()
