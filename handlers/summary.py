"""/summary: the stories of a period, quoted and linked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from bot.briefing import Briefing, Quoted, brief, brief_story
from bot.chat import Line, LineKind, Message, Request, Span, Style, say
from bot.errors import RequestRefused
from bot.model import Chat
from bot.summary import headline
from bot.words import period, phrase
from handlers.desk import Desk, duration
from handlers.mute import told_here
from handlers.tried import origin

USUAL = timedelta(hours=24)
_ALERT = re.compile(r"#(\d+)")
_LENGTH = re.compile(r"\d+\s*[a-z]", re.IGNORECASE)


async def summary(request: Request, chat: Chat, desk: Desk) -> Message:
    """[words] [24h|7d], or the number of an alert"""
    if numbered := _ALERT.fullmatch(request.argument):
        told = await told_here(int(numbered[1]), chat, desk)
        briefing = await brief_story(desk.store, told.story)
        return Message((*_stories(briefing, chat),))
    about, length = _read(request.argument, chat)
    briefing = await brief(desk.store, desk.watchlist, chat, about, length, desk.clock())
    said = period(length, chat.language)
    if not briefing.stories:
        return _nothing(about, said, briefing, chat)
    key = "summary.about" if about else "summary.title"
    counts = {
        "articles": briefing.articles,
        "sources": briefing.sources,
        "stories": len(briefing.stories) + briefing.left_out,
    }
    lines = [
        say(phrase(key, chat.language, period=said, words=about), kind=LineKind.HEADING),
        say(phrase("summary.counts", chat.language, **counts), kind=LineKind.NOTE),
        *_stories(briefing, chat),
    ]
    return Message(tuple(lines))


def _read(argument: str, chat: Chat) -> tuple[str, timedelta]:
    """("Putin 7d") -> ("Putin", a week). Raises RequestRefused for a last word that looks like a period but is none."""
    about, _, last = argument.rpartition(" ")
    if length := duration(last):
        return about.strip(), length
    if _LENGTH.fullmatch(last):
        raise RequestRefused(phrase("duration.wrong", chat.language, text=last))
    return argument, USUAL


def _nothing(about: str, said: str, briefing: Briefing, chat: Chat) -> Message:
    key = "summary.nothing" if about else "summary.nothing_at_all"
    lines = [
        say(phrase(key, chat.language, words=about, period=said)),
        say(phrase("summary.stored", chat.language, count=briefing.stored), kind=LineKind.NOTE),
    ]
    return Message(tuple(lines))


def _stories(briefing: Briefing, chat: Chat) -> Iterator[Line]:
    for told in briefing.stories:
        yield _head(told, chat)
        for cited in told.sentences:
            yield Line((Span(cited.shown),), LineKind.QUOTE)
    if briefing.left_out:
        yield say(phrase("summary.left_out", chat.language, count=briefing.left_out), kind=LineKind.NOTE)


def _head(told: Quoted, chat: Chat) -> Line:
    """The headline as link, who published it and when, and how many others have it."""
    article = told.story.first
    others = told.story.sources - 1
    spans = [Span(headline(article), Style.BOLD, article.url), Span(f" · {origin(article, chat)}")]
    if others:
        spans.append(Span(f" {phrase('summary.more_sources', chat.language, count=others)}", Style.ITALIC))
    return Line(tuple(spans), LineKind.ITEM)
