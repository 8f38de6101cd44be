"""Whatever a publisher does, the answer is a SourceError that says what is wrong and what to do."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.adapters.http import HttpFetcher
from bot.adapters.http.failures import RETRY_AFTER_CEILING, retry_after
from bot.adapters.http.fetcher import MAX_REDIRECTS
from bot.adapters.http.unpack import Body, BrokenPacking
from bot.errors import SourceError
from bot.model import Source
from tests.publisher import LOOPBACK, Ending, saying, serving

LIMIT = 50_000  # bytes
TIMEOUT = 10.0  # seconds; no test comes near it
HASTE = 0.3  # seconds
NOW = datetime(2025, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    async with HttpFetcher(TIMEOUT, LIMIT, networks=LOOPBACK) as one:
        yield one


@pytest.fixture
async def hasty() -> AsyncIterator[HttpFetcher]:
    """For publishers that make us wait."""
    async with HttpFetcher(HASTE, LIMIT, networks=LOOPBACK) as one:
        yield one


async def failure(fetcher: HttpFetcher, url: str, *, etag: str = "") -> SourceError:
    """The error that reading `url` ends with; every one names a remedy."""
    with pytest.raises(SourceError) as caught:
        await fetcher.fetch(Source(1, "Kabar", url, etag=etag))
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (204, "has nothing there (204 No Content)"),
        (206, "did not send the page (206 Partial Content)"),
        (304, "nothing is new, although nothing was known"),
        (401, "asks for a password (401 Unauthorized)"),
        (403, "does not let us read it (403 Forbidden)"),
        (404, "has nothing at this address (404 Not Found)"),
        (410, "taken it down for good (410 Gone)"),
        (418, "refuses the request (418 I'm a Teapot)"),
        (429, "come less often (429 Too Many Requests)"),
        (500, "trouble of its own (500 Internal Server Error)"),
        (503, "not available at the moment (503 Service Unavailable)"),
        (599, "trouble of its own (599)"),
    ],
)
async def test_a_status_that_brings_no_document_is_said_in_words(
    fetcher: HttpFetcher, status: int, words: str
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status)

    async with serving(answer) as address:
        error = await failure(fetcher, address)
    assert error.what.startswith("127.0.0.1 ")
    assert words in error.what
    assert error.retry_after is None


@pytest.mark.parametrize(("status", "wait"), [(429, 120.0), (503, 120.0), (500, None), (403, None)])
async def test_the_wait_a_publisher_asks_for_is_passed_on(
    fetcher: HttpFetcher, status: int, wait: float | None
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Retry-After": "120"})

    async with serving(answer) as address:
        assert (await failure(fetcher, address)).retry_after == wait


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sat, 22 Nov 2025 08:01:30 GMT", 90.0),
        ("Sat, 22 Nov 2025 08:01:30 -0000", 90.0),
        ("Saturday, 22-Nov-25 08:01:30 GMT", 90.0),
        ("Sat, 22 Nov 2025 07:00:00 GMT", 0.0),
        ("99999999999", RETRY_AFTER_CEILING),
        ("Sat, 22 Nov 2099 08:00:00 GMT", RETRY_AFTER_CEILING),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("9" * 5_000, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str, wait: float | None) -> None:
    assert retry_after(value, NOW) == wait


async def test_a_small_answer_that_unpacks_to_a_huge_one_is_stopped_at_the_limit(
    fetcher: HttpFetcher,
) -> None:
    bomb = gzip.compress(bytes(30_000_000))
    assert len(bomb) < LIMIT

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    async with serving(answer) as address:
        error = await failure(fetcher, address)
    assert "larger than 50,000 bytes" in error.what


async def test_an_announced_length_over_the_limit_is_not_even_read(fetcher: HttpFetcher) -> None:
    async with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 50001\r\n\r\n", Ending.STALL) as address:
        error = await failure(fetcher, address)
    assert "larger than 50,000 bytes" in error.what


async def test_a_body_that_never_ends_is_stopped_at_the_limit(fetcher: HttpFetcher) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with saying(head + b"ffff\r\n" + bytes(0xFFFF) + b"\r\n", Ending.STALL) as address:
        error = await failure(fetcher, address)
    assert "larger than 50,000 bytes" in error.what


PACKED = gzip.compress(bytes(range(256)) * 100)


@pytest.mark.parametrize(
    ("encoding", "data", "words"),
    [
        ("gzip", PACKED[:-60], "it breaks off in the middle"),
        ("gzip", PACKED[:5], "it breaks off in the middle"),
        ("gzip", PACKED[:-8] + b"\0" * 8, "it is not gzip"),
        ("gzip", b"<rss/>", "it is not gzip"),
        ("br", b"\x0b\x02", "it is packed as br"),
        ("gzip, gzip", PACKED, "it is packed as gzip, gzip"),
    ],
    ids=["cut", "cut in its head", "wrong sum", "not packed", "not asked for", "twice"],
)
async def test_a_body_that_cannot_be_unpacked_whole_is_refused(
    fetcher: HttpFetcher, encoding: str, data: bytes, words: str
) -> None:
    """Half a feed that passes for a whole one would lose the other half once its ETag is stored."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=data, headers={"Content-Encoding": encoding, "ETag": '"a1"'})

    async with serving(answer) as address:
        error = await failure(fetcher, address)
    assert error.what == f"What 127.0.0.1 sends cannot be unpacked: {words}."
    assert isinstance(error.__cause__, BrokenPacking)


