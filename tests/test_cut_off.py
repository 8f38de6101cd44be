"""A command that a crash cut off is answered after the restart, or reported as lost to the one who asked."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapters.slack import SlackMessenger
from bot.adapters.store import SqlStore
from bot.adapters.telegram import TelegramMessenger
from bot.chat import Message, Request, say
from bot.config import Access
from bot.inbox import Inbox
from bot.watchlist import Watchlist
from handlers.desk import Desk
from handlers.router import REPEATABLE, Router
from tests.builders import NOON, chat, request
from tests.emulators.slack import SlackEmulator
from tests.emulators.telegram import TelegramEmulator
from tests.fakes import FakeClock

CLOCK = FakeClock()


class Crashes:
    """An application that dies in the middle of every request."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    async def __call__(self, _request: Request) -> Message:
        self.begun.set()
        await asyncio.Event().wait()
        raise AssertionError


class Answers:
    def __init__(self) -> None:
        self.asked: list[Request] = []

    async def __call__(self, request: Request) -> Message:
        self.asked.append(request)
        return Message((say(f"Answer to {request.name}"),))


@pytest.fixture(autouse=True)
def abrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop that waits for nothing under way: to the store, a crash."""
    monkeypatch.setattr("bot.adapters.slack.messenger.FINISH_SECONDS", 0.01)
    monkeypatch.setattr("bot.adapters.telegram.conversation.FINISH_SECONDS", 0.01)


@pytest.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator() as slack:
        yield slack


def on_slack(slack: SlackEmulator, store: SqlStore) -> SlackMessenger:
    return SlackMessenger(slack.bot_token, slack.app_token, Inbox(store, CLOCK), slack.api_url)


def requests_in(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "pantau.db")) as store:
        return int(store.execute("SELECT count(*) FROM requests").fetchone()[0])


async def test_what_slack_was_told_that_we_have_is_stored(
    sqlite: SqlStore, slack: SlackEmulator, tmp_path: Path
) -> None:
    """`types`, `presses` and an acknowledged event return with the acknowledgement: a crash may come right then."""
    room, alice = slack.channel("redaksi"), slack.user("Alice")
    bot = on_slack(slack, sqlite)
    await bot.start(Crashes())
    await slack.connected(2)
    await alice.types(room, "/pantau status")
    assert requests_in(tmp_path) == 1
    _, event = await alice.mentions(room, "status")
    await asyncio.wait_for(event.acknowledged.wait(), 3)
    assert requests_in(tmp_path) == 2
    await bot.stop()


@pytest.mark.parametrize("way", ["command", "mention", "direct", "button"])
async def test_slack_answers_after_the_restart_where_it_was_asked(
    sqlite: SqlStore, slack: SlackEmulator, way: str
) -> None:
    room, alice = slack.channel("redaksi"), slack.user("Alice")
    crashing = Crashes()
    bot = on_slack(slack, sqlite)
    await bot.start(crashing)
    await slack.connected(2)
    seen_in = room
    match way:
        case "command":
            await alice.types(room, "/pantau status")
        case "mention":
            await alice.mentions(room, "status")
        case "direct":
            await alice.writes_to_bot("status")
            seen_in = slack.workspace.direct(alice.id)
        case "button":
            posted = slack.methods.call(
                "chat.postMessage",
                {
                    "channel": room.id,
                    "text": "x",
                    "blocks": [
                        {
                            "type": "actions",
                            "elements": [
                                {
                                    "type": "button",
                                    "action_id": "a",
                                    "text": {"type": "plain_text", "text": "Status"},
                                    "value": "/status",
                                }
                            ],
                        }
                    ],
                },
            )
            await alice.presses(room, posted["ts"], "Status")
    await asyncio.wait_for(crashing.begun.wait(), 3)
    await bot.stop()
    before = len(slack.from_bot(seen_in))
    answers = Answers()
    again = on_slack(slack, sqlite)
    await again.start(answers)
    await slack.until(lambda: len(slack.from_bot(seen_in)) == before + 1)
    (asked,) = answers.asked
    assert asked.cut_off and (asked.name, asked.user.id) == ("status", alice.id)
    assert slack.from_bot(seen_in)[-1].shown == "Answer to status"
    await again.stop()
    last = on_slack(slack, sqlite)
    await last.start(answers)
    await asyncio.sleep(0.1)
    await last.stop()
    assert len(answers.asked) == 1


@pytest.mark.parametrize("pressed", [False, True])
async def test_telegram_answers_after_the_restart_under_the_question(sqlite: SqlStore, pressed: bool) -> None:
    async with TelegramEmulator() as telegram:
        budi, crashing = telegram.user("Budi"), Crashes()

        def bot() -> TelegramMessenger:
            return TelegramMessenger(
                telegram.token, Inbox(sqlite, CLOCK), telegram.url, [("status", "status")]
            )

        first = bot()
        await first.start(crashing)
        typed = await budi.says(budi.id, "/status")
        await asyncio.wait_for(crashing.begun.wait(), 3)
        await first.stop()
        assert telegram.inbox.pending == 0  # Telegram will not hand it out again
        answers = Answers()
        second = bot()
        await second.start(answers)
        await telegram.wait_for(lambda: telegram.posts(budi.id))
        (post,) = telegram.posts(budi.id)
        assert (post.text, post.reply_to) == ("Answer to status", typed)
        await second.stop()
    assert len(answers.asked) == 1


async def test_an_update_that_telegram_hands_out_twice_is_answered_once(sqlite: SqlStore) -> None:
    """As after a crash between an answer and the poll that confirms its question."""
    async with TelegramEmulator() as telegram:
        budi, answers = telegram.user("Budi"), Answers()
        for _ in range(2):
            bot = TelegramMessenger(
                telegram.token, Inbox(sqlite, CLOCK), telegram.url, [("status", "status")]
            )
            await bot.start(answers)
            telegram.inbox._next = 1000
            await budi.says(budi.id, "/status")
            await telegram.wait_for(lambda: telegram.inbox.pending == 0 and telegram.inbox.polled)
            await bot.stop()
    assert len(answers.asked) == len(telegram.posts(budi.id)) == 1


@pytest.mark.parametrize("language", ["id", "en"])
async def test_what_changes_something_is_not_done_again_but_reported(sqlite: SqlStore, language: str) -> None:
    room = chat("redaksi", language=language)
    watchlist = Watchlist(sqlite, [room])
    await watchlist.load()
    router = Router(Desk(sqlite, watchlist, [room], Access(), CLOCK))
    asked = request("/watch add Putin: Putin")
    answer = await router(Request(asked.name, asked.argument, asked.place, asked.user, NOON, cut_off=True))
    assert answer.private and "/watch add Putin: Putin" in answer.text
    assert ("ask again" in answer.text) is (language == "en")
    assert [button.command for button in answer.buttons] == ["/watch add Putin: Putin"]
    assert "Putin" not in watchlist.lookout.watches
    status = await router(Request("status", "", asked.place, asked.user, NOON, cut_off=True))
    assert status.text.startswith("Status")
    assert {"watch", "mute"}.isdisjoint(REPEATABLE)
