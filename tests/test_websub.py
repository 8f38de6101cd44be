"""WebSub: hubs are asked, confirm, and push; what they get wrong costs nothing but haste."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.adapters.store import SqlStore
from bot.adapters.websub import Callbacks, HttpHub
from bot.app import assemble, connected
from bot.config import Config, Polling
from bot.config.settings import WebSub as WebSubSettings
from bot.errors import CannotStart, SourceError
from bot.model import Chat, Source, Subscription, Watch
from bot.sources import Hints
from bot.websub import LEASE, LONGEST_WAIT, WebSub, begin, granted, is_signed, patience, renewal
from tests.builders import NOON, settings
from tests.fakes import FakeClock, FakeMessenger, rss
from tests.publisher import serving

LOOPBACK = ("127.0.0.0/8",)
TOPIC = "https://example.com/feed.xml"


class Hub:
    """A hub that remembers who asked, and does what the test tells it to."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.status = 202

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append({name: str(value) for name, value in (await request.post()).items()})
        return web.Response(status=self.status, headers={"Location": "https://elsewhere.example/"})

    async def confirms(self, lease: int = 864_000, **changed: str) -> tuple[int, str]:
        """Ask the subscriber whether it meant it; its answer."""
        last = self.asked[-1]
        query = {
            "hub.mode": "subscribe",
            "hub.topic": last["hub.topic"],
            "hub.challenge": "x1y2<b>",
            "hub.lease_seconds": str(lease),
        } | {name.replace("_", ".", 1): value for name, value in changed.items()}
        async with aiohttp.ClientSession() as http, http.get(last["hub.callback"], params=query) as answer:
            return answer.status, await answer.text()

    async def pushes(self, body: bytes = b"<rss/>", signature: str | None = None) -> int:
        last = self.asked[-1]
        made = f"sha256={hmac.new(last['hub.secret'].encode(), body, 'sha256').hexdigest()}"
        headers = {"X-Hub-Signature": made if signature is None else signature}
        async with (
            aiohttp.ClientSession() as http,
            http.post(last["hub.callback"], data=body, headers=headers) as answer,
        ):
            return answer.status


class Desk:
    """A hub, our side of it, and what was hastened."""

    def __init__(self, store: SqlStore, hub: Hub, address: str, http: HttpHub) -> None:
        self.store, self.hub, self.address, self.clock = store, hub, address, FakeClock()
        self.hastened: list[int] = []
        self.websub = WebSub(store, http, self.clock, "", self.hasten)

    async def hasten(self, source: int) -> None:
        self.hastened.append(source)

    async def subscription(self) -> Subscription | None:
        async with self.store.read() as tx:
            return next(iter(await tx.subscriptions.all()), None)

    async def names(self, hub: str = "", topic: str = TOPIC) -> None:
        """The feed is read, and names its hub."""
        async with self.store.read() as tx:
            (source,) = await tx.sources.all()
        self.websub.noticed(source, Hints(hub=self.address if hub == "" else hub, topic=topic))
        await self.websub.look()


@pytest.fixture
async def desk(store: SqlStore) -> AsyncIterator[Desk]:
    async with store.write() as tx:
        await tx.sources.sync([settings("Kawat", url=TOPIC)], NOON)
    hub = Hub()
    async with serving(hub.answer) as address, HttpHub(2.0, networks=LOOPBACK) as http:
        desk = Desk(store, hub, f"{address}/hub", http)
        callbacks = Callbacks("127.0.0.1:0", desk.websub, 100_000)
        async with callbacks:
            object.__setattr__(desk.websub, "address", f"http://127.0.0.1:{callbacks.port}/websub/")
            yield desk


async def test_a_hub_that_a_feed_names_is_asked_once_and_confirms(desk: Desk) -> None:
    await desk.names()
    (asked,) = desk.hub.asked
    assert (asked["hub.mode"], asked["hub.topic"]) == ("subscribe", TOPIC)
    assert len(asked["hub.secret"]) > 30 and "/websub/" in asked["hub.callback"]
    assert await desk.hub.confirms() == (200, "x1y2<b>")
    kept = await desk.subscription()
    assert kept and kept.until == NOON + timedelta(days=10) and kept.tries == 0
    await desk.names()
    assert len(desk.hub.asked) == 1


