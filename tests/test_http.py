"""How a source is read over HTTP: what is asked, and what is made of the answer."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator
from importlib.metadata import PackageNotFoundError, version

import pytest
from aiohttp import web

from bot.adapters.http import HttpFetcher
from bot.adapters.http.fetcher import MAX_REDIRECTS
from bot.model import Source
from tests.publisher import LOOPBACK, Handler, saying, serving

FEED = b"<rss><channel><title>Kabar</title></channel></rss>" * 20
LIMIT = 100_000  # bytes
LAST_MODIFIED = "Sat, 22 Nov 2025 08:00:00 GMT"


def source(url: str, *, etag: str = "", last_modified: str = "") -> Source:
    return Source(1, "Kabar", url, etag=etag, last_modified=last_modified)


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    async with HttpFetcher(
        timeout=10.0, max_bytes=LIMIT, contact="https://newsroom.example/bot", networks=LOOPBACK
    ) as one:
        yield one


async def test_a_document_comes_with_its_type_its_bytes_and_its_validators(fetcher: HttpFetcher) -> None:
    async def answer(request: web.Request) -> web.Response:
        headers = {"ETag": 'W/"a1"', "Last-Modified": LAST_MODIFIED, "Content-Type": "text/xml; charset=big5"}
        return web.Response(body=FEED, headers=headers)

    async with serving(answer) as address:
        fetched = await fetcher.fetch(source(f"{address}/feed?x=1"))
        [document] = fetched.documents
        assert document.url == f"{address}/feed?x=1"
    assert (document.body, document.content_type) == (FEED, "text/xml; charset=big5")
    assert (fetched.etag, fetched.last_modified, fetched.unchanged) == ('W/"a1"', LAST_MODIFIED, False)


@pytest.mark.parametrize("etag", ['"a1"', 'W/"a1"', "unquoted", '"päte-é"', '"  two  spaces"'])
async def test_validators_go_back_exactly_as_they_came_and_survive_a_304(
    fetcher: HttpFetcher, etag: str
) -> None:
    """A publisher compares them letter by letter; an odd date is not ours to repair."""
    odd_date = "Sat, 22 Nov 2025 8:00:00 +0000"
    asked: list[tuple[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append((request.headers.get("If-None-Match", ""), request.headers.get("If-Modified-Since", "")))
        known = asked[-1] == (etag, odd_date)
        return web.Response(status=304 if known else 200, headers={"ETag": etag, "Last-Modified": odd_date})

    async with serving(answer) as address:
        first = await fetcher.fetch(source(address))
        again = await fetcher.fetch(source(address, etag=first.etag, last_modified=first.last_modified))
    assert asked == [("", ""), (etag, odd_date)]
    assert again.unchanged
    assert again.documents == ()
    assert (again.etag, again.last_modified) == (etag, odd_date)


async def test_a_validator_whose_bytes_are_no_text_is_not_kept(fetcher: HttpFetcher) -> None:
    """It could neither be stored nor sent back; the next poll is merely unconditional."""
    async with saying(b'HTTP/1.1 200 OK\r\nETag: "\xff\xfe"\r\nContent-Length: 2\r\n\r\nok') as address:
        fetched = await fetcher.fetch(source(address))
    assert fetched.etag == ""
    assert fetched.documents[0].body == b"ok"


async def test_a_request_says_honestly_who_asks_for_what(fetcher: HttpFetcher) -> None:
    seen: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        return web.Response()

    async with serving(answer) as address:
        await fetcher.fetch(source(address))
    headers = seen[0].headers
    assert headers["User-Agent"] == f"{installed_name()} (+https://newsroom.example/bot)"
    assert headers["Accept"].startswith("application/atom+xml, application/rss+xml")
    assert headers["Accept-Encoding"] == "gzip, deflate"
    assert "Cookie" not in headers


def installed_name() -> str:
    try:
        return f"Pantau/{version('pantau')}"
    except PackageNotFoundError:
        return "Pantau"


async def test_no_cookie_is_kept_from_poll_to_poll(fetcher: HttpFetcher) -> None:
    cookies: list[str | None] = []

    async def answer(request: web.Request) -> web.Response:
        cookies.append(request.headers.get("Cookie"))
        return web.Response(headers={"Set-Cookie": "visitor=42"})

    async with serving(answer) as address:
        # By name: aiohttp keeps no cookie of a bare number anyhow, and the test would prove nothing.
        address = address.replace("127.0.0.1", "localhost")
        await fetcher.fetch(source(address))
        await fetcher.fetch(source(address))
    assert cookies == [None, None]


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(FEED)),
        ("X-GZip", gzip.compress(FEED)),
        ("gzip", gzip.compress(FEED[:500]) + gzip.compress(FEED[500:])),
        ("gzip", gzip.compress(FEED) + b"\0" * 512),
        ("deflate", zlib.compress(FEED)),
        ("deflate", raw_deflate(FEED)),
        ("identity", FEED),
    ],
    ids=["gzip", "x-gzip", "two members", "padded", "zlib", "raw deflate", "identity"],
)
async def test_a_packed_body_is_unpacked(fetcher: HttpFetcher, encoding: str, packed: bytes) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=packed, headers={"Content-Encoding": encoding})

    async with serving(answer) as address:
        fetched = await fetcher.fetch(source(address))
    assert fetched.documents[0].body == FEED


async def test_an_empty_answer_that_calls_itself_gzip_is_empty(fetcher: HttpFetcher) -> None:
    async with saying(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n") as address:
        fetched = await fetcher.fetch(source(address))
    assert fetched.documents[0].body == b""


def hops(count: int) -> Handler:
    """A handler that redirects `count` times, then serves the feed."""

    async def answer(request: web.Request) -> web.Response:
        at = int(request.path.strip("/") or 0)
        if at < count:
            raise web.HTTPMovedPermanently(f"/{at + 1}")
        return web.Response(body=FEED)

    return answer


async def test_five_redirects_are_followed_and_the_last_address_is_told(fetcher: HttpFetcher) -> None:
    async with serving(hops(MAX_REDIRECTS)) as address:
        fetched = await fetcher.fetch(source(address))
        assert fetched.documents[0].url == f"{address}/5"


async def test_a_password_in_the_address_is_sent_and_not_told(fetcher: HttpFetcher) -> None:
    seen: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.headers["Authorization"])
        return web.Response(body=FEED)

    async with serving(answer) as address:
        fetched = await fetcher.fetch(source(address.replace("http://", "http://redaksi:rahasia@")))
    assert seen == ["Basic cmVkYWtzaTpyYWhhc2lh"]
    assert "rahasia" not in fetched.documents[0].url


async def test_headers_longer_than_aiohttp_expects_are_read(fetcher: HttpFetcher) -> None:
    policy = b"a" * 30_000
    head = b"HTTP/1.1 200 OK\r\nContent-Security-Policy: " + policy + b"\r\nContent-Length: 2\r\n\r\nok"
    async with saying(head) as address:
        assert (await fetcher.fetch(source(address))).documents[0].body == b"ok"


async def test_no_poll_waits_for_the_connection_of_another(fetcher: HttpFetcher) -> None:
    """aiohttp lets 100 requests run at once; the configuration allows 200, and waiting counts as slowness."""
    crowd = 120
    everyone = asyncio.Barrier(crowd)

    async def answer(request: web.Request) -> web.Response:
        await everyone.wait()
        return web.Response(body=b"ok")

    async with serving(answer) as address:
        fetched = await asyncio.gather(*(fetcher.fetch(source(address)) for _ in range(crowd)))
    assert all(one.documents[0].body == b"ok" for one in fetched)


async def test_a_cancelled_poll_stays_cancelled(fetcher: HttpFetcher) -> None:
    """A stop of the program must not look like a failure of the source."""
    asked = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        asked.set()
        await asyncio.sleep(5)
        return web.Response()

    async with serving(answer) as address:
        poll = asyncio.create_task(fetcher.fetch(source(address)))
        await asked.wait()
        poll.cancel()
        with pytest.raises(asyncio.CancelledError):
            await poll
