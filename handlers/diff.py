"""/diff: any two versions of an alerted article."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.aftermath import versions_to_compare
from bot.chat import Line, LineKind, Message, Request, Span, Style, say
from bot.errors import RequestRefused
from bot.model import Article, Chat
from bot.ports import KeptVersion, Revisit
from bot.stories import compare
from bot.summary import headline
from bot.why import find
from bot.words import changed, clock, differences, phrase
from handlers.desk import Desk
from handlers.mute import told_here

SHOWN = 20  # changed sentences; a message of either platform holds as many
_ASKED = re.compile(
    r"(?:#(?P<alert>\d+)|<?(?P<url>https?://[^\s<>|]+)(?:\|[^>]*)?>?)(?:\s+(?P<one>\d+)\s+(?P<other>\d+))?"
)


async def diff(request: Request, chat: Chat, desk: Desk) -> Message:
    """#ALERT or URL, and the numbers of two versions: the first and the last without them"""
    asked = _ASKED.fullmatch(request.argument)
    if asked is None:
        raise RequestRefused(phrase("diff.usage", chat.language))
    article = await _article(asked, chat, desk)
    async with desk.store.read() as tx:
        revisit, versions = await tx.revisits.get(article.id), await tx.revisits.versions(article.id)
    line = versions_to_compare(versions)
    if asked["one"]:
        pair = [_numbered(int(asked[name]), line, chat) for name in ("one", "other")]
    elif len(line) < 2:
        return Message((_unchanged(article, revisit, chat),), private=True)
    else:
        pair = [line[0], line[-1]]
    return Message(tuple(_lines(article, pair[0], pair[1], line, chat)), private=True)


async def _article(asked: re.Match[str], chat: Chat, desk: Desk) -> Article:
    """Raises RequestRefused for an alert that is not this chat's, and for an address that is not stored."""
    if asked["alert"]:
        told = await told_here(int(asked["alert"]), chat, desk)
        async with desk.store.read() as tx:
            return await tx.articles.get(told.article)
    filed = await find(desk.store, asked["url"], desk.clock())
    if isinstance(filed, str):
        near = f" {phrase('why.nearest', chat.language, url=filed)}" if filed else ""
        raise RequestRefused(phrase("why.unknown", chat.language, url=asked["url"]) + near)
    return filed.article


def _numbered(number: int, line: Sequence[KeptVersion], chat: Chat) -> KeptVersion:
    found = next((one for one in line if one.number == number), None)
    if found is None:
        numbers = ", ".join(str(one.number) for one in line) or "–"
        raise RequestRefused(phrase("diff.no_version", chat.language, number=number, numbers=numbers))
    return found


def _unchanged(article: Article, revisit: Revisit | None, chat: Chat) -> Line:
    """No second version: nothing changed so far, or nobody looks."""
    if revisit is None:
        said = phrase("diff.not_alerted", chat.language)
    elif revisit.due_at is None:
        said = phrase("diff.over", chat.language)
    else:
        said = phrase("diff.none", chat.language, when=clock(revisit.due_at, chat))
    return Line((Span(headline(article), url=article.url), Span(f" · {said}")))


def _lines(
    article: Article, one: KeptVersion, other: KeptVersion, line: Sequence[KeptVersion], chat: Chat
) -> list[Line]:
    edit = compare(one.text, other.text)
    lines = [
        Line((Span(headline(article), url=article.url),), LineKind.HEADING),
        say(
            phrase(
                "diff.versions",
                chat.language,
                one=one.number,
                then=clock(one.seen, chat),
                other=other.number,
                now=clock(other.seen, chat),
                numbers=", ".join(str(version.number) for version in line),
            ),
            kind=LineKind.NOTE,
        ),
    ]
    if not edit.stretches:
        return [*lines, say(phrase("diff.same", chat.language))]
    lines.append(say(changed(edit.changes, chat), style=Style.BOLD))
    return [*lines, *differences(edit.stretches, chat, SHOWN)]
