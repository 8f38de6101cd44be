"""/watch: add, list, remove what is watched."""

from __future__ import annotations

from bot.chat import Line, LineKind, Message, Request, Span, Style, say
from bot.errors import RequestRefused
from bot.model import Chat
from bot.query import Query
from bot.query.tree import Or
from bot.watchlist import muted
from bot.words import moment, phrase
from handlers.desk import Desk


async def watch(request: Request, chat: Chat, desk: Desk) -> Message:
    """add NAME: QUERY · list · remove NAME"""
    verb, _, rest = request.argument.partition(" ")
    match verb.lower():
        case "add":
            return await _add(request, rest, chat, desk)
        case "remove" | "rm" | "delete":
            return await _remove(request, rest, chat, desk)
        case "list" | "":
            return await _list(chat, desk)
    raise RequestRefused(phrase("watch.usage", chat.language))


async def _add(request: Request, rest: str, chat: Chat, desk: Desk) -> Message:
    desk.editors_only(request, chat)
    name, _, text = rest.partition(":")
    added, query = await desk.watchlist.add(name, text, chat)
    lines = [say(phrase("watch.added", chat.language, name=added.name, query=added.query))]
    lines += _reading(query, chat.language)
    return Message(tuple(lines))


def _reading(query: Query, language: str) -> list[Line]:
    """How several words without operators are understood: the most frequent misunderstanding, so it is said at once."""
    terms = query.terms
    if len(terms) < 2:
        return []
    quoted = [f'"{term}"' if " " in term else term for term in terms]
    key = "watch.any" if isinstance(query.root, Or) else "watch.all"
    return [say(phrase(key, language, terms=", ".join(quoted)), kind=LineKind.NOTE)]


async def _remove(request: Request, name: str, chat: Chat, desk: Desk) -> Message:
    desk.editors_only(request, chat)
    if not name.strip():
        raise RequestRefused(phrase("watch.usage", chat.language))
    removed = await desk.watchlist.remove(name.strip(), chat)
    return Message((say(phrase("watch.removed", chat.language, name=removed.name)),))


async def _list(chat: Chat, desk: Desk) -> Message:
    here = desk.watchlist.here(chat)
    if not here:
        return Message((say(phrase("watch.none", chat.language)),), private=True)
    silent = await muted(desk.store, chat, desk.clock())
    lines = [say(phrase("watch.list", chat.language, count=len(here)), kind=LineKind.HEADING)]
    for one in here:
        spans = [Span(one.name, Style.BOLD), Span(f": {one.query}")]
        if one.name in silent:
            until = moment(silent[one.name], chat.timezone, chat.language)
            spans.append(Span(f" ({phrase('watch.muted', chat.language, until=until)})", Style.ITALIC))
        lines.append(Line(tuple(spans), LineKind.ITEM))
    return Message(tuple(lines), private=True)
