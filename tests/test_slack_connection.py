"""How the Slack adapter starts, stays connected and stops."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.adapters.slack.sockets import FREE_OPENS, pause_before_open
from bot.chat import Message, Request
from bot.errors import CannotStart, NotReachable, TryAgain
from bot.health import Condition
from tests.emulators.faults import CRASH, HTML, Drop, Fault
from tests.emulators.slack_web import ratelimited
from tests.slack_newsroom import ALERT, Newsroom, newsroom, running

SOON = 2.0  # seconds; what a person at a terminal does not notice as waiting


@pytest.fixture
async def room() -> AsyncIterator[Newsroom]:
    async with newsroom() as room:
        yield room


async def refused(room: Newsroom, bot_token: str = "", app_token: str = "", *, for_good: bool = True) -> str:
    """The sentence with which a start ends; the bot is left with nothing open.

    `for_good`: another try makes no sense.
    """
    bot = room.messenger(bot_token, app_token)
    with pytest.raises(CannotStart) as caught:
        await asyncio.wait_for(bot.start(room.answer), SOON)
    assert isinstance(caught.value, NotReachable) is not for_good
    assert not room.slack.sockets.connections
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


async def nothing_left(room: Newsroom, before: set[asyncio.Task[Any]]) -> None:
    """Wait for the end of all tasks that the bot or the SDK began; the emulator's own may stay."""
    names = ("slack_sdk", "slack_bolt", "bot/adapters")

    def left() -> list[asyncio.Task[Any]]:
        tasks = asyncio.all_tasks() - before
        return [task for task in tasks if any(name in repr(task) for name in names)]

    await room.slack.until(lambda: not left(), patience=1.0)


@pytest.mark.parametrize(
    "token", ["xoxb-wrong", "xapp-1-emulated-app", "xoxb-revoked"], ids=["wrong", "swapped", "revoked"]
)
async def test_a_bad_bot_token_ends_the_start_with_its_name(room: Newsroom, token: str) -> None:
    room.slack.web.tokens["xoxb-revoked"] = "token_revoked"
    sentence = await refused(room, bot_token=token)
    assert "PANTAU_SLACK_BOT_TOKEN" in sentence
    assert "xoxb-" in sentence
    assert token not in sentence


@pytest.mark.parametrize("token", ["xapp-wrong", "xoxb-1-emulated-bot"], ids=["wrong", "swapped"])
async def test_a_bad_app_token_ends_the_start_with_its_name(room: Newsroom, token: str) -> None:
    """slack_sdk alone would try to connect with it for ever."""
    sentence = await refused(room, app_token=token)
    assert "PANTAU_SLACK_APP_TOKEN" in sentence
    assert "connections:write" in sentence
    assert token not in sentence


@pytest.mark.parametrize("fault", [CRASH, HTML, Drop.BEFORE, ratelimited(5)], ids=str)
async def test_a_slack_that_is_out_of_order_does_not_blame_the_tokens(room: Newsroom, fault: Fault) -> None:
    room.slack.faults.fail("auth.test", fault)
    sentence = await refused(room, for_good=False)
    assert "TOKEN" not in sentence
    assert room.slack.api_url in sentence


async def test_a_slack_that_is_not_there_is_named(room: Newsroom) -> None:
    await room.slack.close()
    assert room.slack.api_url in await refused(room, for_good=False)


async def test_a_slack_that_was_away_at_the_start_can_be_connected_to_later(room: Newsroom) -> None:
    room.slack.faults.fail("auth.test", CRASH)
    bot = room.messenger()
    with pytest.raises(NotReachable):
        await bot.start(room.answer)
    with pytest.raises(TryAgain):
        await bot.send(room.place(), ALERT, "d1")
    await bot.start(room.answer)
    await room.slack.connected(2)
    await bot.send(room.place(), ALERT, "d1")
    await bot.stop()
    assert len(room.slack.messages(room.channel)) == 1


