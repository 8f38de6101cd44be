"""/status: what waits, what failed, how fast it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.chat import Line, LineKind, Message, Request, Span, Style, say
from bot.health import Condition
from bot.model import Chat
from bot.words import phrase, platform_is, seconds
from handlers.desk import Desk

MEASURED = timedelta(hours=24)


async def status(_request: Request, chat: Chat, desk: Desk) -> Message:
    """what waits, what failed, how fast it was"""
    now, language = desk.clock(), chat.language
    async with desk.store.read() as tx:
        sources = await tx.sources.all()
        due = len(await tx.sources.due(now))
        lanes = await tx.deliveries.lanes()
        delays = await tx.deliveries.delays(now - MEASURED)
    failing = sum(source.failures > 0 for source in sources)
    counts = {
        state: sum(getattr(lane, state) for lane in lanes)
        for state in ("sent", "waiting", "uncertain", "held", "dead")
    }
    lines = [
        say(phrase("status.title", language), kind=LineKind.HEADING),
        say(
            phrase("status.sources", language, total=len(sources), due=due, failing=failing),
            kind=LineKind.ITEM,
        ),
        say(phrase("status.watches", language, count=len(desk.watchlist.here(chat))), kind=LineKind.ITEM),
        say(phrase("status.alerts", language, **counts), kind=LineKind.ITEM),
    ]
    if desk.store.trouble:
        lines.append(Line((Span(phrase("status.store", language), Style.BOLD),), LineKind.ITEM))
        lines.append(say(desk.store.trouble, kind=LineKind.NOTE))
    for platform, health in desk.health().items():
        if health.condition is not Condition.WELL:
            notice = platform_is(platform, health, health.since or now, now, chat.timezone, language)
            title, *rest = notice.lines
            lines.append(Line((Span(title.text, Style.BOLD),), LineKind.ITEM))
            lines.extend(replace(line, kind=LineKind.NOTE) for line in rest)
    for lane in lanes:
        if lane.waiting or lane.uncertain or lane.held or lane.dead:
            said = phrase(
                "status.lane",
                language,
                chat=lane.chat,
                waiting=lane.waiting,
                uncertain=lane.uncertain,
                held=lane.held,
                dead=lane.dead,
                error=lane.error,
            )
            lines.append(say(said.strip(), kind=LineKind.NOTE))
    if delays:
        shown = {"p50": seconds(percentile(delays, 50)), "p95": seconds(percentile(delays, 95))}
        lines.append(say(phrase("status.delay", language, count=len(delays), **shown), kind=LineKind.ITEM))
    else:
        lines.append(say(phrase("status.no_delay", language), kind=LineKind.ITEM))
    return Message(tuple(lines), private=True)


def percentile(ascending: Sequence[float], share: int) -> float:
    """The value below or at which `share` percent of the values lie (nearest rank)."""
    rank = -(-len(ascending) * share // 100)
    return ascending[max(0, rank - 1)]
