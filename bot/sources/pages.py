"""One web page that is one article: its text, without menus and footers (trafilatura)."""

from __future__ import annotations

import logging
import re
from datetime import datetime
from typing import Any

from bot.errors import SourceError
from bot.sources.dates import read_date
from bot.sources.links import resolve
from bot.sources.parsed import Draft, Reading
from bot.sources.wording import clean, one_line, paragraphs

PUBLISHED = (  # where pages state their own date with its time; trafilatura gives the day only
    "//meta[@property='article:published_time' or @name='article:published_time']/@content",
    "//meta[@itemprop='datePublished' or @name='datePublished' or @name='pubdate' or @name='date']/@content",
    "//*[@itemprop='datePublished']/@datetime",
)
JSON_LD = "//script[@type='application/ld+json']/text()"
JSON_LD_DATE = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"]{4,64})"')
MIN_TEXT_CHARS = 50  # less is a menu or a button, shorter than any first sentence
MAX_TAGS = 50_000  # real article pages have under 20,000; each costs trafilatura up to 30 µs
XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")  # lxml refuses text that declares a charset

# It warns on standard error about every page it cannot read; our SourceError says that once, in plain words.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def read_page(text: str, url: str) -> Reading:
    """The article on a page at `url`. Raises SourceError if there is none to be found."""
    if text.count("<") > MAX_TAGS:
        raise SourceError(
            f"The page has more than {MAX_TAGS:,} tags, too many for an article.",
            "Use the address of one article.",
        )
    try:
        draft = _extract(clean(XML_DECLARATION.sub("", text, count=1)), url)
    # lxml, htmldate and trafilatura share no error of their own, and hostile pages find new ones.
    except Exception as error:
        raise SourceError(
            f"The page could not be read ({type(error).__name__}).", "Open it in a browser to see why."
        ) from error
    if not draft:
        raise SourceError(
            "No article text was found on the page.",
            "Use the address of one article or of a feed; pages behind a login or JavaScript cannot be read.",
        )
    return Reading("page", [draft])


def _extract(text: str, url: str) -> Draft | None:
    import trafilatura  # a quarter of a second to import: only when a page is there

    tree = trafilatura.load_html(text)
    if tree is None:
        return None
    found: Any = trafilatura.bare_extraction(
        tree, url=resolve(url, url) or None, fast=True, with_metadata=True, include_comments=False
    )
    title = one_line((found and found.title) or "")
    body = paragraphs(((found and found.text) or "").replace("\n", "\n\n"))
    if len(body) < MIN_TEXT_CHARS:
        return None
    return Draft(
        place="The page",
        link=resolve(url, found.url or "") or resolve(url, url),
        title=title,
        body=body.removeprefix(f"{title}\n\n") if title else body,
        lang=next(iter(tree.xpath("/html/@lang | /html/@xml:lang")), ""),
        author=found.author or "",
        published=_published(tree) or read_date(found.date or ""),
    )


def _published(tree: Any) -> datetime | None:
    stated = [value for path in PUBLISHED for value in tree.xpath(path)]
    stated += [value for script in tree.xpath(JSON_LD) for value in JSON_LD_DATE.findall(script)]
    return next(filter(None, map(read_date, stated)), None)
