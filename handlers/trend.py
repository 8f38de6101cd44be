"""/trend: how much a watch brings, hour by hour, as a chart with its numbers in words."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.chat import LineKind, Message, Request, say
from bot.errors import RequestRefused
from bot.model import Chat
from bot.trending import LONGEST, told, trend_of_query, trend_of_watch
from bot.words import phrase
from handlers.desk import Desk, duration

USUAL = timedelta(days=7)


async def trend(request: Request, chat: Chat, desk: Desk) -> Message:
    """NAME [24h|7d|30d]; what is no watch is counted as a query"""
    name, length = _asked(request.argument, chat, desk)
    if watch := desk.watchlist.named(name, chat):
        found = await trend_of_watch(desk.store, watch.name, desk.clock(), length)
        return await asyncio.to_thread(told, watch.name, found, length, chat)
    return await _of_query(name, length, chat, desk)


async def _of_query(text: str, length: timedelta, chat: Chat, desk: Desk) -> Message:
    """The chart of a query that nobody watches. Raises RequestRefused, with the nearest watch, for what finds nothing."""
    unknown = desk.watchlist.unknown(text, chat)
    try:
        query = desk.watchlist.read(text, chat)
    except RequestRefused as unread:
        raise unknown from unread
    found = await trend_of_query(desk.store, query, desk.clock(), length)
    if not any(found.counts):
        raise unknown
    message = await asyncio.to_thread(told, text, found, length, chat)
    note = say(f"{unknown} {phrase('trend.query', chat.language)}", kind=LineKind.NOTE)
    return replace(message, lines=(*message.lines, note))


def _asked(argument: str, chat: Chat, desk: Desk) -> tuple[str, timedelta]:
    """The name and the period. A watch's own name may end like a period. Raises RequestRefused."""
    if desk.watchlist.named(argument, chat):
        return argument, USUAL
    name, _, last = argument.rpartition(" ")
    length = duration(last)
    if length is None:
        name, length = argument, USUAL
    if not name.strip():
        raise RequestRefused(phrase("trend.usage", chat.language))
    if length > LONGEST:
        raise RequestRefused(phrase("trend.long", chat.language))
    return name.strip(), length
