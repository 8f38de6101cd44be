"""/summary: the stories of a period, quoted, numbered and linked."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace

from bot.briefing import LONG, SHORT, Briefing, Quoted, Size, brief, brief_article, brief_stories, watched
from bot.chat import COMMAND_BYTES, Button, Line, LineKind, Message, Request, Span, Style, say
from bot.errors import RequestRefused, SourceError
from bot.model import Article, Chat
from bot.summary import Cited, headline
from bot.why import known
from bot.words import phrase
from handlers.asked import Asked, read
from handlers.desk import Desk
from handlers.mute import told_here
from handlers.options import ASKED_BY, options
from handlers.tried import origin

log = logging.getLogger(__name__)

_ALERT = re.compile(r"#(\d+)")
_KEPT = re.compile(r"\?(\d{1,20})\b")  # a question that a button could not hold
_ADDRESS = re.compile(r"<?(https?://[^\s<>|]+)(?:\|[^>]*)?>?")  # Slack wraps addresses


async def summary(request: Request, chat: Chat, desk: Desk) -> Message:
    """[words] [24h|7d|sejak Senin], an address, the number of an alert, or nothing as a reply to one"""
    if request.argument.replace("—", "--") in ASKED_BY:  # phones make one dash of two
        return options(chat, desk)
    asked = read(_question(request.argument, chat, desk), chat, desk.clock())
    chat = replace(chat, language=asked.language)
    size = LONG if asked.long else SHORT
    if alerts := await _alerts(request, asked, chat, desk):
        told = [await told_here(number, chat, desk) for number in alerts]
        marks = watched(desk.watchlist, chat)
        briefing = await brief_stories(desk.store, *(one.story for one in told), size=size, marks=marks)
        return Message(tuple(stories(await _put(briefing, chat, desk), chat)))
    if address := _ADDRESS.fullmatch(asked.about):
        return await _page(address[1], chat, desk, size)
    briefing = await brief(
        desk.store, desk.watchlist, chat, asked.about, asked.since, asked.until, size=size, page=asked.page
    )
    if not briefing.total:
        return _nothing(asked, briefing, chat)
    briefing = await _put(briefing, chat, desk)
    key = "summary.about" if asked.about else "summary.title"
    counts = {"articles": briefing.articles, "sources": briefing.sources, "stories": briefing.total}
    lines = [
        say(phrase(key, chat.language, period=asked.said, words=asked.about), kind=LineKind.HEADING),
        say(phrase("summary.counts", chat.language, **counts), kind=LineKind.NOTE),
        *stories(briefing, chat),
    ]
    return Message(tuple(lines), (*_pages(asked, briefing, chat, desk), _options(chat)))


async def _alerts(request: Request, asked: Asked, chat: Chat, desk: Desk) -> list[int]:
    """Numbers of the alerts that are meant: the one that is named, or those of the message that is replied to."""
    if numbered := _ALERT.fullmatch(asked.about):
        return [int(numbered[1])]
    if not (asked.bare and request.under):
        return []
    async with desk.store.read() as tx:
        return await tx.deliveries.alerts_in(chat.name, request.under)


async def _put(briefing: Briefing, chat: Chat, desk: Desk) -> Briefing:
    """In the words of the language model, where a newsroom chose one."""
    return await desk.write(briefing, chat.language) if desk.write else briefing


async def _page(url: str, chat: Chat, desk: Desk, size: Size) -> Message:
    """The article at an address; fetched, if no source has brought it."""
    marks = watched(desk.watchlist, chat)
    if filed := await known(desk.store, url, desk.clock()):
        briefing = await brief_stories(desk.store, filed.story, size=size, marks=marks)
        return Message(tuple(stories(briefing, chat)))
    if desk.read is None:
        raise RequestRefused(phrase("why.unknown", chat.language, url=url))
    try:
        article = await desk.read(url)
    except SourceError as error:
        raise RequestRefused(phrase("summary.unread", chat.language, url=url, why=error)) from error
    return Message(tuple(stories(await brief_article(article, size=size, marks=marks), chat)))


def _nothing(asked: Asked, briefing: Briefing, chat: Chat) -> Message:
    key = "summary.nothing" if asked.about else "summary.nothing_at_all"
    lines = [
        say(phrase(key, chat.language, words=asked.about, period=asked.said)),
        say(phrase("summary.stored", chat.language, count=briefing.stored), kind=LineKind.NOTE),
    ]
    if briefing.nearest:
        lines.append(say(phrase("summary.earlier" if briefing.earlier else "summary.nearest", chat.language)))
        lines += [_named(article, chat) for article in briefing.nearest]
    return Message(tuple(lines), (_options(chat),))


def _options(chat: Chat) -> Button:
    return Button(phrase("button.options", chat.language), f"/summary {ASKED_BY[0]}")


def _named(article: Article, chat: Chat) -> Line:
    return Line(
        (Span(headline(article), url=article.url), Span(f" · {origin(article, chat)}")), LineKind.ITEM
    )


def stories(briefing: Briefing, chat: Chat) -> Iterator[Line]:
    """Each story under its headline; its sentences carry the number of their article, which is linked with outlet and time."""
    if briefing.unwritten:
        yield say(phrase("summary.unwritten", chat.language), kind=LineKind.NOTE)
    if briefing.written:
        yield from _written(briefing, chat)
        return
    numbers: dict[str, int] = {}
    for told in briefing.stories:
        cited = {article.id: article for article in _cited(told)}
        for key in cited:
            numbers.setdefault(key, len(numbers) + 1)
        yield _head(told, chat, numbers)
        disputed = [one for dispute in told.disputes for one in (dispute.one, dispute.other)]
        for one in told.sentences:
            if one in disputed:
                continue  # it stands below, beside what contradicts it
            yield Line((Span(one.shown), *_number(one, numbers)), LineKind.QUOTE)
        for dispute in told.disputes:
            yield say(phrase(f"summary.dispute.{dispute.about}", chat.language), kind=LineKind.NOTE)
            for one in (dispute.one, dispute.other):
                spans = (Span(one.shown), *_number(one, numbers))
                yield Line(spans, LineKind.QUOTE)
        for article in cited.values():
            if article.id != told.story.first.id:
                mark = Span(f"[{numbers[article.id]}] ")
                yield Line((mark, Span(origin(article, chat), url=article.url)), LineKind.NOTE)
    if briefing.after > 0:
        yield say(phrase("summary.left_out", chat.language, count=briefing.after), kind=LineKind.NOTE)


def _written(briefing: Briefing, chat: Chat) -> Iterator[Line]:
    """The model's sentences, labelled, and under them the articles that they cite."""
    yield say(phrase("summary.ai", chat.language), kind=LineKind.NOTE)
    cited = {one.article.id: one.article for told in briefing.written for one in told.cites}
    numbers = {article: number for number, article in enumerate(cited, start=1)}
    for told in briefing.written:
        marks = {one.article.id: one for one in told.cites}  # two sentences of one article are one mark
        yield Line((Span(told.text), *(span for one in marks.values() for span in _number(one, numbers))))
    for article in cited.values():
        mark = Span(f"[{numbers[article.id]}] ")
        head = Span(headline(article), url=article.url)
        yield Line((mark, head, Span(f" · {origin(article, chat)}")), LineKind.ITEM)
    if briefing.after > 0:
        yield say(phrase("summary.left_out", chat.language, count=briefing.after), kind=LineKind.NOTE)


