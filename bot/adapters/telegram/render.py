"""A message as Telegram takes it: text, entities and a keyboard. Pure.

Entities and never `parse_mode`: they need no escaping and cannot fail to parse. The text is put in order as
Telegram would do it (TDLib, MessageEntity.cpp), so that every offset still fits what is shown.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from bot.chat import COMMAND_BYTES, Button, Line, LineKind, Message, Span, Style, say, split

CAPTION_UNITS = 1024  # the same for the words under a picture; Bot API, sendPhoto
TEXT_UNITS = 4096  # UTF-16 units after parsing; Bot API, sendMessage
ENTITIES = 100  # TDLib, MAX_USER_ENTITY_COUNT: the rest would be dropped in silence
BUTTONS_IN_A_ROW = 3  # of 8 that Telegram allows: labels stay readable on a phone
BULLET = "• "
CLIPPED = "…"
BLANK = " \n"  # what TDLib trims

# TDLib, clean_input_string: the first are shown as a space, the second are dropped.
AS_SPACE = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f]")
DROPPED = re.compile(r"[\r\u2028-\u202e\u0333\u033f\u030a]")
DIRECTION_MARKS = re.compile(r"[\u200e\u200f]+(?=[\u200e\u200f])")  # of a run TDLib keeps the last

# Stricter than TDLib (LinkManager.cpp), which refuses odd letters and a host without a dot.
HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?")

STYLES = {
    Style.BOLD: MessageEntity.BOLD,
    Style.ITALIC: MessageEntity.ITALIC,
    Style.CODE: MessageEntity.CODE,
    Style.STRIKE: MessageEntity.STRIKETHROUGH,
}
LINE_STYLES = {LineKind.HEADING: Style.BOLD, LineKind.NOTE: Style.ITALIC}


@dataclass(frozen=True, slots=True)
class Rendered:
    text: str
    entities: tuple[MessageEntity, ...]
    keyboard: InlineKeyboardMarkup | None
    picture: bytes = b""


@dataclass(frozen=True, slots=True)
class _Mark:
    """An entity before it is counted in UTF-16: code points of the text, end exclusive."""

    type: str
    start: int
    end: int
    url: str = ""


def render(message: Message) -> Rendered:
    """The message as one Telegram message; it must fit (`parts`, `clip`)."""
    text, marks = "", list[_Mark]()
    for number, line in enumerate(message.lines):
        text += "\n" if number else ""
        start = len(text)
        for span in _spans(line):
            words = clean(span.text)
            marks.extend(_marks(span, len(text), len(text) + len(words)))
            text += words
        if line.kind is LineKind.QUOTE:
            marks.append(_Mark(MessageEntity.BLOCKQUOTE, start, len(text)))
    text = DIRECTION_MARKS.sub(lambda run: "\u200c" * len(run[0]), text)
    picture = message.picture.png if message.picture else b""
    return Rendered(text.strip(BLANK), _entities(text, marks), _keyboard(message.buttons), picture)


def parts(message: Message) -> Iterator[Message]:
    """The message in parts that Telegram takes, a picture with the first, buttons under the last."""
    if message.picture is None:
        yield from split(message, TEXT_UNITS, size)
        return
    first, *rest = split(message, CAPTION_UNITS, size)
    yield first
    if rest:
        lines = tuple(line for part in rest for line in part.lines)
        yield from split(Message(lines, message.buttons, message.private), TEXT_UNITS, size)


def clip(message: Message) -> Message:
    """The message as far as one Telegram message carries it, with "…" where it was cut."""
    most = CAPTION_UNITS if message.picture else TEXT_UNITS
    first, *rest = split(message, most - units("\n" + CLIPPED), size)
    return replace(message, lines=(*first.lines, say(CLIPPED))) if rest else message


def size(message: Message) -> int:
    """How much of TEXT_UNITS it fills: by its text or by its entities, whichever is more."""
    rendered = render(message)
    return max(units(rendered.text), math.ceil(len(rendered.entities) * TEXT_UNITS / ENTITIES))


def units(text: str) -> int:
    """Length in UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def clean(text: str) -> str:
    """The text as Telegram will show it, so that offsets agree.

    Composed first: Telegram drops a combining ring, and "å" must not become "a" for that.
    """
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return DROPPED.sub("", AS_SPACE.sub(" ", unicodedata.normalize("NFC", whole)))


def linkable(url: str) -> bool:
    """Would Telegram take this address in a link? One that it does not take costs the whole message."""
    try:
        address = urlsplit(url)
        port = address.port
    except ValueError:  # a port above 65535, a bracket that is not closed
        return False
    return address.scheme in ("http", "https") and port != 0 and HOST.fullmatch(address.netloc) is not None


def _spans(line: Line) -> Iterator[Span]:
    """The line's spans with what the kind of line adds to them."""
    if line.kind is LineKind.ITEM:
        yield Span(BULLET)
    whole = LINE_STYLES.get(line.kind)
    for span in line.spans:
        yield replace(span, style=whole) if whole and span.style is Style.PLAIN else span


def _marks(span: Span, start: int, end: int) -> Iterator[_Mark]:
    url = clean(span.url).strip()
    linked = linkable(url)
    if linked:
        yield _Mark(MessageEntity.TEXT_LINK, start, end, url)
    if span.style in STYLES and not (linked and span.style is Style.CODE):  # Telegram links no code
        yield _Mark(STYLES[span.style], start, end)


def _entities(text: str, marks: list[_Mark]) -> tuple[MessageEntity, ...]:
    """What is marked, without the blanks around it, counted in UTF-16 from the first letter that is shown."""
    skipped = len(text) - len(text.lstrip(BLANK))
    entities = []
    for mark in _join(marks):
        words = text[mark.start : mark.end]
        start = mark.start + len(words) - len(words.lstrip(BLANK))
        words = words.strip(BLANK)
        if words:
            offset = units(text[skipped:start])
            entities.append(MessageEntity(mark.type, offset, units(words), url=mark.url or None))
    return tuple(sorted(entities, key=lambda entity: (entity.offset, -entity.length)))


def _join(marks: list[_Mark]) -> list[_Mark]:
    """Touching marks of one kind become one, as Telegram does it; a quote goes on over its line breaks."""
    joined: list[_Mark] = []
    last: dict[tuple[str, str], int] = {}
    for mark in marks:
        key, gap = (mark.type, mark.url), int(mark.type == MessageEntity.BLOCKQUOTE)
        at = last.get(key)
        if at is not None and joined[at].end + gap >= mark.start:
            joined[at] = replace(joined[at], end=mark.end)
        else:
            last[key] = len(joined)
            joined.append(mark)
    return joined


def _keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    """The buttons in rows. One that Telegram cannot carry is left out: its command can still be typed."""
    carried = [
        InlineKeyboardButton(clean(button.label).strip(BLANK), callback_data=button.command)
        for button in buttons
        if clean(button.label).strip(BLANK) and 0 < len(button.command.encode()) <= COMMAND_BYTES
    ]
    rows = [carried[at : at + BUTTONS_IN_A_ROW] for at in range(0, len(carried), BUTTONS_IN_A_ROW)]
    return InlineKeyboardMarkup(rows) if rows else None
