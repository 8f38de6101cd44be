"""What a message looks like in a terminal, in a pipe, and when a feed is hostile."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.adapters.console.render import MEASURE, clean, render, render_typed
from bot.chat import Button, Line, LineKind, Message, Span, Style, say

URL = "https://example.com/kawat/1?a=b&c=d"
ALERT = Message(
    (
        Line((Span("Putin tiba di Pyongyang", url=URL),), LineKind.HEADING),
        say("Kabar Kawat · Rab, 19 Jun 2024 14.05 WIB", kind=LineKind.NOTE),
        Line((Span("Putin 1×", Style.BOLD), Span(" · "), Span("Sanksi 1×", Style.BOLD))),
        Line(
            (Span("Putin", Style.BOLD), Span(" menolak "), Span("sanksi", Style.BOLD), Span(" baru.")),
            LineKind.QUOTE,
        ),
    ),
    (Button("Ringkasan", "/summary #1"), Button("Bisukan", "/mute #1")),
)
NUMBERS = {"/summary #1": 1, "/mute #1": 2}
LOOKS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")  # what we write ourselves: colours and links
COLOURS = re.compile(r"\x1b\[(?:[0-9]+;)*[349][0-8]")


def pipe(width: int = 60) -> Console:
    return Console(file=io.StringIO(), width=width, force_terminal=False)


def terminal(width: int = 60, **environ: str) -> Console:
    environ = {"TERM": "xterm-256color", **environ}
    return Console(file=io.StringIO(), width=width, force_terminal=True, _environ=environ)


def test_in_a_pipe_an_alert_is_plain_text_with_its_address() -> None:
    assert render(pipe(), ALERT, NUMBERS) == (
        f"{'─' * 60}\n"
        "Putin tiba di Pyongyang\n"
        f"{URL}\n"
        "Kabar Kawat · Rab, 19 Jun 2024 14.05 WIB\n"
        "\n"
        "Putin 1× · Sanksi 1×\n"
        "    Putin menolak sanksi baru.\n"
        "\n"
        "[1] Ringkasan   [2] Bisukan\n"
        "\n"
    )


def test_in_a_terminal_the_headline_is_the_link() -> None:
    shown = render(terminal(), ALERT, NUMBERS)
    assert re.search(rf"\x1b\]8;id=\d+;{re.escape(URL)}\x1b\\[^\n]*Putin tiba di Pyongyang", shown)
    assert URL not in LOOKS.sub("", shown)


def test_a_terminal_without_escape_sequences_gets_the_address_in_letters() -> None:
    shown = render(terminal(TERM="dumb"), ALERT, NUMBERS)
    assert "\x1b" not in shown
    assert f"\n{URL}\n" in shown


def test_matched_words_are_highlighted_and_the_rest_of_the_sentence_is_not() -> None:
    shown = render(terminal(), ALERT, NUMBERS)
    assert "    \x1b[1;35mPutin\x1b[0m menolak \x1b[1;35msanksi\x1b[0m baru.\n" in shown


def test_no_color_is_honoured() -> None:
    assert COLOURS.search(render(terminal(), ALERT, NUMBERS))
    assert not COLOURS.search(render(terminal(NO_COLOR="1"), ALERT, NUMBERS))


def test_an_update_says_so_in_its_rule() -> None:
    assert render(pipe(10), Message((say("x"),)), {}, updated=True) == "── ↻ ─────\nx\n\n"


def test_what_is_typed_elsewhere_is_shown() -> None:
    assert render_typed(pipe(), "/summary\x1b[2J [red]") == "› /summary [red]\n"


def test_text_is_never_wider_than_is_good_to_read() -> None:
    words = Message((say("kata " * 100, kind=LineKind.QUOTE), say("kata " * 100, kind=LineKind.ITEM)))
    rows = render(pipe(200), words, {}).splitlines()
    assert max(map(len, rows)) == MEASURE
    assert all(len(row) <= 20 for row in render(pipe(20), words, {}).splitlines())


def test_a_quotation_is_indented_and_an_item_hangs_from_its_bullet() -> None:
    message = Message((say("satu dua tiga", kind=LineKind.QUOTE), say("satu dua tiga", kind=LineKind.ITEM)))
    assert render(pipe(13), message, {}).splitlines()[1:] == [
        "    satu dua",
        "    tiga",
        "• satu dua",
        "  tiga",
        "",
    ]


def test_an_address_stays_in_one_piece() -> None:
    """Or it could not be clicked or copied."""
    address = f"https://example.com/{'a' * 200}"
    message = Message((Line((Span("Tempo", url=address),), LineKind.ITEM),))
    assert f"• Tempo\n  {address}\n" in render(pipe(40), message, {})


def test_an_address_is_written_once() -> None:
    assert render(pipe(80), Message((Line((Span(URL, url=URL),)),)), {}).count(URL) == 1
    twice = Message((Line((Span("A", url=URL), Span("B", url=URL))),))
    assert render(pipe(80), twice, {}).count(URL) == 1
    sentences = Message(tuple(Line((Span(f"Kalimat {one}.", url=URL),)) for one in range(3)))
    assert render(pipe(80), sentences, {}).count(URL) == 1


def test_rows_end_where_their_text_ends() -> None:
    """Selected with the mouse, an alert is its text and no frame or filling."""
    long = Message((*ALERT.lines, say("kata   " * 50), say("kata " * 50, kind=LineKind.QUOTE)), ALERT.buttons)
    for out in (pipe(), terminal()):
        rows = LOOKS.sub("", render(out, long, NUMBERS)).splitlines()
        assert rows == [row.rstrip() for row in rows]


def test_a_caret_stays_under_what_it_points_at() -> None:
    message = Message((say('Korea AND "utara\n          ^^^^^^'),))
    assert '\nKorea AND "utara\n          ^^^^^^\n' in render(pipe(), message, {})


def test_a_heading_in_the_middle_has_air_above_it() -> None:
    message = Message((say("A", kind=LineKind.HEADING), say("a"), say("B", kind=LineKind.HEADING), say("b")))
    assert render(pipe(1), message, {}) == "─\nA\na\n\nB\nb\n\n"


def test_struck_words_are_told_apart_also_where_no_style_can_be_shown() -> None:
    message = Message((Line((Span("12", Style.STRIKE), Span(" "), Span("21", Style.BOLD))),))
    assert "~12~ 21" in render(pipe(), message, {})
    assert "\x1b[9m12\x1b[0m" in render(terminal(100), message, {})


def test_text_is_never_read_as_markup() -> None:
    text = "[red]merah[/red] [/] [link=https://evil.example]x[/link] :smile: \\[b]"
    message = Message((say(text),), (Button("[bold]x", "/x"),))
    shown = render(terminal(100), message, {"/x": 1})
    assert text in shown
    assert "[bold]x" in shown
    assert "evil.example\x1b" not in shown


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("a\x1b[31mb\x1b[0m", "ab"),
        ("a\x1b[2J\x1b[1;1Hb", "ab"),
        ("a\x1b]0;title\x07b", "ab"),
        ("a\x1b]8;;https://evil.example\x1b\\b", "ab"),
        ("a\x1b]52;c;ZXZpbA==\x9cb", "ab"),
        ("a\x1bP1$r\x1b\\b", "ab"),
        ("a\x9b31mb", "ab"),
        ("a\x9d0;title\x9cb", "ab"),
        ("a\x1b]0;never closed", "a]0;never closed"),
        ("a\x1b\x1b[0m[31mb", "a[31mb"),
        ("a\rb\x08c\x07d\x00e\x7ff\x80g", "abcdefg"),
        ("a\tb\u2028c\u2029d\x85e", "a b c d e"),
        ("a\u202eb\u2066c", "abc"),
        ("a\nb", "a\nb"),
        ("\ud800", "\ufffd"),
        ("تهران 東京 Jum’at 👨‍👩‍👧 é", "تهران 東京 Jum’at 👨‍👩‍👧 é"),
    ],
)
def test_no_control_character_of_a_feed_reaches_the_terminal(hostile: str, harmless: str) -> None:
    assert clean(hostile) == harmless


HOSTILE = st.text(st.one_of(st.characters(), st.sampled_from("\x1b\x9b\x9d]8;[0m\\\x07\r\n\t")))


@given(HOSTILE, st.sampled_from(LineKind), st.sampled_from(Style), st.one_of(st.just(URL), HOSTILE))
def test_whatever_a_feed_says_all_its_letters_are_shown_and_nothing_else(
    text: str, kind: LineKind, style: Style, url: str
) -> None:
    message = Message((Line((Span(text, style, url),), kind),), (Button(text, "/x"),))
    shown = LOOKS.sub("", render(terminal(40), message, {"/x": 1}))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown)
    bullet = "•" if kind is LineKind.ITEM else ""
    letters = "".join(clean(text).split())
    assert "".join(shown.split()) == f"{'─' * 40}{bullet}{letters}[1]{letters}"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://a b",
        f"{URL}\x1b\\\x1b[2J",
        f"{URL}\n",
        "/summary",
    ],
)
def test_only_the_web_is_linked(url: str) -> None:
    message = Message((Line((Span("x", url=url),)),))
    assert "\x1b]8" not in render(terminal(), message, {})
    assert render(pipe(10), message, {}) == f"{'─' * 10}\nx\n\n"
