"""The Telegram adapter while the network, the token or a second program makes trouble."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from bot.adapters.telegram import TelegramMessenger, conversation, polling
from bot.errors import CannotStart, TryAgain, Uncertain
from bot.health import Condition
from tests.emulators.faults import BAD_GATEWAY, CRASH, HTML, Drop, Fault, Slow
from tests.emulators.telegram import Person, TelegramEmulator, said, too_many_requests
from tests.emulators.telegram_limits import ApiError
from tests.emulators.wire import Wire
from tests.telegram.newsroom import ALERT, COMMANDS, Desk, chat, connected_to, journal

pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after.*")  # failures.seconds takes both of its types


async def heals(telegram: TelegramEmulator, alice: Person) -> None:
    """A command typed now is answered in the end."""
    typed = await alice.says(alice.id, "/help")
    await telegram.wait_for(lambda: [post for post in telegram.posts(alice.id) if post.reply_to == typed])


@pytest.mark.parametrize("fault", [Drop.BEFORE, Drop.AFTER, CRASH, BAD_GATEWAY, HTML, too_many_requests(1)])
async def test_polling_survives_whatever_the_network_does(
    telegram: TelegramEmulator,
    messenger: TelegramMessenger,
    desk: Desk,
    alice: Person,
    fault: Fault,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """And no traceback for what a flaky line does every day."""
    await telegram.wait_for(lambda: telegram.inbox.polled)
    telegram.fail("getUpdates", fault, times=2)
    await heals(telegram, alice)
    assert len(desk.asked) == len(telegram.posts(alice.id)) == 1
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING or record.exc_info]


async def test_a_revoked_token_is_said_once_and_polling_comes_back_with_it(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.revoke_token()
    await alice.says(alice.id, "/help")
    polls = telegram.count("getUpdates")
    await telegram.wait_for(lambda: telegram.count("getUpdates") > polls + 3)
    assert caplog.text.count("no longer accepts the token") == 1
    telegram.restore_token()
    await telegram.wait_for(lambda: telegram.posts(alice.id))
    assert "accepts the token again" in caplog.text


async def test_stop_is_quick_and_quiet_after_the_token_was_revoked(
    telegram: TelegramEmulator, messenger: TelegramMessenger, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.revoke_token()
    telegram.inbox.put("message", {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}})
    await telegram.wait_for(lambda: "no longer accepts" in caplog.text)
    async with asyncio.timeout(4):
        await messenger.stop()
    assert caplog.text.count("ERROR") == 1


async def test_a_second_program_with_the_same_token_is_reported_once(
    telegram: TelegramEmulator, messenger: TelegramMessenger, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await telegram.wait_for(lambda: telegram.inbox.polled)
    other = connected_to(telegram)
    await other.start(desk)
    polls = telegram.count("getUpdates")
    await telegram.wait_for(lambda: telegram.count("getUpdates") > polls + 4)
    await other.stop()
    assert 1 <= caplog.text.count("Another program polls Telegram") <= 2  # once by each of the two


async def test_the_token_never_reaches_the_log(
    telegram: TelegramEmulator, desk: Desk, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even with everything at DEBUG and errors on the way."""
    caplog.set_level(logging.DEBUG)
    messenger = connected_to(telegram)
    await messenger.start(desk)
    await messenger.send(chat(alice.id), ALERT, "d1")
    telegram.fail("sendMessage", HTML)
    with pytest.raises(Uncertain) as lost:
        await messenger.send(chat(alice.id), ALERT, "d2")
    await heals(telegram, alice)
    telegram.revoke_token()
    with pytest.raises(TryAgain):
        await messenger.send(chat(alice.id), ALERT, "d3")
    await messenger.stop()
    wrong = TelegramMessenger("1" + telegram.token, journal(), telegram.url)
    with pytest.raises(CannotStart):
        await wrong.start(desk)
    assert telegram.token not in caplog.text + str(lost.value)
    assert "telegram" in caplog.text


async def test_a_poll_that_falls_silent_is_given_up(
    telegram: TelegramEmulator, desk: Desk, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection can die without a word; the bot must not wait for it for ever."""
    monkeypatch.setattr(polling, "POLL_SECONDS", 1)
    monkeypatch.setattr(polling, "PATIENCE", 0.2)
    telegram.fail("getUpdates", Slow(60))
    messenger = connected_to(telegram)
    await messenger.start(desk)
    await heals(telegram, alice)
    await messenger.stop()


async def test_a_fault_in_the_middle_of_polling_does_not_end_it(
    telegram: TelegramEmulator,
    messenger: TelegramMessenger,
    alice: Person,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Polling that died silently would be silence in every chat."""
    monkeypatch.setattr(polling, "FAULT_PAUSE", 0.05)
    await telegram.wait_for(lambda: telegram.inbox.polled)
    monkeypatch.setattr(conversation, "asked", broken_once(conversation.asked))
    await heals(telegram, alice)
    assert "a fault" in caplog.text


async def test_an_update_that_nobody_can_read_is_passed_over(
    telegram: TelegramEmulator,
    messenger: TelegramMessenger,
    alice: Person,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Telegram hands it out again and again, and with it nothing of what came after."""
    monkeypatch.setattr(polling, "FAULT_PAUSE", 0.02)
    telegram.inbox.put("message", {"message_id": 7})  # no chat, no date
    await heals(telegram, alice)
    assert caplog.text.count("cannot be read and is passed over") == 1


async def test_connections_that_died_are_replaced(
    telegram: TelegramEmulator, desk: Desk, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half open, all of the pool: each poll on an old one would wait for nothing."""
    monkeypatch.setattr(polling, "POLL_SECONDS", 1)
    monkeypatch.setattr(polling, "PATIENCE", 0.2)
    async with Wire(telegram.port) as wire:
        messenger = TelegramMessenger(telegram.token, journal(), f"http://127.0.0.1:{wire.port}", COMMANDS)
        await messenger.start(desk)
        await telegram.wait_for(lambda: telegram.inbox.polled)
        wire.freeze()
        await telegram.wait_for(lambda: messenger.health.condition is Condition.AWAY)
        await telegram.wait_for(lambda: messenger.health.condition is Condition.WELL)
        await alice.says(alice.id, "/help")
        await telegram.wait_for(lambda: desk.asked)
        await messenger.stop()


async def test_a_single_conflict_is_our_own_torn_poll_and_no_rival(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fail("getUpdates", said(ApiError(409, "Conflict: terminated by other getUpdates request")))
    await heals(telegram, alice)
    await heals(telegram, alice)
    assert messenger.health.condition is Condition.WELL and "Another program" not in caplog.text


async def test_a_rival_is_a_condition_until_it_has_been_quiet_for_a_while(
    telegram: TelegramEmulator, messenger: TelegramMessenger, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "CONFLICT_PEACE", 0.8)
    monkeypatch.setattr(polling, "POLL_SECONDS", 1)
    await telegram.wait_for(lambda: telegram.inbox.polled)
    other = connected_to(telegram)
    await other.start(desk)
    await telegram.wait_for(lambda: messenger.health.condition is Condition.RIVAL)
    await other.stop()
    await telegram.wait_for(lambda: messenger.health.condition is Condition.WELL)


def broken_once(real: Callable[..., Any]) -> Callable[..., Any]:
    left = [1]

    def asked(*arguments: Any) -> Any:
        if left:
            left.pop()
            raise RuntimeError("a fault")
        return real(*arguments)

    return asked
