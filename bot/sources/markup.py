"""HTML to plain text: tags off, entities read, paragraphs kept."""

from __future__ import annotations

import html
import threading
from typing import Any

from bot.sources.wording import paragraphs

BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "ul",
    "button", "caption", "iframe", "legend", "noscript", "option", "title",
})  # fmt: skip
LINES = frozenset({"br", "tr"})
CELLS = frozenset({"td", "th"})
UNSEEN = frozenset(
    {"script", "style"}
)  # and nothing that is often left open: it would hide the rest of the text
OPENED = {**dict.fromkeys(BLOCKS, "\n\n"), **dict.fromkeys(LINES, "\n"), **dict.fromkeys(CELLS, " ")}
CLOSED = {tag: gap for tag, gap in OPENED.items() if tag not in LINES}


def to_text(markup: str) -> str:
    """What a reader of this HTML sees: blocks parted by an empty line, white space normal. Takes anything.

    Inline tags leave no space behind: "Pyong<b>yang</b>" is one word. lxml reads it event by event, without
    a tree, so neither depth nor size can stop it.
    """
    if "<" not in markup:
        return paragraphs(" ".join(html.unescape(markup).split()))
    parser = _parser()
    try:
        # The wrapper keeps lxml from calling a text without a single element an empty document.
        parser.feed(f"<div>{markup}")
        return paragraphs(parser.close())
    except BaseException:
        del _kept.parser  # in the middle of a text
        raise


_kept = threading.local()


def _parser() -> Any:
    """This thread's parser: making one costs a third as much as reading an item with it."""
    if not hasattr(_kept, "parser"):
        from lxml import etree  # only when there is markup: the command line must start fast

        _kept.parser = etree.HTMLParser(target=_Text(), huge_tree=True, remove_comments=True, remove_pis=True)
    return _kept.parser


class _Text:
    """Collects text from lxml's events (lxml: parser target interface)."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._hidden = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if gap := OPENED.get(tag):
            self._parts.append(gap)
        elif tag in UNSEEN:
            self._hidden += 1

    def end(self, tag: str) -> None:
        if gap := CLOSED.get(tag):
            self._parts.append(gap)
        elif tag in UNSEEN and self._hidden:
            self._hidden -= 1

    def data(self, text: str) -> None:
        if not self._hidden:
            # A line end inside a paragraph is only a space; breaks come from tags.
            self._parts.append(text.replace("\n", " "))

    def close(self) -> str:
        text = "".join(self._parts)
        self._parts, self._hidden = [], 0
        return text
