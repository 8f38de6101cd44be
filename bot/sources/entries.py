"""One entry, as feedparser tells it, to a draft."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.sources.dates import read_date
from bot.sources.links import resolve
from bot.sources.markup import to_text
from bot.sources.parsed import Draft
from bot.sources.wording import clean, paragraphs

TEXT_TYPES = frozenset({"text/plain", "text/html", "application/xhtml+xml"})
_get = dict.get  # feedparser's own looks for other names first, and these have none
DATES = ("published", "updated", "created")  # the first that can be read counts


def draft_of(entry: dict[str, Any], place: str, *, base: str, lang: str, digest: bytes = b"") -> Draft | None:
    """What an entry says, None if it says nothing. `lang` is the feed's, for an entry that names none."""
    summary = next(_parts(entry, "summary_detail"), {"value": _get(entry, "summary")})
    texts = (
        part for part in (*_parts(entry, "content"), summary) if _get(part, "type", "text/html") in TEXT_TYPES
    )
    draft = Draft(
        place=place,
        guid=_text(entry, "id"),
        link=_link(entry, base),
        title=plain(next(_parts(entry, "title_detail"), {"value": _get(entry, "title")})),
        body=max(map(plain, texts), key=len, default=""),  # any of them may be the teaser of another
        lang=_language(entry) or lang,
        author=html.unescape(_text(entry, "author")),
        published=_published(entry),
        tags=tuple(
            html.unescape(_text(part, "label") or _text(part, "term")) for part in _parts(entry, "tags")
        ),
        digest=digest,
    )
    return draft if draft.guid or draft.link or draft.title or draft.body else None


def plain(part: dict[str, Any]) -> str:
    """The text of a feedparser detail, by the type it declares."""
    value = clean(_text(part, "value"))
    if _get(part, "type") == "text/plain":
        return paragraphs(html.unescape(value))
    return to_text(value)


def _text(entry: dict[str, Any], name: str) -> str:
    """A text of the entry. Unknown elements go under their own names, so any type may stand there."""
    value = _get(entry, name)
    return value if isinstance(value, str) else ""


def _parts(entry: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """A detail, or each of a list of them."""
    value = _get(entry, name)
    return (part for part in (value if isinstance(value, list) else [value]) if isinstance(part, dict))


def _link(entry: dict[str, Any], base: str) -> str:
    link = _text(entry, "link")
    # feedparser takes any guid for a link unless told otherwise; a bare number is none.
    if link == _get(entry, "id") and not link.lower().startswith(("http://", "https://")):
        link = ""
    others = (_text(part, "href") for part in _parts(entry, "links") if _get(part, "rel") == "alternate")
    return next(filter(None, (resolve(base, candidate) for candidate in (link, *others))), "")


def _language(entry: dict[str, Any]) -> str:
    details = (part for name in ("title_detail", "summary_detail", "content") for part in _parts(entry, name))
    return next(filter(None, (_text(part, "language") for part in (entry, *details))), "")


def _published(entry: dict[str, Any]) -> datetime | None:
    # `in` first: feedparser answers a missing "updated" with "published", and warns.
    return next(filter(None, (read_date(_text(entry, name)) for name in DATES if name in entry)), None)
