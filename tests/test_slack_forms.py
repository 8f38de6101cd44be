"""A form in Slack: opened while its trigger is fresh, sent in as the command that could have been typed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.adapters.slack import SlackMessenger
from bot.adapters.slack.forms import view
from bot.adapters.slack.incoming import Asked, Way
from bot.chat import Button, Choice, Field, Form, Message, Place, Request, User, say
from bot.inbox import Inbox
from bot.ports import Kept
from tests.emulators.slack import Human
from tests.emulators.slack_blocks import view_problems
from tests.slack_newsroom import Newsroom, newsroom, running

FORM = Form(
    title="Summary",
    command="/summary",
    fields=(
        Field("watch", "Watch", (Choice("All"), Choice("Korea Utara", "Korea Utara"))),
        Field("period", "Period", (Choice("24 h", "24h"), *(Choice(f"{n} d", f"{n}d") for n in range(2, 9)))),
        Field("length", "Length", (Choice("Short"), Choice("Long", "--long"))),
    ),
    submit="Sum up",
    cancel="Cancel",
)
OPTIONS = Message((say("Write it yourself."),), private=True, form=FORM)
ANSWER = Message((say("Three stories."),), (Button("Options", "/summary --options"),))


class Room(Newsroom):
    async def answer(self, request: Request) -> Message:
        await super().answer(request)
        nowhere = not request.place.id
        asks = nowhere or request.argument == "--options"
        return replace(OPTIONS, form=replace(FORM, where="Chat" * nowhere)) if asks else ANSWER


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    async with newsroom() as plain:
        yield Room(plain.slack, plain.channel)


@pytest.fixture
async def bot(room: Room) -> AsyncIterator[SlackMessenger]:
    async with running(room) as bot:
        yield bot


@pytest.fixture
def alice(room: Room) -> Human:
    return room.slack.user("Alice")


async def opened(room: Room, count: int = 1) -> dict[str, object]:
    await room.slack.until(lambda: len(room.slack.methods.views) == count)
    return room.slack.methods.views[-1]


def lines(room: Room) -> list[str]:
    return [f"{one.name} {one.argument}".strip() for one in room.asked]


async def test_a_button_opens_the_form_and_what_is_chosen_is_answered_to_the_presser(
    room: Room, bot: SlackMessenger, alice: Human
) -> None:
    parent = await bot.send(room.place(), ANSWER, "d1")
    ts = await bot.send(room.place(parent), ANSWER, "d2")
    await alice.presses(room.channel, ts, "Options")
    form = await opened(room)
    assert len(room.slack.from_bot(room.channel)) == 2
    await alice.sends_in(form, watch="Korea Utara", length="Long")
    await room.slack.until(lambda: len(room.slack.from_bot(room.channel)) == 3)
    assert lines(room)[-1] == "summary Korea Utara 24h --long"
    answer = room.slack.from_bot(room.channel)[-1]
    assert (answer.shown, answer.only_for, answer.thread_ts) == ("Three stories.", alice.id, parent)


async def test_a_typed_command_opens_it_too_and_is_answered_in_the_channel(
    room: Room, bot: SlackMessenger, alice: Human
) -> None:
    room.channel.joined = False
    await alice.types(room.channel, "/pantau summary --options")
    await alice.sends_in(await opened(room), period="7 d")
    (answer,) = await room.slack.until(lambda: room.slack.from_bot(room.channel))
    assert lines(room)[-1] == "summary 7d"
    assert (answer.shown, answer.only_for) == ("Three stories.", "")


async def test_the_shortcut_asks_in_which_chat_and_answers_there(
    room: Room, bot: SlackMessenger, alice: Human
) -> None:
    await alice.uses_shortcut("summary")
    form = await opened(room)
    await alice.sends_in(form, where=room.channel)
    (answer,) = await room.slack.until(lambda: room.slack.from_bot(room.channel))
    assert (room.asked[-1].place, answer.shown) == (room.place(), "Three stories.")


async def test_it_is_acknowledged_at_once_and_a_form_that_comes_too_late_is_told_in_words(
    room: Room, bot: SlackMessenger, alice: Human, caplog: pytest.LogCaptureFixture
) -> None:
    """The emulator gives 0.2 s to acknowledge; the trigger is used up before the application has thought."""
    room.slack.sockets.ack_seconds, room.busy = 0.2, 0.4
    await alice.types(room.channel, "/summary --options")
    for trigger in room.slack.methods.triggers:
        room.slack.methods.triggers[trigger] = float("-inf")
    (answer,) = await room.slack.until(lambda: room.slack.from_bot(room.channel))
    assert (answer.shown, answer.only_for) == ("Write it yourself.", alice.id)
    assert "expired_trigger_id" in caplog.text


async def test_a_form_that_is_sent_in_twice_is_one_request(
    room: Room, bot: SlackMessenger, alice: Human
) -> None:
    """The acknowledgement of the first envelope got lost."""
    await alice.types(room.channel, "/summary --options")
    form = await opened(room)
    await alice.sends_in(form)
    await alice.sends_in(form)
    await room.slack.until(lambda: room.slack.from_bot(room.channel))
    await asyncio.sleep(0.05)
    assert lines(room) == ["summary --options", "summary 24h"]


async def test_where_there_is_no_trigger_any_more_the_words_are_told(room: Room, alice: Human) -> None:
    """After a restart: what was kept has no trigger."""

    class Left(Inbox):
        async def left(self, platform: str) -> list[Kept]:
            url = room.slack.response_url(room.channel, alice.id)
            request = Request(
                "summary", "--options", room.place(), User("slack", alice.id), datetime.now(UTC)
            )
            asked = Asked(request, Way.COMMAND, response_url=url, trigger="gone")
            return [Kept("slack:1", "slack", asked.to_json(), request.at)]

    room.journal = Left(None, lambda: datetime.now(UTC))
    async with running(room):
        (answer,) = await room.slack.until(lambda: room.slack.from_bot(room.channel))
    assert answer.shown == "Write it yourself."
    assert room.slack.methods.views == []


def test_any_form_is_within_slacks_limits() -> None:
    many = tuple(Choice("nama panjang " * 10, f"{number} {'x' * number}") for number in range(200))
    form = replace(
        FORM, title="judul " * 10, submit="kirim " * 10, fields=(Field("watch", "W", many),), where="x"
    )
    place = Place("slack", "C1", "1.0")
    request = Request("summary", "--options", place, User("slack", "U1"), datetime.now(UTC))
    shown = view(form, Asked(request, Way.BUTTON, "1.0", "https://hooks.example/" + "x" * 200))
    assert view_problems(shown) == []
    assert all(len(one["value"]) <= 150 for one in shown["blocks"][1]["element"]["options"])
