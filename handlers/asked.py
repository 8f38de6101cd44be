"""What a person asked of /summary: about what, since when, how long, in which language, and which page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.errors import RequestRefused
from bot.model import Chat
from bot.words import LANGUAGES, moment, period, phrase
from handlers.desk import LONGEST, duration

USUAL = timedelta(hours=24)

_OPTION = re.compile(r"(?:^|\s)(?:--|—)(\w+)(?:[ =]+(\d+)\b)?")  # phones make one dash of two
_LENGTH = re.compile(r"\d+\s*[a-z]", re.IGNORECASE)
_SINCE = re.compile(r"(?:^|\s)(?:sejak|since|mulai)\s+(.{2,40})\Z", re.IGNORECASE)
_DAY = re.compile(
    r"(?:^|\s)(hari ini|today|kemarin|yesterday|minggu ini|this week|minggu lalu|last week)\Z", re.IGNORECASE
)
_FOLDED_DAYS = {
    "hari ini": "today",
    "kemarin": "yesterday",
    "minggu ini": "this week",
    "minggu lalu": "last week",
}


@dataclass(frozen=True, slots=True)
class Asked:
    about: str  # "": what this chat watches
    since: datetime
    until: datetime
    said: str  # the period, in words
    long: bool = False
    language: str = "id"  # of the frame
    page: int = 1
    plain: str = ""  # the argument without its page: what the button for the next page repeats
    bare: bool = False  # neither words nor a period were written


def read(argument: str, chat: Chat, now: datetime) -> Asked:
    """Raises RequestRefused for an option, a period or a date that cannot be read."""
    long, language, page = False, chat.language, 1
    for option in _OPTION.finditer(argument):
        name, number = option[1].lower(), option[2]
        if name in ("long", "panjang"):
            long = True
        elif name in LANGUAGES:
            language = name
        elif name in ("page", "halaman") and number:
            page = max(1, int(number))
        else:
            raise RequestRefused(phrase("summary.option", chat.language, option=option[1]))
    # A number after an option that takes none belongs to the words.
    rest = _OPTION.sub(_kept, argument)
    text = " ".join(rest.split())
    plain = " ".join(
        [text, *(["--long"] if long else []), *([f"--{language}"] if language != chat.language else [])]
    )
    about, since, until, said = _period(text, chat, language, now)
    return Asked(about, since, until, said, long, language, page, plain.strip(), bare=not text)


def _kept(option: re.Match[str]) -> str:
    takes_number = option[1].lower() in ("page", "halaman")
    return " " if takes_number or not option[2] else f" {option[2]}"


def _period(text: str, chat: Chat, language: str, now: datetime) -> tuple[str, datetime, datetime, str]:
    about, _, last = text.rpartition(" ")
    if length := duration(last):
        return about.strip(), now - length, now, period(length, language)
    if _LENGTH.fullmatch(last):
        raise RequestRefused(phrase("duration.wrong", chat.language, text=last))
    if found := _SINCE.search(text):
        since = _date(found[1], chat, now)
        said = phrase("summary.since", language, when=moment(since, chat.timezone, language))
        return text[: found.start()].strip(), since, now, said
    if found := _DAY.search(text):
        key = found[1].lower()
        since, until = _days(_FOLDED_DAYS.get(key, key), chat, now)
        return text[: found.start()].strip(), since, until, key
    return text, now - USUAL, now, period(USUAL, language)


def _days(key: str, chat: Chat, now: datetime) -> tuple[datetime, datetime]:
    """A day or week of the chat's calendar; weeks begin on Monday."""
    zone = ZoneInfo(chat.timezone)
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    return {
        "today": (today, now),
        "yesterday": (today - timedelta(days=1), today),
        "this week": (monday, now),
        "last week": (monday - timedelta(days=7), monday),
    }[key]


def _date(text: str, chat: Chat, now: datetime) -> datetime:
    """A date or time as people write it, in Indonesian or English; a day means its beginning."""
    import dateparser  # a tenth of a second, that only this question needs

    here = now.astimezone(ZoneInfo(chat.timezone))
    found = dateparser.parse(
        text,
        languages=["id", "en"],
        settings={
            "PREFER_DATES_FROM": "past",
            "RELATIVE_BASE": here.replace(tzinfo=None),
            "DATE_ORDER": "DMY",
        },
    )
    if found is None:
        raise RequestRefused(phrase("summary.date", chat.language, text=text))
    since: datetime = found.replace(tzinfo=here.tzinfo)
    if since.time() == here.time().replace(tzinfo=None) and not re.search(
        r"jam|menit|hour|minute", text, re.IGNORECASE
    ):
        since = since.replace(hour=0, minute=0, second=0, microsecond=0)  # "kemarin": from its beginning
    if not now - LONGEST <= since <= now:
        raise RequestRefused(phrase("summary.date", chat.language, text=text))
    return since
