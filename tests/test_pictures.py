"""A picture goes with its message: in Slack as a block of it, in Telegram above it, in a terminal in letters."""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from rich.console import Console

from bot.adapters.console.render import render
from bot.adapters.slack import SlackMessenger, pictures
from bot.adapters.telegram.render import parts, size
from bot.chat import Button, LineKind, Message, Picture, say, split
from bot.errors import TryAgain
from tests.emulators.faults import Drop
from tests.emulators.slack_web import refusal
from tests.emulators.telegram import TelegramEmulator
from tests.slack_newsroom import Newsroom, newsroom, running
from tests.telegram.newsroom import Desk, chat, connected_to


def png(width: int = 2, height: int = 2) -> bytes:
    """A white picture, by the PNG specification and no library."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = (b"\0" + b"\xff" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


CHART = Message(
    (say("Sumber, 48 jam", kind=LineKind.HEADING), say("120 kunjungan")),
    (Button("Sumber", "/sources"),),
    picture=Picture(png(), "Kunjungan per jam: 120 dalam 48 jam.", "▁▂▇\n▁▁▁"),
)


@pytest.fixture
async def room() -> AsyncIterator[Newsroom]:
    async with newsroom() as room:
        yield room


@pytest.fixture
async def bot(room: Newsroom) -> AsyncIterator[SlackMessenger]:
    async with running(room) as bot:
        yield bot


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "READING", (0.01, 0.01, 0.01, 0.01))


def images(room: Newsroom) -> list[tuple[str, bytes]]:
    """(what is read aloud, the file's bytes) of the pictures in the channel."""
    blocks = [block for message in room.slack.messages(room.channel) for block in message.blocks]
    files = room.slack.workspace.files
    return [
        (block["alt_text"], files[block["slack_file"]["id"]].content)
        for block in blocks
        if block["type"] == "image"
    ]


def test_a_picture_survives_the_store_and_a_message_without_one_is_stored_as_before() -> None:
    assert Message.from_json(json.loads(json.dumps(CHART.to_json()))) == CHART
    plain = Message((say("Halo"),))
    assert "picture" not in plain.to_json() and Message.from_json(plain.to_json()) == plain


def test_a_message_in_parts_shows_its_picture_once_with_the_first() -> None:
    long = Message(tuple(say("kata " * 20) for _ in range(10)), CHART.buttons, picture=CHART.picture)
    found = list(split(long, 300, lambda part: len(part.text)))
    assert len(found) > 2
    assert [bool(part.picture) for part in found] == [True] + [False] * (len(found) - 1)


async def test_slack_shows_a_picture_in_the_message_that_can_be_looked_up(
    room: Newsroom, bot: SlackMessenger
) -> None:
    ts = await bot.send(room.place(), CHART, "d1")
    (message,) = room.slack.messages(room.channel)
    assert [block["type"] for block in message.blocks] == ["rich_text", "image", "actions"]
    assert images(room) == [("Kunjungan per jam: 120 dalam 48 jam.", png())]
    assert await bot.find(room.place(), "d1", datetime.now(UTC)) == ts


async def test_slack_is_given_the_time_to_read_a_new_file(room: Newsroom, bot: SlackMessenger) -> None:
    room.slack.methods.slow_files = 2
    await bot.send(room.place(), CHART, "d1")
    assert len(images(room)) == 1 and len(room.slack.calls("chat.postMessage")) == 3


async def test_an_app_without_the_permission_says_the_picture_in_words(
    room: Newsroom, bot: SlackMessenger
) -> None:
    room.slack.workspace.scopes.discard("files:write")
    await bot.send(room.place(), CHART, "d1")
    (message,) = room.slack.messages(room.channel)
    assert message.shown.splitlines()[-1] == "Kunjungan per jam: 120 dalam 48 jam."


async def test_a_picture_that_slack_never_takes_is_said_in_words(room: Newsroom, bot: SlackMessenger) -> None:
    room.slack.methods.slow_files = 1_000
    await bot.send(room.place(), CHART, "d1")
    (message,) = room.slack.messages(room.channel)
    assert message.shown.splitlines()[-1] == "Kunjungan per jam: 120 dalam 48 jam." and images(room) == []


async def test_an_upload_whose_answer_is_lost_has_posted_nothing_and_is_tried_again(
    room: Newsroom, bot: SlackMessenger
) -> None:
    room.slack.faults.fail("files.completeUploadExternal", Drop.AFTER)
    with pytest.raises(TryAgain):
        await bot.send(room.place(), CHART, "d1")
    assert room.slack.messages(room.channel) == []
    await bot.send(room.place(), CHART, "d1")
    assert len(images(room)) == 1


async def test_what_slack_refuses_for_another_reason_is_refused_at_once(
    room: Newsroom, bot: SlackMessenger
) -> None:
    room.slack.faults.fail("chat.postMessage", refusal("msg_too_long"))
    with pytest.raises(Exception, match="msg_too_long"):
        await bot.send(room.place(), CHART, "d1")
    assert len(room.slack.calls("chat.postMessage")) == 1


async def test_a_chart_that_somebody_asked_for_in_slack_is_shown_to_them(room: Newsroom) -> None:
    room.reply = CHART
    async with running(room):
        alice = room.slack.user("Alice")
        await alice.types(room.channel, "/sources chart")
        await room.slack.until(lambda: images(room))


async def test_telegram_shows_a_picture_with_the_words_under_it() -> None:
    async with TelegramEmulator() as telegram:
        alice, messenger = telegram.user("Alice"), connected_to(telegram)
        await messenger.start(None)
        remote_id = await messenger.send(chat(alice.id), CHART, "d1")
        (post,) = telegram.posts(alice.id)
        assert (post.file, post.text, post.buttons) == ("photo", "Sumber, 48 jam\n120 kunjungan", ["Sumber"])
        assert [call.arguments["photo"] for call in telegram.calls if call.method == "sendphoto"] == [png()]
        changed = Message((say("Lewat"),), picture=CHART.picture)
        await messenger.edit(chat(alice.id), remote_id, changed)
        assert telegram.posts(alice.id)[0].text == "Lewat"
        await messenger.stop()


async def test_long_words_under_a_picture_go_on_in_telegram_in_a_message_of_their_own() -> None:
    lines = tuple(say(f"{number} " + "kata " * 60) for number in range(12))
    long = Message(lines, CHART.buttons, picture=CHART.picture)
    first, *rest = parts(long)
    assert size(first) <= 1024 and first.picture and not first.buttons
    assert len(rest) == 1 and rest[0].buttons and not rest[0].picture
    assert "".join((first.text, rest[0].text)).replace("\n", "") == long.text.replace("\n", "")
    async with TelegramEmulator() as telegram:
        alice, desk = telegram.user("Alice"), Desk(reply=long)
        messenger = connected_to(telegram)
        await messenger.start(desk)
        await alice.says(alice.id, "/watch")
        await telegram.wait_for(lambda: len(telegram.posts(alice.id)) == 2)
        await messenger.stop()
        clipped = connected_to(telegram)
        await clipped.start(None)
        await clipped.send(chat(alice.id), long, "d1")
        assert telegram.posts(alice.id)[-1].text.endswith("…")
        await clipped.stop()


def test_a_terminal_shows_what_can_be_drawn_in_letters() -> None:
    out = Console(file=io.StringIO(), width=60, force_terminal=False)
    assert "▁▂▇\n▁▁▁" in render(out, CHART, {})
    plain = Message(CHART.lines, picture=Picture(png(), "Kunjungan\x1b[2J per jam."))
    assert "[Kunjungan per jam.]" in render(out, plain, {})
