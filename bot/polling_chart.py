"""What `/sources chart` answers: polls, new items and failures of every hour, as a picture with its numbers in words."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.charts import Panel, Tick, draw, letters
from bot.chat import LineKind, Message, Picture, say
from bot.model import Chat
from bot.ports import SourceHour, Store
from bot.words import day, hour, number, phrase

HOURS = 48
EVERY = 6  # hours between two labels
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
    png = await asyncio.to_thread(draw, title, panels, _ticks(hours, chat))
    drawn = "\n".join((letters(panels), _axis(hours, chat)))
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


def _ticks(hours: Sequence[datetime], chat: Chat) -> list[Tick]:
    """Every sixth hour, and each midnight with its day."""
    zone = ZoneInfo(chat.timezone)
    ticks = []
    for step, at in enumerate(hours):
        local = at.astimezone(zone)
        if local.hour == 0:
            ticks.append(Tick(step, day(local, chat.language), strong=True))
        elif local.hour % EVERY == 0:
            ticks.append(Tick(step, hour(at, chat.timezone, chat.language)))
    return ticks


def _axis(hours: Sequence[datetime], chat: Chat) -> str:
    """The hours under the letters of a terminal."""
    row = [" "] * HOURS
    for tick in _ticks(hours, chat):
        label = tick.label.split()[0] if tick.strong else tick.label[:2]
        for place, letter in enumerate(label[: HOURS - tick.step]):
            row[tick.step + place] = letter
    return "".join(row).rstrip()
