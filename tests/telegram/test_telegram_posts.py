"""What leaves for Telegram: as it should look, once, and with the right word when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.adapters.telegram import TelegramMessenger
from bot.chat import Message, Place, Style, say
from bot.errors import (
    ChatGone,
    ChatMoved,
    MessageRefused,
    SendError,
    ThreadGone,
    TokenRefused,
    TryAgain,
    Uncertain,
)
from bot.model import Priority
from bot.pace import NEVER
from tests.emulators.faults import BAD_GATEWAY, CRASH, HTML, Drop, Fault, Slow
from tests.emulators.telegram import Person, TelegramEmulator, said, too_many_requests
from tests.emulators.telegram_limits import ApiError, Flood, bad_request, forbidden
from tests.emulators.telegram_text import units
from tests.telegram.newsroom import ALERT, Desk, chat, connected_to, journal

pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after.*")  # failures.seconds takes both of its types


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
    messenger = TelegramMessenger(telegram.token, journal(), telegram.url, read_seconds=0.5)
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
    (forbidden("words that nobody has seen yet"), ChatGone),
    (bad_request("chat not found"), ChatGone),
    (bad_request("message thread not found"), ThreadGone),
    (bad_request("not enough rights to send text messages to the chat"), ChatGone),
    (bad_request("message is too long"), MessageRefused),
    (ApiError(401, "Unauthorized"), TokenRefused),
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
    telegram.fail("sendMessage", said(error))
    with pytest.raises(meaning) as raised:
        await messenger.send(chat(alice.id), ALERT, "d1")
    assert type(raised.value) is meaning
    assert telegram.count("sendMessage") == 1


@pytest.mark.parametrize(
    ("harm", "remedy"),
    [
        (lambda telegram, forum: telegram.kick(forum), "add it again"),
        (lambda telegram, forum: telegram.delete_topic(forum, 7), "another thread"),
        (lambda telegram, forum: telegram.rooms.pop(forum), "check its id"),
        (lambda telegram, forum: telegram.revoke_token(), "token"),
    ],
    ids=["kicked", "topic deleted", "unknown chat", "token revoked"],
)
async def test_a_place_is_checked_without_a_message_and_says_what_to_do(
    telegram: TelegramEmulator,
    messenger: TelegramMessenger,
    alice: Person,
    harm: Callable[[TelegramEmulator, int], None],
    remedy: str,
) -> None:
    forum = telegram.group("Liputan", alice, topics=(7,))
    await messenger.check(chat(forum, "7"))
    assert telegram.messages(forum) == []
    harm(telegram, forum)
    with pytest.raises(SendError, match=remedy):
        await messenger.check(chat(forum, "7"))


async def test_a_429_holds_its_chat_and_the_next_message_to_another_proves_that_it_holds_no_more(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person
) -> None:
    bob = telegram.user("Bob")
    telegram.fail("sendMessage", too_many_requests(7))
    with pytest.raises(TryAgain) as first:
        await messenger.send(chat(alice.id), ALERT, "d1")
    assert first.value.wait == 7
    await messenger.send(chat(bob.id), ALERT, "d2")
    with pytest.raises(TryAgain) as second:
        await messenger.send(chat(alice.id), ALERT, "d1")
    assert 5 < second.value.wait <= 7
    assert telegram.count("sendMessage") == 2


async def test_a_429_in_two_chats_stops_every_chat(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person
) -> None:
    """Telegram does not say which chat it meant; asked twice, it meant the bot. Three messages at once ask only twice."""
    others = [chat(telegram.user(name).id) for name in ("Bob", "Cici", "Dodi")]
    telegram.fail("sendMessage", too_many_requests(7), times=2)
    with pytest.raises(TryAgain):
        await messenger.send(chat(alice.id), ALERT, "d1")
    waits = await asyncio.gather(
        *(messenger.send(other, ALERT, "d2") for other in others), return_exceptions=True
    )
    assert all(isinstance(wait, TryAgain) and 5 < wait.wait <= 7 for wait in waits)
    assert telegram.count("sendMessage") == 2


async def test_a_server_that_does_not_listen_has_certainly_received_nothing(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person
) -> None:
    await telegram.close()
    with pytest.raises(TryAgain, match="cannot be reached"):
        await messenger.send(chat(alice.id), ALERT, "d1")


async def test_a_group_that_became_a_supergroup_is_found_at_its_new_id(
    telegram: TelegramEmulator, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """The refusal itself says where to send from now on, and the log what to write into the configuration."""
    messenger = connected_to(telegram)
    await messenger.start(None)
    old = telegram.basic_group("Redaksi", alice)
    new = telegram.upgrade(old)
    for _ in range(2):
        with pytest.raises(ChatMoved) as moved:
            await messenger.send(chat(old), ALERT, "d1")
        assert (moved.value.wait, moved.value.to) == (0, str(new))
    assert telegram.count("sendMessage") == 1, "the second time it is known"
    await messenger.send(chat(new), ALERT, "d1")
    await messenger.stop()
    assert len(telegram.posts(new)) == 1
    assert caplog.text.count(f"new id {new}") == 1


async def test_a_group_that_says_it_became_a_supergroup_costs_no_failed_attempt(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    old = telegram.basic_group("Redaksi", alice)
    new = telegram.upgrade(old)
    await telegram.wait_for(lambda: str(new) in caplog.text)
    with pytest.raises(ChatMoved) as moved:
        await messenger.send(chat(old), ALERT, "d1")
    await messenger.send(chat(int(moved.value.to)), ALERT, "d1")
    assert len(telegram.posts(new)) == telegram.count("sendMessage") == 1


async def test_many_chats_at_once_stay_under_flood_control(
    telegram: TelegramEmulator, messenger: TelegramMessenger
) -> None:
    """Lanes know only their own chat; about 30 messages a second are allowed in all."""
    telegram.flood = Flood()
    people = [telegram.user(f"Reader {n}") for n in range(40)]

    async def told(person: Person) -> None:
        await messenger.turn(Priority.NORMAL, NEVER)
        await messenger.send(chat(person.id), ALERT, "d")

    await asyncio.gather(*map(told, people))
    assert telegram.count("sendMessage") == 40


async def test_a_message_without_a_letter_is_refused(messenger: TelegramMessenger, alice: Person) -> None:
    with pytest.raises(MessageRefused):
        await messenger.send(chat(alice.id), Message((say(" "),)), "d1")


@pytest.mark.parametrize("place", [Place("telegram", "Redaksi"), Place("telegram", "7", "Liputan")])
async def test_a_place_that_is_no_number_is_no_place(messenger: TelegramMessenger, place: Place) -> None:
    with pytest.raises(ChatGone, match="that is a number"):
        await messenger.send(place, ALERT, "d1")


async def test_telegram_cannot_look_up_a_message(messenger: TelegramMessenger, alice: Person) -> None:
    with pytest.raises(Uncertain):
        await messenger.find(chat(alice.id), "d1", datetime.now(UTC))


async def test_nothing_is_sent_again_before_telegram_answers_again(
    telegram: TelegramEmulator, messenger: TelegramMessenger, alice: Person
) -> None:
    """In an outage every look ends with "try again", so that the one more send is not spent on it."""
    telegram.fail("sendChatAction", BAD_GATEWAY)
    with pytest.raises(TryAgain):
        await messenger.find(chat(alice.id), "d1", datetime.now(UTC))
    with pytest.raises(Uncertain):
        await messenger.find(chat(alice.id), "d1", datetime.now(UTC))


def test_groups_are_written_to_more_slowly() -> None:
    """20 messages a minute in a group, one a second elsewhere."""
    messenger = TelegramMessenger("1:x", journal())
    group, private = (messenger.pace(chat(id)).seconds for id in (-100123, 123))
    assert 60 / group < 20 < 60 / private < 60
    assert messenger.pace(Place("telegram", "@kanal")) == messenger.pace(chat(-1))
