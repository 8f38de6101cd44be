"""/digest: when this chat is told everything at once, and everything at once now."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.briefing import LONG, Briefing, brief
from bot.chat import LineKind, Message, Request, say
from bot.digest_times import DigestTime, next_due, read
from bot.digests import LONGEST, last_made, set_times, wanted
from bot.errors import RequestRefused
from bot.model import Chat
from bot.words import moment, phrase
from handlers.desk import Desk
from handlers.summary import stories

NOW = ("now", "sekarang")
OFF = ("off", "mati")
USUAL = ("default", "bawaan")
DAY = timedelta(hours=24)


async def digest(request: Request, chat: Chat, desk: Desk) -> Message:
    """now, times such as 07:00 or mon-fri 17:00, off, default"""
    asked = request.argument.strip().lower()
    if asked in NOW:
        return await _now(chat, desk)
    if asked:
        desk.editors_only(request, chat)
        await set_times(desk.store, chat, _times(request.argument, chat), desk.clock())
    async with desk.store.read() as tx:
        times = wanted(chat, await tx.marks())
    return _shown(times, chat, desk.clock())


def render(briefing: Briefing, chat: Chat, since: datetime) -> Message:
    """A digest as a message."""
    when = moment(since, chat.timezone, chat.language)
    counts = {"articles": briefing.articles, "sources": briefing.sources, "stories": briefing.total}
    lines = [
        say(phrase("digest.title", chat.language, when=when), kind=LineKind.HEADING),
        say(phrase("summary.counts", chat.language, **counts), kind=LineKind.NOTE),
        *stories(briefing, chat),
    ]
    return Message(tuple(lines))


async def _now(chat: Chat, desk: Desk) -> Message:
    """What the next digest would say if it came now; that one says it all the same."""
    now = desk.clock()
    last = await last_made(desk.store, chat) or now - DAY
    since = max(last, now - LONGEST)
    briefing = await brief(desk.store, desk.watchlist, chat, "", since, now, size=LONG, unread_first=True)
    if briefing.total:
        return render(briefing, chat, since)
    when = moment(since, chat.timezone, chat.language)
    return Message((say(phrase("digest.nothing", chat.language, when=when)),))


def _times(argument: str, chat: Chat) -> list[DigestTime] | None:
    """Raises RequestRefused for a time that is none."""
    if argument.strip().lower() in OFF:
        return []
    if argument.strip().lower() in USUAL:
        return None
    times = []
    for text in argument.split(","):
        found = read(text)
        if found is None:
            raise RequestRefused(phrase("digest.wrong", chat.language, text=text.strip()))
        times.append(found)
    return times


def _shown(times: tuple[DigestTime, ...], chat: Chat, now: datetime) -> Message:
    due = next_due(times, chat.timezone, now)
    if due is None:
        return Message((say(phrase("digest.none", chat.language)),))
    said = ", ".join(map(str, times))
    when = moment(due, chat.timezone, chat.language)
    return Message((say(phrase("digest.times", chat.language, times=said, when=when)),))
