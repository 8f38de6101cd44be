"""/watch: add, confirm, list, remove what is watched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.backtest import MOST_A_DAY, Backtest, back_test
from bot.chat import COMMAND_BYTES, Button, Line, LineKind, Message, Request, Span, Style, say
from bot.errors import RequestRefused
from bot.model import Chat, Watch
from bot.query import Query
from bot.query.tree import And, Or, Term
from bot.watchlist import Draft, muted
from bot.words import moment, phrase
from handlers.desk import Desk
from handlers.tried import tried

TRENDS = 6  # buttons under a list: more would hide it


async def watch(request: Request, chat: Chat, desk: Desk) -> Message:
    """add NAME: QUERY · list · remove NAME"""
    verb, _, rest = request.argument.partition(" ")
    match verb.lower():
        case "add":
            return await _add(request, rest, chat, desk)
        case "confirm":
            return await _confirm(request, rest, chat, desk)
        case "remove" | "rm" | "delete":
            return await _remove(request, rest, chat, desk)
        case "list" | "":
            return await _list(chat, desk)
    raise RequestRefused(phrase("watch.usage", chat.language))


async def _add(request: Request, rest: str, chat: Chat, desk: Desk) -> Message:
    desk.editors_only(request, chat)
    name, _, text = rest.partition(":")
    draft = desk.watchlist.draft(name, text, chat)
    test = await back_test(desk.store, draft.query, desk.clock(), chat.timezone)
    if test.too_many:
        return _ask(draft, test, chat, desk)
    await desk.watchlist.add(draft, chat)
    return Message((_added(draft, chat), *_reading(draft.query, chat.language), *tried(test, chat)))


def _ask(draft: Draft, test: Backtest, chat: Chat, desk: Desk) -> Message:
    """Nothing is saved yet: it would be more than people read."""
    number = desk.drafts.keep(draft, chat.name, desk.clock())
    asked = say(phrase("watch.too_many", chat.language, name=draft.watch.name, limit=MOST_A_DAY))
    button = Button(phrase("button.confirm", chat.language), f"/watch confirm {number}")
    return Message((asked, *_reading(draft.query, chat.language), *tried(test, chat)), (button,))


async def _confirm(request: Request, number: str, chat: Chat, desk: Desk) -> Message:
    desk.editors_only(request, chat)
    number = number.strip()
    plain = number.isascii() and number.isdigit()
    draft = desk.drafts.take(int(number), chat.name, desk.clock()) if plain else None
    if draft is None:
        raise RequestRefused(phrase("watch.forgotten", chat.language))
    await desk.watchlist.add(draft, chat)
    return Message((_added(draft, chat),))


def _added(draft: Draft, chat: Chat) -> Line:
    return say(phrase("watch.added", chat.language, name=draft.watch.name, query=draft.watch.query))


def _reading(query: Query, language: str) -> list[Line]:
    """How several words without operators are understood: the most frequent misunderstanding, so it is said at once."""
    match query.root:
        case Or(parts) if query.listed:
            key = "watch.any"
        case And(parts) if all(isinstance(part, Term) for part in parts):
            key = "watch.all"
        case _:
            return []
    return [say(phrase(key, language, terms=", ".join(map(str, parts))), kind=LineKind.NOTE)]


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
    return Message(tuple(lines), tuple(_trends(here, chat.language)), private=True)


def _trends(watches: Sequence[Watch], language: str) -> Iterator[Button]:
    """The charts of the first few; one whose name is too long for a button is asked for by hand."""
    for one in watches[:TRENDS]:
        command = f"/trend {one.name} 7d"
        if len(command.encode()) <= COMMAND_BYTES:
            yield Button(phrase("button.trend_of", language, name=one.name), command)
