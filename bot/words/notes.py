"""What is noted about an article, in the lines under its alert; how many depends on the chat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from babel import Locale

from bot.annotate import Annotation, Name, named
from bot.chat import Line, LineKind, Span, say
from bot.model import Article, Chat
from bot.words.catalogue import phrase

KINDS = ("person", "place", "organisation")
SHOWN_NAMES = {"standard": 3, "full": 8}  # of each kind; the standard alert fits one phone screen
SHOWN_QUOTES = 3
QUOTE_CHARS = 240
SHOWN_FIGURES = 8


def notes(article: Article, noted: Annotation, chat: Chat, *, figures: bool = False) -> Iterator[Line]:
    """Nothing for a brief chat; who, where and how long for a standard one; quotes, figures and outlet too for a full one.

    `figures`: a watch asks for numbers and dates; only a brief chat goes without.
    """
    if chat.detail == "brief":
        return
    full = chat.detail == "full"
    kinds = [
        (kind, _names(noted.of_kind(kind)[: SHOWN_NAMES[chat.detail]], chat, counts=full)) for kind in KINDS
    ]
    if full:
        for kind, names in kinds:
            if names:
                yield _note(phrase(f"notes.{kind}", chat.language, names=names))
        yield from _quotes(article, noted, chat)
    elif any(names for _, names in kinds):
        yield _note(" · ".join(names for _, names in kinds if names))
    if noted.figures and (full or figures):
        said = dict.fromkeys(" ".join(one.text.split()) for one in noted.figures)
        told = ", ".join(list(said)[:SHOWN_FIGURES])
        yield _note(phrase("notes.figures", chat.language, names=told))
    reading = [phrase(f"tier.{article.tier}", chat.language)] if full and article.tier else []
    reading += [_language(noted.lang, chat)] if noted.lang and noted.lang != chat.language else []
    if noted.minutes:
        reading.append(phrase("notes.minutes", chat.language, count=noted.minutes))
    if reading:
        yield _note(" · ".join(reading))


def _names(names: Sequence[Name], chat: Chat, *, counts: bool) -> str:
    """Countries by their name in the chat's language."""
    told = [(named(name.code, chat.language) if name.code else name.text, name.count) for name in names]
    return ", ".join(f"{name} {count}×" if counts and count > 1 else name for name, count in told)


def _quotes(article: Article, noted: Annotation, chat: Chat) -> Iterator[Line]:
    for quote in [one for one in noted.quotes if one.direct and one.speaker][:SHOWN_QUOTES]:
        said = " ".join(article.body[quote.start : quote.end].split())
        if len(said) > QUOTE_CHARS:
            said = said[:QUOTE_CHARS].rpartition(" ")[0] + "…"
        speaker = phrase("notes.said", chat.language, speaker=quote.speaker)
        yield Line((Span(f"{speaker} “{said}”"),), LineKind.NOTE)


def _language(code: str, chat: Chat) -> str:
    return str(Locale(chat.language).languages.get(code, code))


def _note(text: str) -> Line:
    return say(text, kind=LineKind.NOTE)
