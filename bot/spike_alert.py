"""A spike as people read it: how far above the usual, since when, and what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.causes import Cause
from bot.chat import COMMAND_BYTES, Button, Line, LineKind, Message, Span, say
from bot.model import Chat, Watch
from bot.summary import headline
from bot.trending import HOUR, Trend, chart, outlets_named
from bot.words import about, moment, number, phrase, share


@dataclass(frozen=True, slots=True)
class Burst:
    """A spike of one watch, in the hours from `begin` up to `end`; `over`: no more than usual came since."""

    watch: Watch
    begin: datetime
    end: datetime
    count: int  # articles in these hours
    usual: float  # that these hours usually bring
    over: bool = False


def alert(burst: Burst, cause: Cause, trend: Trend, chat: Chat) -> Message:
    """The message with its chart, on which the spike is marked."""
    language = chat.language
    title = phrase(
        "spike.was" if burst.over else "spike.title",
        language,
        watch=burst.watch.name,
        count=number(burst.count, language),
        hours=(burst.end - burst.begin) // HOUR,
        usual=about(burst.usual, language),
    )
    when, end = (moment(at, chat.timezone, language) for at in (burst.begin, burst.end))
    since = phrase("spike.until" if burst.over else "spike.since", language, when=when, end=end)
    lines = [say(title, kind=LineKind.HEADING), say(since, kind=LineKind.NOTE), *_behind(cause, chat)]
    picture = chart(title, trend, f"{title}. {since}", chat, (burst.begin, burst.end))
    return Message(tuple(lines), tuple(_buttons(burst.watch, language)), picture=picture)


def _behind(cause: Cause, chat: Chat) -> Iterator[Line]:
    """Words, outlets and the story, each with its count."""
    language = chat.language
    if cause.words:
        words = [
            phrase(
                "spike.word" if word.usually is None else "spike.word_usual",
                language,
                word=word.text,
                count=number(word.count, language),
                share=share(word.usually or 0.0, language),
            )
            for word in cause.words
        ]
        texts = number(cause.texts, language)
        yield say(phrase("spike.words", language, texts=texts, words=" · ".join(words)))
    if cause.outlets:
        yield say(phrase("trend.outlets", language, names=outlets_named(cause.outlets, language)))
    if cause.head is None:
        yield say(phrase("spike.no_story", language), kind=LineKind.NOTE)
        return
    yield say(phrase("spike.story", language, articles=cause.told, outlets=cause.told_by))
    yield Line((Span(headline(cause.head), url=cause.head.url),), LineKind.ITEM)


def _buttons(watch: Watch, language: str) -> Iterator[Button]:
    """What fits into a button; the rest can be typed."""
    for key, command in (
        ("button.trend", f"/trend {watch.name} 7d"),
        ("button.summary", f"/summary {watch.name} 24h"),
        ("button.mute", f"/mute {watch.name} 24h"),
    ):
        if len(command.encode()) <= COMMAND_BYTES:
            yield Button(phrase(key, language), command)
