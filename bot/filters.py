"""The filters of the command line: articles in, JSON lines out, with no configuration and no database."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bot.adapters.http import HttpFetcher
from bot.config import Polling, load
from bot.configured import read_queries
from bot.errors import PantauError, QueryError, SourceError
from bot.garbage import uncollected
from bot.hosts import is_web
from bot.jsonl import BadLine, Record, article_line, match_line, read, summary_line
from bot.model import Article, Match, Options, Passage, Source, SourceKind, Watch
from bot.pipeline import Lookout
from bot.ports import Document, Fetched, Read
from bot.query import Index, Query, explain, parse
from bot.reading import read as read_source
from bot.stories import Memory, fingerprint
from bot.summary import Summary, headline, rank, summarise

STDIN = "-"
NO_OPTIONS = Options()


async def parse_to_lines(
    source: str,
    networks: Sequence[str] = (),
    kind: SourceKind = SourceKind.AUTO,
    options: Options = NO_OPTIONS,
) -> int:
    """Print the articles of a file, an address or standard input; 1 when some part of it could not be read."""
    found = await _articles_of(source, networks, kind, options)
    for article in found.articles:
        print(article_line(article))  # noqa: T201
    for problem in found.problems:
        _complain(f"{source}: {problem}")
    return 1 if found.problems else 0


async def _articles_of(source: str, networks: Sequence[str], kind: SourceKind, options: Options) -> Read:
    if source == STDIN:
        fetched = Fetched((Document(STDIN, sys.stdin.buffer.read()),))
        return read_source(Source(0, "", STDIN, kind, options=options), fetched)
    asked = replace(_configured(source), kind=kind, options=options)
    polling = Polling()
    async with HttpFetcher(
        timeout=polling.timeout, max_bytes=polling.max_bytes, contact=polling.contact, networks=networks
    ) as fetcher:
        try:
            fetched = await fetcher.fetch(asked)
            return await asyncio.to_thread(_whole, asked, fetched)
        except SourceError as error:
            raise PantauError(f"{source}: {error}") from error


def _whole(asked: Source, fetched: Fetched) -> Read:
    """All of an answer: a feed of very many items is read in several goes, as polling reads it at several polls."""
    found = read_source(asked, fetched)
    articles = {article.id: article for article in found.articles}
    while found.articles and found.memo:
        found = read_source(asked, fetched, found.memo)
        if not {article.id for article in found.articles} - articles.keys():
            break
        articles |= {article.id: article for article in found.articles if article.id not in articles}
    return replace(found, articles=tuple(articles.values()))


def _configured(source: str) -> Source:
    """The source as a configuration that names it makes it, so that its articles get the same ids."""
    return Source(0, "", source if is_web(source) else str(Path(source).resolve()))


def match_to_lines(articles: str, query: str, watchlist: Path | None, *, explained: bool = False) -> int:
    """Print which watches each article answers, at once; 1 when a line could not be read.

    `explained`: print every watch for every article, with what the article says to each clause.
    """
    queries = _listed(watchlist) if watchlist else _alone(query)
    lookout = Lookout(Index(), {}, ())
    with uncollected():
        for name, one in queries.items():
            lookout.add(Watch(name, ""), one)
    bad = 0
    for record in _records(articles):
        if isinstance(record, BadLine):
            bad += _complain_of(articles, record)
            continue
        matches = lookout.match(record.article)
        lines = _explained(record.article, matches, queries) if explained else _plain(record.article, matches)
        for line in lines:
            print(line)  # noqa: T201
        sys.stdout.flush()  # whoever reads a stream of articles wants them one by one
    return 1 if bad else 0


def _listed(watchlist: Path) -> Mapping[str, Query]:
    """The queries of a configuration, by their watches' names. Raises ConfigError."""
    with uncollected():
        return read_queries(load(watchlist, os.environ)).queries