@pytest.mark.parametrize(
    "head",
    [b"Content-Length: 1000\r\n\r\nx", b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", b"Content-Len"],
    ids=["length", "chunks", "headers"],
)
@pytest.mark.parametrize("ending", [Ending.CLOSE, Ending.RESET])
async def test_a_connection_that_breaks_off_is_no_document(
    fetcher: HttpFetcher, head: bytes, ending: Ending
) -> None:
    async with saying(b"HTTP/1.1 200 OK\r\n" + head, ending) as address:
        error = await failure(fetcher, address)
    assert error.what == "The connection to 127.0.0.1 broke off."


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<"], ids=["mute", "one byte"]
)
async def test_a_publisher_that_stalls_is_left_at_the_time_limit(hasty: HttpFetcher, start: bytes) -> None:
    async with saying(start, Ending.STALL) as address:
        began = time.monotonic()
        error = await failure(hasty, address)
        assert time.monotonic() - began < HASTE + 1.0
    assert error.what == "127.0.0.1 did not answer completely within 0.3 seconds."


async def test_a_body_that_drips_does_not_outlive_the_time_limit(hasty: HttpFetcher) -> None:
    """The limit is for the whole request: a byte now and then buys no time."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b".")
            await asyncio.sleep(0.05)
        return response

    async with serving(answer) as address:
        error = await failure(hasty, address)
    assert "did not answer completely" in error.what


async def test_redirects_without_end_are_given_up(fetcher: HttpFetcher) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        raise web.HTTPFound(f"/{len(asked)}")

    async with serving(answer) as address:
        error = await failure(fetcher, address)
    assert "from address to address" in error.what
    assert len(asked) == MAX_REDIRECTS + 1


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("file:///etc/hostname", "something that is not a web page"),
        ("ftp://127.0.0.1/feed", "something that is not a web page"),
        ("http://", "an address that cannot be read"),
        ("http://[::1", "an address that cannot be read"),
        ("", "did not send the page (302 Found)"),
    ],
)
async def test_a_redirect_leads_to_web_pages_only(fetcher: HttpFetcher, location: str, words: str) -> None:
    head = f"Location: {location}\r\n" if location else ""
    async with saying(f"HTTP/1.1 302 Found\r\n{head}Content-Length: 0\r\n\r\n".encode()) as address:
        error = await failure(fetcher, address)
    assert words in error.what


async def test_nobody_at_the_port_is_said_with_the_reason(fetcher: HttpFetcher) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        error = await failure(fetcher, f"http://127.0.0.1:{taken.getsockname()[1]}/")
    assert error.what == "127.0.0.1 accepts no connection: connection refused."


async def test_after_a_redirect_the_host_that_fails_is_named(fetcher: HttpFetcher) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        location = f"http://localhost:{taken.getsockname()[1]}/"
        async with saying(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n".encode()) as address:
            error = await failure(fetcher, address)
    assert error.what.startswith("localhost accepts no connection: ")


async def test_an_error_that_aiohttp_hands_on_bare_is_a_connection_that_broke_off(
    fetcher: HttpFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wraps those it knows of; one that it forgets must not stop the polling."""

    def torn(self: Body, chunk: bytes) -> None:
        raise ssl.SSLError("record layer failure")

    monkeypatch.setattr(Body, "feed", torn)
    async with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") as address:
        error = await failure(fetcher, address)
    assert error.what == "The connection to 127.0.0.1 broke off."


