"""What `/sources chart` answers: polls, new items and failures of every hour, as a picture with its numbers in words."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.charts import Panel, draw, letters
from bot.chat import LineKind, Message, Picture, say
from bot.hour_axis import axis, ticks
from bot.model import Chat
from bot.ports import SourceHour, Store
from bot.words import number, phrase

HOURS = 48
POLLS, ITEMS, FAILURES = (96, 125, 165), (58, 145, 101), (200, 64, 52)  # colours; the last one warns


async def polling_chart(store: Store, now: datetime, chat: Chat) -> Message:
    """The last HOURS hours, this one among them, in the chat's own time."""
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    async with store.read() as tx:
        known = {one.hour: one for one in await tx.sources.hours(first)}
    hours = [first + timedelta(hours=past) for past in range(HOURS)]
    panels = _panels([known.get(at, SourceHour(at, 0, 0, 0)) for at in hours], chat.language)
    title = phrase("chart.title", chat.language, hours=HOURS)
    if not known:
        return Message((say(phrase("chart.nothing", chat.language, hours=HOURS)),), private=True)
    totals = phrase("chart.totals", chat.language, **_totals(panels, chat.language))
    labels = ticks(hours, chat)
    png = await asyncio.to_thread(draw, title, panels, labels)
    drawn = "\n".join((letters(panels), axis(labels, HOURS)))
    lines = (say(title, kind=LineKind.HEADING), say(totals))
    return Message(lines, private=True, picture=Picture(png, f"{title}. {totals}", drawn))


def _panels(hours: Sequence[SourceHour], language: str) -> list[Panel]:
    rows = {
        "chart.polls": (POLLS, [one.polls for one in hours]),
        "chart.items": (ITEMS, [one.items for one in hours]),
        "chart.failures": (FAILURES, [one.failures for one in hours]),
    }
    return [
        Panel(phrase(key, language), values, colour, number(max(values), language) if any(values) else "")
        for key, (colour, values) in rows.items()
    ]


def _totals(panels: Sequence[Panel], language: str) -> Mapping[str, str]:
    polls, items, failures = (number(sum(panel.values), language) for panel in panels)
    return {"polls": polls, "items": items, "failures": failures}
