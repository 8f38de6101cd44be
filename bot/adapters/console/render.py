"""A message as a terminal shows it.

A rule above, the text from the left edge, no frame at the sides: what is selected with the mouse is the text
alone. Feeds are hostile: nothing in them is read as markup, and no control character reaches the terminal.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from rich.console import Console
from rich.style import Style as Look
from rich.text import Text

from bot.chat import Button, Line, LineKind, Message, Span, Style

MEASURE = 100  # columns; longer lines are hard to read
BULLET = "• "
UPDATED = "↻"
TYPED = "› "
REPLY = "    "  # before every row of one

# Indentation of the first and of further rows of a line.
_INDENTS = {LineKind.QUOTE: ("    ", "    "), LineKind.ITEM: (BULLET, " " * len(BULLET))}
_LINE_LOOKS = {LineKind.HEADING: "bold", LineKind.NOTE: "dim"}
_SPAN_LOOKS = {Style.BOLD: "bold", Style.ITALIC: "italic", Style.CODE: "cyan", Style.STRIKE: "strike"}
_HIT = "bold magenta"  # readable on dark and on light ground
_RULE = "blue"
_BUTTON = "bold green"

# ECMA-48: control sequences and complete strings go as a whole, of anything else only the control character.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)"
)
_SPACES = re.compile(r"[\t\u2028\u2029\x85]")
_CONTROLS = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
)  # also what turns text around
_SURROGATES = re.compile(r"[\ud800-\udfff]")  # cannot be written in any encoding
_WEB_ADDRESS = re.compile(r"https?://[\x21-\x7e\xa0-\U0010ffff]+", re.IGNORECASE)


def clean(text: str) -> str:
    """The text without anything that would move the cursor, change the terminal's state or reverse a line."""
    text = _SPACES.sub(" ", _ESCAPES.sub("", text))
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))


def has_links(out: Console) -> bool:
    """Whether a link can be put behind words; where not, the address is written out, and what is struck stands in tildes."""
    return out.is_terminal and not out.legacy_windows and out.color_system is not None


def render(
    out: Console, message: Message, numbers: Mapping[str, int], *, updated: bool = False, reply: bool = False
) -> str:
    """The message as text, with the escapes that suit `out`; `numbers` has the number of each command.

    A reply stands further in, under what it replies to.
    """
    margin = REPLY if reply else ""
    width = min(out.width - len(margin), MEASURE)
    rows = _rows(out, message, numbers, width, updated=updated)
    return _printed(out, (Text(margin).append_text(row) if row else row for row in rows))


def render_typed(out: Console, line: str) -> str:
    """A line that somebody typed elsewhere, or the command of a button."""
    return _printed(out, [Text(TYPED + clean(line), style="dim")])


def _printed(out: Console, rows: Iterable[Text]) -> str:
    """The rows as `out` would print them.

    On a pen of its own: even while it captures, `out` flushes its file, and ends the program if that pipe is
    broken.
    """
    paper = io.StringIO()
    pen = Console(
        file=paper,
        width=out.width,
        force_terminal=out.is_terminal,
        color_system=cast("Any", out.color_system),  # the same names, typed more narrowly where they go in
        no_color=out.no_color,
        legacy_windows=out.legacy_windows,
    )
    for row in rows:
        # Every row is as wide as it should be; an address may be wider, so that it stays in one piece.
        pen.print(row, soft_wrap=True, highlight=False)
    return paper.getvalue()


def _rows(
    out: Console, message: Message, numbers: Mapping[str, int], width: int, *, updated: bool
) -> Iterator[Text]:
    head = f"── {UPDATED} " if updated else ""
    yield Text(head.ljust(width, "─"), style=_RULE)
    written: set[str] = set()  # sentences of one article all lead to it
    for line, before in zip(message.lines, (None, *message.lines), strict=False):
        if before and _is_apart(line, before):
            yield Text()
        yield from _wrapped(out, _text(line, links=has_links(out)), line.kind, width)
        if not has_links(out):
            addresses = [address for address in _addresses(line) if address not in written]
            written.update(addresses)
            yield from (Text(_indents(line.kind)[1] + address) for address in addresses)
    if message.picture:
        rows = (message.picture.drawn or f"[{message.picture.alt}]").split("\n")
        yield from (Text(clean(row)) for row in rows)
    if numbers:
        yield Text()
        yield from _wrapped(out, _numbered(message.buttons, numbers), LineKind.TEXT, width)
    yield Text()


def _is_apart(line: Line, before: Line) -> bool:
    """Whether an empty row helps the eye: before a heading, and after small print that introduces a text."""
    return line.kind is LineKind.HEADING or (before.kind is LineKind.NOTE and line.kind is LineKind.TEXT)


def _wrapped(out: Console, text: Text, kind: LineKind, width: int) -> Iterator[Text]:
    first, further = _indents(kind)
    for number, row in enumerate(text.wrap(out, max(1, width - len(first)))):
        shown = Text(further if number else first).append_text(row)
        shown.rstrip()
        yield shown


def _indents(kind: LineKind) -> tuple[str, str]:
    return _INDENTS.get(kind, ("", ""))


def _text(line: Line, *, links: bool) -> Text:
    text = Text(style=_LINE_LOOKS.get(line.kind, ""))
    for span in line.spans:
        look = (
            _HIT
            if line.kind is LineKind.QUOTE and span.style is Style.BOLD
            else _SPAN_LOOKS.get(span.style, "")
        )
        address = _address(span) if links else ""
        words = span.text if links else Line((span,)).unstyled
        text.append(clean(words), Look.parse(look) + Look(link=address, underline=True if address else None))
    return text


def _address(span: Span) -> str:
    """The address that the words may lead to; empty for anything that is not the web."""
    return span.url if _WEB_ADDRESS.fullmatch(span.url) else ""


def _addresses(line: Line) -> Iterator[str]:
    """Each address of a line once, where it is not its text already."""
    found = dict.fromkeys(_address(span) for span in line.spans if span.text != span.url)
    yield from (address for address in found if address)


def _numbered(buttons: Iterable[Button], numbers: Mapping[str, int]) -> Text:
    text = Text()
    for button in buttons:
        text.append("   " if text else "").append(f"[{numbers[button.command]}]", _BUTTON)
        text.append(f" {clean(button.label)}")
    return text
