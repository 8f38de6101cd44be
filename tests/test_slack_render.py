"""A message as Slack blocks: always valid, always the same text, always within the limits."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.slack.render import (
    BUTTONS,
    FALLBACK_CHARS,
    LABEL_CHARS,
    MESSAGE_CHARS,
    MORE,
    linkable,
    render,
)
from bot.chat import Button, Line, LineKind, Message, Span, Style, say
from tests.emulators.slack_blocks import buttons, problems, shown, too_long

NASTY = [
    "<!channel>",
    "<@U1>",
    "&amp;",
    "*bold*",
    "`",
    "\n",
    "\u202e",
    "👩‍👩‍👧",
    "\x00",
    ":smile:",
    "  ",
    "﷽" * 30,
]
TEXT = st.one_of(st.text(max_size=40), st.sampled_from(NASTY))
URL = st.sampled_from(
    ["", "https://news.example/a?b=c&d=%20", "ftp://x", "javascript:alert(1)", "https://a b"]
)
LINES = st.builds(
    Line,
    st.lists(st.builds(Span, TEXT, st.sampled_from(Style), URL), max_size=5).map(tuple),
    st.sampled_from(LineKind),
)
BUTTON = st.builds(Button, st.text(max_size=100), st.text(max_size=16))
MESSAGES = st.builds(
    Message,
    st.lists(LINES, max_size=12).map(tuple),
    st.lists(BUTTON, max_size=40).map(tuple),
)


def visible(text: str) -> list[str]:
    """The lines that a reader sees something in."""
    return [line for line in text.split("\n") if line.strip()]


def elements(message: Message) -> list[dict[str, Any]]:
    """The elements of the one rich text block."""
    found: list[dict[str, Any]] = render(message).blocks[0]["elements"]
    return found


@settings(max_examples=100, deadline=None)
@given(MESSAGES)
def test_any_message_renders_valid_blocks_with_its_text_unchanged(message: Message) -> None:
    blocks = render(message).blocks
    assert problems(blocks) == []
    assert not too_long(blocks)
    assert visible(shown(blocks)) == visible(message.text)


@settings(max_examples=30, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=20), st.integers(5_000, 30_000), st.lists(BUTTON, max_size=40))
def test_a_message_that_is_too_long_is_cut_at_the_end_and_keeps_its_buttons(
    lines: list[Line], length: int, keys: list[Button]
) -> None:
    long = say("Kalimat panjang <&> 漢字. " * (length // 10), kind=lines[0].kind)
    message = Message((*lines, long, *lines), tuple(keys))
    blocks = render(message).blocks
    assert problems(blocks) == []
    assert not too_long(blocks)
    assert shown(blocks).endswith(MORE)
    kept = "\n".join(visible(shown(blocks)[: -len(MORE)]))
    assert "\n".join(visible(message.text)).startswith(kept.rstrip())
    assert len(buttons(blocks)) == len(buttons(render(Message((), tuple(keys))).blocks))


@settings(max_examples=100, deadline=None)
@given(MESSAGES)
def test_the_fallback_is_short_and_can_ping_nobody(message: Message) -> None:
    text = render(message).text
    assert "<" not in text
    assert ">" not in text
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert len(plain) <= FALLBACK_CHARS
    said = "\n".join(line.unstyled for line in message.lines).strip()
    assert said.startswith(plain.removesuffix(MORE).rstrip())


def test_a_message_just_within_the_limit_is_not_cut() -> None:
    frame = len(json.dumps(render(Message((say("x"),))).blocks, separators=(",", ":"))) - 1
    fits = Message((say("x" * (MESSAGE_CHARS - frame)),))
    assert shown(render(fits).blocks) == fits.text
    assert shown(render(Message((say(fits.text + "x"),))).blocks).endswith(MORE)


def test_a_title_of_five_megabytes_is_cut_quickly() -> None:
    started = time.process_time()
    blocks = render(Message((say("x" * 5_000_000, kind=LineKind.HEADING),))).blocks
    assert time.process_time() - started < 2
    assert not too_long(blocks)


@pytest.mark.parametrize(
    ("kind", "element", "style"),
    [
        (LineKind.TEXT, "rich_text_section", None),
        (LineKind.HEADING, "rich_text_section", {"bold": True}),
        (LineKind.QUOTE, "rich_text_quote", None),
        (LineKind.NOTE, "rich_text_section", {"italic": True}),
    ],
)
def test_each_kind_of_line_has_its_look(kind: LineKind, element: str, style: dict[str, bool] | None) -> None:
    (rendered,) = elements(Message((say("Halo", kind=kind),)))
    assert rendered["type"] == element
    assert rendered["elements"][0].get("style") == style


def test_neighbouring_items_make_one_list() -> None:
    items = [say("a", kind=LineKind.ITEM), say("", kind=LineKind.ITEM), say("b", kind=LineKind.ITEM)]
    text, bullets, more = elements(Message((say("Tiga:"), *items, say("Selesai."))))
    assert (text["type"], more["type"]) == ("rich_text_section", "rich_text_section")
    assert (bullets["type"], bullets["style"], len(bullets["elements"])) == ("rich_text_list", "bullet", 2)


def test_styles_of_span_and_line_add_up() -> None:
    line = Line((Span("a", Style.CODE), Span("b", Style.BOLD)), LineKind.HEADING)
    first, second = elements(Message((line,)))[0]["elements"]
    assert (first["style"], second["style"]) == ({"code": True, "bold": True}, {"bold": True})


def test_struck_words_are_struck_also_in_the_notification() -> None:
    rendered = render(Message((Line((Span("12", Style.STRIKE), Span(" 21", Style.BOLD))),)))
    first, second = rendered.blocks[0]["elements"][0]["elements"]
    assert (first["style"], second["style"]) == ({"strike": True}, {"bold": True})
    assert rendered.text == "~12~ 21"


def test_a_link_is_a_link_and_anything_else_is_text() -> None:
    good, bad = Span("a", url="https://news.example/a"), Span("b", url="javascript:alert(1)")
    first, second = elements(Message((Line((good, bad)),)))[0]["elements"]
    assert first == {"type": "link", "url": "https://news.example/a", "text": "a"}
    assert second == {"type": "text", "text": "b"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/a?b=c&d=%20#e", True),
        ("HTTP://NEWS.EXAMPLE", True),
        ("https://berita.example/é/漢字", True),
        ("", False),
        ("https://", False),
        ("//news.example", False),
        ("mailto:a@b.example", False),
        ("https://news.example/a b", False),
        ("https://news.example/<script>", False),
        ("https://news.example/\n", False),
        ("https://news.example/" + "a" * 3000, False),
    ],
)
def test_only_sound_web_addresses_are_linked(url: str, expected: bool) -> None:
    assert linkable(url) is expected


def test_a_button_carries_its_command() -> None:
    found = buttons(
        render(Message((say("x"),), (Button("Bisukan", "/mute 42"), Button("y" * 90, "/b")))).blocks
    )
    assert [(one["text"]["text"], one["value"]) for one in found] == [
        ("Bisukan", "/mute 42"),
        ("y" * (LABEL_CHARS - 1) + MORE, "/b"),
    ]


def test_buttons_beyond_the_limit_are_left_out() -> None:
    many = tuple(Button("x", f"/{number}") for number in range(BUTTONS + 5))
    assert len(buttons(render(Message((say("x"),), many)).blocks)) == BUTTONS


def test_long_buttons_leave_room_for_the_text() -> None:
    long = tuple(Button("x", f"/{number} " + "y" * 1000) for number in range(20))
    blocks = render(Message((say("z" * 5000),), long)).blocks
    assert shown(blocks) == "z" * 5000
    assert not too_long(blocks)
    assert len(buttons(blocks)) == 5
