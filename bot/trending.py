"""How much a watch brings, hour by hour, beside what it usually brings: what `/trend` answers and a spike alert shows."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.backtest import answers
from bot.charts import ALONE, Band, Mark, Panel, Tick, draw, letters
from bot.chat import Line, LineKind, Message, Picture, say
from bot.hour_axis import axis, ticks
from bot.model import Chat
from bot.ports import LISTED, Filed, Store, WatchHour
from bot.query import Query
from bot.trends import MEMORY_HOURS, Usual, learn
from bot.words import about, day, hour, number, period, phrase

HOUR = timedelta(hours=1)
MEMORY = MEMORY_HOURS * HOUR
LONGEST = timedelta(days=30)  # of a chart
BY_HOUR = timedelta(days=8)  # a longer chart has a bar for each WIDE hours: a bar is still as wide as a line
WIDE = 6
DAYS_ONLY = timedelta(days=3)  # from which a chart's axis names no hours
DAYS_LABELLED = 8  # the most days that an axis names
COLUMNS = 84  # of a terminal
OUTLETS = 3  # that are named
BARS, BURST = (96, 125, 165), (200, 64, 52)  # colours; the second one warns


@dataclass(frozen=True, slots=True)
class Trend:
    """The hours of a watch or a query."""

    first: datetime  # when the first hour begins
    counts: tuple[int, ...]  # articles by hour, copies within an hour once; the running hour last
    usual: Usual | None = None  # learned before the first hour where that is possible
    began: datetime | None = None  # the hour from which anything is known, if that is later than `first`
    outlets: tuple[tuple[str, int], ...] = ()  # with their articles, the most first
    searched: int = 0  # the newest stored articles that were looked at; 0: it is known of all of them

    @property
    def hours(self) -> list[datetime]:
        return [self.first + at * HOUR for at in range(len(self.counts))]

    def usually(self, hours: Sequence[datetime]) -> float | None:
        """What these hours usually bring together."""
        if self.usual is None:
            return None
        return sum(self.usual.at(one) for one in hours if self.began is None or one >= self.began)


def whole(moment: datetime) -> datetime:
    """The beginning of the hour, in UTC's hours."""
    return moment.replace(minute=0, second=0, microsecond=0)


def came(filed: Filed, now: datetime) -> datetime:
    """When an article counts, as in `Articles.volumes`."""
    seen = filed.article.seen or now
    return min(filed.article.published or seen, seen)


def by_hour(rows: Sequence[WatchHour], first: datetime, hours: int) -> list[int]:
    """What one watch brought in so many hours from `first` on."""
    known = {row.hour: row.articles for row in rows}
    return [known.get(first + at * HOUR, 0) for at in range(hours)]


