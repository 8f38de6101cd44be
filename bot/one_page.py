"""One page read because a person asked for it: fetched as a source would be, and not stored."""

from __future__ import annotations

from bot.errors import SourceError
from bot.model import Article, Source, SourceKind
from bot.ports import Fetcher, Parser


class Reader:
    """Reads an address once."""

    def __init__(self, fetcher: Fetcher, parser: Parser) -> None:
        self._fetcher, self._parser = fetcher, parser

    async def __call__(self, url: str) -> Article:
        """The article that stands at an address. Raises SourceError."""
        source = Source(0, "", url, SourceKind.ARTICLE)
        read = await self._parser.parse(source, await self._fetcher.fetch(source))
        if not read.articles:
            raise SourceError("; ".join(read.problems) or "there is no article at that address")
        return read.articles[0]
