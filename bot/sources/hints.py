"""What a feed says about when to come again, where it can be subscribed to and where its older items are."""

from __future__ import annotations

import html
import re
from typing import Any

from bot.sources.links import resolve
from bot.sources.parsed import Hints

TEXT = r"\s*(?:<!\[CDATA\[)?\s*([^<>\]]{1,40}?)\s*(?:\]\]>)?\s*</"
TTL = re.compile(rf"<ttl(?:\s[^<>]{{0,200}})?>{TEXT}", re.IGNORECASE)
PERIOD = re.compile(rf"<(?:[\w.-]{{1,40}}:)?updatePeriod(?:\s[^<>]{{0,200}})?>{TEXT}", re.IGNORECASE)
FREQUENCY = re.compile(rf"<(?:[\w.-]{{1,40}}:)?updateFrequency(?:\s[^<>]{{0,200}})?>{TEXT}", re.IGNORECASE)
SKIP = re.compile(r"<skip(hours|days)(?:\s[^<>]{0,200})?>(.{0,2000}?)</skip", re.IGNORECASE | re.DOTALL)
HOUR = re.compile(rf"<hour>{TEXT}", re.IGNORECASE)
DAY = re.compile(rf"<day>{TEXT}", re.IGNORECASE)
LINK = re.compile(r"<(?:[\w.-]{1,40}:)?link\s[^<>]{1,2000}>", re.IGNORECASE)
ATTRIBUTE = re.compile(
    r"\b(rel|href)\s{0,9}=\s{0,9}(?:\"([^\"<>]{0,2000})\"|'([^'<>]{0,2000})')", re.IGNORECASE
)

PERIODS = {
    "hourly": 3_600.0,
    "daily": 86_400.0,
    "weekly": 604_800.0,
    "monthly": 2_592_000.0,
    "yearly": 31_536_000.0,
}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_MINUTES = 527_040  # a year: more is a mistake


def hints_in(head: str, base: str) -> Hints:
    """The hints of a feed whose text, its items left out, is `head`."""
    links = _links(head, base)
    skipped = {found[1].lower(): found[2] for found in SKIP.finditer(head)}
    hours = (one for one in HOUR.findall(skipped.get("hours", "")) if one.isdecimal())
    days = (one.lower() for one in DAY.findall(skipped.get("days", "")))
    return Hints(
        ttl=max(filter(None, (_ttl(head), _updates(head))), default=None),
        skip_hours=tuple(sorted({int(hour) % 24 for hour in hours if int(hour) <= 24})),  # 24 is midnight
        skip_days=tuple(sorted({DAYS.index(day) for day in days if day in DAYS})),
        hub=links.get("hub", ""),
        topic=links.get("self", ""),
        next_page=links.get("next", "") or links.get("prev-archive", ""),
    )


def hints_of_json(feed: dict[str, Any], base: str) -> Hints:
    """The hints of a JSON Feed."""
    hubs = feed.get("hubs")
    found = [hub.get("url") for hub in hubs if isinstance(hub, dict)] if isinstance(hubs, list) else []
    hub, topic, later = (
        resolve(base, one) if isinstance(one, str) else ""
        for one in (next(iter(found), ""), feed.get("feed_url"), feed.get("next_url"))
    )
    return Hints(hub=hub, topic=topic, next_page=later)


def _ttl(head: str) -> float | None:
    found = TTL.search(head)
    minutes = int(found[1]) if found and found[1].isdecimal() else 0
    return minutes * 60.0 if 0 < minutes <= MOST_MINUTES else None


def _updates(head: str) -> float | None:
    """RSS 1.0's syndication module: a period, and how often in it."""
    period = PERIOD.search(head)
    if not period or period[1].lower() not in PERIODS:
        return None
    often = FREQUENCY.search(head)
    times = int(often[1]) if often and often[1].isdecimal() else 1
    return PERIODS[period[1].lower()] / max(times, 1)


def _links(head: str, base: str) -> dict[str, str]:
    """rel -> the first address with it."""
    found: dict[str, str] = {}
    for link in LINK.findall(head):
        said = {name.lower(): html.unescape(a or b) for name, a, b in ATTRIBUTE.findall(link)}
        for rel in said.get("rel", "").lower().split():
            if address := resolve(base, said.get("href", "")):
                found.setdefault(rel, address)
    return found
