"""Telegram's text, entities and keyboard as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from telegram import InlineKeyboardMarkup, MessageEntity

ELEMENTS = {
    MessageEntity.BOLD: "b",
    MessageEntity.ITALIC: "i",
    MessageEntity.CODE: "code",
    MessageEntity.STRIKETHROUGH: "s",
    MessageEntity.BLOCKQUOTE: "blockquote",
    MessageEntity.TEXT_LINK: "a",
}


def text_html(text: str, entities: Sequence[MessageEntity]) -> str:
    """The text with its entities as elements; an outer entity stands before those inside it."""
    units = text.encode("utf-16-le")  # what the offsets count: two bytes each
    return _nested(units, 0, len(units) // 2, list(entities))


def keyboard_html(keyboard: InlineKeyboardMarkup | None) -> str:
    """The rows of buttons below a message."""
    rows = keyboard.inline_keyboard if keyboard else ()
    return "".join(
        f'<div class="keys">{"".join(f"<span>{escape(button.text)}</span>" for button in row)}</div>'
        for row in rows
    )


def _nested(units: bytes, start: int, end: int, entities: list[MessageEntity]) -> str:
    html = ""
    while entities:
        outer, *entities = entities
        until = outer.offset + outer.length
        inside = [entity for entity in entities if entity.offset < until]
        entities = entities[len(inside) :]
        html += _letters(units, start, outer.offset) + _opened(outer)
        html += _nested(units, outer.offset, until, inside) + f"</{ELEMENTS[outer.type]}>"
        start = until
        if outer.type == MessageEntity.BLOCKQUOTE and _letters(units, until, until + 1) == "\n":
            start += 1  # the end of a quote is the end of its line
    return html + _letters(units, start, end)


def _opened(entity: MessageEntity) -> str:
    link = f' href="{escape(entity.url)}"' if entity.url else ""
    return f"<{ELEMENTS[entity.type]}{link}>"


def _letters(units: bytes, start: int, end: int) -> str:
    return escape(units[2 * start : 2 * end].decode("utf-16-le"))
