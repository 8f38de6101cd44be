"""Requests from Slack through the real Bolt and Socket Mode, and where their answers appear."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from bot.adapters.slack import SlackMessenger
from bot.adapters.slack import answers as answers_
from bot.chat import Button, Message, say
from tests.emulators.faults import CRASH
from tests.emulators.slack import Human
from tests.emulators.slack_web import refusal
from tests.slack_newsroom import ALERT, Newsroom, newsroom, running

PRIVATE = Message((say("Only for you."),), private=True)


@pytest.fixture
async def room() -> AsyncIterator[Newsroom]:
    async with newsroom() as room:
        yield room


@pytest.fixture
async def bot(room: Newsroom) -> AsyncIterator[SlackMessenger]:
    async with running(room) as bot:
        yield bot


@pytest.fixture
def alice(room: Newsroom) -> Human:
    return room.slack.user("Alice")


def asked(room: Newsroom) -> list[tuple[str, str]]:
    return [(request.name, request.argument) for request in room.asked]


async def answers(room: Newsroom, count: int = 1) -> list[str]:
    """What the bot has said in the channel once it has said so much."""
    await room.slack.until(lambda: len(room.slack.from_bot(room.channel)) >= count)
    return [message.shown for message in room.slack.from_bot(room.channel)]


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        ("/pantau summary Putin", ("summary", "Putin")),
        ("/summary Putin", ("summary", "Putin")),
        ("/pantau watch add AT&T: AT&T <x>", ("watch", "add AT&T: AT&T <x>")),
        ("/pantau", ("help", "")),
        ("/sources", ("sources", "")),
    ],
)
async def test_a_slash_command_is_asked_and_answered_in_the_channel(
    room: Newsroom, bot: SlackMessenger, alice: Human, line: str, request_: tuple[str, str]
) -> None:
    await alice.types(room.channel, line)
    assert await answers(room) == ["All is well."]
    assert asked(room) == [request_]
    assert room.asked[0].user.key == f"slack:{alice.id}"
    assert room.asked[0].place == room.place()


async def test_a_private_answer_to_a_command_is_seen_by_one_person(
    room: Newsroom, bot: SlackMessenger, alice: Human
) -> None:
    room.reply = PRIVATE
    await alice.types(room.channel, "/pantau status")
    await answers(room)
    assert room.slack.messages(room.channel)[0].only_for == alice.id


async def test_a_command_works_where_the_bot_is_no_member(
    room: Newsroom, bot: SlackMessenger, alice: Human
) -> None:
    room.channel.joined = False
    await alice.types(room.channel, "/pantau status")
    assert await answers(room) == ["All is well."]


async def test_a_command_is_acknowledged_before_the_application_thinks(
    room: Newsroom, bot: SlackMessenger, alice: Human
) -> None:
    """The emulator says dispatch_failed after this time; the application needs twice as long."""
    room.slack.sockets.ack_seconds, room.busy = 0.2, 0.4
    await alice.types(room.channel, "/pantau status")
    assert await answers(room) == ["All is well."]


async def test_a_mention_is_answered_in_its_thread(room: Newsroom, bot: SlackMessenger, alice: Human) -> None:
    mention, event = await alice.mentions(room.channel, "summary Korea & Utara 24h")
    await answers(room)
    assert asked(room) == [("summary", "Korea & Utara 24h")]
    assert room.slack.from_bot(room.channel)[0].thread_ts == mention.ts
    assert event.tries == 1
    assert event.acknowledged.is_set()


async def test_a_mention_in_a_thread_is_answered_in_the_same_thread(
    room: Newsroom, bot: SlackMessenger, alice: Human
) -> None:
    parent = await bot.send(room.place(), ALERT, "d1")
    await alice.mentions(room.channel, "status", thread=parent)
    await answers(room, 2)
    assert room.slack.from_bot(room.channel)[1].thread_ts == parent
    assert (room.asked[0].place.thread, room.asked[0].under) == (parent, parent)


async def test_a_private_answer_to_a_mention_is_seen_by_one_person(
    room: Newsroom, bot: SlackMessenger, alice: Human
) -> None:
    room.reply = PRIVATE
    await alice.mentions(room.channel, "status")
    await answers(room)
    answer = room.slack.from_bot(room.channel)[0]
    assert (answer.only_for, answer.thread_ts) == (alice.id, "")


async def test_a_direct_message_is_a_request_too(room: Newsroom, bot: SlackMessenger, alice: Human) -> None:
    await alice.writes_to_bot("summary 7d")
    direct = room.slack.workspace.direct(alice.id)
    await room.slack.until(lambda: room.slack.from_bot(direct))
    assert asked(room) == [("summary", "7d")]


async def test_what_is_not_said_to_the_bot_is_not_a_request(
    room: Newsroom, bot: SlackMessenger, alice: Human
) -> None:
    """Another bot's mention, an edit, and an event nobody asked for: acknowledged, and then nothing."""
    base = {"channel": room.channel.id, "user": alice.id, "ts": "1.1", "text": "<@U0PANTAU> status"}
    events = [
        base | {"type": "app_mention", "bot_id": "B0OTHER"},
        base | {"type": "message", "channel_type": "channel"},
        base | {"type": "message", "channel_type": "im", "channel": "D1", "subtype": "message_changed"},
        {"type": "member_joined_channel", "user": alice.id, "channel": room.channel.id},
    ]
    for event in events:
        sent = room.slack.sockets.deliver_event(room.slack.event(event))
        await asyncio.wait_for(sent.acknowledged.wait(), 1)
    await alice.mentions(room.channel, "help")
    await answers(room)
    assert asked(room) == [("help", "")]


