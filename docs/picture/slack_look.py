"""Slack's blocks as HTML."""

from __future__ import annotations

from html import escape
from typing import Any

Json = dict[str, Any]

EMPHASIS = {"bold": "b", "italic": "i", "code": "code", "strike": "s"}


def blocks_html(blocks: list[Json]) -> str:
    """The blocks that the program makes, as elements. Raises ValueError for one that it did not make so far."""
    return "".join(map(_block, blocks))


def _block(block: Json) -> str:
    match block:
        case {"type": "rich_text", "elements": elements}:
            return f'<div class="rich">{"".join(map(_rich, elements))}</div>'
        case {"type": "actions", "elements": buttons}:
            labels = "".join(f"<span>{escape(button['text']['text'])}</span>" for button in buttons)
            return f'<div class="actions">{labels}</div>'
    raise ValueError(f"the picture cannot show a block like this yet: {block}")


def _rich(element: Json) -> str:
    inside = element["elements"]
    match element["type"]:
        case "rich_text_section":
            return f"<div>{_spans(inside)}</div>"
        case "rich_text_quote":
            return f"<blockquote>{_spans(inside)}</blockquote>"
        case "rich_text_list":
            items = "".join(f"<li>{_spans(item['elements'])}</li>" for item in inside)
            return f"<ul>{items}</ul>"
    raise ValueError(f"the picture cannot show rich text like this yet: {element}")


def _spans(spans: list[Json]) -> str:
    return "".join(map(_span, spans))


def _span(span: Json) -> str:
    html = escape(span["text"])
    for style in span.get("style", {}):
        html = f"<{EMPHASIS[style]}>{html}</{EMPHASIS[style]}>"
    return f'<a href="{escape(span["url"])}">{html}</a>' if span["type"] == "link" else html