def _cited(told: Quoted) -> Iterator[Article]:
    """The articles that are quoted, the first of the story before all others."""
    yield told.story.first
    for one in told.sentences:
        yield one.article
    for dispute in told.disputes:
        yield from (dispute.one.article, dispute.other.article)


def _number(one: Cited, numbers: dict[str, int]) -> tuple[Span, ...]:
    return Span(" "), Span(f"[{numbers[one.article.id]}]", url=one.article.url)


def _head(told: Quoted, chat: Chat, numbers: dict[str, int]) -> Line:
    """The number, the headline as link, who published it and when, and how many others have it."""
    article = told.story.first
    others = told.story.sources - 1
    spans = [
        Span(f"[{numbers[article.id]}] "),
        Span(headline(article), Style.BOLD, article.url),
        Span(f" · {origin(article, chat)}"),
    ]
    if others:
        spans.append(Span(f" {phrase('summary.more_sources', chat.language, count=others)}", Style.ITALIC))
    return Line(tuple(spans), LineKind.ITEM)


def _question(argument: str, chat: Chat, desk: Desk) -> str:
    """The argument, with a question that was kept in the place of its number. Raises RequestRefused."""
    kept = _KEPT.match(argument)
    if not kept:
        return argument
    question = desk.questions.look(int(kept[1]), chat.name, desk.clock())
    if question is None:
        raise RequestRefused(phrase("summary.forgotten", chat.language))
    return question + argument[kept.end() :]


def _pages(asked: Asked, briefing: Briefing, chat: Chat, desk: Desk) -> Iterator[Button]:
    """The pages before and after this one; a question too long for a button is kept, and the button has its number."""
    pages = [("button.before", asked.page - 1)] if asked.page > 1 else []
    pages += [("button.after", asked.page + 1)] if briefing.after > 0 else []
    question = asked.plain
    if pages and len(f"/summary {question} --page {asked.page + 1}".encode()) > COMMAND_BYTES:
        question = f"?{desk.questions.keep(question, chat.name, desk.clock())}"
    for key, page in pages:
        command = " ".join(filter(None, ["/summary", question, f"--page {page}"]))
        yield Button(phrase(key, chat.language), command)
