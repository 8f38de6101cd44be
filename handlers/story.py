"""/story: how a story unfolded, and its limits put right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from babel import Locale

from bot.annotate import named
from bot.briefing import Briefing, brief_stories
from bot.chat import Button, Line, LineKind, Message, Request, Span, Style, say
from bot.errors import RequestRefused
from bot.model import Article, Chat
from bot.regrouping import merge, split
from bot.summary import headline
from bot.timeline import UNKNOWN, Report, Timeline, published, story_of, timeline
from bot.why import find
from bot.words import because, clock, phrase
from handlers.desk import Desk
from handlers.mute import HIGHEST, told_here

PAGE = 8  # reports; what fits one screen
COPIES = 4  # of a report, by name

_REGROUPED = re.compile(r"(split|merge)[\s#\d]*", re.IGNORECASE)
_NUMBER = re.compile(r"#(\d{1,10})")
_ALERT = re.compile(r"#(\d+)")
_PAGE = re.compile(r"=(\d{1,10}) (\d{1,4})")  # what the buttons ask for: a story, and which page of it
_ADDRESS = re.compile(r"<?(https?://[^\s<>|]+)(?:\|[^>]*)?>?")  # Slack wraps addresses


async def story(request: Request, chat: Chat, desk: Desk) -> Message:
    """#NUMBER, URL, words, or nothing as a reply to an alert · split #N · merge #A #B"""
    about, page = request.argument.strip(), 1
    if regrouped := _REGROUPED.fullmatch(about):
        return await _regroup(regrouped[1], [int(one) for one in _NUMBER.findall(about)], request, chat, desk)
    if not about:
        about = await _replied_to(request, chat, desk)
    if paged := _PAGE.fullmatch(about):
        number, page = min(int(paged[1]), HIGHEST), max(1, int(paged[2]))
    else:
        number = await _asked(about, chat, desk)
    told = await timeline(desk.store, number, chat)
    if not told.reports:
        raise RequestRefused(phrase("story.none", chat.language, words=about))
    page = min(page, -(-len(told.reports) // PAGE))
    briefing = await brief_stories(desk.store, number) if page == 1 else None
    return Message(tuple(_lines(told, briefing, page, chat)), tuple(_buttons(told, page, chat)))


async def _regroup(verb: str, numbers: list[int], request: Request, chat: Chat, desk: Desk) -> Message:
    """Put the limits of stories right. Raises RequestRefused."""
    language = chat.language
    desk.editors_only(request, chat)
    if len(numbers) != (1 if verb.lower() == "split" else 2):
        raise RequestRefused(phrase("story.usage_regroup", language))
    told = [await told_here(number, chat, desk) for number in numbers]
    if verb.lower() == "split":
        done = await split(desk.store, desk.grouping, told[0], desk.clock())
        key = "story.split" if done else "story.alone"
        return Message((say(phrase(key, language, number=numbers[0])),))
    done = await merge(desk.store, desk.grouping, *told)
    key = "story.merged" if done else "story.one"
    return Message((say(phrase(key, language, number=numbers[0], other=numbers[1])),))


async def _replied_to(request: Request, chat: Chat, desk: Desk) -> str:
    """The alert that the command was a reply to. Raises RequestRefused."""
    async with desk.store.read() as tx:
        alerts = await tx.deliveries.alerts_in(chat.name, request.under) if request.under else []
    if not alerts:
        raise RequestRefused(phrase("story.usage", chat.language))
    return f"#{alerts[0]}"


async def _asked(about: str, chat: Chat, desk: Desk) -> int:
    """The story that is meant. Raises RequestRefused."""
    if numbered := _ALERT.fullmatch(about):
        return (await told_here(int(numbered[1]), chat, desk)).story
    if address := _ADDRESS.fullmatch(about):
        filed = await find(desk.store, address[1], desk.clock())
        if isinstance(filed, str):
            said = phrase("why.unknown", chat.language, url=address[1])
            near = f" {phrase('why.nearest', chat.language, url=filed)}" if filed else ""
            raise RequestRefused(said + near)
        return filed.story
    named_watch = desk.watchlist.named(about, chat)
    query = desk.watchlist.read(named_watch.query if named_watch else about, chat)
    number = await story_of(desk.store, query, desk.clock())
    if number is None:
        raise RequestRefused(phrase("story.none", chat.language, words=about))
    return number


def _lines(told: Timeline, briefing: Briefing | None, page: int, chat: Chat) -> Iterator[Line]:
    language, first = chat.language, told.reports[0].article
    yield Line((Span(headline(first), url=first.url),), LineKind.HEADING)
    yield say(
        phrase("alert.reports", language, reports=told.articles, sources=told.sources), kind=LineKind.NOTE
    )
    languages = _shares(told.languages, {code: _language(code, chat) for code in told.languages}, chat)
    countries = _shares(told.countries, {code: named(code, language) for code in told.countries}, chat)
    yield say(phrase("story.languages", language, shares=languages), kind=LineKind.NOTE)
    yield say(phrase("story.countries", language, shares=countries), kind=LineKind.NOTE)
    for report in told.reports[(page - 1) * PAGE : page * PAGE]:
        yield from _report(report, chat)
    sentences = [one for quoted in briefing.stories for one in quoted.sentences] if briefing else []
    if sentences:
        yield say(phrase("story.sentences", language), kind=LineKind.NOTE)
    for one in sentences:
        yield Line((Span(one.shown), Span(f" – {one.article.source}", Style.ITALIC)), LineKind.QUOTE)


def _report(report: Report, chat: Chat) -> Iterator[Line]:
    """Time, outlet and linked headline; under it why it was told, and who has copies."""
    article, language = report.article, chat.language
    spans = [Span(f"{_when(article, chat)} {article.source}: "), Span(headline(article), url=article.url)]
    if report.told:
        spans.append(Span(f" (#{report.told.alert})"))
    yield Line(tuple(spans), LineKind.ITEM)
    if report.told and (reason := because(report.told, chat)):
        yield Line(reason.spans, LineKind.NOTE)
    if report.copies:
        names = ", ".join(f"{one.source} {_when(one, chat)}" for one in report.copies[:COPIES])
        if (rest := len(report.copies) - COPIES) > 0:
            names = phrase("alert.also_more", language, names=names, count=rest)
        yield say(phrase("story.copies", language, names=names), kind=LineKind.NOTE)


def _when(article: Article, chat: Chat) -> str:
    return clock(published(article), chat)


def _shares(counts: Mapping[str, int], names: Mapping[str, str], chat: Chat) -> str:
    unknown = phrase("story.unknown", chat.language)
    return ", ".join(
        f"{unknown if code == UNKNOWN else names[code]} {count}" for code, count in counts.items()
    )


def _language(code: str, chat: Chat) -> str:
    return str(Locale(chat.language).languages.get(code, code))


def _buttons(told: Timeline, page: int, chat: Chat) -> Iterator[Button]:
    if page > 1:
        yield Button(phrase("button.before", chat.language), f"/story ={told.story} {page - 1}")
    if page * PAGE < len(told.reports):
        yield Button(phrase("button.after", chat.language), f"/story ={told.story} {page + 1}")
