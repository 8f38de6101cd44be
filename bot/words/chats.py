"""What whoever runs Pantau is told of a chat; and what a chat is told when it is far behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.chat import Line, LineKind, Message, Span, say
from bot.model import Article, Chat
from bot.summary import headline
from bot.words.catalogue import phrase
from bot.words.times import moment

NAMED = 5  # watches by name in the heading of a list


class Listed(Protocol):
    """An alert that is told as one line of a list."""

    @property
    def title(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def published(self) -> datetime | None: ...
    @property
    def watches(self) -> tuple[str, ...]: ...


def chat_gone(chat: Chat, values: Mapping[str, str], language: str) -> Message:
    """A chat does not let us in."""
    why = values["why"].rstrip(".")
    return Message((say(phrase("chat.gone", language, chat=chat.name, why=why)),))


def chat_back(chat: Chat, _values: Mapping[str, str], language: str) -> Message:
    """It lets us in again."""
    return Message((say(phrase("chat.back", language, chat=chat.name)),))


def chat_moved(chat: Chat, values: Mapping[str, str], language: str) -> Message:
    """The platform gave it another id."""
    return Message((say(phrase("chat.moved", language, chat=chat.name, to=values["to"])),))


def thread_gone(chat: Chat, values: Mapping[str, str], language: str) -> Message:
    """Its topic was deleted."""
    return Message((say(phrase("chat.thread", language, chat=chat.name, thread=values["thread"])),))


def restored(count: int, at: datetime, timezone: str, language: str) -> Message:
    """Pantau runs on a backup: messages of which it does not know whether they were sent since."""
    when = moment(at, timezone, language)
    return Message((say(phrase("store.restored", language, count=count, when=when)),))


def folded(alerts: Sequence[Listed], chat: Chat, *, quiet: bool = False) -> Message:
    """ "N more on …": alerts of a lane that is far behind, or that `quiet` hours held; one line each, oldest first."""
    language = chat.language
    counts = Counter(watch for alert in alerts for watch in alert.watches)
    names = [f"{name} ({count})" for name, count in counts.most_common(NAMED)]
    rest = len(counts) - NAMED
    on = (
        phrase("alert.also_more", language, names=", ".join(names), count=rest)
        if rest > 0
        else ", ".join(names)
    )
    key = "alert.held" if quiet else "alert.folded"
    lines = [say(phrase(key, language, count=len(alerts), watches=on), kind=LineKind.HEADING)]
    for alert in alerts:
        when = f" · {moment(alert.published, chat.timezone, language)}" if alert.published else ""
        title = headline(Article("", title=alert.title, body=alert.body))
        lines.append(Line((Span(title, url=alert.url), Span(f" · {alert.source}{when}")), LineKind.ITEM))
    return Message(tuple(lines))
