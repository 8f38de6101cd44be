"""/sources: what is polled, failing ones first."""

from __future__ import annotations

from bot.chat import Line, LineKind, Message, Request, Span, Style, say
from bot.errors import RequestRefused
from bot.model import Chat, Source
from bot.polling_chart import polling_chart
from bot.words import moment, phrase
from handlers.desk import Desk

CHART = ("chart", "grafik")
SHOWN = 25  # lines one can still take in; the failing ones come first


async def sources(request: Request, chat: Chat, desk: Desk) -> Message:
    """the sources, failing ones first"""
    if request.argument.lower() in CHART:
        return await polling_chart(desk.store, desk.clock(), chat)
    if request.argument:
        raise RequestRefused(phrase("sources.usage", chat.language))
    async with desk.store.read() as tx:
        known = await tx.sources.all()
    if not known:
        return Message((say(phrase("sources.none", chat.language)),), private=True)
    known.sort(key=lambda source: (not source.failures, not source.problem, source.name))
    failing = sum(source.failures > 0 for source in known)
    title = phrase("sources.title", chat.language, count=len(known), failing=failing)
    lines = [say(title, kind=LineKind.HEADING), *(_line(source, chat) for source in known[:SHOWN])]
    if len(known) > SHOWN:
        lines.append(say(phrase("sources.more", chat.language, count=len(known) - SHOWN), kind=LineKind.NOTE))
    return Message(tuple(lines), private=True)


def _line(source: Source, chat: Chat) -> Line:
    spans = [Span(source.name, Style.BOLD)]
    if source.failures:
        spans.append(
            Span(f" ({phrase('sources.failures', chat.language, count=source.failures)}): {source.problem}")
        )
    elif source.ok_at is None:
        spans.append(Span(f": {phrase('sources.new', chat.language)}"))
    else:
        read = moment(source.ok_at, chat.timezone, chat.language)
        spans.append(Span(f": {phrase('sources.read', chat.language, when=read)}"))
        if source.problem:
            spans.append(Span(f" ({phrase('sources.partly', chat.language)}: {source.problem})"))
    return Line(tuple(spans), LineKind.ITEM)
