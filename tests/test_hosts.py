"""Pages are asked for one at a time at each host."""

from __future__ import annotations

import asyncio

import pytest

from bot.hosts import SPACING, Hosts, is_web


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the loop's clock shows; the last one counts."""
    shown = [100.0]
    monkeypatch.setattr("bot.hosts._clock", lambda: shown[-1])
    return shown


def test_a_host_is_asked_one_thing_and_rests_afterwards(seconds: list[float]) -> None:
    hosts = Hosts()
    assert hosts.take("https://a.example/1")
    assert not hosts.take("https://A.example/2")
    assert hosts.take("https://b.example/1")
    hosts.done("https://a.example/1")
    assert not hosts.take("https://a.example/2")
    seconds.append(seconds[-1] + SPACING)
    assert hosts.take("https://a.example/2")
    assert not hosts.take("https://b.example/2")  # it has not answered yet


def test_a_host_that_wants_to_be_left_alone_is(seconds: list[float]) -> None:
    hosts = Hosts()
    hosts.take("https://a.example/1")
    hosts.done("https://a.example/1", rest=60.0)
    seconds.append(seconds[-1] + 59)
    assert not hosts.take("https://a.example/1")
    seconds.append(seconds[-1] + 1)
    assert hosts.take("https://a.example/1")


async def test_its_clock_is_the_loops() -> None:
    hosts = Hosts()
    hosts.take("https://a.example/1")
    hosts.done("https://a.example/1")
    await asyncio.sleep(0)
    assert not hosts.take("https://a.example/1")


@pytest.mark.parametrize(
    ("url", "web"), [("https://a", True), ("HTTP://a", True), ("/var/a", False), ("file:///a", False)]
)
def test_an_address_is_no_path(url: str, web: bool) -> None:
    assert is_web(url) is web
