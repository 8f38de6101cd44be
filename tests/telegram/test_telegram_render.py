"""What we mean is what Telegram shows: our text and entities, judged by Telegram's own parser."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.adapters.telegram.render import TEXT_UNITS, clip, linkable, parts, render, size, units
from bot.chat import Button, Line, LineKind, Message, Span, Style, say
from bot.rests import plainer
from tests.emulators.telegram_text import DETECTED, Formatted, TextRefused, formatted

LINK = "https://berita.example/a"
BLANK_UNITS = (" ".encode("utf-16-le"), "\n".encode("utf-16-le"))


def shown(message: Message) -> Formatted:
    """The message as Telegram shows it, without the links that Telegram finds by itself."""
    rendered = render(message)
    stored = formatted(rendered.text, [entity.to_dict() for entity in rendered.entities])
    return Formatted(stored.text, tuple(e for e in stored.entities if e.type not in DETECTED))


def looks(text: str, entities: Any) -> list[set[tuple[str, str]]]:
    """The marks on each UTF-16 unit that is not blank: entities that look the same give the same."""
    codes = text.encode("utf-16-le")
    marks: list[set[tuple[str, str]]] = [set() for _ in range(units(text))]
    for entity in entities:
        for at in range(entity.offset, entity.offset + entity.length):
            marks[at].add((str(entity.type), entity.url or ""))
    return [mark for at, mark in enumerate(marks) if codes[at * 2 : at * 2 + 2] not in BLANK_UNITS]


def test_each_kind_of_line_and_span_has_its_look() -> None:
    message = Message(
        (
            Line((Span("Putin tiba"),), LineKind.HEADING),
            Line((Span("di "), Span("Pyongyang", Style.BOLD), Span(" kemarin", url=LINK))),
            Line((Span("Kata "), Span("Putin", Style.BOLD), Span(": ya")), LineKind.QUOTE),
            say("satu", kind=LineKind.ITEM),
            say("Antara, 10:15", kind=LineKind.NOTE),
        )
    )
    there = shown(message)
    assert there.text == "Putin tiba\ndi Pyongyang kemarin\nKata Putin: ya\n• satu\nAntara, 10:15"
    assert there.marked("bold") == ["Putin tiba", "Pyongyang", "Putin"]
    assert there.marked("text_link") == ["kemarin"]
    assert there.marked("blockquote") == ["Kata Putin: ya"]
    assert there.marked("italic") == ["Antara, 10:15"]


def test_a_headline_can_be_bold_and_a_link() -> None:
    there = shown(Message((Line((Span("Korea Utara 🚀 hari ini", url=LINK),), LineKind.HEADING),)))
    assert there.marked("bold") == there.marked("text_link") == ["Korea Utara 🚀 hari ini"]


def test_quoted_lines_in_a_row_are_one_quotation() -> None:
    there = shown(Message((say("a", kind=LineKind.QUOTE), say("b", kind=LineKind.QUOTE), say("c"))))
    assert there.marked("blockquote") == ["a\nb"]


def test_markup_in_an_article_stays_as_it_was_written() -> None:
    text = "*x* _y_ `z` <b>u</b> &amp; [a](http://b.example) ||s||"
    assert shown(Message((say(text),))).text == text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://a.example/x",
        "file:///etc/passwd",
        "http://intranet/a",
        "http://",
        "https://a.example:99999/",
    ],
)
def test_what_telegram_would_not_link_is_shown_as_text(url: str) -> None:
    """Telegram refuses the whole message for one bad link."""
    there = shown(Message((Line((Span("judul", url=url),)),)))
    assert there == Formatted("judul")


def test_spaces_around_a_message_shift_no_offset() -> None:
    there = shown(Message((say(" \n "), Line((Span("  ab "), Span(" cd ", Style.BOLD), Span("  "))))))
    assert there.text == "ab  cd"
    assert there.marked("bold") == ["cd"]


def test_a_ring_over_a_letter_is_kept() -> None:
    """Telegram drops the combining ring; the composed letter survives."""
    assert shown(Message((say("A\u030angstrom"),))).text == "Ångstrom"


words = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "  \n\t\r*_`~|[]()<>&/@#😀🇮🇩é\u030a\u0333\u200e\u200f\u2028\u202e\u00a0\u200b\x00\ud800"
        ),
    ),
    max_size=30,
)
spans = st.builds(
    Span, words, st.sampled_from(Style), st.sampled_from(["", LINK, "http://b.example/", "javascript:x"])
)
lines = st.builds(Line, st.lists(spans, max_size=4).map(tuple), st.sampled_from(LineKind))
messages = st.builds(Message, st.lists(lines, max_size=5).map(tuple))


@settings(max_examples=200, deadline=None)
@given(messages)
@example(Message((Line((Span("\u200e\u200e\u200ea", Style.BOLD),)),)))
def test_telegram_shows_any_text_exactly_as_rendered(message: Message) -> None:
    """Not a letter moved, not a mark lost: what we send is already what Telegram would make of it."""
    rendered = render(message)
    try:
        there = shown(message)
    except TextRefused as refusal:
        assert str(refusal) in ("message text is empty", "text must be non-empty")
        return
    assert there.text == rendered.text
    assert looks(there.text, there.entities) == looks(rendered.text, rendered.entities)


addresses = st.from_regex(
    r"https?://[a-zé1._-]{1,8}([.:@/\[\]#?%! ]{1,2}[a-zé1._-]{0,6}){0,4}", fullmatch=True
)


@settings(max_examples=150, deadline=None)
@given(addresses)
@example("https://a.example/\ud800")
@example("https://user@a.example/")
@example("https://a.example:")
@example("https://a.example:0/")
@example("https://exämple.com/ä?q=ü#f")
def test_telegram_takes_every_address_that_we_link(url: str) -> None:
    """One that it does not take would cost the whole message."""
    message = Message((Line((Span("judul", url=url),)),))
    assert shown(message).marked("text_link") == (["judul"] if linkable(url) else [])


def long_message(lines: int, words: str = "Presiden Putin bertemu di Pyongyang. ") -> Message:
    return Message(tuple(say(f"{n} {words}".strip()) for n in range(lines)), (Button("Mute", "/mute 1"),))


def test_an_answer_that_is_too_long_becomes_parts_and_loses_nothing() -> None:
    message = long_message(400)
    made = list(parts(message))
    assert len(made) > 1
    assert all(units(render(part).text) <= TEXT_UNITS for part in made)
    assert "\n".join(render(part).text for part in made) == render(message).text
    assert [bool(part.buttons) for part in made] == [False] * (len(made) - 1) + [True]


def test_more_than_a_hundred_bold_words_become_two_parts() -> None:
    """Telegram would show the hundred and first in plain letters, without a word."""
    line = Line(tuple(Span(f"{n} ", Style.BOLD if n % 2 else Style.PLAIN) for n in range(30)))
    made = list(parts(Message((line,) * 10)))
    assert len(made) == 2
    assert all(len(render(part).entities) <= 100 for part in made)
    assert sum(len(shown(part).marked("bold")) for part in made) == 150


def test_one_endless_line_of_emoji_is_cut_between_letters() -> None:
    made = list(parts(Message((say("😀" * 5000),))))
    assert [units(render(part).text) for part in made] == [4096, 4096, 1808]
    assert all(shown(part).text == render(part).text for part in made)


@pytest.mark.parametrize("lines", [("a", " " * 9000), (" " * 9000, "a"), ("a" * 4096, " ", " " * 5000)])
def test_no_part_is_blank(lines: tuple[str, ...]) -> None:
    """Telegram refuses an empty text."""
    made = list(parts(Message(tuple(map(say, lines)))))
    assert [render(part).text for part in made] == ["".join(lines).strip()]


def test_an_alert_that_is_too_long_is_clipped_and_keeps_its_buttons() -> None:
    clipped = clip(long_message(400))
    assert size(clipped) <= TEXT_UNITS
    assert render(clipped).text.endswith("\n…")
    assert clipped.buttons


def test_a_short_alert_is_not_touched() -> None:
    message = long_message(3)
    assert clip(message) is message


def test_a_button_that_telegram_cannot_carry_is_left_out() -> None:
    message = Message(
        (say("a"),), (Button("Far", "/mute " + "é" * 30), Button(" ", "/x"), Button("Mute", "/mute 1"))
    )
    keyboard = render(message).keyboard
    assert keyboard is not None
    assert [[(b.text, b.callback_data) for b in row] for row in keyboard.inline_keyboard] == [
        [("Mute", "/mute 1")]
    ]


def test_buttons_stand_three_in_a_row() -> None:
    keyboard = render(Message((say("a"),), tuple(Button(str(n), f"/b {n}") for n in range(7)))).keyboard
    assert keyboard is not None
    assert [len(row) for row in keyboard.inline_keyboard] == [3, 3, 1]


def test_struck_words_are_struck_and_go_out_marked_where_styles_are_refused() -> None:
    message = Message((Line((Span("12", Style.STRIKE), Span(" 21", Style.BOLD))),))
    assert shown(message).marked("strikethrough") == ["12"]
    assert plainer(message).text == "~12~ 21"
