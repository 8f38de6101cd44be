"""No source, and no redirect, makes Pantau ask what is not public."""

from __future__ import annotations

import logging
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.adapters.http import HttpFetcher
from bot.adapters.http.guard import Guard
from bot.errors import SourceError
from bot.model import Source
from tests.publisher import LOOPBACK, serving

TRICKS = {
    "loopback": "127.0.0.1",
    "another loopback": "127.8.9.1",
    "unspecified": "0.0.0.0",
    "private, large": "10.0.0.1",
    "private, middle": "172.31.255.1",
    "private, small": "192.168.1.1",
    "a provider's own": "100.64.0.1",
    "metadata of most clouds": "169.254.169.254",
    "metadata of Azure": "168.63.129.16",
    "metadata of Alibaba": "100.100.100.200",
    "metadata of Oracle": "192.0.0.192",
    "metadata of AWS over IPv6": "fd00:ec2::254",
    "IPv6 loopback": "::1",
    "IPv6 unspecified": "::",
    "mapped": "::ffff:127.0.0.1",
    "mapped metadata": "::ffff:169.254.169.254",
    "compatible, of old": "::127.0.0.1",
    "translated": "64:ff9b::a9fe:a9fe",
    "6to4": "2002:7f00:1::1",
    "Teredo": "2001:0:1::1",
    "link-local with a zone": "fe80::1%eth0",
    "site-local, of old": "fec0::1",
    "private IPv6": "fc00::1",
    "multicast": "224.0.0.1",
    "IPv6 multicast": "ff02::1",
    "broadcast": "255.255.255.255",
    "documentation": "192.0.2.1",
    "no address at all": "localhost",
}


@pytest.mark.parametrize("address", TRICKS.values(), ids=TRICKS.keys())
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not Guard().allows(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_what_is_public_is_asked(address: str) -> None:
    assert Guard().allows(address)


def test_a_network_that_is_listed_is_asked_and_no_other() -> None:
    guard = Guard(["10.1.0.0/16", "fd12::/16"])
    assert guard.allows("10.1.2.3") and guard.allows("fd12::1") and guard.allows("::ffff:10.1.2.3")
    assert not guard.allows("10.2.0.1") and not guard.allows("127.0.0.1")


class Names(AbstractResolver):
    """A name service that answers the next of its answers each time."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = self.answers.pop(0)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in found
        ]

    async def close(self) -> None:
        pass


async def failure(fetcher: HttpFetcher, url: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await fetcher.fetch(Source(1, "Kabar", url))
    assert caught.value.remedy
    return caught.value


@pytest.fixture
async def asked() -> AsyncIterator[tuple[str, list[str]]]:
    """A publisher on the loopback, and what it was asked for."""
    paths: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        paths.append(request.path_qs)
        if to := request.query.get("to"):
            return web.Response(status=302, headers={"Location": to})
        return web.Response(text="secret")

    async with serving(answer) as address:
        yield address, paths


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]"]
)
async def test_a_private_address_is_refused_however_it_is_written(
    asked: tuple[str, list[str]], host: str
) -> None:
    address, paths = asked
    port = address.rpartition(":")[2]
    async with HttpFetcher(5.0, 1_000) as fetcher:
        await failure(fetcher, f"http://{host}:{port}/")
    assert paths == []


async def test_the_refusal_says_which_key_lets_it_in(asked: tuple[str, list[str]]) -> None:
    async with HttpFetcher(5.0, 1_000) as fetcher:
        error = await failure(fetcher, asked[0])
    assert str(error) == (
        "127.0.0.1 is no public address, so it is not asked. "
        "If it is a server of yours, list its network in allow_networks under [polling], or after --allow-network."
    )


async def test_a_name_that_leads_inside_is_refused(asked: tuple[str, list[str]]) -> None:
    for inside in (["127.0.0.1"], ["::1", "127.0.0.1"], ["169.254.169.254"]):
        async with HttpFetcher(5.0, 1_000, resolver=Names(inside)) as fetcher:
            assert "no public address" in str(await failure(fetcher, "http://news.example/"))
    assert asked[1] == []


async def test_a_redirect_that_leads_inside_is_refused(asked: tuple[str, list[str]]) -> None:
    """The first server may be asked, the second may not."""
    address, paths = asked
    async with HttpFetcher(5.0, 1_000, networks=["127.0.0.1"]) as fetcher:
        error = await failure(fetcher, f"{address}/?to=http://127.0.0.2:1/")
    assert "127.0.0.2 is no public address" in str(error)
    assert paths == ["/?to=http://127.0.0.2:1/"]


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "data:text/xml,<rss/>"]
)
async def test_a_redirect_to_something_else_than_the_web_is_refused(
    asked: tuple[str, list[str]], target: str
) -> None:
    async with HttpFetcher(5.0, 1_000, networks=LOOPBACK) as fetcher:
        await failure(fetcher, f"{asked[0]}/?to={target}")


async def test_no_password_or_key_of_an_address_is_said_anywhere(
    asked: tuple[str, list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    address = asked[0].replace("//", "//nama:rahasia@")
    async with HttpFetcher(0.5, 1_000, networks=LOOPBACK) as fetcher:
        await fetcher.fetch(Source(1, "Kabar", f"{address}/?key=rahasia"))
        errors = [
            await failure(fetcher, f"{address}/?key=rahasia&to=http://nama:rahasia@127.0.0.1:1/"),
            await failure(fetcher, f"{address}/?key=rahasia&to=http://["),
            await failure(fetcher, "http://nama:rahasia@127.0.0.1:1/?key=rahasia"),
            await failure(fetcher, "http://nama:rahasia@127.0.0.1:99999/?key=rahasia"),
        ]
    async with HttpFetcher(0.5, 1_000) as fetcher:
        errors.append(await failure(fetcher, f"{address}/?key=rahasia"))
    assert not [error for error in errors if "rahasia" in str(error)]
    ours = [
        record for record in caplog.records if record.name != "aiohttp.access"
    ]  # which is the publisher's own
    assert not [record for record in ours if "rahasia" in record.getMessage()]
