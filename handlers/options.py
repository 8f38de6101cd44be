"""The options of /summary to choose from: as a form where the platform has forms, else as buttons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.chat import COMMAND_BYTES, Button, Choice, Field, Form, Message, say
from bot.model import Chat, Watch
from bot.words import LANGUAGES, period, phrase
from handlers.desk import Desk

ASKED_BY = ("--options", "--pilihan")  # behind /summary
SHOWN = 8  # watches that get a button

_LENGTHS = (timedelta(hours=24), timedelta(days=7), timedelta(days=30))
_DAYS = ("today", "yesterday", "this week", "last week")


def options(chat: Chat, desk: Desk) -> Message:
    """What /summary can be asked in this chat."""
    watches = desk.watchlist.here(chat)
    buttons = [
        Button(one.label, command)
        for one in (*_periods(chat.language), *map(_watch, watches[:SHOWN]))
        if len((command := f"/summary {one.words}").encode()) <= COMMAND_BYTES
    ]
    said = say(phrase("options.typed", chat.language))
    return Message((said,), tuple(buttons), private=True, form=_form(watches, chat.language))


def anywhere(platform: str, desk: Desk) -> Message:
    """The same, asked in no chat: the form asks for one, and names no watch that its members may not know."""
    language = next((chat.language for chat in desk.chats if chat.platform == platform), "en")
    where = phrase("options.where", language)
    said = say(phrase("options.typed", language))
    return Message((said,), private=True, form=_form((), language, where))


def _form(watches: Sequence[Watch], language: str, where: str = "") -> Form:
    every = Choice(phrase("options.every", language))
    usual = Choice(phrase("options.usual", language))
    fields = [
        Field("watch", phrase("options.watch", language), (every, *map(_watch, watches))),
        Field("period", phrase("options.period", language), tuple(_periods(language))),
        Field(
            "length",
            phrase("options.length", language),
            (
                Choice(phrase("options.short", language)),
                Choice(phrase("options.long", language), "--long"),
            ),
        ),
        Field(
            "language",
            phrase("options.language", language),
            (usual, *(Choice(phrase("options.name", code), f"--{code}") for code in LANGUAGES)),
        ),
    ]
    return Form(
        title=phrase("button.summary", language),
        command="/summary",
        fields=tuple(fields if watches else fields[1:]),
        submit=phrase("options.submit", language),
        cancel=phrase("options.cancel", language),
        where=where,
    )


def _periods(language: str) -> Iterator[Choice]:
    first, *others = _LENGTHS
    yield Choice(period(first, language), _typed(first))
    for day in _DAYS:
        yield Choice(phrase(f"options.{day}", language), day)
    for length in others:
        yield Choice(period(length, language), _typed(length))


def _typed(length: timedelta) -> str:
    return f"{length.days}d" if length > timedelta(days=1) else "24h"


def _watch(watch: Watch) -> Choice:
    return Choice(watch.name, watch.name)
