"""What a poll means for its source: values in, the source as it is from now on out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import SourceError
from bot.model import Article, Condition, Politeness, Source
from bot.ports import Fetched, Read
from bot.rhythm import Rhythm, Why, next_poll

TOLD_AFTER = 3  # failures in a row before a source counts as failing: most trouble passes by itself
MOVES = 3  # polls that must have been sent to one new address, and found there what was known, before it is believed
GONE_POLLS, GONE_WITHIN = 3, timedelta(hours=48)  # answers 410 in a row, in at most so long
GONE_INTERVAL = timedelta(days=1)  # a source that is gone is asked so often, in case it is not
SILENT_ITEMS = (
    12.0  # items that should have come by its rhythm since the last one: by chance, once in 160,000 times
)
SILENT_LEAST = timedelta(hours=12)  # shorter silences are nothing to tell
WINDOW_ITEMS = 5  # with dates, before a document's span says anything


def succeeded(
    source: Source,
    fetched: Fetched,
    read: Read,
    fresh: Sequence[Article],
    now: datetime,
    *,
    scale: float,
    chance: float,
) -> tuple[Source, Why]:
    """After a poll that was answered; `fresh`: the articles in it that were not known. And why it comes back when it does."""
    polite = _polite(source, fetched, read, fresh) if fetched.documents else source.polite
    before = Rhythm.unpack(source.rhythm)
    # What stood there at the first look says nothing of when it came.
    told = fresh if source.ok_at is not None else ()
    rhythm = before.seen([article.published or now for article in told], now)
    problem = " ".join(read.problems)
    item_at = now if fresh else source.item_at
    condition = Condition.PARTLY if problem else Condition.WELL
    if not problem and is_silent(rhythm, item_at, now):
        condition = Condition.SILENT
    wait, why = next_poll(
        rhythm,
        now,
        scale=scale,
        fixed=source.interval if source.pinned else None,
        polite=polite,
        fresh=fetched.fresh,
        chance=chance,
    )
    settled = replace(
        source,
        # Something could not be read: ask for the whole of it again, not only once the publisher changes it.
        etag="" if problem else fetched.etag,
        last_modified="" if problem else fetched.last_modified,
        polled_at=now,
        ok_at=now,
        item_at=item_at,
        failures=0,
        problem=problem,
        condition=condition,
        rhythm=source.rhythm if rhythm is before else rhythm.pack(),
        polite=polite,
        gone=0,
        gone_since=None,
        due_at=now + wait,
    )
    return _moved(
        settled, fetched, recognised=fetched.unchanged or len(fresh) < max(read.items, len(read.articles))
    ), why


def _polite(source: Source, fetched: Fetched, read: Read, fresh: Sequence[Article]) -> Politeness:
    """What a document says of how its source wants to be polled."""
    polite = replace(
        source.polite,
        window=_window(read.articles) if read.articles and not read.known else source.polite.window,
        frozen=source.polite.frozen or bool(fresh and source.etag and source.etag == fetched.etag),
    )
    if not read.items:
        return polite
    hints = read.hints
    return replace(polite, wish=hints.ttl or 0.0, skip_hours=hints.skip_hours, skip_days=hints.skip_days)


def failed(
    source: Source, error: SourceError, now: datetime, *, scale: float, chance: float
) -> tuple[Source, Why]:
    """After a poll that brought nothing. And why it comes back when it does."""
    failures = source.failures + 1
    gone = source.gone + 1 if error.gone else 0
    since = (source.gone_since or now) if error.gone else None
    is_gone = (
        gone >= GONE_POLLS
        and since is not None
        and (now - since <= GONE_WITHIN or source.condition is Condition.GONE)
    )
    if gone >= GONE_POLLS and not is_gone:
        gone, since = 1, now  # too far apart to be one answer
    wait, why = next_poll(
        Rhythm.unpack(source.rhythm),
        now,
        scale=scale,
        fixed=source.interval if source.pinned else None,
        failures=failures,
        polite=source.polite,
        retry_after=error.retry_after,
        chance=chance,
    )
    if is_gone:
        wait, why = GONE_INTERVAL, Why.BACK_OFF
    condition = source.condition if source.condition is Condition.FAILING else Condition.WELL
    if failures >= TOLD_AFTER:
        condition = Condition.FAILING
    return replace(
        source,
        polled_at=now,
        failures=failures,
        problem=str(error),
        condition=Condition.GONE if is_gone else condition,
        gone=gone,
        gone_since=since,
        moved_to="",  # back to the address of the configuration
        moves=0,
        due_at=now + wait,
    ), why


def is_silent(rhythm: Rhythm, item_at: datetime | None, now: datetime) -> bool:
    """Has it had nothing new for longer than its rhythm explains?"""
    if item_at is None or now - item_at < SILENT_LEAST:
        return False
    return rhythm.expected(item_at, now) >= SILENT_ITEMS


def is_gap(source: Source, read: Read, fresh: int) -> bool:
    """Could items have come and gone between two polls: is nothing known of what a full document holds?"""
    return source.item_at is not None and read.known == 0 and WINDOW_ITEMS <= len(read.articles) == fresh


def address(source: Source) -> str:
    """Where to ask for it now."""
    return source.moved_to if source.moves >= MOVES else source.url


def _moved(source: Source, fetched: Fetched, *, recognised: bool) -> Source:
    if source.moves >= MOVES:
        return source  # it is asked at its new address already
    if not fetched.moved_to or not recognised:
        return replace(source, moved_to="", moves=0) if source.moves and not fetched.moved_to else source
    moves = source.moves + 1 if fetched.moved_to == source.moved_to else 1
    return replace(source, moved_to=fetched.moved_to, moves=moves)


def _window(articles: Sequence[Article]) -> float | None:
    dates = [article.published for article in articles if article.published]
    if len(dates) < WINDOW_ITEMS:
        return None
    return (max(dates) - min(dates)).total_seconds()
