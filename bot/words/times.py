"""Moments, lengths of time and rough numbers as people say them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from bot.model import Chat
from bot.words.catalogue import phrase


def moment(at: datetime, timezone: str, language: str) -> str:
    """A date with time and zone, e.g. "Rab, 19 Jun 2024 14.05 WIB"."""
    return format_datetime(at, _pattern(language), tzinfo=ZoneInfo(timezone), locale=language)


@lru_cache
def _pattern(language: str) -> str:
    return f"EEE, d MMM y {_hour(language)} z"


def _hour(language: str) -> str:
    return {"id": "HH.mm", "en": "HH:mm"}[language]


def day(on: date, language: str) -> str:
    """A day of these weeks, e.g. "Rab 19"."""
    return format_date(on, "EEE d", locale=language)


def hour(at: datetime, timezone: str, language: str) -> str:
    """A time of day without its zone, e.g. "14.05"."""
    return format_datetime(at, _hour(language), tzinfo=ZoneInfo(timezone), locale=language)


def clock(at: datetime, chat: Chat) -> str:
    """A time of day in a chat's language and zone, with its date where that may be needed: "19 Jun 14.05"."""
    shown = format_datetime(
        at, f"d MMM {_hour(chat.language)}", tzinfo=ZoneInfo(chat.timezone), locale=chat.language
    )
    return str(shown)


def about(value: float, language: str) -> str:
    """A number with the two digits that matter of an estimate: "1,3", "42"."""
    return format_decimal(value, "0.0" if value < 10 else "#,##0", locale=language)


def number(value: int, language: str) -> str:
    """A count as people write it: "12.345" in Indonesian."""
    return format_decimal(value, "#,##0", locale=language)


def share(value: float, language: str) -> str:
    """A part of one in whole percent: "7 %", and "< 1 %" of what is not nothing."""
    small = 0 < value < 0.01
    said: str = format_percent(0.01 if small else value, "0 %", locale=language)
    return f"< {said}" if small else said


def period(length: timedelta, language: str) -> str:
    """ "24 jam terakhir"; whole days from two on are said as days, what is no whole number of hours as minutes."""
    minutes = round(length / timedelta(minutes=1))
    hours, rest = divmod(minutes, 60)
    if rest:
        return phrase("period.minutes", language, count=minutes)
    if hours == 1:
        return phrase("period.hour", language)
    if hours % 24 == 0 and hours > 24:
        return phrase("period.days", language, count=hours // 24)
    return phrase("period.hours", language, count=hours)


def seconds(value: float) -> str:
    """A length of time in its two largest units: "8 s", "2 min 5 s", "1 h 3 min"."""
    total = round(value)
    if total < 60:
        return f"{total} s"
    if total < 3600:
        return f"{total // 60} min {total % 60} s"
    return f"{total // 3600} h {total % 3600 // 60} min"
