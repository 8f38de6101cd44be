"""The Telegram adapter starts, or says why not, and stops."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from bot.adapters.telegram import TelegramMessenger, conversation, polling
from bot.errors import CannotStart, NotReachable, TryAgain
from tests.emulators.faults import CRASH
from tests.emulators.telegram import Person, TelegramEmulator, too_many_requests
from tests.telegram.newsroom import ALERT, COMMANDS, Desk, chat, connected_to, journal


async def test_the_menu_shows_the_commands(telegram: TelegramEmulator, messenger: TelegramMessenger) -> None:
    assert telegram.commands[""] == dict(COMMANDS)


async def test_connected_for_sending_alone_it_takes_nothing_from_anybody(
    telegram: TelegramEmulator, alice: Person
) -> None:
    """`pantau once` must not steal a command, nor the webhook, from the program that runs."""
    telegram.inbox.set_webhook("https://a.example/theirs", drop=False)
    await alice.says(alice.id, "/help")
    messenger = connected_to(telegram)
    await messenger.start(None)
    await messenger.send(chat(alice.id), ALERT, "d1")
    await messenger.stop()
    assert [call.method for call in telegram.calls] == ["getme", "sendmessage"]
    assert telegram.inbox.pending == 1


async def test_a_webhook_left_behind_does_not_stop_polling(
    telegram: TelegramEmulator, desk: Desk, alice: Person
) -> None:
    telegram.inbox.set_webhook("https://a.example/old", drop=False)
    messenger = connected_to(telegram)
    await messenger.start(desk)
    await alice.says(alice.id, "/help")
    await telegram.wait_for(lambda: telegram.posts(alice.id))
    await messenger.stop()


@pytest.mark.parametrize("token", ["", "secret", "123456789:AAwrong-token-of-thirty-five-chars"])
async def test_a_wrong_token_ends_in_one_sentence_that_says_what_to_do(
    telegram: TelegramEmulator, desk: Desk, token: str
) -> None:
    messenger = TelegramMessenger(token, journal(), telegram.url, COMMANDS)
    with pytest.raises(CannotStart) as raised:
        await messenger.start(desk)
    assert not isinstance(raised.value, NotReachable)
    text = str(raised.value)
    assert "PANTAU_TELEGRAM_TOKEN" in text
    assert "@BotFather" in text
    assert "\n" not in text
    assert not token or token not in text
    assert raised.value.__cause__ is None  # the library's error quotes the token
    await messenger.stop()


async def test_an_unreachable_server_ends_the_start_in_time_with_the_reason(desk: Desk) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        messenger = TelegramMessenger("123456789:" + "a" * 35, journal(), url)
        async with asyncio.timeout(6):
            with pytest.raises(NotReachable, match="cannot be reached at http://127"):
                await messenger.start(desk)


async def test_a_server_that_stumbles_at_the_start_is_asked_again(
    telegram: TelegramEmulator, desk: Desk
) -> None:
    telegram.fail("getMe", CRASH, times=2)
    messenger = connected_to(telegram)
    await messenger.start(desk)
    await messenger.stop()


async def test_a_telegram_that_was_away_at_the_start_can_be_connected_to_later(
    telegram: TelegramEmulator, desk: Desk, alice: Person
) -> None:
    telegram.fail("getMe", CRASH, times=3)
    messenger = connected_to(telegram)
    with pytest.raises(NotReachable):
        await messenger.start(desk)
    with pytest.raises(TryAgain):
        await messenger.send(chat(alice.id), ALERT, "d1")
    await messenger.start(desk)
    await messenger.send(chat(alice.id), ALERT, "d1")
    await messenger.stop()
    assert len(telegram.posts(alice.id)) == 1


@pytest.mark.filterwarnings("ignore:.*retry_after.*")  # failures.seconds takes both of its types
async def test_a_telegram_that_asks_for_a_long_wait_holds_nobody_up(
    telegram: TelegramEmulator, desk: Desk
) -> None:
    telegram.fail("getMe", too_many_requests(600))
    async with asyncio.timeout(2):
        with pytest.raises(NotReachable) as caught:
            await connected_to(telegram).start(desk)
    assert caught.value.wait == 600


async def test_a_menu_that_is_refused_does_not_stop_the_start(
    telegram: TelegramEmulator, desk: Desk, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    messenger = TelegramMessenger(telegram.token, journal(), telegram.url, [("Watch!", "x")])
    await messenger.start(desk)
    await messenger.send(chat(alice.id), ALERT, "d1")
    await messenger.stop()
    assert "bot_command_invalid" in caplog.text.lower()


async def test_stop_lets_a_command_finish_and_then_nothing_more_is_asked(
    telegram: TelegramEmulator, messenger: TelegramMessenger, desk: Desk, alice: Person
) -> None:
    desk.wait = 0.4
    await alice.says(alice.id, "/summary")
    await telegram.wait_for(lambda: desk.asked)
    before = time.monotonic()
    await messenger.stop()
    assert time.monotonic() - before < 4
    assert [post.text for post in telegram.posts(alice.id)] == ["baik"]
    await alice.says(alice.id, "/help")
    await messenger.stop()
    assert len(desk.asked) == 1
    with pytest.raises(TryAgain):
        await messenger.send(chat(alice.id), ALERT, "d1")


async def test_stop_gives_up_a_command_that_never_ends(
    telegram: TelegramEmulator,
    messenger: TelegramMessenger,
    desk: Desk,
    alice: Person,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(conversation, "FINISH_SECONDS", 0.2)
    desk.wait = 60
    await alice.says(alice.id, "/summary")
    await telegram.wait_for(lambda: desk.asked)
    async with asyncio.timeout(4):
        await messenger.stop()
    assert "given up" in caplog.text


async def test_a_command_is_not_handed_out_again_after_a_restart(
    telegram: TelegramEmulator,
    messenger: TelegramMessenger,
    desk: Desk,
    alice: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Even when the poll that would have confirmed it has failed."""
    monkeypatch.setattr(polling, "FIRST_PAUSE", 60.0)
    await telegram.wait_for(lambda: telegram.inbox.polled)
    telegram.fail("getUpdates", CRASH)
    polls = telegram.count("getUpdates")
    await alice.says(alice.id, "/watch add Putin: Putin")
    await telegram.wait_for(
        lambda: desk.asked and telegram.count("getUpdates") > polls
    )  # and that one failed
    await messenger.stop()
    assert telegram.inbox.pending == 0
    again = connected_to(telegram)
    await again.start(desk)
    await alice.says(alice.id, "/help")
    await telegram.wait_for(lambda: len(desk.asked) == 2)
    await again.stop()
    assert [request.name for request in desk.asked] == ["watch", "help"]


async def test_a_command_typed_while_the_bot_is_away_is_answered_when_it_is_back(
    telegram: TelegramEmulator, desk: Desk, alice: Person
) -> None:
    await alice.says(alice.id, "/help")
    messenger = connected_to(telegram)
    await messenger.start(desk)
    await telegram.wait_for(lambda: telegram.posts(alice.id))
    await messenger.stop()


async def test_stop_before_start_is_harmless() -> None:
    await TelegramMessenger("1:x", journal()).stop()