async def test_an_event_that_comes_again_is_handled_once(
    room: Newsroom, bot: SlackMessenger, alice: Human
) -> None:
    _, event = await alice.mentions(room.channel, "status")
    await answers(room)
    assert await room.slack.sockets.deliver_again(event)
    assert await room.slack.sockets.deliver_again(event)
    await alice.mentions(room.channel, "help")
    await answers(room, 2)
    assert asked(room) == [("status", ""), ("help", "")]


async def test_a_retry_that_is_the_first_to_arrive_is_handled(
    room: Newsroom, bot: SlackMessenger, alice: Human
) -> None:
    """The first envelope was lost with its connection: dropping every retry would lose the request."""
    room.slack.sockets.pauses = (0.05,)
    room.slack.sockets.abort()
    _, event = await alice.mentions(room.channel, "status")
    await room.slack.connected(1)
    if not event.acknowledged.is_set():
        await room.slack.sockets.deliver_again(event)
    assert await answers(room) == ["All is well."]
    assert event.tries > 1


async def test_a_pressed_button_is_its_command_and_answers_the_presser(
    room: Newsroom, bot: SlackMessenger, alice: Human
) -> None:
    ts = await bot.send(room.place(), ALERT, "d1")
    await alice.presses(room.channel, ts, "Mute")
    await answers(room, 2)
    assert asked(room) == [("mute", "42")]
    answer = room.slack.from_bot(room.channel)[1]
    assert (answer.only_for, answer.thread_ts) == (alice.id, "")


async def test_a_button_in_a_thread_is_answered_in_the_thread(
    room: Newsroom, bot: SlackMessenger, alice: Human
) -> None:
    parent = await bot.send(room.place(), ALERT, "d1")
    reply = await bot.send(room.place(parent), ALERT, "d2")
    await alice.presses(room.channel, reply, "Mute")
    await answers(room, 3)
    assert room.slack.from_bot(room.channel)[2].thread_ts == parent
    assert room.asked[0].place == room.place(parent)


async def test_a_button_under_an_answer_works_where_the_bot_is_no_member(
    room: Newsroom, bot: SlackMessenger, alice: Human
) -> None:
    room.channel.joined = False
    room.reply = Message((say("Three stories."),), (Button("More", "/summary more"),))
    await alice.types(room.channel, "/pantau summary")
    await answers(room)
    await alice.presses(room.channel, room.slack.messages(room.channel)[0].ts, "More")
    assert await answers(room, 2) == ["Three stories.", "Three stories."]
    assert room.slack.from_bot(room.channel)[1].only_for == alice.id
    assert asked(room)[1] == ("summary", "more")


