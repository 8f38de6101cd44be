"""Alerts into Slack with the real slack_sdk: one attempt each, and an honest word on what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.slack import SlackMessenger
from bot.adapters.slack.posts import CLOCK_SLACK
from bot.chat import Message, Place, say
from bot.errors import ChatGone, MessageRefused, SendError, TokenRefused, TryAgain, Uncertain
from tests.emulators.faults import BAD_GATEWAY, CRASH, HTML, Drop, Fault, Reply, Slow
from tests.emulators.slack_web import RATE_LIMITED_ONCE, ratelimited, refusal
from tests.slack_newsroom import ALERT, ALERT_SHOWN, Newsroom, newsroom, running

POST = "chat.postMessage"


@pytest.fixture
async def room() -> AsyncIterator[Newsroom]:
    async with newsroom() as room:
        yield room


@pytest.fixture
async def bot(room: Newsroom) -> AsyncIterator[SlackMessenger]:
    async with running(room) as bot:
        yield bot


def now() -> datetime:
    return datetime.now(UTC)


async def test_an_alert_is_shown_with_its_link_and_button(room: Newsroom, bot: SlackMessenger) -> None:
    ts = await bot.send(room.place(), ALERT, "d1")
    (message,) = room.slack.messages(room.channel)
    assert (message.ts, message.shown, message.labels) == (ts, ALERT_SHOWN, ["Mute"])
    (call,) = room.slack.calls(POST)
    assert (call.args["unfurl_links"], call.args["unfurl_media"]) == (False, False)


async def test_an_alert_for_a_thread_is_posted_in_it(room: Newsroom, bot: SlackMessenger) -> None:
    parent = await bot.send(room.place(), ALERT, "d1")
    await bot.send(room.place(parent), ALERT, "d2")
    assert [message.thread_ts for message in room.slack.messages(room.channel)] == ["", parent]


async def test_a_reply_stands_in_the_thread_of_its_alert_and_is_found_there(
    room: Newsroom, bot: SlackMessenger
) -> None:
    parent = await bot.send(room.place(), ALERT, "d1")
    reply = await bot.send(room.place(), ALERT, "d2", parent)
    assert [message.thread_ts for message in room.slack.messages(room.channel)] == ["", parent]
    assert await bot.find(room.place(), "d2", now(), parent) == reply
    assert await bot.find(room.place(), "d3", now(), parent) is None


async def test_a_reply_to_an_alert_that_people_deleted_goes_to_the_channel_and_is_found_there(
    room: Newsroom, bot: SlackMessenger
) -> None:
    parent = await bot.send(room.place(), ALERT, "d1")
    await bot.delete(room.place(), parent)
    reply = await bot.send(room.place(), ALERT, "d2", parent)
    (message,) = room.slack.messages(room.channel)
    assert (message.ts, message.thread_ts) == (reply, "")
    assert await bot.find(room.place(), "d2", now(), parent) == reply


async def test_an_alert_for_a_person_goes_into_the_direct_conversation(
    room: Newsroom, bot: SlackMessenger
) -> None:
    alice = room.slack.user("Alice")
    place = Place("slack", alice.id)
    ts = await bot.send(place, ALERT, "d1")
    await bot.edit(place, ts, Message((say("Changed."),)))
    (message,) = room.slack.messages(room.slack.workspace.direct(alice.id))
    assert message.shown == "Changed."
    assert await bot.find(place, "d1", now()) == ts
    assert len(room.slack.calls("conversations.open")) == 1


@pytest.mark.parametrize("thread", [False, True], ids=["channel", "thread"])
async def test_a_lost_answer_is_uncertain_and_the_message_is_found(
    room: Newsroom, bot: SlackMessenger, thread: bool
) -> None:
    """Exactly one call: slack_sdk's own retry would have posted the alert twice."""
    place = room.place(await bot.send(room.place(), ALERT, "parent") if thread else "")
    before = len(room.slack.calls(POST))
    room.slack.faults.fail(POST, Drop.AFTER)
    since = now()
    with pytest.raises(Uncertain):
        await bot.send(place, ALERT, "d1")
    assert len(room.slack.calls(POST)) == before + 1
    assert await bot.find(place, "d1", since) == room.slack.messages(room.channel)[-1].ts


