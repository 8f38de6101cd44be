"""Payloads of Slack as requests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.adapters.slack.incoming import Way, from_button, from_command, from_event, typed
from bot.chat import Place, User

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BOT = "U0PANTAU"


def mention(text: str, **more: Any) -> dict[str, Any]:
    said = {"type": "app_mention", "channel": "C1", "user": "U1", "ts": "1772366400.000100", "text": text}
    return said | more


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"<@{BOT}> summary Putin", ("summary", "Putin")),
        (f"<@{BOT}|pantau> /summary Putin", ("summary", "Putin")),
        (f"hey <@{BOT}> status", ("status", "")),
        (f"status <@{BOT}>", ("status", "")),
        (f"<@{BOT}>", ("help", "")),
        (f"<@{BOT}>\nwatch add\nAT&amp;T: AT&amp;T", ("watch", "add\nAT&T: AT&T")),
        (f"<@{BOT}> watch list <@{BOT}>", ("watch", f"list @{BOT}")),
    ],
)
def test_what_stands_beside_the_bots_name_is_the_command(text: str, expected: tuple[str, str]) -> None:
    asked = from_event(mention(text), BOT)
    assert asked is not None
    assert (asked.request.name, asked.request.argument) == expected
    assert (asked.way, asked.ts) == (Way.MENTION, "1772366400.000100")
    assert asked.request.at == datetime.fromtimestamp(1772366400.0001, UTC)


def test_a_direct_message_needs_no_name_and_counts_once() -> None:
    """In a direct conversation a mention may come as two events; only the message is taken."""
    assert from_event(mention(f"<@{BOT}> status", channel="D1"), BOT) is None
    asked = from_event(mention("status", type="message", channel="D1", channel_type="im"), BOT)
    assert asked is not None
    assert (asked.request.name, asked.way) == ("status", Way.DIRECT)


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1"},
        {"subtype": "message_changed"},
        {"user": ""},
        {"type": "message"},
        {"type": "reaction_added"},
    ],
    ids=str,
)
def test_what_no_person_said_to_the_bot_is_nothing(more: dict[str, str]) -> None:
    assert from_event(mention(f"<@{BOT}> status", **more), BOT) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AT&amp;T &lt;x&gt;", "AT&T <x>"),
        ("&amp;lt;", "&lt;"),
        ("&copy=1", "&copy=1"),
        ("<https://news.example/a?b=1&amp;c=2>", "https://news.example/a?b=1&c=2"),
        ("<http://reuters.com|reuters.com> rates", "reuters.com rates"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<#C1|general> <@U2|budi> <@U3>", "#general @budi @U3"),
    ],
)
def test_slacks_marks_are_taken_back(text: str, expected: str) -> None:
    assert typed(text) == expected


def test_a_slash_command_knows_who_asked_and_where() -> None:
    payload = {
        "command": "/watch",
        "text": " list ",
        "channel_id": "C1",
        "user_id": "U1",
        "user_name": "alice",
        "response_url": "https://hooks.example/1",
    }
    asked = from_command(payload, NOW)
    assert asked.request.place == Place("slack", "C1")
    assert asked.request.user == User("slack", "U1", "alice")
    assert (asked.request.name, asked.request.argument, asked.request.at) == ("watch", "list", NOW)
    assert asked.response_url == "https://hooks.example/1"


def pressed(**action: str) -> dict[str, Any]:
    return {
        "user": {"id": "U1", "name": "alice"},
        "channel": {"id": "C1"},
        "container": {"message_ts": "2.0", "thread_ts": "1.0"},
        "actions": [{"type": "button", **action}],
    }


def test_a_button_is_the_command_that_it_carries() -> None:
    asked = from_button(pressed(value="/mute 42"), NOW)
    assert asked is not None
    assert (asked.request.name, asked.request.argument) == ("mute", "42")
    assert asked.request.place == Place("slack", "C1", "1.0")


def test_a_button_without_a_command_or_outside_a_channel_is_nothing() -> None:
    assert from_button(pressed(), NOW) is None
    assert from_button(pressed(value="/mute 42") | {"channel": None}, NOW) is None
