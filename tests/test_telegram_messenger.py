"""The Telegram adapter against a strict Telegram on the loopback interface, through the real library."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from bot.adapters.telegram import TelegramMessenger, connection, conversation, polling
from bot.chat import Button, Line, LineKind, Message, Place, Request, Span, Style, User, say
from bot.errors import CannotStart, ChatGone, MessageRefused, SendError, TryAgain, Uncertain
from tests.emulators.faults import BAD_GATEWAY, CRASH, HTML, Drop, Fault, Slow
from tests.emulators.telegram import Person, TelegramEmulator, said, too_many_requests
from tests.emulators.telegram_limits import ApiError, bad_request, forbidden
from tests.emulators.telegram_text import units

pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after.*")  # failures.seconds takes both of its types
COMMANDS = [("watch", "pantau sesuatu"), ("summary", "ringkasan"), ("mute", "diamkan"), ("help", "bantuan")]
ALERT = Message(
    (
        Line((Span("Putin di Pyongyang", url="https://berita.example/a"),), LineKind.HEADING),
        say("Antara, 10:15", kind=LineKind.NOTE),
    ),
    (Button("Mute", "/mute 42"), Button("Why", "/why 42")),
)


@dataclass
class Desk:
    """An answering router that remembers what it was asked."""

    asked: list[Request] = field(default_factory=list)
    reply: Message = field(default_factory=lambda: Message((say("baik"),)))
    wait: float = 0.0
    finished: int = 0

    async def __call__(self, request: Request) -> Message:
        self.asked.append(request)
        await asyncio.sleep(self.wait)
        self.finished += 1
        return self.reply


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that are long for the sake of a real server are short here."""
    monkeypatch.setattr(connection, "START_PAUSES", (0.05, 0.05))
    monkeypatch.setattr(polling, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(polling, "CONFLICT_PAUSE", 0.05)
    monkeypatch.setattr(polling, "TOKEN_PAUSE", 0.05)
    monkeypatch.setattr(conversation, "TYPING_AFTER", 0.05)


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator() as server:
        yield server


@pytest.fixture
def desk() -> Desk:
    return Desk()


def connected_to(telegram: TelegramEmulator) -> TelegramMessenger:
    return TelegramMessenger(telegram.token, telegram.url, COMMANDS)


@pytest.fixture
async def messenger(telegram: TelegramEmulator, desk: Desk) -> AsyncIterator[TelegramMessenger]:
    started = connected_to(telegram)
    await started.start(desk)
    yield started
    await started.stop()


@pytest.fixture
def alice(telegram: TelegramEmulator) -> Person:
    return telegram.user("Alice")


def chat(number: int, thread: str = "") -> Place:
    return Place("telegram", str(number), thread)


# Requests come in


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


async def test_an_answer_waits_out_a_429_and_arrives_once(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person
) -> None:
    telegram.fail("sendMessage", too_many_requests(1))
    before = time.monotonic()
    await alice.says(alice.id, "/summary")
    await telegram.wait_for(lambda: telegram.posts(alice.id))
    assert 0.9 < time.monotonic() - before < 4
    assert len(telegram.posts(alice.id)) == 1


async def test_an_answer_that_may_have_arrived_is_not_said_twice(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fail("sendMessage", Drop.AFTER)
    await alice.says(alice.id, "/summary")
    await telegram.wait_for(lambda: "did not arrive" in caplog.text)
    assert len(telegram.posts(alice.id)) == telegram.count("sendMessage") == 1


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


# Messages go out


async def test_an_alert_looks_as_it_should(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person
) -> None:
    await messenger.send(chat(alice.id), ALERT, "d1")
    [post] = telegram.posts(alice.id)
    assert post.text == "Putin di Pyongyang\nAntara, 10:15"
    assert post.links() == {"Putin di Pyongyang": "https://berita.example/a"}
    assert post.marked("bold") == ["Putin di Pyongyang"]
    assert post.buttons == ["Mute", "Why"]
    [call] = [call for call in telegram.calls if call.method == "sendmessage"]
    assert '"is_disabled": true' in call.arguments["link_preview_options"].replace(":true", ": true")
    assert "parse_mode" not in call.arguments


async def test_an_alert_can_go_to_a_topic_and_general_is_not_named(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person
) -> None:
    forum = telegram.group("Liputan", alice, topics=(7,))
    for thread in ("7", "1", ""):
        await messenger.send(chat(forum, thread), ALERT, "d")
    assert [post.thread for post in telegram.posts(forum)] == [7, 0, 0]


async def test_an_endless_alert_is_one_message_with_its_buttons(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person
) -> None:
    await messenger.send(chat(alice.id), Message((say("😀 kata " * 2000),), ALERT.buttons), "d1")
    [post] = telegram.posts(alice.id)
    assert 4000 < units(post.text) <= 4096
    assert post.text.endswith("…")
    assert post.buttons == ["Mute", "Why"]


async def test_an_edit_replaces_text_and_buttons_and_may_be_repeated(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person
) -> None:
    remote_id = await messenger.send(chat(alice.id), ALERT, "d1")
    other = Message((say("Juga di Kompas", style=Style.BOLD),))
    for _ in range(2):
        await messenger.edit(chat(alice.id), remote_id, other)
    [post] = telegram.posts(alice.id)
    assert (post.text, post.marked("bold"), post.buttons, post.edited) == (
        "Juga di Kompas",
        ["Juga di Kompas"],
        [],
        True,
    )
    assert telegram.count("editMessageText") == 2


async def test_an_edit_whose_answer_is_lost_is_worth_another_try(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person
) -> None:
    remote_id = await messenger.send(chat(alice.id), ALERT, "d1")
    telegram.fail("editMessageText", Drop.AFTER)
    with pytest.raises(TryAgain):
        await messenger.edit(chat(alice.id), remote_id, Message((say("dua"),)))
    await messenger.edit(chat(alice.id), remote_id, Message((say("dua"),)))
    assert [post.text for post in telegram.posts(alice.id)] == ["dua"]


async def test_an_edit_of_a_message_that_is_gone_is_refused(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person
) -> None:
    with pytest.raises(MessageRefused, match=r"(?i)message to edit not found"):
        await messenger.edit(chat(alice.id), "99", ALERT)


LOST = [Drop.BEFORE, Drop.AFTER, CRASH, BAD_GATEWAY, HTML]


@pytest.mark.parametrize("fault", LOST, ids=["drop before", "drop after", "500", "502", "html"])
async def test_a_lost_answer_leaves_the_message_uncertain_and_is_never_sent_again(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person, fault: Fault
) -> None:
    """The library cannot know whether it arrived; only the dispatcher may decide to send twice."""
    telegram.fail("sendMessage", fault)
    with pytest.raises(Uncertain):
        await messenger.send(chat(alice.id), ALERT, "d1")
    assert telegram.count("sendMessage") == 1
    await messenger.send(chat(alice.id), ALERT, "d2")


async def test_an_answer_that_takes_too_long_leaves_the_message_uncertain(
    telegram: TelegramEmulator, desk: Desk, alice: Person
) -> None:
    messenger = TelegramMessenger(telegram.token, telegram.url, read_seconds=0.5)
    await messenger.start(desk)
    telegram.fail("sendMessage", Slow(1.0))
    with pytest.raises(Uncertain):
        await messenger.send(chat(alice.id), ALERT, "d1")
    assert len(telegram.posts(alice.id)) == telegram.count("sendMessage") == 1
    await messenger.stop()


REFUSED: list[tuple[ApiError, type[SendError]]] = [
    (forbidden("bot was blocked by the user"), ChatGone),
    (forbidden("user is deactivated"), ChatGone),
    (forbidden("bot was kicked from the supergroup chat"), ChatGone),
    (forbidden("the group chat was deleted"), ChatGone),
    (bad_request("chat not found"), ChatGone),
    (bad_request("message thread not found"), ChatGone),
    (bad_request("not enough rights to send text messages to the chat"), ChatGone),
    (bad_request("message is too long"), MessageRefused),
    (ApiError(401, "Unauthorized"), TryAgain),
    (ApiError(409, "Conflict: terminated by setWebhook request"), TryAgain),
]


@pytest.mark.parametrize(("error", "meaning"), REFUSED, ids=[error.description for error, _ in REFUSED])
async def test_a_refusal_says_whether_the_message_the_chat_or_the_moment_is_wrong(
    telegram: TelegramEmulator,
    messenger: TelegramMessenger,
    alice: Person,
    error: ApiError,
    meaning: type[SendError],
) -> None:
    telegram.fail("sendMessage", said(error), times=2)
    with pytest.raises(meaning) as raised:
        await messenger.send(chat(alice.id), ALERT, "d1")
    assert type(raised.value) is meaning
    assert telegram.posts(alice.id) == []


@pytest.mark.parametrize(
    "words", ["BUTTON_DATA_INVALID", "entity URL 'http://a.b' is invalid: Wrong HTTP URL"]
)
async def test_an_alert_that_is_refused_for_its_looks_arrives_in_bare_words(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person, words: str
) -> None:
    telegram.fail("sendMessage", said(bad_request(words)))
    await messenger.send(chat(alice.id), ALERT, "d1")
    [post] = telegram.posts(alice.id)
    assert (post.text, post.content.entities, post.buttons) == ("Putin di Pyongyang\nAntara, 10:15", (), [])


async def test_a_429_says_how_long_to_wait_and_stops_every_chat(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person
) -> None:
    """Telegram does not say which chat it meant."""
    bob = telegram.user("Bob")
    telegram.fail("sendMessage", too_many_requests(7))
    with pytest.raises(TryAgain) as first:
        await messenger.send(chat(alice.id), ALERT, "d1")
    assert first.value.wait == 7
    with pytest.raises(TryAgain) as second:
        await messenger.send(chat(bob.id), ALERT, "d2")
    assert 6 < second.value.wait <= 7
    assert telegram.count("sendMessage") == 1


async def test_a_server_that_does_not_listen_has_certainly_received_nothing(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person
) -> None:
    await telegram.close()
    with pytest.raises(TryAgain, match="cannot be reached"):
        await messenger.send(chat(alice.id), ALERT, "d1")


async def test_a_group_that_became_a_supergroup_is_found_at_its_new_id(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    old = telegram.basic_group("Redaksi", alice)
    new = telegram.upgrade(old)
    with pytest.raises(TryAgain) as moved:
        await messenger.send(chat(old), ALERT, "d1")
    assert moved.value.wait == 0
    await messenger.send(chat(old), ALERT, "d1")
    assert len(telegram.posts(new)) == 1
    assert str(new) in caplog.text


async def test_a_message_without_a_letter_is_refused(messenger: TelegramMessenger, alice: Person) -> None:
    with pytest.raises(MessageRefused):
        await messenger.send(chat(alice.id), Message((say(" "),)), "d1")


async def test_telegram_cannot_look_up_a_message(messenger: TelegramMessenger, alice: Person) -> None:
    with pytest.raises(Uncertain):
        await messenger.find(chat(alice.id), "d1", datetime.now(UTC))


def test_groups_are_written_to_more_slowly() -> None:
    """20 messages a minute in a group, one a second elsewhere."""
    messenger = TelegramMessenger("1:x")
    assert 60 / messenger.pace(chat(-100123)) < 20 < 60 / messenger.pace(chat(123)) < 60
    assert messenger.pace(Place("telegram", "@kanal")) == messenger.pace(chat(-1))


# Start and stop


async def test_the_menu_shows_the_commands(telegram: TelegramEmulator, messenger: TelegramMessenger) -> None:
    assert telegram.commands[""] == dict(COMMANDS)


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
    messenger = TelegramMessenger(token, telegram.url, COMMANDS)
    with pytest.raises(CannotStart) as raised:
        await messenger.start(desk)
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
        messenger = TelegramMessenger("123456789:" + "a" * 35, url)
        async with asyncio.timeout(6):
            with pytest.raises(CannotStart, match="cannot be reached at http://127"):
                await messenger.start(desk)


async def test_a_server_that_stumbles_at_the_start_is_asked_again(
    telegram: TelegramEmulator, desk: Desk
) -> None:
    telegram.fail("getMe", CRASH, times=2)
    messenger = connected_to(telegram)
    await messenger.start(desk)
    await messenger.stop()


async def test_a_menu_that_is_refused_does_not_stop_the_start(
    telegram: TelegramEmulator, desk: Desk, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    messenger = TelegramMessenger(telegram.token, telegram.url, [("Watch!", "x")])
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
    await alice.says(alice.id, "/watch add Putin: Putin")
    await telegram.wait_for(lambda: desk.asked)
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
    await TelegramMessenger("1:x").stop()


# Trouble while it runs


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
    wrong = TelegramMessenger("1" + telegram.token, telegram.url)
    with pytest.raises(CannotStart):
        await wrong.start(desk)
    assert telegram.token not in caplog.text + str(lost.value)
    assert "telegram" in caplog.text
