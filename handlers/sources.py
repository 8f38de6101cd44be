"""/sources: what is polled, failing ones first."""

from __future__ import annotations

from bot.chat import LineKind, Message, Request, say
from bot.errors import RequestRefused
from bot.model import Chat, Condition
from bot.polling_chart import polling_chart
from bot.words import listed, phrase, worst_first
from handlers.desk import Desk
from handlers.source_add import change_sources

CHART = ("chart", "grafik")
SHOWN = 25  # lines one can still take in; the failing ones come first


async def sources(request: Request, chat: Chat, desk: Desk) -> Message:
    """the sources, failing ones first"""
    if request.argument.lower() in CHART:
        return await polling_chart(desk.store, desk.clock(), chat)
    if answer := await change_sources(request, chat, desk):
        return answer
    if request.argument:
        raise RequestRefused(phrase("sources.usage", chat.language))
    now = desk.clock()
    async with desk.store.read() as tx:
        known = await tx.sources.all()
    if not known:
        return Message((say(phrase("sources.none", chat.language)),), private=True)
    known.sort(key=worst_first)
    failing = sum(bool(source.failures) or source.condition is not Condition.WELL for source in known)
    title = phrase("sources.title", chat.language, count=len(known), failing=failing)
    lines = [say(title, kind=LineKind.HEADING), *(listed(source, now, chat) for source in known[:SHOWN])]
    if len(known) > SHOWN:
        lines.append(say(phrase("sources.more", chat.language, count=len(known) - SHOWN), kind=LineKind.NOTE))
    return Message(tuple(lines), private=True)