async def test_a_lost_request_is_uncertain_and_the_message_is_not_found(
    room: Newsroom, bot: SlackMessenger
) -> None:
    await bot.send(room.place(), ALERT, "another")
    room.slack.faults.fail(POST, Drop.BEFORE)
    with pytest.raises(Uncertain):
        await bot.send(room.place(), ALERT, "d1")
    assert await bot.find(room.place(), "d1", now()) is None


async def test_a_message_is_found_on_any_page_and_after_it_was_edited(
    room: Newsroom, bot: SlackMessenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.slack.posts.PAGE", 2)
    since = now()
    oldest = await bot.send(room.place(), ALERT, "d0")
    for number in range(1, 5):
        await bot.send(room.place(), ALERT, f"d{number}")
    await bot.edit(room.place(), oldest, Message((say("Changed."),)))
    assert await bot.find(room.place(), "d0", since) == oldest
    assert len(room.slack.calls("conversations.history")) == 3


async def test_what_stood_there_long_before_is_not_looked_at(room: Newsroom, bot: SlackMessenger) -> None:
    """The same id far in the past is not this delivery's: only a little clock difference is forgiven."""
    ts = await bot.send(room.place(), ALERT, "d1")
    sent = datetime.fromtimestamp(float(ts), UTC)
    assert await bot.find(room.place(), "d1", sent + timedelta(seconds=CLOCK_SLACK / 2)) == ts
    assert await bot.find(room.place(), "d1", sent + timedelta(seconds=CLOCK_SLACK * 2)) is None


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (refusal("missing_scope", needed="channels:history"), Uncertain),
        (refusal("not_in_channel"), Uncertain),
        (ratelimited(9), TryAgain),
        (CRASH, TryAgain),
        (Drop.BEFORE, TryAgain),
    ],
    ids=str,
)
async def test_looking_says_whether_it_can_never_tell_or_only_not_now(
    room: Newsroom, bot: SlackMessenger, fault: Fault, expected: type[SendError]
) -> None:
    room.slack.faults.fail("conversations.history", fault, times=None)  # aiohttp itself repeats a broken GET
    with pytest.raises(expected) as caught:
        await bot.find(room.place(), "d1", now())
    assert type(caught.value) is expected


async def test_without_the_history_permission_nobody_can_tell(room: Newsroom, bot: SlackMessenger) -> None:
    room.slack.workspace.scopes.remove("channels:history")
    with pytest.raises(Uncertain, match="channels:history"):
        await bot.find(room.place(), "d1", now())


@pytest.mark.parametrize(
    ("fault", "expected", "wait"),
    [
        (ratelimited(7), TryAgain, 7.0),
        (RATE_LIMITED_ONCE, TryAgain, 30.0),
        (refusal("message_limit_exceeded"), TryAgain, 3600.0),
        (CRASH, Uncertain, None),
        (BAD_GATEWAY, Uncertain, None),
        (HTML, Uncertain, None),
        (Reply(200, "ok", "text/plain"), Uncertain, None),
        (Reply(200, '{"ok": tru', "application/json"), Uncertain, None),
        (Reply(200, '{"ok": true}', "application/json"), Uncertain, None),
        (Reply(503, '{"ok": false, "error": "something_new"}', "application/json"), Uncertain, None),
        (refusal("internal_error"), Uncertain, None),
        (refusal("duplicate_message_not_found"), Uncertain, None),
        (refusal("channel_not_found"), ChatGone, None),
        (refusal("restricted_action_read_only_channel"), ChatGone, None),
        (refusal("token_revoked"), TokenRefused, 60.0),
        (refusal("invalid_blocks"), MessageRefused, None),
        (refusal("something_new"), MessageRefused, None),
    ],
    ids=str,
)
async def test_every_failure_says_whether_to_send_again(
    room: Newsroom, bot: SlackMessenger, fault: Fault, expected: type[SendError], wait: float | None
) -> None:
    room.slack.faults.fail(POST, fault)
    with pytest.raises(expected) as caught:
        await bot.send(room.place(), ALERT, "d1")
    assert type(caught.value) is expected
    if isinstance(caught.value, TryAgain):
        assert caught.value.wait == wait
    assert len(room.slack.calls(POST)) == 1


