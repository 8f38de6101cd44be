"""HTML to plain text: tags off, entities read, paragraphs kept."""

from __future__ import annotations

import html

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


def to_text(markup: str) -> str:
    """What a reader of this HTML sees: blocks parted by an empty line, white space normal. Takes anything.

    Inline tags leave no space behind: "Pyong<b>yang</b>" is one word. lxml reads it event by event, without
    a tree, so neither depth nor size can stop it.
    """
    if "<" not in markup:
        return paragraphs(" ".join(html.unescape(markup).split()))
    from lxml import etree  # only when there is markup: the command line must start fast

    parser = etree.HTMLParser(target=_Text(), huge_tree=True, remove_comments=True, remove_pis=True)
    # The wrapper keeps lxml from calling a text without a single element an empty document.
    parser.feed(f"<div>{markup}")
    return paragraphs(parser.close())


class _Text:
    """Collects text from lxml's events (lxml: parser target interface)."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._hidden = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in UNSEEN:
            self._hidden += 1
        self._parts.append(_gap(tag))

    def end(self, tag: str) -> None:
        if tag in UNSEEN and self._hidden:
            self._hidden -= 1
        self._parts.append("" if tag in LINES else _gap(tag))

    def data(self, text: str) -> None:
        if not self._hidden:
            # A line end inside a paragraph is only a space; breaks come from tags.
            self._parts.append(" ".join(text.split("\n")))

    def close(self) -> str:
        return "".join(self._parts)


def _gap(tag: str) -> str:
    if tag in BLOCKS:
        return "\n\n"
    if tag in LINES:
        return "\n"
    return " " if tag in CELLS else ""