def rhythm(rows: Sequence[WatchHour], until: datetime) -> Usual | None:
    """What one watch usually brings, learned from its hours before `until`, the beginning of one; None while they are too few."""
    if not rows:
        return None
    first = max(whole(min(row.seen for row in rows)), until - MEMORY)
    return learn(by_hour(rows, first, (until - first) // HOUR), first)


async def trend_of_watch(store: Store, watch: str, now: datetime, length: timedelta) -> Trend:
    """The hours of a watch up to now."""
    running, first = whole(now), _first(now, length)
    async with store.read() as tx:
        rows = await tx.articles.volumes(first - MEMORY, watch)
        outlets = await tx.articles.outlets(first, watch)
    usual = await asyncio.to_thread(rhythm, rows, first)
    if usual is None:  # it is younger than that: the hours themselves are all there is to learn from
        usual = await asyncio.to_thread(rhythm, rows, running)
    began = whole(min((row.seen for row in rows), default=now))
    counts = by_hour(rows, first, (running - first) // HOUR + 1)
    return Trend(first, tuple(counts), usual, max(began, first), tuple(outlets))


async def trend_of_query(store: Store, query: Query, now: datetime, length: timedelta) -> Trend:
    """The hours of any query, counted among the newest stored articles; what is usual is not known of it."""
    first = _first(now, length)
    async with store.read() as tx:
        stored = await tx.articles.since(first)
    return await asyncio.to_thread(_count, stored, query, first, now)


def _first(now: datetime, length: timedelta) -> datetime:
    """The beginning of the first hour, so that the bars come out even."""
    bars = _hours_of_a_bar(length)
    return whole(now) + HOUR - math.ceil(length / HOUR / bars) * bars * HOUR


def _hours_of_a_bar(length: timedelta) -> int:
    return 1 if length <= BY_HOUR else WIDE


def _count(stored: Sequence[Filed], query: Query, first: datetime, now: datetime) -> Trend:
    found = [filed for filed, _ in answers(query, stored)]
    texts = {(whole(came(one, now)), one.origin) for one in found}
    known = Counter(at for at, _ in texts)
    cut = len(stored) >= LISTED
    if cut:
        first = max(first, whole(stored[-1].article.seen or first))
    counts = [known[first + at * HOUR] for at in range((whole(now) - first) // HOUR + 1)]
    outlets = Counter(one.article.source for one in found).most_common()
    return Trend(first, tuple(counts), outlets=tuple(outlets), searched=len(stored) if cut else 0)


def told(name: str, trend: Trend, length: timedelta, chat: Chat) -> Message:
    """The chart with what it shows in words. `name`: of the watch, or the query."""
    language = chat.language
    title = phrase("trend.title", language, name=name, period=period(length, language))
    lines = [say(title, kind=LineKind.HEADING), *sentences(trend, chat)]
    alt = " ".join(line.text for line in lines)
    return Message(tuple(lines), picture=chart(title, trend, alt, chat))


def sentences(trend: Trend, chat: Chat) -> Iterator[Line]:
    """How many and how many usually, the busiest hour, the outlets."""
    language, total = chat.language, sum(trend.counts)
    usual = trend.usually(trend.hours)
    key = "trend.total" if usual is None else "trend.total_usual"
    yield say(phrase(key, language, count=number(total, language), usual=about(usual or 0.0, language)))
    if total:
        most = max(trend.counts)
        at = trend.hours[trend.counts.index(most)]
        busiest = {"when": moment_of(at, chat), "count": number(most, language)}
        usual = trend.usually([at])
        key = "trend.busiest" if usual is None else "trend.busiest_usual"
        yield say(phrase(key, language, **busiest, usual=about(usual or 0.0, language)))
    if trend.outlets:
        yield say(phrase("trend.outlets", language, names=outlets_named(trend.outlets, language)))
    if trend.searched:
        yield say(phrase("trend.cut", language, count=number(trend.searched, language)), kind=LineKind.NOTE)


def moment_of(at: datetime, chat: Chat) -> str:
    """An hour of these weeks, e.g. "Kam 26, 14.00"."""
    local = at.astimezone(ZoneInfo(chat.timezone))
    return f"{day(local, chat.language)}, {hour(at, chat.timezone, chat.language)}"


def outlets_named(outlets: Sequence[tuple[str, int]], language: str) -> str:
    """ "Antara 9, Kompas 7 (+6)" """
    names = ", ".join(f"{name} {number(count, language)}" for name, count in outlets[:OUTLETS])
    rest = len(outlets) - OUTLETS
    return phrase("alert.also_more", language, names=names, count=rest) if rest > 0 else names


def chart(
    title: str, trend: Trend, alt: str, chat: Chat, burst: tuple[datetime, datetime] | None = None
) -> Picture:
    """The bars as a picture and in letters; those from the beginning of `burst` up to its end are marked."""
    length = len(trend.counts) * HOUR
    wide = _hours_of_a_bar(length)
    panel, labels = _panel(trend, wide, burst, length, chat)
    coarse = wide * math.ceil(len(trend.counts) / wide / COLUMNS)
    drawn, few = _panel(trend, coarse, burst, length, chat)
    rows = (letters([drawn]), axis(few, len(drawn.values)))
    return Picture(draw(title, [panel], labels, ALONE), alt, "\n".join(rows))


def _panel(
    trend: Trend, wide: int, burst: tuple[datetime, datetime] | None, length: timedelta, chat: Chat
) -> tuple[Panel, list[Tick]]:
    """The bars, one for each `wide` hours, and their axis."""
    language, starts = chat.language, range(0, len(trend.counts), wide)
    values = [sum(trend.counts[at : at + wide]) for at in starts]
    band, mark = None, None
    if trend.usual:
        edges = [trend.usual.band(trend.hours[at : at + wide]) for at in starts]
        band = Band(phrase("trend.band", language), [low for low, _ in edges], [high for _, high in edges])
    if burst:
        begin, end = (max(0, (moment - trend.first) // HOUR) for moment in burst)
        mark = Mark(phrase("trend.burst", language), begin // wide, math.ceil(end / wide), BURST)
    most = math.ceil(max((*values, *(band.high if band else ())), default=0))
    key = "trend.bars" if wide == 1 else "trend.wide_bars"
    title = phrase(key, language, hours=wide)
    panel = Panel(title, values, BARS, number(most, language) if most else "", band, mark)
    days = math.ceil(length / timedelta(days=1))
    steps = [trend.hours[at] for at in starts]
    return panel, ticks(steps, chat, days_only=length > DAYS_ONLY, every_day=math.ceil(days / DAYS_LABELLED))
