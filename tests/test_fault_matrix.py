"""Whatever breaks between a bot and a platform: each message once, in order, and nobody else waits for it.

One row a fault, each met by the third of six messages to one chat while three other chats are told too, after six
that nothing befalls: the real SDKs, the real lanes and store, strict emulators. Where an answer is lost, nobody can
know whether the message is there: Slack's history tells, and it stands there once; Telegram has none for bots, and
the stated policy is to send it once more. Times are those of the program divided by what makes a test bearable (`hurry`).
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.emulators.faults import BAD_GATEWAY, CRASH, HTML, Drop, Fault, Reply, Slow
from tests.emulators.slack_web import RATE_LIMITED_ONCE, ratelimited, refusal
from tests.emulators.telegram import said, too_many_requests
from tests.emulators.telegram_limits import ApiError
from tests.emulators.wire import Harm
from tests.faultline import CHATS, PACE, READ_SECONDS, SERVER_KEY, Faultline, faultline, hurry, mark

CONTROL = 6  # messages before anything breaks: how fast this machine is at the moment
HARMED = 9  # which of the messages meets the fault
LAST = 12
NEIGHBOURS = 1.0  # seconds that a fault may delay the messages of other chats, against those before it
POST = {"slack": "chat.postMessage", "telegram": "sendMessage"}
PLATFORMS = tuple(POST)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


Break = Callable[[Faultline, str], None]


def answered(slack: Fault, telegram: Fault | None = None) -> Break:
    """The server answers the harmed message like this."""

    def do(line: Faultline, platform: str) -> None:
        fault = slack if platform == "slack" or telegram is None else telegram
        faults = line.slack.faults if platform == "slack" else line.telegram.faults
        faults.fail(POST[platform], fault, about=mark(f"{platform}-a", HARMED))

    return do


def on_the_wire(harm: Harm) -> Break:
    """The connection of the harmed message goes wrong."""

    def do(line: Faultline, platform: str) -> None:
        line.wires[platform].meet(mark(f"{platform}-a", HARMED).encode(), harm)

    return do


@dataclass(frozen=True)
class Row:
    """One fault, and how often the harmed message may stand in a Telegram chat afterwards: Slack's is always once."""

    harm: Break
    telegram: tuple[int, ...] = (1,)


ONCE_MORE = (1, 2)  # the policy: sent once more after a lost answer

MATRIX = {
    "dropped before it is stored": Row(answered(Drop.BEFORE), ONCE_MORE),
    "dropped after it is stored": Row(answered(Drop.AFTER), ONCE_MORE),
    "read time-out": Row(answered(Slow(3 * READ_SECONDS)), ONCE_MORE),
    "slow answer": Row(answered(Slow(READ_SECONDS / 2))),
    "429, a second": Row(answered(ratelimited(1), too_many_requests(1))),
    "429 with status 200": Row(answered(RATE_LIMITED_ONCE, too_many_requests(1))),
    "500, not stored": Row(answered(CRASH), ONCE_MORE),
    "502 with a page": Row(answered(BAD_GATEWAY), ONCE_MORE),
    "502 with a page, stored": Row(
        answered(Reply(502, "<html>Bad Gateway</html>", "text/html", stored=True)), ONCE_MORE
    ),
    "200 with a page": Row(answered(HTML), ONCE_MORE),
    "invalid_auth in the middle": Row(answered(refusal("invalid_auth"), said(ApiError(401, "Unauthorized")))),
    "half open, the request is swallowed": Row(on_the_wire(Harm.SWALLOW), ONCE_MORE),
    "half open, the answer is swallowed": Row(on_the_wire(Harm.MUTE), ONCE_MORE),
    "reset before it is stored": Row(on_the_wire(Harm.RESET), ONCE_MORE),
    "reset after it is stored": Row(on_the_wire(Harm.RESET_AFTER), ONCE_MORE),
}


async def run(line: Faultline, harmed: str) -> None:
    """Twelve messages to each chat, six and six; until all stand there and the store knows."""
    await post_all(line)
    await line.all_have(LAST, within=30)


async def post_all(line: Faultline) -> None:
    """The messages before the fault, until they have arrived; then those around it."""
    for number in range(1, LAST + 1):
        await line.post(number)
        await asyncio.sleep(PACE)
        if number == CONTROL:
            for chat in CHATS:
                await line.until(chat, CONTROL, within=30)


def verdict(line: Faultline, harmed: str, copies: tuple[int, ...] = (1,)) -> None:
    """Order, number, and what the others noticed."""
    for chat in CHATS:
        texts = line.texts(chat)
        wanted = [mark(chat, number) for number in range(1, LAST + 1)]
        assert [text for text, _ in groupby(texts)] == wanted, f"the order in {chat}"
        for text in wanted:
            allowed = copies if chat == harmed and text == mark(chat, HARMED) else (1,)
            assert texts.count(text) in allowed, f"{text} stands there {texts.count(text)} times"
        if chat != harmed:
            on_time(line, chat)


def on_time(line: Faultline, chat: str) -> None:
    """No message of this chat waited NEIGHBOURS longer than those before the fault."""
    waits = []
    for number, (text, at) in enumerate(line.seen[chat], 1):
        assert text == mark(chat, number)
        waits.append(at - line.posted_at[number])
    before, after = max(waits[:CONTROL]), max(waits[CONTROL:])
    assert after <= before + NEIGHBOURS + line.machine, (
        f"{chat} waited {after:.2f} s, and {before:.2f} s before"
    )


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("row", MATRIX.values(), ids=MATRIX)
async def test_one_broken_call(tmp_path: Path, platform: str, row: Row) -> None:
    async with faultline(tmp_path) as line:
        row.harm(line, platform)
        await run(line, f"{platform}-a")
        verdict(line, f"{platform}-a", (1,) if platform == "slack" else row.telegram)