async def test_a_signed_push_polls_the_source_at_once_and_an_unsigned_one_does_not(desk: Desk) -> None:
    await desk.names()
    await desk.hub.confirms()
    source = (await desk.subscription()).source  # type: ignore[union-attr]
    assert await desk.hub.pushes() == 202 and desk.hastened == [source]
    for forged in ("", "sha256=00", "sha256=", "md5=d41d8cd98f00b204e9800998ecf8427e", "nonsense"):
        assert await desk.hub.pushes(signature=forged) == 202  # WebSub 7.1: no word to whoever forges
    assert desk.hastened == [source]


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha384", "sha512"])
def test_every_digest_of_the_recommendation_is_known(digest: str) -> None:
    made = hmac.new(b"key", b"body", digest).hexdigest()
    assert is_signed("key", f"{digest}={made}", b"body") and is_signed(
        "key", f"{digest.upper()}={made.upper()}", b"body"
    )
    assert not is_signed("key", f"{digest}={made}", b"bodY") and not is_signed(
        "kex", f"{digest}={made}", b"body"
    )


async def test_nobody_is_subscribed_by_a_stranger(desk: Desk) -> None:
    await desk.names()
    assert (await desk.hub.confirms(hub_topic="https://other.example/"))[0] == 404
    assert (await desk.hub.confirms(hub_mode="unsubscribe"))[0] == 404
    desk.hub.asked[-1]["hub.callback"] += "x"
    assert (await desk.hub.confirms())[0] == 404
    assert await desk.hub.pushes() == 404
    kept = await desk.subscription()
    assert kept and kept.until is None and desk.hastened == []


async def test_a_lease_is_renewed_before_it_ends_under_the_same_address(desk: Desk) -> None:
    await desk.names()
    await desk.hub.confirms(lease=86_400)
    desk.clock.advance(hours=19)
    await desk.websub.look()
    assert len(desk.hub.asked) == 1
    desk.clock.advance(minutes=15)
    await desk.websub.look()
    assert len(desk.hub.asked) == 2
    assert desk.hub.asked[0]["hub.callback"] == desk.hub.asked[1]["hub.callback"]
    await desk.hub.confirms(lease=86_400)
    kept = await desk.subscription()
    assert kept and kept.until == desk.clock.now + timedelta(days=1)


async def test_a_hub_that_refuses_is_asked_less_and_less_and_polling_goes_on(desk: Desk) -> None:
    desk.hub.status = 500
    await desk.names()
    for _ in range(20):
        desk.clock.advance(minutes=30)
        await desk.websub.look()
    assert 3 <= len(desk.hub.asked) <= 5  # after one hour, two, four
    assert patience(50) == LONGEST_WAIT


async def test_a_hub_that_denies_is_asked_again_a_day_later(desk: Desk) -> None:
    await desk.names()
    assert (await desk.hub.confirms(hub_mode="denied"))[0] == 404
    desk.clock.advance(hours=23)
    await desk.websub.look()
    assert len(desk.hub.asked) == 1
    desk.clock.advance(hours=2)
    await desk.websub.look()
    assert len(desk.hub.asked) == 2


async def test_a_redirect_is_not_followed_with_our_secret(desk: Desk) -> None:
    desk.hub.status = 307
    await desk.names()
    assert len(desk.hub.asked) == 1


async def test_another_hub_in_the_feed_takes_the_place_of_the_first(desk: Desk) -> None:
    await desk.names()
    await desk.hub.confirms()
    old = desk.hub.asked[-1]
    await desk.names(f"{desk.address}/new")
    assert len(desk.hub.asked) == 2 and desk.hub.asked[-1]["hub.callback"] != old["hub.callback"]
    desk.hub.asked.append(old)
    assert await desk.hub.pushes() == 404


