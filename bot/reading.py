"""An answer of a source, read: all of its documents, whatever they are."""

from __future__ import annotations

import asyncio

from bot.errors import SourceError
from bot.model import Article, Source
from bot.ports import Fetched, Read
from bot.sources import Hints, parse


class InThread:
    """Parses in a thread of this process (bot.ports.Parser): for the command line's filters, which poll nothing."""

    async def parse(self, source: Source, fetched: Fetched, memo: bytes = b"") -> Read:
        return await asyncio.to_thread(read, source, fetched, memo)


def read(source: Source, fetched: Fetched, memo: bytes = b"") -> Read:
    """What is new in an answer (bot.ports.Parser.parse). Raises SourceError when nothing could be read."""
    articles: list[Article] = []
    problems: list[str] = []
    failures: list[SourceError] = []
    hints = Hints()
    items = known = 0
    for document in fetched.documents:
        try:
            parsed = parse(
                document.body,
                url=document.url,
                content_type=document.content_type,
                kind=source.kind,
                source=source.name,
                # one pattern may name many files
                source_url=source.url if is_web(source.url) else document.url,
            )
        except SourceError as error:
            failures.append(error)
        else:
            articles.extend(parsed.articles)
            problems.extend(parsed.problems)
    if failures and len(failures) == len(fetched.documents):
        raise failures[0]
    return Read(tuple(articles), (*problems, *map(str, failures)), items, known, b"", hints)


def is_web(url: str) -> bool:
    """An address, and not a file's path."""
    return url.lower().startswith(("http://", "https://"))
