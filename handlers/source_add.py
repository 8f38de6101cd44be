"""/sources add, confirm, remove: a feed is found and shown before it is saved."""

from __future__ import annotations

from dataclasses import replace

from bot.chat import Button, Line, LineKind, Message, Request, Span, Style, say
from bot.errors import RequestRefused, SourceError
from bot.model import Article, Chat
from bot.scouting import Found
from bot.words import moment, phrase
from handlers.desk import Desk


async def change_sources(request: Request, chat: Chat, desk: Desk) -> Message | None:
    """What `/sources add URL`, `confirm NUMBER` and `remove NAME` are answered; None for anything else."""
    verb, _, rest = request.argument.strip().partition(" ")
    match verb.lower():
        case "add":
            return await _add(request, rest.strip(), chat, desk)
        case "confirm":
            return await _confirm(request, rest.strip(), chat, desk)
        case "remove" | "rm" | "delete":
            return await _remove(request, rest.strip(), chat, desk)
    return None


async def _add(request: Request, url: str, chat: Chat, desk: Desk) -> Message:
    desk.editors_only(request, chat)
    if not url or desk.scout is None:
        raise RequestRefused(phrase("sources.usage", chat.language))
    async with desk.store.read() as tx:
        known = await tx.sources.all()
    try:
        found = await desk.scout(url, {source.name for source in known})
    except SourceError as error:
        raise RequestRefused(str(error)) from error
    for source in known:
        if source.url == found.settings.url:
            raise RequestRefused(phrase("sources.known", chat.language, name=source.name))
    number = desk.finds.keep(found, chat.name, desk.clock())
    title = phrase("sources.found", chat.language, name=found.settings.name, count=found.items)
    lines = [say(title, kind=LineKind.HEADING), *(_item(article, chat) for article in found.newest)]
    lines.append(say(found.settings.url, kind=LineKind.NOTE))
    return Message(
        tuple(lines), (Button(phrase("button.save", chat.language), f"/sources confirm {number}"),)
    )


def _item(article: Article, chat: Chat) -> Line:
    title = article.title or article.body[:80]
    spans = [Span(title, url=article.url)]
    if article.published:
        spans.append(Span(f" {moment(article.published, chat.timezone, chat.language)}", Style.ITALIC))
    return Line(tuple(spans), LineKind.ITEM)


async def _confirm(request: Request, number: str, chat: Chat, desk: Desk) -> Message:
    desk.editors_only(request, chat)
    plain = number.isascii() and number.isdigit()
    found: Found | None = desk.finds.take(int(number), chat.name, desk.clock()) if plain else None
    if found is None:
        raise RequestRefused(phrase("sources.forgotten", chat.language))
    settings = replace(found.settings, interval=desk.interval)
    async with desk.store.write() as tx:
        added = await tx.sources.add([settings], desk.clock())
    if not added:
        raise RequestRefused(phrase("sources.known", chat.language, name=settings.name))
    return Message((say(phrase("sources.added", chat.language, name=settings.name)),))


async def _remove(request: Request, name: str, chat: Chat, desk: Desk) -> Message:
    desk.editors_only(request, chat)
    async with desk.store.write() as tx:
        source = await tx.sources.remove(name)
    if source is None:
        raise RequestRefused(phrase("sources.unknown", chat.language, name=name))
    if source.origin == "config":
        raise RequestRefused(phrase("sources.configured", chat.language, name=name))
    return Message((say(phrase("sources.removed", chat.language, name=name)),))