async def test_a_feed_without_a_hub_any_more_ends_the_subscription(desk: Desk) -> None:
    await desk.names()
    await desk.names("none")
    assert await desk.subscription() is None
    assert await desk.hub.pushes() == 404


async def test_a_hub_on_a_private_address_is_not_asked(store: SqlStore) -> None:
    async with HttpHub(2.0) as http:
        with pytest.raises(SourceError, match="no public address"):
            await http.subscribe(begin(1, "http://127.0.0.1:9/hub", TOPIC, NOON), "https://x.example/", LEASE)


def test_leases_that_make_no_sense_are_replaced() -> None:
    assert granted("3600") == timedelta(hours=1)
    assert granted("1") == timedelta(minutes=5)
    assert granted("") == granted("-5") == granted("soon") == granted("9" * 30) == granted("٣") == LEASE
    assert renewal(NOON, NOON + timedelta(days=30)) == NOON + timedelta(days=29)


def test_secrets_are_in_no_log() -> None:
    one = begin(1, "https://hub.example/", TOPIC, NOON)
    assert one.secret not in repr(one) and one.token not in repr(one)


async def test_a_port_that_is_taken_is_named(desk: Desk) -> None:
    port = desk.websub.address.split(":")[2].split("/")[0]
    with pytest.raises(CannotStart, match=r"\[websub\] listen"):
        async with Callbacks(f"127.0.0.1:{port}", desk.websub, 1000):
            pass


async def test_in_the_running_program_a_push_brings_the_alert_within_seconds(
    tmp_path: Path, unused_port: int
) -> None:
    """The source is polled every hour otherwise."""
    hub, items = Hub(), []

    async def publisher(request: web.Request) -> web.StreamResponse:
        if request.path == "/hub":
            return await hub.answer(request)
        link = f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="{request.url.origin()}/hub"/>'
        return web.Response(
            text=rss(items).replace("<title>Kawat</title>", f"<title>Kawat</title>{link}"),
            content_type="application/rss+xml",
        )

    async with serving(publisher) as address:
        screen = FakeMessenger(platform="fake")
        config = Config(
            file=tmp_path / "config.toml",
            storage_url=f"sqlite:///{tmp_path / 'pantau.db'}",
            sources=(settings("Kawat", url=f"{address}/feed.xml", interval=3600.0),),
            watches=(Watch("Putin", "Putin"),),
            chats=(Chat("redaksi", "fake", "redaksi"),),
            polling=Polling(allow_networks=LOOPBACK),
            websub=WebSubSettings(f"http://127.0.0.1:{unused_port}", f"127.0.0.1:{unused_port}"),
        )
        stop = asyncio.Event()
        async with assemble(config, [screen], interactive=False) as app, connected(app, answering=False):
            items.append(("Hujan", "Hujan di Bogor."))
            serving_ = asyncio.create_task(app.serve(stop))
            await _until(lambda: len(app.polls._memos) == 1)
            for job, _ in app.jobs.others.items():
                await job()
            await _until(lambda: hub.asked)
            assert (await hub.confirms())[0] == 200
            items.insert(0, ("Putin tiba", "Putin tiba di Pyongyang."))
            assert await hub.pushes() == 202
            await _until(lambda: any("Putin tiba" in text for text in screen.texts))
            stop.set()
            await serving_


async def _until(condition: Any, within: float = 10.0) -> None:
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110  # the program under test has no event for this
            await asyncio.sleep(0.05)


@asynccontextmanager
async def _unused() -> AsyncIterator[int]:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    yield int(port)


@pytest.fixture
async def unused_port() -> AsyncIterator[int]:
    async with _unused() as port:
        yield port


def test_a_source_is_subscribed_to_by_its_own_address_where_the_feed_names_none() -> None:
    named = WebSub(None, None, FakeClock(), "", None)  # type: ignore[arg-type]
    named.noticed(Source(7, "Kawat", "https://example.com/rss"), Hints(hub="https://hub.example/"))
    assert named._named[7] == ("https://hub.example/", "https://example.com/rss")
