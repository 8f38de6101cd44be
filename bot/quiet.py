"""A chat's quiet hours. Pure: a span of the day in the chat's own timezone, which may go over midnight."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.model import Chat

SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)")


@lru_cache
def span(text: str) -> tuple[time, time] | None:
    """("22:00-06:00") -> its two times; None if it is no span, or an empty one."""
    found = SPAN.fullmatch(text.strip())
    if not found:
        return None
    begin, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    return (begin, end) if begin != end else None


def quiet_until(chat: Chat, now: datetime) -> datetime | None:
    """When the chat's quiet hours end, if they are now."""
    hours = span(chat.quiet_hours)
    if hours is None:
        return None
    begin, end = hours
    zone = ZoneInfo(chat.timezone)
    here = now.astimezone(zone)
    clock = here.time()
    inside = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not inside:
        return None
    day = here.date() + timedelta(days=clock >= end)  # past today's end: it ends tomorrow
    # By the wall clock there, so that a day of 23 or 25 hours ends at the hour that people know.
    return datetime.combine(day, end, zone)