class NoNames(AbstractResolver):
    """A name service that knows nothing."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def close(self) -> None:
        pass


async def test_an_unknown_host_name_is_said() -> None:
    async with HttpFetcher(TIMEOUT, LIMIT, resolver=NoNames()) as fetcher:
        error = await failure(fetcher, "https://news.example/feed")
    assert error.what == "The name news.example cannot be found."


async def test_a_certificate_that_cannot_be_trusted_is_said(fetcher: HttpFetcher) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(Path(__file__).parent / "data/self_signed.pem")

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="never seen")

    async with serving(answer, tls=tls) as address:
        error = await failure(fetcher, address)
    assert error.what == "The certificate of 127.0.0.1 is not valid: self-signed certificate."


async def test_https_to_a_port_that_speaks_http_is_said(fetcher: HttpFetcher) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="never seen")

    async with serving(answer) as address:
        error = await failure(fetcher, address.replace("http:", "https:"))
    assert error.what == "No secure connection to 127.0.0.1 is possible."
    assert "http instead of https" in error.remedy


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9.6\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\0\1\2\r\n\r\n"])
async def test_something_that_is_not_http_is_said(fetcher: HttpFetcher, said: bytes) -> None:
    async with saying(said) as address:
        error = await failure(fetcher, address)
    assert error.what == "127.0.0.1 does not speak proper HTTP."


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http://:80/",
        "http://[::1/",
        "http://host:notaport/",
        "http://host:99999/",
        f"http://{'a' * 64}.example/",
        "http://a..example/",
        "http://ex ample/",
        "http://\udcff.example/",
        "ftp://127.0.0.1/feed",
        "file:///etc/hostname",
        "://",
        "",
        "feed.xml",
    ],
)
async def test_an_address_that_cannot_be_read_is_said(hasty: HttpFetcher, url: str) -> None:
    await failure(hasty, url)


@pytest.mark.parametrize(
    "url", ["http://redaksi:rahasia@127.0.0.1:1/?key=rahasia", "http://redaksi:rahasia@:x/"]
)
async def test_no_error_tells_a_password_or_a_key(fetcher: HttpFetcher, url: str) -> None:
    """Errors are shown in chats."""
    assert "rahasia" not in str(await failure(fetcher, url))


async def test_a_failure_leaves_the_next_poll_untouched(fetcher: HttpFetcher) -> None:
    """No connection is left half read: the next answer is the next answer."""
    answers = iter(
        [web.Response(body=bytes(LIMIT + 1)), web.Response(status=500, text="x" * 9), web.Response(text="ok")]
    )

    async def answer(request: web.Request) -> web.Response:
        return next(answers)

    async with serving(answer) as address:
        await failure(fetcher, address)
        await failure(fetcher, address)
        fetched = await fetcher.fetch(Source(1, "Kabar", address))
    assert fetched.documents[0].body == b"ok"
