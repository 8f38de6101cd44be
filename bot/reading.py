"""An answer of a source, read: all of its documents, whatever they are."""

from __future__ import annotations

import asyncio

from bot.errors import SourceError
from bot.hosts import is_web
from bot.model import Source
from bot.ports import Document, Fetched, Read
from bot.sources import owner_of, parse, unchanged, whole


class InThread:
    """Parses in a thread of this process (bot.ports.Parser): for the command line's filters, which poll nothing."""

    async def parse(self, source: Source, fetched: Fetched, memo: bytes = b"") -> Read:
        return await asyncio.to_thread(read, source, fetched, memo)


def read(source: Source, fetched: Fetched, memo: bytes = b"", digest: bytes = b"") -> Read:
    """What is new in an answer (bot.ports.Parser.parse). Raises SourceError when nothing could be read.

    `digest`: of an answer for which `untouched` has said that it is not.
    """
    if not digest:
        digest = digest_of(fetched)
        if seen := untouched(source, fetched, memo, digest):
            return seen
    if len(fetched.documents) == 1:
        return _document(source, fetched.documents[0], memo, digest)
    # A pattern of files: each is an article, and there is no memo for so many.
    found: list[Read] = []
    failures: list[SourceError] = []
    for document in fetched.documents:
        try:
            found.append(_document(source, document))
        except SourceError as error:
            failures.append(error)
    if failures and not found:
        raise failures[0]
    return Read(
        tuple(article for one in found for article in one.articles),
        (*(problem for one in found for problem in one.problems), *map(str, failures)),
        sum(one.items for one in found),
    )


def digest_of(fetched: Fetched) -> bytes:
    """The digest of an answer; empty where there is not one document. Takes a millisecond for a megabyte."""
    return whole(fetched.documents[0].body) if len(fetched.documents) == 1 else b""


def untouched(source: Source, fetched: Fetched, memo: bytes, digest: bytes) -> Read | None:
    """What to say of an answer that is byte for byte the one of the memo; None for any other."""
    if not memo or not digest:
        return None
    owner = owner_of(_known_by(source, fetched.documents[0]), source.kind, source.name, source.options)
    items = unchanged(memo, owner, digest)
    return None if items is None else Read(items=items, known=items, memo=memo)


def _document(source: Source, document: Document, memo: bytes = b"", digest: bytes = b"") -> Read:
    parsed = parse(
        document.body,
        url=document.url,
        content_type=document.content_type,
        kind=source.kind,
        source=source.name,
        source_url=_known_by(source, document),
        memo=memo,
        digest=digest,
        options=source.options,
    )
    return Read(
        parsed.articles,
        parsed.problems,
        parsed.items,
        parsed.known,
        parsed.memo,
        parsed.hints,
        parsed.title,
    )


def _known_by(source: Source, document: Document) -> str:
    """The address that ids are made from: a redirect changes none, but one pattern may name many files."""
    return source.url if is_web(source.url) else document.url