async def test_an_answer_that_cannot_be_shown_is_logged_with_the_remedy_and_stops_nothing(
    room: Newsroom, bot: SlackMessenger, alice: Human, caplog: pytest.LogCaptureFixture
) -> None:
    room.slack.faults.fail("chat.postMessage", refusal("not_in_channel"))
    await alice.mentions(room.channel, "status")
    await room.slack.until(lambda: "/invite @pantau" in caplog.text)
    await alice.mentions(room.channel, "status")
    assert await answers(room) == ["All is well."]


@pytest.mark.parametrize("fault", [refusal("used_url"), CRASH], ids=["refused", "crash"])
async def test_an_answer_that_a_response_url_refuses_is_logged(
    room: Newsroom, bot: SlackMessenger, alice: Human, caplog: pytest.LogCaptureFixture, fault: object
) -> None:
    for url in room.slack.web.response_urls.values():
        url.uses = 5
    room.slack.faults.fail("response_url", CRASH)
    await alice.types(room.channel, "/pantau status")
    await room.slack.until(lambda: "was not shown" in caplog.text)
    assert len(room.slack.calls("response_url")) == 1


async def test_a_request_that_fails_inside_is_logged_and_the_next_one_is_answered(
    room: Newsroom, alice: Human, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(request: object) -> Message:
        room.asked.append(request)  # type: ignore[arg-type]
        if len(room.asked) == 1:
            raise RuntimeError("a bug")
        return room.reply

    bot = room.messenger()
    await bot.start(fails)
    await alice.types(room.channel, "/pantau status")
    await room.slack.until(lambda: "a bug" in caplog.text)
    await alice.types(room.channel, "/pantau status")
    assert await answers(room) == ["All is well."]
    await bot.stop()


async def test_no_token_is_ever_logged(
    room: Newsroom, alice: Human, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(room) as bot:
        await bot.send(room.place(), ALERT, "d1")
        await alice.types(room.channel, "/pantau status")
        await answers(room, 2)
        room.slack.sockets.abort()
    assert caplog.records
    assert room.slack.bot_token not in caplog.text
    assert room.slack.app_token not in caplog.text


@pytest.mark.parametrize("way", ["command", "mention", "mention in a thread", "direct", "button"])
async def test_whoever_waits_long_is_told_alone_that_the_answer_will_come(
    room: Newsroom, bot: SlackMessenger, alice: Human, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(answers_, "WORKING_AFTER", 0.01)
    room.thinks = asyncio.Event()
    channel = room.slack.workspace.direct(alice.id) if way == "direct" else room.channel
    parent = await bot.send(room.place(), ALERT, "d1")
    match way:
        case "command":
            await alice.types(channel, "/pantau summary")
        case "mention":
            await alice.mentions(channel, "summary")
        case "mention in a thread":
            await alice.mentions(channel, "summary", thread=parent)
        case "direct":
            await alice.writes_to_bot("summary")
        case "button":
            await alice.presses(channel, parent, "Mute")
    await room.slack.until(lambda: "Working" in "".join(one.shown for one in room.slack.from_bot(channel)))
    room.thinks.set()
    await room.slack.until(lambda: room.slack.from_bot(channel)[-1].shown == "All is well.")
    told, answer = room.slack.from_bot(channel)[-2:]
    assert told.only_for == alice.id
    assert told.thread_ts == (parent if way == "mention in a thread" else "")
    assert bool(answer.only_for) == (way == "button")


async def test_a_quick_answer_comes_alone(
    room: Newsroom, bot: SlackMessenger, alice: Human, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers_, "WORKING_AFTER", 60.0)
    await alice.types(room.channel, "/pantau summary")
    assert await answers(room) == ["All is well."]
    assert len(room.slack.calls("response_url")) == 1


async def test_an_answer_comes_though_nobody_could_be_told_before(
    room: Newsroom, bot: SlackMessenger, alice: Human, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers_, "WORKING_AFTER", 0.01)
    room.thinks = asyncio.Event()
    room.slack.faults.fail("chat.postEphemeral", refusal("user_not_in_channel"))
    await alice.mentions(room.channel, "summary")
    await room.slack.until(lambda: room.slack.calls("chat.postEphemeral"))
    room.thinks.set()
    assert await answers(room) == ["All is well."]
