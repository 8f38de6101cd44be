"""A page that is watched: each part of it that was not there before is an article.

A part is an element that `include` selects, or, without one, a paragraph, list item, heading or cell of the page. It is
known by its words, so a part that moves is no news and one that is edited is. Nothing is lost by a restart: parts that
were stored before have the same ids then. Turned down: one article for everything that changed since the last look,
whose identity would depend on when that was.
"""

from __future__ import annotations

import re
from typing import Any

from bot.errors import SourceError
from bot.sources.items import MAX_ITEMS
from bot.sources.links import resolve
from bot.sources.markup import to_text
from bot.sources.memory import Memory, key
from bot.sources.parsed import Draft, Reading
from bot.sources.wording import clean, one_line

UNSEEN = "script, style, noscript, template, svg, title"
PARTS = frozenset(
    {"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "dd", "dt", "blockquote", "pre", "figcaption"}
)
HEADINGS = "h1, h2, h3, h4, h5, h6"
MIN_CHARS = 25  # of a part that nobody selected: less is a button or a menu
MAX_TAGS = 100_000  # more is no page for people
TITLE_CHARS = 300  # a longer first line is no headline
DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


def read_watched(text: str, url: str, include: str, exclude: str, memory: Memory) -> Reading:
    """The parts of a page at `url` that `memory` does not hold; `include` and `exclude` are CSS selectors.

    Raises SourceError where nothing is selected.
    """
    if text.count("<") > MAX_TAGS:
        raise SourceError(f"The page has more than {MAX_TAGS:,} tags.", "Watch a smaller page.")
    tree = _tree(text)
    page_title = one_line(" ".join(tree.xpath("//title[1]//text()")))
    for element in tree.cssselect(", ".join(filter(None, (UNSEEN, exclude)))):
        if element.getparent() is not None:
            element.drop_tree()
    parts = _selected(tree, include) if include else _paragraphs(tree)
    drafts: list[Draft] = []
    known: list[bytes] = []
    seen: set[bytes] = set()
    for element in parts[:MAX_ITEMS]:
        draft = _draft(element, page_title, url, least=1 if include else MIN_CHARS)
        if draft is None or draft.digest in seen:
            continue
        seen.add(draft.digest)
        if draft.digest in memory.items:
            known.append(draft.digest)
        else:
            drafts.append(draft)
    if not seen:
        raise SourceError(
            f"Nothing on the page fits {include!r}." if include else "No text was found on the page.",
            "Look at the page's source and choose other selectors in include and exclude.",
        )
    return Reading("page", drafts, [], page_title, items=len(seen), known=known)


def _tree(text: str) -> Any:
    import lxml.html  # only when a page is there: the command line must start fast

    try:
        return lxml.html.document_fromstring(clean(DECLARATION.sub("", text, count=1)))
    except (ValueError, lxml.etree.LxmlError) as error:
        raise SourceError("The page is empty or no HTML.", "Open it in a browser to see why.") from error


def _selected(tree: Any, include: str) -> list[Any]:
    """The elements that are selected, without those inside of others."""
    chosen = tree.cssselect(include)
    every = set(chosen)
    return [one for one in chosen if not any(above in every for above in one.iterancestors())]


def _paragraphs(tree: Any) -> list[Any]:
    """The innermost elements that hold text of their own."""
    return [
        element
        for element in tree.iter()
        if element.tag in PARTS and not any(below.tag in PARTS for below in element.iterdescendants())
    ]


def _draft(element: Any, page_title: str, url: str, least: int) -> Draft | None:
    import lxml.html

    text = to_text(lxml.html.tostring(element, encoding="unicode", with_tail=False))
    if len(text) < least:
        return None
    heading = next(iter(element.cssselect(HEADINGS)), None)
    anchor = element if element.tag == "a" else next(iter(element.cssselect("a[href]")), None)
    first, _, rest = text.partition("\n")
    title = one_line(heading.text_content()) if heading is not None else first if rest.strip() else ""
    title = title if 0 < len(title) <= TITLE_CHARS else page_title
    link = resolve(url, anchor.get("href") or "") if anchor is not None else ""
    digest = key(text)
    return Draft(
        place="A part of the page",
        guid=f"part {digest.hex()} {key(text[::-1]).hex()}",
        link=link or resolve(url, url),
        title=title,
        body=text.removeprefix(title).strip() or text,
        lang=next(iter(element.xpath("ancestor-or-self::*/@lang[1]")), ""),
        digest=digest,
    )
