"""One entry, as feedparser tells it, to a draft."""

from __future__ import annotations

import calendar
import html
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bot.sources.dates import plausible, read_date
from bot.sources.links import resolve
from bot.sources.markup import to_text
from bot.sources.parsed import Draft
from bot.sources.wording import clean, paragraphs

DATES = ("published", "updated", "created")  # the first that can be read counts


def draft_of(entry: dict[str, Any], place: str, *, base: str, lang: str) -> Draft | None:
    """What an entry says, None if it says nothing. `lang` is the feed's, for an entry that names none."""
    draft = Draft(
        place=place,
        guid=entry.get("id") or "",
        link=_link(entry, base),
        title=plain(entry.get("title_detail") or {"value": entry.get("title")}),
        body=max(map(plain, _bodies(entry)), key=len, default=""),
        lang=_language(entry) or lang,
        author=html.unescape(entry.get("author") or ""),
        published=_published(entry),
    )
    return draft if draft.guid or draft.link or draft.title or draft.body else None


def plain(part: dict[str, Any]) -> str:
    """The text of a feedparser detail, by the type it declares."""
    value = clean(part.get("value") or "")
    if part.get("type") == "text/plain":
        return paragraphs(html.unescape(value))
    return to_text(value)


def _bodies(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Everywhere an entry's text may stand. The longest is the body: any may be the teaser of another."""
    for part in entry.get("content") or ():
        if part.get("type", "text/html") in ("text/plain", "text/html", "application/xhtml+xml"):
            yield part
    if summary := entry.get("summary"):
        yield entry.get("summary_detail") or {"value": summary}


def _link(entry: dict[str, Any], base: str) -> str:
    link = entry.get("link") or ""
    # feedparser takes any guid for a link unless told otherwise; a bare number is none.
    if link == entry.get("id") and not link.lower().startswith(("http://", "https://")):
        link = ""
    others = (other.get("href", "") for other in entry.get("links") or () if other.get("rel") == "alternate")
    return next(filter(None, (resolve(base, candidate) for candidate in (link, *others))), "")


def _language(entry: dict[str, Any]) -> str:
    details = (entry.get("title_detail"), entry.get("summary_detail"), *(entry.get("content") or ()))
    return entry.get("language") or next(
        (part["language"] for part in details if part and part.get("language")), ""
    )


def _published(entry: dict[str, Any]) -> datetime | None:
    for name in DATES:
        # `in` first: feedparser answers a missing "updated" with "published", and warns.
        if name in entry and (
            moment := read_date(entry[name]) or _as_feedparser_read(entry.get(f"{name}_parsed"))
        ):
            return moment
    return None


def _as_feedparser_read(parts: Any) -> datetime | None:
    """The rare forms that only feedparser knows (Greek, Hungarian, Korean months)."""
    if parts is None:
        return None
    try:
        return plausible(datetime.fromtimestamp(calendar.timegm(parts), UTC))
    except (ValueError, OverflowError, OSError):
        return None