async def test_a_slow_answer_is_uncertain_once_patience_ends(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.slack.messenger.CALL_SECONDS", 0.2)
    async with running(room) as bot:
        room.slack.faults.fail(POST, Slow(0.5))
        with pytest.raises(Uncertain):
            await bot.send(room.place(), ALERT, "d1")


async def test_a_server_that_is_not_there_certainly_got_nothing(room: Newsroom, bot: SlackMessenger) -> None:
    await room.slack.close()
    with pytest.raises(TryAgain):
        await bot.send(room.place(), ALERT, "d1")


@pytest.mark.parametrize(
    ("change", "hint"),
    [({"archived": True}, "archived"), ({"joined": False}, "/invite @pantau")],
    ids=["archived", "not invited"],
)
async def test_a_channel_that_takes_no_posts_is_gone_with_a_remedy(
    room: Newsroom, bot: SlackMessenger, change: dict[str, bool], hint: str
) -> None:
    for name, value in change.items():
        setattr(room.channel, name, value)
    with pytest.raises(ChatGone, match=hint):
        await bot.send(room.place(), ALERT, "d1")

    with pytest.raises(ChatGone, match=hint):
        await bot.check(room.place())


async def test_a_check_of_a_good_place_says_and_posts_nothing(room: Newsroom, bot: SlackMessenger) -> None:
    alice = room.slack.user("Alice")
    direct = room.slack.workspace.direct(alice.id)
    for place in (room.place(), Place("slack", alice.id), Place("slack", direct.id)):
        await bot.check(place)
    assert not room.slack.from_bot(room.channel)
    assert not room.slack.from_bot(direct)


async def test_a_check_names_the_missing_permission(room: Newsroom, bot: SlackMessenger) -> None:
    room.slack.workspace.scopes.remove("channels:read")
    with pytest.raises(ChatGone, match="channels:read"):
        await bot.check(room.place())


async def test_an_unknown_channel_is_gone(room: Newsroom, bot: SlackMessenger) -> None:
    with pytest.raises(ChatGone, match="channel_not_found"):
        await bot.send(Place("slack", "C404"), ALERT, "d1")
    with pytest.raises(ChatGone, match="channel_not_found"):
        await bot.check(Place("slack", "C404"))


async def test_a_message_that_says_nothing_is_refused(room: Newsroom, bot: SlackMessenger) -> None:
    with pytest.raises(MessageRefused, match="no_text"):
        await bot.send(room.place(), Message(()), "d1")


async def test_a_duplicate_that_slack_noticed_counts_as_sent(room: Newsroom, bot: SlackMessenger) -> None:
    room.slack.methods.honours_client_msg_id = True
    first = await bot.send(room.place(), ALERT, "d1")
    assert await bot.send(room.place(), ALERT, "d1") == first
    assert await bot.send(room.place(), ALERT, "d2") != first
    assert len(room.slack.messages(room.channel)) == 2


async def test_an_edit_replaces_what_is_shown_and_may_be_repeated(
    room: Newsroom, bot: SlackMessenger
) -> None:
    ts = await bot.send(room.place(), ALERT, "d1")
    for _ in range(2):
        await bot.edit(room.place(), ts, Message((say("Three sources now."),)))
    (message,) = room.slack.messages(room.channel)
    assert (message.ts, message.shown, message.labels) == (ts, "Three sources now.", [])


async def test_an_edit_of_a_deleted_message_is_refused(room: Newsroom, bot: SlackMessenger) -> None:
    ts = await bot.send(room.place(), ALERT, "d1")
    room.slack.messages(room.channel).clear()
    with pytest.raises(MessageRefused, match="message_not_found"):
        await bot.edit(room.place(), ts, ALERT)


async def test_after_the_stop_nothing_is_sent(room: Newsroom, bot: SlackMessenger) -> None:
    await bot.stop()
    with pytest.raises(TryAgain):
        await bot.send(room.place(), ALERT, "d1")
    assert not room.slack.calls(POST)


async def test_the_pace_is_slacks(bot: SlackMessenger, room: Newsroom) -> None:
    """At this pace a lane never meets the limit of one message a second in a channel."""
    assert 1.0 < bot.pace(room.place()).seconds < 1.2
