"""What is said about sources: what is wrong with them, that they are well again, that items may be missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from babel.dates import format_timedelta

from bot.chat import Line, LineKind, Message, Span, Style, say
from bot.model import Chat, Condition, Source
from bot.rhythm import Rhythm
from bot.words.catalogue import phrase
from bot.words.times import moment
from bot.words.troubles import in_words

SHOWN = 10  # sources by name in one message

DAY = 86_400.0


def sources_changed(sources: Sequence[Source], now: datetime, chat: Chat) -> Message:
    """How sources are now that were otherwise when it was last said."""
    worse = [source for source in sources if source.condition is not Condition.WELL]
    title = phrase(
        "sources.changed" if worse else "sources.recovered", chat.language, count=len(worse or sources)
    )
    shown = [*worse, *(source for source in sources if source.condition is Condition.WELL)]
    lines = [say(title, kind=LineKind.HEADING), *(how(source, now, chat) for source in shown[:SHOWN])]
    if len(shown) > SHOWN:
        lines.append(say(phrase("sources.more", chat.language, count=len(shown) - SHOWN), kind=LineKind.NOTE))
    return Message(tuple(lines))


def how(source: Source, now: datetime, chat: Chat) -> Line:
    """How a source is, in one line: what is wrong in plain words, or that it is well."""
    text = _condition(source, now, chat)
    return Line((Span(source.name, Style.BOLD), Span(f": {text}")), LineKind.ITEM)


def _condition(source: Source, now: datetime, chat: Chat) -> str:
    language = chat.language
    match source.condition:
        case Condition.FAILING:
            return f"{phrase('sources.failures', language, count=source.failures)}. {in_words(source.problem, language)}"
        case Condition.PARTLY:
            return f"{phrase('sources.partly', language)}. {in_words(source.problem, language)}"
        case Condition.GONE:
            return phrase("sources.gone", language)
        case Condition.SILENT:
            since = moment(source.item_at or now, chat.timezone, language)
            return phrase("sources.silent", language, since=since, usual=usual(source, now, language))
        case _:
            return phrase("sources.well", language)


def listed(source: Source, now: datetime, chat: Chat) -> Line:
    """A source in a list: what is wrong and since when, when it was read and had something new, and how often it does."""
    language, zone = chat.language, chat.timezone
    facts = []
    if source.failures:  # also before it counts as failing
        facts.append(phrase("sources.failures", language, count=source.failures))
    elif source.condition is not Condition.WELL:
        facts.append(phrase(f"sources.is_{source.condition}", language))
    if source.ok_at is None:
        facts.append(phrase("sources.new", language))
    else:
        facts.append(phrase("sources.read", language, when=moment(source.ok_at, zone, language)))
    if source.item_at is not None:
        facts.append(phrase("sources.last_item", language, when=moment(source.item_at, zone, language)))
    if often := usual(source, now, language):
        facts.append(phrase("sources.usual", language, usual=often))
    said = f": {' · '.join(facts)}."
    if source.problem and (source.failures or source.condition is not Condition.WELL):
        said += f" {in_words(source.problem, language)}"
    return Line((Span(source.name, Style.BOLD), Span(said)), LineKind.ITEM)


SEVERITY = (Condition.GONE, Condition.FAILING, Condition.SILENT, Condition.PARTLY, Condition.WELL)


def worst_first(source: Source) -> tuple[int, int, str]:
    """The order in which sources are listed: by what is wrong, then by failures in a row, then by name."""
    return SEVERITY.index(source.condition), -source.failures, source.name


def usual(source: Source, now: datetime, language: str) -> str:
    """How often it publishes, as people say it; empty while nobody knows."""
    rhythm = Rhythm.unpack(source.rhythm)
    if rhythm.at is None or rhythm.since is None or (now - rhythm.since).total_seconds() < DAY / 4:
        return ""
    per_day = rhythm.typical(now) * DAY
    if per_day >= 1:
        return phrase("sources.a_day", language, count=round(per_day))
    return phrase(
        "sources.every",
        language,
        length=format_timedelta(timedelta(days=1 / max(per_day, 1e-3)), locale=language),
    )


def gap(source: str, count: int, language: str) -> Message:
    """Items may have come and gone between two polls."""
    return Message((say(phrase("sources.gap", language, source=source, count=count), kind=LineKind.NOTE),))


def moved(source: str, url: str, language: str) -> Message:
    """A source says that it is elsewhere for good."""
    return Message((say(phrase("sources.moved", language, source=source, url=url), kind=LineKind.NOTE),))