async def goodbye(line: Faultline, reason: str) -> None:
    await line.slack.sockets.disconnect(reason)


SOCKETS = {
    "a warning that it is refreshed": lambda line: goodbye(line, "warning"),
    "a refresh": lambda line: goodbye(line, "refresh_requested"),
    "a refresh three times in a row": lambda line: in_a_row(line, "refresh_requested"),
    "Socket Mode switched off and on": lambda line: goodbye(line, "link_disabled"),
    "too many connections": lambda line: goodbye(line, "too_many_websockets"),
    "cut": lambda line: at_once(line.slack.sockets.abort),
    "half open": lambda line: at_once(line.wires["slack"].freeze),
    "an acknowledgement lost": lambda line: at_once(lambda: setattr(line.slack.sockets, "acks_lost", 1)),
    "two acknowledgements lost": lambda line: at_once(lambda: setattr(line.slack.sockets, "acks_lost", 2)),
}


async def at_once(act: Callable[[], object]) -> None:
    act()


async def in_a_row(line: Faultline, reason: str) -> None:
    for _ in range(3):
        await goodbye(line, reason)
        await asyncio.sleep(0.2)


@pytest.mark.parametrize("harm", SOCKETS.values(), ids=SOCKETS)
async def test_a_broken_socket(tmp_path: Path, harm: Callable[[Faultline], Awaitable[None]]) -> None:
    """A mention said at that moment is answered once, and alerts do not notice."""
    async with faultline(tmp_path) as line:
        line.slack.sockets.ack_seconds = 0.4
        line.slack.sockets.pauses = (0.3, 0.8, 2.0)
        room = line.slack.workspace.channels[line.places["slack-b"]]
        await line.post(1)
        await line.until("slack-b", 1, within=5)
        await harm(line)
        said, event = await line.alice.mentions(room, "status")
        for number in range(2, LAST + 1):
            await line.post(number)
            await asyncio.sleep(PACE)
        await run_out(line)
        async with asyncio.timeout(20):
            await event.acknowledged.wait()
        again = await line.slack.sockets.deliver_again(event)  # and once more, though it was acknowledged
        await asyncio.sleep(0.5)
        answers = [one for one in line.slack.from_bot(room) if one.thread_ts == said.ts or one.only_for]
        assert again and len(answers) == 1
        for chat in CHATS:
            assert line.texts(chat) == [mark(chat, number) for number in range(1, LAST + 1)]


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_429_of_an_hour_holds_its_chat_and_no_other(tmp_path: Path, platform: str) -> None:
    harmed = f"{platform}-a"
    async with faultline(tmp_path) as line:
        answered(ratelimited(3600), too_many_requests(3600))(line, platform)
        await post_all(line)
        for chat in CHATS:
            if chat != harmed:
                await line.until(chat, LAST, within=30)
                on_time(line, chat)
        assert line.texts(harmed) == [mark(harmed, number) for number in range(1, HARMED)]
        state, not_before, _ = (await line.states(harmed))[HARMED - 1]
        assert state == "pending" and not_before is not None
        assert timedelta(minutes=59) < not_before - datetime.now(UTC) < timedelta(minutes=62)


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both HTTP clients trust the platforms' certificate of the test."""
    trusting = ssl.create_default_context(cafile=SERVER_KEY)
    monkeypatch.setenv("SSL_CERT_FILE", str(SERVER_KEY))  # httpx
    monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", trusting)


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_tls_that_is_reset_in_its_handshake(tmp_path: Path, platform: str, trusted: None) -> None:
    """Certainly not sent: once in both."""
    async with faultline(tmp_path, tls=True) as line:
        await line.post(1)
        await line.until(f"{platform}-a", 1, within=5)
        await asyncio.sleep(0.2)  # nothing is under way now
        line.wires[platform].cut()
        line.wires[platform].refuse(3)
        for number in range(2, LAST + 1):
            await line.post(number)
            await asyncio.sleep(PACE)
        await run_out(line)
        assert line.wires[platform].met == 3
        once_each(line)


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_name_that_cannot_be_resolved(
    tmp_path: Path, platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Certainly not sent: once in both, as soon as there is a name service again."""
    async with faultline(tmp_path, host="localhost") as line:
        await line.post(1)
        await line.until(f"{platform}-a", 1, within=5)
        await asyncio.sleep(0.2)
        resolve, asked = socket.getaddrinfo, []

        def fails(host: Any, *rest: Any, **more: Any) -> Any:
            if host in ("localhost", b"localhost"):  # anyio asks with bytes
                asked.append(time.monotonic())
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            return resolve(host, *rest, **more)

        monkeypatch.setattr(socket, "getaddrinfo", fails)
        monkeypatch.setattr(aiohttp.connector._DNSCacheTable, "expired", lambda self, key: True)
        line.wires[platform].cut()
        for number in range(2, LAST + 1):
            await line.post(number)
        await asyncio.sleep(1.0)
        assert asked and len(line.texts(f"{platform}-a")) == 1
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        await run_out(line)
        once_each(line)


async def run_out(line: Faultline) -> None:
    for chat in CHATS:
        await line.until(chat, LAST, within=30)


def once_each(line: Faultline) -> None:
    for chat in CHATS:
        assert line.texts(chat) == [mark(chat, number) for number in range(1, LAST + 1)]
