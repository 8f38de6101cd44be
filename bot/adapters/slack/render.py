"""A message as Slack wants it: one rich text block and, below, the buttons.

Rich text is literal. mrkdwn was turned down: article text would need escaping, could ping people
(`<!channel>`), and bold works there only at the edges of words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, groupby
from typing import Any

from bot.chat import Button, Line, LineKind, Message, Span, Style, say, split

Json = dict[str, Any]

MESSAGE_CHARS = 12_000  # JSON of all blocks; Slack says msg_blocks_too_long at about 13 200 (bolt-js #2509)
BUTTONS_CHARS = 6_000  # JSON of the buttons, so that half of a message is left for what it says
BUTTONS = 25  # Slack: elements of an actions block
LABEL_CHARS = 75  # Slack: text of a button
VALUE_CHARS = 2_000  # Slack: value of a button
URL_CHARS = 3_000  # Slack: the longest URL it takes anywhere else; none is documented for rich text
FALLBACK_CHARS = 300  # ours: what a notification or a screen reader is given

MORE = "…"

_LINK = re.compile(r"https?://[^\s<>|\"\x00-\x20\x7f]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rendered:
    """What chat.postMessage and chat.update are given."""

    text: str  # the short fallback; mrkdwn, so it is escaped
    blocks: list[Json]


def render(message: Message) -> Rendered:
    """The message within Slack's limits; what does not fit is cut at the end and replaced by an ellipsis."""
    fitting = replace(message, buttons=_fitting(message.buttons))
    if _measure(fitting) > MESSAGE_CHARS:
        room = MESSAGE_CHARS - _measure(Message((say(MORE),)))
        head = next(split(fitting, room, _measure))
        fitting = replace(fitting, lines=(*head.lines, say(MORE)))
    return Rendered(_fallback(message), _blocks(fitting))


def parts(message: Message) -> list[Message]:
    """The message in parts that Slack takes whole, buttons under the last."""
    fitting = replace(message, buttons=_fitting(message.buttons))
    return [*split(fitting, MESSAGE_CHARS, _measure)]


def _measure(message: Message) -> int:
    return len(json.dumps(_blocks(message), ensure_ascii=False, separators=(",", ":")))


def _blocks(message: Message) -> list[Json]:
    elements = [
        element for kind, lines in groupby(message.lines, _container) if (element := _element(kind, lines))
    ]
    buttons = [_button(number, button) for number, button in enumerate(message.buttons)]
    return [
        *([{"type": "rich_text", "elements": elements}] if elements else []),
        *([{"type": "actions", "elements": buttons}] if buttons else []),
    ]


def _container(line: Line) -> str:
    """The rich text element that a line stands in; neighbours in the same one share it."""
    match line.kind:
        case LineKind.QUOTE:
            return "rich_text_quote"
        case LineKind.ITEM:
            return "rich_text_list"
    return "rich_text_section"


def _element(kind: str, lines: Iterable[Line]) -> Json | None:
    """One element of rich text; None if nobody would see it, since Slack refuses empty ones."""
    rows = [[*_spans(line)] for line in lines]
    if kind == "rich_text_list":
        items = [{"type": "rich_text_section", "elements": row} for row in rows if _visible(row)]
        return {"type": kind, "style": "bullet", "elements": items} if items else None
    spans = [span for row in rows for span in ({"type": "text", "text": "\n"}, *row)][1:]
    return {"type": kind, "elements": spans} if _visible(spans) else None


def _visible(spans: list[Json]) -> bool:
    return any(span["text"].strip() for span in spans)


def _spans(line: Line) -> Iterator[Json]:
    for span in line.spans:
        if not span.text:
            continue
        shape: Json = {"type": "text", "text": span.text}
        if span.text.strip() and linkable(span.url):
            shape = {"type": "link", "url": span.url, "text": span.text}
        if style := _style(span, line.kind):
            shape["style"] = style
        yield shape


def _style(span: Span, kind: LineKind) -> dict[str, bool]:
    style = {span.style.value: True} if span.style is not Style.PLAIN else {}
    if kind is LineKind.HEADING:
        style["bold"] = True
    if kind is LineKind.NOTE:
        style["italic"] = True
    return style


def linkable(url: str) -> bool:
    """Whether Slack takes this address as a link: http or https, no blanks, not too long."""
    return len(url) <= URL_CHARS and _LINK.fullmatch(url) is not None


def _button(number: int, button: Button) -> Json:
    label = clip(button.label.strip() or button.command, LABEL_CHARS)
    return {
        "type": "button",
        "action_id": f"command-{number}",
        "text": {"type": "plain_text", "text": label, "emoji": False},
        "value": button.command,
    }


def _fitting(buttons: tuple[Button, ...]) -> tuple[Button, ...]:
    """The buttons that Slack takes in one block: all, unless they are very many or very long."""
    sound = [one for one in buttons if one.command.strip() and len(one.command) <= VALUE_CHARS][:BUTTONS]
    sizes = accumulate(len(json.dumps(_button(0, one), ensure_ascii=False)) for one in sound)
    return tuple(one for one, size in zip(sound, sizes, strict=True) if size <= BUTTONS_CHARS)


def _fallback(message: Message) -> str:
    """The beginning of what is said, escaped: else "<!channel>" in a headline would ping everybody."""
    text = clip("\n".join(line.unstyled for line in message.lines).strip(), FALLBACK_CHARS)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clip(text: str, limit: int) -> str:
    """The text, or its first `limit` characters with an ellipsis as the last one."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + MORE
