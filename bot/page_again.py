"""What stands at the address of an alerted article now."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from bot.aftermath import Absence, Absent, Said, Same, Seen, Unread, version
from bot.errors import SourceError
from bot.model import Source, SourceKind
from bot.ports import Document, Fetched, Fetcher, Parser, Revisit
from bot.sources import decode, heading_of, says_missing, stand_in
from bot.stories import is_removal

log = logging.getLogger(__name__)

HEAD_BYTES = 200_000  # of a page, where its title stands
FRONT = frozenset(
    ("", "index.html", "index.php", "home", "beranda", "404", "404.html", "not-found", "error", "error/404")
)


async def see(revisit: Revisit, fetcher: Fetcher, parser: Parser) -> Seen:
    """Ask for the page once, conditionally. Never raises: what goes wrong is what it has seen."""
    page = Source(
        0,
        f"the page of {revisit.article}",
        revisit.url,
        SourceKind.ARTICLE,
        etag=revisit.etag,
        last_modified=revisit.last_modified,
    )
    try:
        fetched = await fetcher.fetch(page)
        if fetched.unchanged:
            return Same()
        return await _read(page, fetched, parser)
    except SourceError as error:
        return Absent(Absence.MISSING) if error.missing else Unread(str(error), error.retry_after or 0.0)
    except Exception as error:
        log.exception("%s: a fault of Pantau's own", page.name)
        return Unread(f"a fault of Pantau's own ({type(error).__name__})")


async def _read(page: Source, fetched: Fetched, parser: Parser) -> Seen:
    document = fetched.documents[0]
    if leads_home(page.url, document.url):
        return Absent(Absence.HOME)
    head = _head(document)
    said = heading_of(head)
    denies = says_missing(head) or is_removal(said)
    try:
        read = await parser.parse(page, fetched)
    except SourceError as error:
        return Absent(Absence.MISSING) if denies else Unread(str(error))
    article = max(read.articles, key=lambda one: len(one.body))
    return Said(
        version(article.title, article.body),
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        poses=stand_in(head) is not None,
        denies=denies,
    )


def leads_home(asked: str, final: str) -> bool:
    """Was the address of an article sent on to a front page, or to a page for what is not there?"""
    before, after = urlsplit(asked), urlsplit(final)
    to_front = after.path.strip("/").lower() in FRONT
    if before.path.strip("/").lower() in FRONT:  # "/?p=42"
        return to_front and bool(before.query) and not after.query
    return to_front


def _head(document: Document) -> str:
    return decode(document.body[:HEAD_BYTES], document.content_type)[0]