def _alone(text: str) -> Mapping[str, Query]:
    """One query. Raises PantauError."""
    try:
        return {"query": parse(text)}
    except QueryError as error:
        raise PantauError(f"{error.text}\n{error.caret()}") from error


def _plain(article: Article, matches: Sequence[Match]) -> Iterator[str]:
    return (match_line(article, match) for match in matches)


def _explained(article: Article, matches: Sequence[Match], queries: Mapping[str, Query]) -> Iterator[str]:
    by_name = {match.watch: match for match in matches}
    nothing = Passage("body", 0, 0, "")
    for name, query in queries.items():
        match = by_name.get(name, Match(name, (), nothing))
        yield match_line(article, match, explain(query, article).lines())


def stories_to_lines(articles: str) -> int:
    """Print the articles with their story, and of which article each is a copy; 1 when a line could not be read."""
    memory = Memory()
    bad = 0
    for record in _records(articles):
        if isinstance(record, BadLine):
            bad += _complain_of(articles, record)
            continue
        place = memory.place(record.article)
        added = {"story": place.story, **({"copy_of": place.copy_of} if place.copy_of else {})}
        # What is found now replaces what an earlier run of this filter found.
        others = {name: value for name, value in record.extra.items() if name not in ("story", "copy_of")}
        print(article_line(record.article, {**others, **added}), flush=True)  # noqa: T201
    return 1 if bad else 0


def summarise_to_lines(articles: str, sentences: int, *, as_json: bool) -> int:
    """Print a summary with its citations; 1 when a line could not be read."""
    bad, good = 0, []
    for record in _records(articles):
        if isinstance(record, BadLine):
            bad += _complain_of(articles, record)
        else:
            good.append(record.article)
    ranked = rank(good, {article.id: fingerprint(article) for article in good})
    summary = summarise(ranked, sentences=sentences)
    print(summary_line(summary) if as_json else _told(summary))  # noqa: T201
    return 1 if bad else 0


def _told(summary: Summary) -> str:
    """The sentences, numbered to the articles under them."""
    cited = list(dict.fromkeys(one.article for one in summary.sentences))
    said = [f"{one.shown} [{cited.index(one.article) + 1}]" for one in summary.sentences]
    named = [
        f"[{number}] {' · '.join(part for part in (article.source, headline(article), article.url) if part)}"
        for number, article in enumerate(cited, start=1)
    ]
    return "\n".join([*said, "", *named]) if said else "Nothing to summarise."


def _records(source: str) -> Iterator[Record | BadLine]:
    """Articles as JSON lines, streamed; or, when the input does not begin with "{", as one feed, page or text."""
    with _opened(source) as stream:
        head = stream.peek(1024)
        if head.lstrip().startswith(b"{") and b'"items"' not in head.split(b"\n", 1)[0]:
            yield from read(line.decode(errors="replace") for line in stream)
            return
        url = STDIN if source == STDIN else Path(source).resolve().as_uri()
        try:
            found = read_source(Source(0, "", url), Fetched((Document(url, stream.read()),)))
        except SourceError as error:
            raise PantauError(f"{source}: {error}") from error
    for problem in found.problems:
        _complain(f"{source}: {problem}")
    yield from map(Record, found.articles)


@contextmanager
def _opened(source: str) -> Iterator[io.BufferedReader]:
    """A file, or standard input for "-". Raises PantauError for one that cannot be read."""
    if source == STDIN:
        yield sys.stdin.buffer  # type: ignore[misc]  # declared as any binary stream, it is a BufferedReader
        return
    try:
        file = Path(source).open("rb")  # noqa: SIM115  # closed below; its failure to open is told apart
    except OSError as error:
        raise PantauError(
            f"{source}: {error.strerror}. Name a file that can be read, or - for standard input."
        ) from error
    with file:
        yield file


def _complain_of(source: str, line: BadLine) -> int:
    _complain(f"{source}:{line.number}: {line.why}")
    return 1


def _complain(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