async def test_slack_that_opens_no_connection_ends_the_start(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.slack.sockets.CONNECT_SECONDS", 0.1)
    room.slack.sockets.ticket = lambda: "/nowhere"  # type: ignore[method-assign]
    assert "no connection" in await refused(room, for_good=False)


async def test_a_start_asks_slack_for_nothing_but_the_two_checks_and_its_connections(room: Newsroom) -> None:
    async with running(room):
        pass
    assert [call.method for call in room.slack.web.calls] == ["auth.test", *["apps.connections.open"] * 3]


async def test_without_an_answer_it_sends_and_does_not_listen(room: Newsroom) -> None:
    """As `pantau once` wants it; both tokens are checked all the same."""
    bot = room.messenger()
    await bot.start(None)
    await bot.send(room.place(), ALERT, "d1")
    assert len(room.slack.messages(room.channel)) == 1
    assert room.slack.sockets.opened == 0
    await bot.stop()


async def test_a_stop_is_quick_leaves_nothing_behind_and_may_come_twice(
    room: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    before = asyncio.all_tasks()
    bot = room.messenger()
    await bot.start(room.answer)
    started = time.monotonic()
    await bot.stop()
    await bot.stop()
    assert time.monotonic() - started < SOON
    await room.slack.until(lambda: not room.slack.sockets.connections)
    await nothing_left(room, before)
    del bot
    gc.collect()
    assert "Unclosed" not in caplog.text  # aiohttp's complaint about a session that nobody closed


async def test_a_stop_lets_the_request_under_way_finish(room: Newsroom) -> None:
    room.busy = 0.3
    alice = room.slack.user("Alice")
    async with running(room):
        await alice.types(room.channel, "/pantau status")
    assert [message.shown for message in room.slack.from_bot(room.channel)] == ["All is well."]


async def test_a_stop_acknowledges_what_it_has_heard(room: Newsroom) -> None:
    """Else the person is told that the command failed, and then gets the answer."""
    bot, stopping = room.messenger(), []

    async def answer(request: Request) -> Message:
        stopping.append(asyncio.create_task(bot.stop()))
        return room.reply

    await bot.start(answer)
    await room.slack.user("Alice").types(room.channel, "/pantau status")
    await asyncio.gather(*stopping)
    assert [message.shown for message in room.slack.from_bot(room.channel)] == ["All is well."]


async def test_a_stop_does_not_wait_for_ever_for_a_request(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.slack.messenger.FINISH_SECONDS", 0.1)
    room.busy = 60
    before = asyncio.all_tasks()
    alice = room.slack.user("Alice")
    started = time.monotonic()
    async with running(room):
        await alice.types(room.channel, "/pantau status")
        await room.slack.until(lambda: room.asked)
    assert time.monotonic() - started < SOON
    await nothing_left(room, before)


async def test_a_stop_during_an_outage_is_quick_too(room: Newsroom) -> None:
    async with running(room) as bot:
        await room.slack.close()
        started = time.monotonic()
        await bot.stop()
        assert time.monotonic() - started < SOON


async def test_a_stop_ends_a_try_to_reconnect(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK sleeps for ten seconds after a connection that failed, and would wake up in a stopped program."""
    monkeypatch.setattr("bot.adapters.slack.sockets.WATCH_SECONDS", 0.05)
    before = asyncio.all_tasks()
    async with running(room):
        opened = len(room.slack.calls("apps.connections.open"))
        room.slack.sockets.ticket = lambda: "/nowhere"  # type: ignore[method-assign]
        room.slack.sockets.abort()
        await room.slack.until(lambda: len(room.slack.calls("apps.connections.open")) == opened + 2)
    await nothing_left(room, before)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_after_a_refresh_it_still_hears_and_answers(room: Newsroom, reason: str) -> None:
    alice = room.slack.user("Alice")
    async with running(room):
        await room.slack.sockets.disconnect(reason)
        await room.slack.until(lambda: room.slack.sockets.opened >= 4)
        await room.slack.connected(2)
        await alice.types(room.channel, "/pantau status")
        await room.slack.until(lambda: room.slack.from_bot(room.channel))


async def test_a_broken_connection_is_back_within_seconds(room: Newsroom) -> None:
    """slack_sdk alone sleeps for a whole ping interval (10 s) first."""
    async with running(room) as bot:
        room.slack.sockets.abort()
        await room.slack.connected(2)
        await bot.send(room.place(), ALERT, "d1")


@pytest.mark.parametrize("reason", ["too_many_websockets", "link_disabled"])
async def test_it_does_not_storm_a_slack_that_keeps_closing(room: Newsroom, reason: str) -> None:
    """Left alone, slack_sdk asks for a new address dozens of times a second."""
    before = asyncio.all_tasks()
    async with running(room):
        end = time.monotonic() + 1.0
        while time.monotonic() < end:
            await room.slack.sockets.disconnect(reason)
            await asyncio.sleep(0.02)
        assert len(room.slack.calls("apps.connections.open")) <= FREE_OPENS + 2
        ended = time.monotonic()
    assert time.monotonic() - ended < SOON  # the pause before the next try does not hold up the stop
    await nothing_left(room, before)


def test_the_pauses_before_a_new_connection_grow_up_to_a_limit() -> None:
    pauses = [pause_before_open(recent) for recent in range(FREE_OPENS + 8)]
    assert pauses[:FREE_OPENS] == [0.0] * FREE_OPENS
    assert pauses[FREE_OPENS:] == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0]


async def test_a_connection_that_stays_away_is_built_anew(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when slack_sdk comes to rest with a session that only logs errors: here it never reconnects."""
    monkeypatch.setattr("bot.adapters.slack.sockets.WATCH_SECONDS", 0.05)
    monkeypatch.setattr("bot.adapters.slack.sockets.REBUILD_SECONDS", 0.1)
    monkeypatch.setattr("bot.adapters.slack.sockets.Socket.reconnect", lambda self: None)
    monkeypatch.setattr("bot.adapters.slack.sockets.CLOSE_SECONDS", 0.2)
    async with running(room):
        room.slack.sockets.abort()
        await room.slack.connected(2)


async def test_a_token_that_slack_refuses_is_a_condition_until_it_is_good_again(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also on a day without news: nothing is sent here."""
    monkeypatch.setattr("bot.adapters.slack.messenger.PROBE_SECONDS", 0.05)
    async with running(room) as bot:
        assert bot.health.condition is Condition.WELL
        room.slack.web.tokens[room.slack.bot_token] = "account_inactive"
        await room.slack.until(lambda: bot.health.condition is Condition.REFUSED)
        assert "install it again" in bot.health.detail
        room.slack.web.tokens[room.slack.bot_token] = ""
        await room.slack.until(lambda: bot.health.condition is Condition.WELL)


async def test_an_app_token_that_is_revoked_is_named_when_the_next_connection_is_made(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.slack.sockets.WATCH_SECONDS", 0.05)
    async with running(room) as bot:
        room.slack.web.tokens[room.slack.app_token] = "token_revoked"
        room.slack.sockets.abort()
        await room.slack.until(lambda: bot.health.condition is Condition.REFUSED)
        assert "PANTAU_SLACK_APP_TOKEN" in bot.health.detail


async def test_a_slack_that_keeps_no_connection_is_away(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.slack.sockets.WATCH_SECONDS", 0.05)
    monkeypatch.setattr("bot.adapters.slack.sockets.DEAF_SECONDS", 0.2)
    async with running(room) as bot:
        room.slack.sockets.ticket = lambda: "/nowhere"  # type: ignore[method-assign]
        room.slack.sockets.abort()
        await room.slack.until(lambda: bot.health.condition is Condition.AWAY)
