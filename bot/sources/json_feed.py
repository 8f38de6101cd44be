"""JSON Feed 1.0 and 1.1 to drafts (jsonfeed.org/version/1.1), tolerant of everything but broken JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from bot.errors import SourceError
from bot.sources.dates import read_date
from bot.sources.hints import hints_of_json
from bot.sources.items import MAX_ITEMS
from bot.sources.links import resolve
from bot.sources.markup import to_text
from bot.sources.memory import Memory, key
from bot.sources.parsed import Draft, Reading
from bot.sources.wording import clean, paragraphs

REMEDY = "Check the address: it should give a JSON Feed (jsonfeed.org)."


def read_json_feed(text: str, url: str, memory: Memory) -> Reading:
    """The items of a JSON Feed at `url`; a bad one costs itself. Raises SourceError if there is no list of
    them.
    """
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a ValueError, too
        place = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise SourceError(
            f"The JSON is broken{place}.", "Poll again later; if it stays, tell the publisher."
        ) from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise SourceError('This is JSON but no JSON Feed: it has no list named "items".', REMEDY)
    drafts: list[Draft] = []
    problems: list[str] = []
    known: list[bytes] = []
    left = 0
    for number, item in enumerate(items, 1):
        digested = key(repr(item))
        if digested in memory.items:
            known.append(digested)
            continue
        if len(drafts) + len(problems) >= MAX_ITEMS:
            left += 1
            continue
        place = f"Item {number} of {len(items)}"
        draft = _draft(item, place, url, _text(feed, "language")) if isinstance(item, dict) else None
        if draft:
            drafts.append(replace(draft, digest=digested))
        else:
            problems.append(
                f"{place} could not be read: it should be an object with an id, a url, a title or a text."
            )
    if left:
        problems.append(f"The feed has {len(items):,} items; {left:,} of them are read at the next polls.")
    homes = frozenset({url, _text(feed, "home_page_url"), _text(feed, "feed_url")})
    return Reading(
        "json",
        drafts,
        problems,
        to_text(_text(feed, "title")),
        homes,
        items=len(items),
        known=known,
        hints=hints_of_json(feed, url),
    )


def _draft(item: dict[str, Any], place: str, url: str, lang: str) -> Draft | None:
    texts = (
        paragraphs(clean(_text(item, "content_text"))),
        to_text(clean(_text(item, "content_html"))),
        to_text(clean(_text(item, "summary"))),
    )
    draft = Draft(
        place=place,
        guid=_text(item, "id"),
        link=resolve(url, _text(item, "url")) or resolve(url, _text(item, "external_url")),
        title=to_text(clean(_text(item, "title"))),
        body=max(texts, key=len),
        lang=_text(item, "language") or lang,
        author=", ".join(filter(None, _authors(item))),
        published=read_date(_text(item, "date_published")) or read_date(_text(item, "date_modified")),
        tags=_tags(item),
    )
    return draft if draft.guid or draft.link or draft.title or draft.body else None


def _tags(item: dict[str, Any]) -> tuple[str, ...]:
    tags = item.get("tags")
    return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()


def _authors(item: dict[str, Any]) -> list[str]:
    """Version 1.1 has a list "authors", version 1.0 one "author"."""
    authors = item.get("authors")
    people = authors if isinstance(authors, list) else [item.get("author")]
    return [_text(person, "name") if isinstance(person, dict) else "" for person in people]


def _text(thing: dict[str, Any], name: str) -> str:
    """A member that should be text, as text: publishers write ids as numbers."""
    value = thing.get(name)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
