"""The axis of time under a chart, in a chat's own hours and days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.charts import Tick
from bot.model import Chat
from bot.words import day, hour

EVERY = 6  # hours between two labels


def ticks(
    steps: Sequence[datetime], chat: Chat, *, days_only: bool = False, every_day: int = 1
) -> list[Tick]:
    """Every sixth hour unless `days_only`, and the days, of these each `every_day`th; `steps` begin at these moments."""
    zone = ZoneInfo(chat.timezone)
    found, last, days = [], None, 0
    for step, at in enumerate(steps):
        local = at.astimezone(zone)
        if local.hour == 0 if last is None else local.date() != last:
            if days % every_day == 0:
                found.append(Tick(step, day(local, chat.language), strong=True))
            days += 1
        elif local.hour % EVERY == 0 and not days_only:
            found.append(Tick(step, hour(at, chat.timezone, chat.language)))
        last = local.date()
    return found


def axis(labels: Sequence[Tick], width: int) -> str:
    """The labels under `width` letters of a terminal, a letter for each step."""
    row = [" "] * width
    for tick in labels:
        label = tick.label.split()[0] if tick.strong else tick.label[:2]
        for place, letter in enumerate(label[: width - tick.step]):
            row[tick.step + place] = letter
    return "".join(row).rstrip()
