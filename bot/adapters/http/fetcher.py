"""One conditional request per poll; what comes back is a document, "unchanged", or a SourceError."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.adapters.http.failures import EXPECTED, of_error, of_status
from bot.adapters.http.files import read_files
from bot.adapters.http.guard import Guard
from bot.adapters.http.unpack import ACCEPT_ENCODING, Body, TooLarge
from bot.errors import SourceError
from bot.model import Source
from bot.ports import Document, Fetched

MAX_REDIRECTS = 5
HEADER_BYTES = (
    65_536  # per line; aiohttp's own 8,190 is less than the longest cookie and policy headers of news sites
)
KEPT_ALIVE = 1.5  # seconds: a host's next source follows after one; 10,000 idle connections take 70 MB
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.8, */*;q=0.5"
)
WHOLE = (200, 203)  # RFC 9110 §15.3: the other 2xx carry a part of the document, or none


class HttpFetcher:
    """Implements `bot.ports.Fetcher` for http(s) addresses and for files; use it as an async context manager.

    `timeout` is seconds for a whole request with its redirects, `max_bytes` the limit of one unpacked
    document, `contact` the page or mail address where a publisher can complain, `networks` those that may be
    asked although they are not public.
    """

    def __init__(
        self,
        timeout: float,
        max_bytes: int,
        contact: str = "",
        *,
        networks: Iterable[str] = (),
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._user_agent = user_agent(contact)
        self._guard = Guard(networks)
        self._resolver = resolver

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            # Without a limit: who polls decides how many run; waiting here would eat the timeout.
            connector=aiohttp.TCPConnector(
                limit=0,
                keepalive_timeout=KEPT_ALIVE,
                socket_factory=self._guard,
                resolver=self._resolver,
            ),
            timeout=aiohttp.ClientTimeout(total=self._timeout),
            headers={"User-Agent": self._user_agent, "Accept": ACCEPT, "Accept-Encoding": ACCEPT_ENCODING},
            cookie_jar=aiohttp.DummyCookieJar(),  # no publisher recognises us at the next poll
            auto_decompress=False,
            max_line_size=HEADER_BYTES,
            max_field_size=HEADER_BYTES,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def fetch(self, source: Source) -> Fetched:
        """Read a source once, conditionally. Raises SourceError; nothing else."""
        scheme, separator, _ = source.url.partition("://")
        if not separator:
            return await asyncio.to_thread(read_files, source.url, source.etag, self._max_bytes)
        if scheme.lower() not in ("http", "https"):
            raise SourceError(
                f"Addresses that begin with {scheme}:// cannot be read.", "Use http, https or a path."
            )
        host = source.url
        try:
            address = URL(source.url)
            host = address.host or "The address"
            return await self._get(address, source)
        except EXPECTED as error:
            raise of_error(error, host, timeout=self._timeout, limit=self._max_bytes) from error

    async def _get(self, address: URL, source: Source) -> Fetched:
        # aiohttp counts the request itself as the first redirect.
        asked = validators(source)
        async with self._session.get(address, headers=asked, max_redirects=MAX_REDIRECTS + 1) as answer:
            if answer.status == 304 and asked:
                return Fetched(
                    etag=source.etag, last_modified=source.last_modified, unchanged=True,
                    fresh=freshness(answer.headers), moved_to=moved_to(answer),
                )  # fmt: skip
            if answer.status not in WHOLE:
                raise of_status(answer.status, answer.url.host or "", answer.headers, datetime.now(UTC))
            document = Document(
                str(answer.url), await self._whole(answer), answer.headers.get("Content-Type", "")
            )
            return Fetched(
                (document,), sendable(answer, "ETag"), sendable(answer, "Last-Modified"),
                fresh=freshness(answer.headers), moved_to=moved_to(answer),
            )  # fmt: skip

    async def _whole(self, answer: aiohttp.ClientResponse) -> bytes:
        if (answer.content_length or 0) > self._max_bytes:
            raise TooLarge
        body = Body(answer.headers.get("Content-Encoding", ""), self._max_bytes)
        async for chunk in answer.content.iter_any():
            body.feed(chunk)
        return body.finish()


def user_agent(contact: str) -> str:
    """The honest name we go by: `Pantau/0.1.0 (+https://newsroom.example/bot)`."""
    try:
        name = f"Pantau/{version('pantau')}"
    except PackageNotFoundError:  # started from a checkout that was never installed
        name = "Pantau"
    return f"{name} (+{contact})" if contact else name


def validators(source: Source) -> dict[str, str]:
    """The headers that make a request conditional, both exactly as they were received."""
    both = {"If-None-Match": source.etag, "If-Modified-Since": source.last_modified}
    return {name: value for name, value in both.items() if value}


def moved_to(answer: aiohttp.ClientResponse) -> str:
    """Where the request ended, if permanent redirects alone have led there (RFC 9110 §15.4); else empty."""
    if answer.history and all(hop.status in (301, 308) for hop in answer.history):
        return str(answer.url)
    return ""


def freshness(headers: Mapping[str, str]) -> float | None:
    """Seconds until a shared cache asks again (RFC 9111 §4.2); None where nothing, or "do not store", is said."""
    said = headers.get("Cache-Control", "").lower()
    if "no-store" in said or "no-cache" in said:
        return None
    ages = dict(_MAX_AGE.findall(said))
    lifetime = ages.get("s-maxage", ages.get("max-age"))
    if lifetime is None:
        expires = _moment(headers.get("Expires", ""))
        date = _moment(headers.get("Date", "")) if expires else None
        if expires is None or date is None:
            return None
        return max(0.0, (expires - date).total_seconds())
    age = headers.get("Age", "0").strip()
    return max(0.0, min(float(lifetime), 1e6) - (min(float(age), 1e6) if age.isdigit() else 0.0))


_MAX_AGE = re.compile(r"\b(s-maxage|max-age)\s*=\s*\"?(\d{1,9})")


def _moment(written: str) -> datetime | None:
    if not written:
        return None
    try:
        moment = parsedate_to_datetime(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def sendable(answer: aiohttp.ClientResponse, name: str) -> str:
    """A validator to keep; empty if its bytes are no text, which could not be stored and sent back."""
    value = answer.headers.get(name, "")
    return value if value.isprintable() else ""
