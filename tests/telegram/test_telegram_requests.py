"""What people type and press in Telegram, and what they get for it."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import pytest

from bot.adapters.telegram import TelegramMessenger
from bot.adapters.telegram.render import Rendered
from bot.adapters.telegram.writer import Writer
from bot.chat import Button, Message, Place, Request, User, say
from bot.errors import Unreachable
from tests.emulators.faults import CRASH, Drop
from tests.emulators.telegram import Person, TelegramEmulator, too_many_requests
from tests.telegram.newsroom import ALERT, Desk, chat, connected_to

pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after.*")  # failures.seconds takes both of its types


async def test_a_typed_command_is_answered_under_itself(
    telegram: TelegramEmulator, messenger: TelegramMessenger, desk: Desk, alice: Person
) -> None:
    typed = await alice.says(alice.id, "/summary Putin 7d")
    await telegram.wait_for(lambda: telegram.posts(alice.id))
    [answer] = telegram.posts(alice.id)
    assert (answer.text, answer.reply_to) == ("baik", typed)
    [request] = desk.asked
    assert (request.name, request.argument) == ("summary", "Putin 7d")
    assert request.place == chat(alice.id)
    assert request.user == User("telegram", str(alice.id), "Alice")
    assert abs((datetime.now(UTC) - request.at).total_seconds()) < 60


async def test_a_reply_names_the_message_that_it_replies_to(
    telegram: TelegramEmulator, messenger: TelegramMessenger, desk: Desk, alice: Person
) -> None:
    alert = await messenger.send(chat(alice.id), ALERT, "d1")
    await alice.says(alice.id, "/summary", reply_to=int(alert))
    await alice.says(alice.id, "/summary")
    await telegram.wait_for(lambda: len(desk.asked) == 2)
    assert [request.under for request in desk.asked] == [alert, ""]


async def test_a_pressed_button_is_its_command_and_stops_spinning(
    telegram: TelegramEmulator, messenger: TelegramMessenger, desk: Desk, alice: Person
) -> None:
    desk.wait = 0.1
    remote_id = await messenger.send(chat(alice.id), ALERT, "d1")
    query = await alice.presses(alice.id, int(remote_id), "Mute")
    await telegram.wait_for(lambda: len(telegram.posts(alice.id)) == 2)
    assert [(r.name, r.argument) for r in desk.asked] == [("mute", "42")]
    assert telegram.answered == [query]
    assert telegram.posts(alice.id)[1].reply_to == int(remote_id)
    called = [call.method for call in telegram.calls]
    assert called.index("answercallbackquery") < len(called) - called[::-1].index("sendmessage") - 1


async def test_a_button_pressed_too_long_ago_still_counts(
    telegram: TelegramEmulator, messenger: TelegramMessenger, desk: Desk, alice: Person
) -> None:
    remote_id = await messenger.send(chat(alice.id), ALERT, "d1")
    await alice.presses(alice.id, int(remote_id), "Mute")
    telegram.forget_queries()
    await telegram.wait_for(lambda: len(telegram.posts(alice.id)) == 2)
    assert telegram.answered == []


async def test_a_command_in_a_topic_is_answered_in_that_topic(
    telegram: TelegramEmulator, messenger: TelegramMessenger, desk: Desk, alice: Person
) -> None:
    forum = telegram.group("Liputan", alice, topics=(7, 8))
    await alice.says(forum, "/summary@pantau_bot", thread=7)
    await telegram.wait_for(lambda: telegram.posts(forum))
    assert desk.asked[0].place == chat(forum, "7")
    assert telegram.posts(forum)[0].thread == 7


async def test_a_button_in_a_topic_is_answered_in_that_topic(
    telegram: TelegramEmulator, messenger: TelegramMessenger, desk: Desk, alice: Person
) -> None:
    forum = telegram.group("Liputan", alice, topics=(7,))
    remote_id = await messenger.send(chat(forum, "7"), ALERT, "d1")
    await alice.presses(forum, int(remote_id), "Why")
    await telegram.wait_for(lambda: len(telegram.posts(forum)) == 2)
    assert desk.asked[0].place == chat(forum, "7")
    assert telegram.posts(forum)[1].thread == 7


async def test_in_a_group_only_our_own_commands_are_answered(
    telegram: TelegramEmulator, messenger: TelegramMessenger, desk: Desk, alice: Person
) -> None:
    group = telegram.group("Redaksi", alice)
    for text in (
        "/weather Jakarta",
        "/summary@another_bot",
        "bukan /summary",
        "/SUMMARY",
        "/frobnicate@Pantau_Bot x",
    ):
        await alice.says(group, text)
    await telegram.wait_for(lambda: len(telegram.posts(group)) == 2)
    assert sorted((r.name, r.argument) for r in desk.asked) == [("frobnicate", "x"), ("summary", "")]


async def test_in_a_private_chat_every_command_is_answered_and_chatter_is_not(
    telegram: TelegramEmulator, messenger: TelegramMessenger, desk: Desk, alice: Person
) -> None:
    for text in ("halo", "/frobnicate", "/start payload"):
        await alice.says(alice.id, text)
    await telegram.wait_for(lambda: len(telegram.posts(alice.id)) == 2)
    assert sorted((r.name, r.argument) for r in desk.asked) == [("frobnicate", ""), ("help", "")]


async def test_a_long_answer_comes_in_parts_in_order(
    telegram: TelegramEmulator, messenger: TelegramMessenger, desk: Desk, alice: Person
) -> None:
    desk.reply = Message(
        tuple(say(f"{n} {'kata ' * 20}".strip()) for n in range(100)), (Button("Lagi", "/more"),)
    )
    await alice.says(alice.id, "/summary")
    await telegram.wait_for(lambda: any(post.buttons for post in telegram.posts(alice.id)))
    posts = telegram.posts(alice.id)
    assert "\n".join(post.text for post in posts) == desk.reply.text
    assert [post.buttons for post in posts] == [[], [], ["Lagi"]]


async def test_whoever_waits_sees_that_the_bot_is_typing(
    telegram: TelegramEmulator, messenger: TelegramMessenger, desk: Desk, alice: Person
) -> None:
    desk.wait = 0.4
    await alice.says(alice.id, "/summary")
    await telegram.wait_for(lambda: telegram.posts(alice.id))
    assert telegram.count("sendChatAction") == 1


async def test_an_answer_arrives_even_if_typing_cannot_be_shown(
    telegram: TelegramEmulator, messenger: TelegramMessenger, desk: Desk, alice: Person
) -> None:
    desk.wait = 0.3
    telegram.fail("sendChatAction", CRASH)
    await alice.says(alice.id, "/summary")
    await telegram.wait_for(lambda: telegram.posts(alice.id))
    assert telegram.posts(alice.id)[0].text == "baik"


async def test_an_answer_waits_out_a_429_and_arrives_once(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person
) -> None:
    telegram.fail("sendMessage", too_many_requests(1))
    before = time.monotonic()
    await alice.says(alice.id, "/summary")
    await telegram.wait_for(lambda: telegram.posts(alice.id))
    assert 0.9 < time.monotonic() - before < 4
    assert len(telegram.posts(alice.id)) == 1


async def test_an_answer_whose_fate_is_unknown_is_said_once_more_and_no_further(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fail("sendMessage", Drop.BEFORE)
    await alice.says(alice.id, "/summary")
    await telegram.wait_for(lambda: telegram.posts(alice.id))
    telegram.fail("sendMessage", Drop.AFTER, times=3)
    await alice.says(alice.id, "/summary")
    await telegram.wait_for(lambda: "did not arrive" in caplog.text)
    assert len(telegram.posts(alice.id)) == 3 and telegram.count("sendMessage") == 4


async def test_an_answer_waits_until_telegram_can_be_reached(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def away(_self: Writer, place: Place, _rendered: Rendered, _reply_to: int) -> None:
        waits.append(asyncio.get_running_loop().time())
        if len(waits) < 3:
            raise Unreachable("Nobody answers at Telegram.")

    monkeypatch.setattr(Writer, "post", away)
    await alice.says(alice.id, "/summary")
    await telegram.wait_for(lambda: len(waits) == 3)
    assert waits[1] - waits[0] >= 0.05 and waits[2] - waits[1] >= 0.05


async def test_a_handler_that_breaks_leaves_the_next_command_working(
    telegram: TelegramEmulator, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    async def answer(request: Request) -> Message:
        if request.name == "watch":
            raise ZeroDivisionError
        return Message((say("baik"),))

    messenger = connected_to(telegram)
    await messenger.start(answer)
    try:
        await alice.says(alice.id, "/watch")
        await alice.says(alice.id, "/help")
        await telegram.wait_for(lambda: telegram.posts(alice.id))
    finally:
        await messenger.stop()
    assert "could not be worked on" in caplog.text
