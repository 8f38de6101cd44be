"""Articles, matches and summaries as JSON lines: what goes through a pipe.

Reading is strict and never stops: a line that is no article is said to be one, with its number, and the next
is read. What this program does not know about an article goes through untouched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from bot.model import Article, Hit, Match
from bot.summary import Cited, Summary

ID_BYTES = 8  # 64 bits: enough for the articles of one pipe

_TEXTS = ("id", "url", "title", "body", "lang", "source", "author")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")  # JSON can spell half a letter; UTF-8 cannot write it


@dataclass(frozen=True, slots=True)
class Record:
    """An article as it was read, with the fields that are not ours."""

    article: Article
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that could not be read as an article."""

    number: int  # 1-based
    why: str


def read(lines: Iterable[str]) -> Iterator[Record | BadLine]:
    """Every line that is not blank, as an article or as what is wrong with it; in order, one at a time."""
    for number, line in enumerate(lines, start=1):
        line = line.strip().removeprefix("\ufeff")
        if not line:
            continue
        try:
            yield _record(json.loads(line))
        except json.JSONDecodeError as error:
            yield BadLine(number, f"not JSON: {error.msg} at column {error.colno}")
        except RecursionError:
            yield BadLine(number, "not an article: nested too deeply")
        except ValueError as error:
            yield BadLine(number, str(error))


def article_line(article: Article, extra: Mapping[str, Any] | None = None) -> str:
    """An article as one line; empty fields are left out, `extra` comes last and never replaces a field."""
    known = {name: getattr(article, name) for name in _TEXTS if getattr(article, name)}
    if article.tags:
        known["tags"] = list(article.tags)
    if article.published:
        known["published"] = _rfc3339(article.published)
    return _line({**known, **{name: value for name, value in (extra or {}).items() if name not in known}})


def match_line(article: Article, match: Match, explained: Sequence[str] = ()) -> str:
    """A match as one line: the watch, its hits in code points of the named field, and the sentence."""
    return _line(
        {
            "article": article.id,
            "watch": match.watch,
            "hits": [_hit(hit) for hit in match.hits],
            "sentence": match.sentence.text,
            **({"explain": list(explained)} if explained else {}),
        }
    )


def summary_line(summary: Summary) -> str:
    """A summary as one line; `period` is [first, last] or null when no article has a date."""
    return _line(
        {
            "sentences": [_sentence(one) for one in summary.sentences],
            "articles": summary.articles,
            "period": [_rfc3339(date) for date in summary.period] if summary.period else None,
            "left_out": summary.left_out,
        }
    )


def _record(data: object) -> Record:
    """Raises ValueError with a text that names the field."""
    if not isinstance(data, dict):
        raise ValueError(f"not an article: expected an object, found {type(data).__name__}")
    texts = {name: _text(name, data.get(name)) for name in _TEXTS}
    published = _date(_text("published", data.get("published")))
    if not (texts["title"].strip() or texts["body"].strip()):
        raise ValueError("not an article: neither title nor body")
    article = Article(
        id=texts["id"] or _id(texts),
        url=texts["url"],
        title=texts["title"],
        body=texts["body"],
        lang=texts["lang"],
        source=texts["source"],
        author=texts["author"],
        published=published,
        tags=_tags(data.get("tags")),
    )
    extra = {name: value for name, value in data.items() if name not in (*_TEXTS, "published", "tags")}
    return Record(article, extra)


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    if name == "id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise ValueError(f"{name}: expected text, found {type(value).__name__}")
    return _LONE_SURROGATE.sub("\ufffd", value)


def _tags(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise ValueError("tags: expected a list of texts")
    return tuple(_LONE_SURROGATE.sub("\ufffd", tag) for tag in value)


def _date(text: str) -> datetime | None:
    if not text:
        return None
    try:
        date = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"published: {text[:40]!r} is not a date in RFC 3339") from error
    if date.tzinfo is None:
        raise ValueError(f"published: {text[:40]!r} has no time zone")
    return date


def _id(texts: Mapping[str, str]) -> str:
    told = "\x00".join(texts[name] for name in ("url", "title", "body"))
    return blake2b(told.encode(), digest_size=ID_BYTES).hexdigest()


def _hit(hit: Hit) -> dict[str, Any]:
    data: dict[str, Any] = {
        "term": hit.term,
        "field": hit.field,
        "start": hit.start,
        "end": hit.end,
        "text": hit.text,
    }
    return {**data, "glued": True} if hit.glued else data


def _sentence(one: Cited) -> dict[str, Any]:
    """`text` letter for letter as it is stored; `shown`, where people are shown it otherwise (a lost space put back)."""
    mended = {"shown": one.shown} if one.shown != one.text else {}
    return {"text": one.text, "cites": [_cite(one)], **mended}


def _cite(one: Cited) -> dict[str, Any]:
    return {"article": one.article.id, "start": one.start, "end": one.end, "field": one.field}


def _rfc3339(date: datetime) -> str:
    return date.isoformat().replace("+00:00", "Z")


def _line(data: Mapping[str, Any]) -> str:
    return _LONE_SURROGATE.sub("\ufffd", json.dumps(data, ensure_ascii=False))
