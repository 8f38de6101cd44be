"""Values for tests: say what matters, defaults do the rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bot.chat import Message, Place, Request, User, say
from bot.config import SourceSettings
from bot.model import Article, Chat, Hit, Match, Passage, Watch

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_numbers = count(1)


def article(**values: Any) -> Article:
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "id": f"article-{number}",
        "url": f"https://example.com/{number}",
        "title": f"Berita nomor {number}",
        "body": f"Isi berita nomor {number} tentang hal yang lain sama sekali.",
        "source": "Antara",
        "published": NOON - timedelta(minutes=1),
    }
    return Article(**(defaults | values))


def chat(name: str = "redaksi", **values: Any) -> Chat:
    return Chat(**({"name": name, "platform": "fake", "id": name} | values))


def watch(name: str = "Putin", query: str = "Putin", **values: Any) -> Watch:
    return Watch(**({"name": name, "query": query} | values))


def settings(name: str = "Antara", **values: Any) -> SourceSettings:
    return SourceSettings(**({"name": name, "url": f"https://example.com/{name}.xml"} | values))


def message(text: str = "Halo") -> Message:
    return Message((say(text),))


def match(of: Article, word: str, name: str = "") -> Match:
    """A match on the first place in the body where the word stands."""
    start = of.body.index(word)
    hit = Hit(word, "body", start, start + len(word), word)
    return Match(name or word, (hit,), Passage("body", 0, len(of.body), of.body))


def request(text: str, *, place: Place | None = None, user: User | None = None, under: str = "") -> Request:
    """What arrives when somebody types this in the chat "redaksi"."""
    name, _, argument = text.removeprefix("/").partition(" ")
    return Request(
        name, argument, place or Place("fake", "redaksi"), user or User("fake", "rani", "Rani"), NOON, under
    )
