"""What a query would have caught, for the answer to /watch add."""

from __future__ import annotations

from collections.abc import Iterator

from bot.backtest import Backtest
from bot.chat import Line, LineKind, Span, say
from bot.model import Article, Chat
from bot.summary import headline
from bot.words import about, day, moment, phrase


def tried(test: Backtest, chat: Chat) -> Iterator[Line]:
    """How much a day, on which days, and the newest examples."""
    language = chat.language
    if not test.articles:
        yield say(phrase("backtest.nothing", language, searched=test.searched), kind=LineKind.NOTE)
        return
    alerts = about(test.alerts_a_day, language)
    found = phrase("backtest.found", language, articles=test.articles, stories=test.stories, alerts=alerts)
    yield say(found)
    yield say(" · ".join(f"{day(on, language)}: {count}" for on, count in test.days), kind=LineKind.NOTE)
    for article in test.examples:
        spans = (Span(headline(article), url=article.url), Span(f" · {origin(article, chat)}"))
        yield Line(spans, LineKind.ITEM)
    if test.cut:
        yield say(phrase("backtest.cut", language, searched=test.searched), kind=LineKind.NOTE)


def origin(article: Article, chat: Chat) -> str:
    """An article's source and time, as far as they are known."""
    when = article.published or article.seen
    said = [article.source] if article.source else []
    return " · ".join([*said, *([moment(when, chat.timezone, chat.language)] if when else [])])
