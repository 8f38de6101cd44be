"""Drafts to articles: cleaned, clipped, identified, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.model import Article
from bot.sources.identity import identify, keys
from bot.sources.memory import Memory
from bot.sources.parsed import Draft, Parsed, Reading
from bot.sources.wording import (
    AUTHOR_CHARS,
    BODY_CHARS,
    MAX_TAGS,
    TAG_CHARS,
    TITLE_CHARS,
    clean,
    language,
    one_line,
)

MAX_PROBLEMS = 20  # sentences; a document broken in every item needs no five thousand


def finish(reading: Reading, memory: Memory, document: bytes, *, source: str, source_url: str) -> Parsed:
    """What a reader found, as articles of the source named `source` and known by `source_url`.

    `document` is the digest of what was read beside `memory`.
    """
    problems = list(reading.problems)
    drafts = [_cleaned(draft) for draft in reading.drafts]
    articles: list[Article] = []
    firsts: dict[str, str] = {}  # id -> where it stood first
    found = [keys(draft, reading.homes) for draft in drafts]
    known = {digest: memory.items[digest] for digest in reading.known}
    items = dict(known)
    ids = identify(drafts, found, list(known.values()), source_url)
    for draft, key, article_id in zip(drafts, found, ids, strict=True):
        if article_id in firsts:
            problems.append(f"{draft.place} is the same article as {firsts[article_id]} and was left out.")
            continue
        firsts[article_id] = draft.place
        problems += (clipped := _clippings(draft))
        if draft.digest and not clipped:
            items[draft.digest] = key
        articles.append(
            Article(
                id=article_id,
                url=draft.link,
                title=draft.title[:TITLE_CHARS],
                body=draft.body[:BODY_CHARS],
                lang=draft.lang,
                source=source,
                author=draft.author[:AUTHOR_CHARS],
                published=draft.published,
                tags=draft.tags,
            )
        )
    title = one_line(clean(reading.title))[:TITLE_CHARS]
    # A document with a problem is read again next time, where it is the same, too.
    now = replace(
        memory, document=b"" if problems else document, head=reading.head, feed=reading.feed, items=items
    )
    return Parsed(
        tuple(articles),
        _few(problems),
        title,
        reading.kind,
        reading.items,
        len(reading.known),
        now.dump(),
        reading.hints,
    )


def _cleaned(draft: Draft) -> Draft:
    return replace(
        draft,
        guid=clean(draft.guid).strip(),
        link=clean(draft.link),
        title=one_line(clean(draft.title)),
        body=clean(draft.body),
        lang=language(draft.lang),
        author=one_line(clean(draft.author)),
        tags=_tags(draft.tags),
    )


def _tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Each tag once, in the publisher's order."""
    cleaned = (one_line(clean(tag))[:TAG_CHARS] for tag in tags[:MAX_TAGS])
    return tuple(dict.fromkeys(filter(None, cleaned)))


def _clippings(draft: Draft) -> list[str]:
    return [
        f"{draft.place}: the {name} has {len(text):,} characters; the first {most:,} are kept."
        for name, text, most in (("title", draft.title, TITLE_CHARS), ("text", draft.body, BODY_CHARS))
        if len(text) > most
    ]


def _few(problems: Sequence[str]) -> tuple[str, ...]:
    if len(problems) <= MAX_PROBLEMS:
        return tuple(problems)
    return (*problems[:MAX_PROBLEMS], f"{len(problems) - MAX_PROBLEMS:,} more problems of this kind.")
