"""/why: what an article said to the watches of a chat, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.chat import Line, LineKind, Message, Request, Span, Style, say
from bot.errors import RequestRefused
from bot.model import Chat, Watch
from bot.query import Clause, Query
from bot.summary import headline
from bot.why import Outcome, Verdict, Why, find, why
from bot.words import because, phrase
from handlers.desk import Desk
from handlers.tried import origin

CLAUSES = 12  # lines of one watch
CLAUSE_CHARS = 120  # of a clause; a long list of words says no more in full
_SHARED = re.compile(r"@[\w-]+")


async def why_(request: Request, chat: Chat, desk: Desk) -> Message:
    """URL [WATCH], or URL: QUERY"""
    url, _, rest = request.argument.partition(" ")
    if not url.strip(":"):
        raise RequestRefused(phrase("why.usage", chat.language))
    about = _about(url, rest.strip(), chat, desk)
    filed = await find(desk.store, url.removesuffix(":"), desk.clock())
    if isinstance(filed, str):
        said = phrase("why.unknown", chat.language, url=url.removesuffix(":"))
        near = f" {phrase('why.nearest', chat.language, url=filed)}" if filed else ""
        raise RequestRefused(said + near)
    told = await why(desk.store, desk.watchlist, chat, filed, about, desk.clock())
    return Message(tuple(_lines(told, chat)), private=True)


def _about(url: str, rest: str, chat: Chat, desk: Desk) -> Watch | Query | None:
    """The watch or the query that is asked about; None for every watch of the chat. Raises RequestRefused."""
    if not rest:
        return None
    return desk.watchlist.read(rest, chat) if url.endswith(":") else desk.watchlist.find(rest, chat)


def _lines(told: Why, chat: Chat) -> Iterator[Line]:
    article, language = told.article, chat.language
    yield Line((Span(headline(article), Style.BOLD, article.url), Span(f" · {origin(article, chat)}")))
    number = told.told.alert if told.told else 0
    reason = because(told.told, chat) if told.told else None
    spans = [
        Span(phrase(f"why.{told.outcome}", language, number=number, reason=reason.text if reason else ""))
    ]
    if told.outcome in (Outcome.COPY, Outcome.COUNTED) and told.first:
        spans.append(Span(f" {headline(told.first)}", url=told.first.url))
    yield Line(tuple(spans))
    for verdict in told.verdicts:
        yield from _verdict(verdict, language)
    if not told.verdicts:
        yield say(phrase("watch.none", language), kind=LineKind.NOTE)
    if told.left_out:
        yield say(phrase("why.more", language, count=told.left_out), kind=LineKind.NOTE)


def _verdict(verdict: Verdict, language: str) -> Iterator[Line]:
    """The watch, and a line for each of its clauses as far as they explain the answer."""
    key = "why.answers" if verdict.clause.holds else "why.fails"
    said = phrase(key, language)
    if verdict.clause.holds != verdict.answered:
        said += f" {phrase('why.then' if verdict.answered else 'why.not_then', language)}"
    yield Line((Span(verdict.name, Style.BOLD), Span(f": {said}")), LineKind.ITEM)
    lines = list(clauses(verdict.clause, language))
    for line in lines[:CLAUSES]:
        yield say(line, style=Style.CODE)
    if len(lines) > CLAUSES:
        yield say(phrase("why.clauses", language, count=len(lines) - CLAUSES), kind=LineKind.NOTE)


def clauses(clause: Clause, language: str, depth: int = 0) -> Iterator[str]:
    """A clause and, where they explain it, its parts: those of the whole query, and of what fails.

    A shared list is not spelt out: its name says which words are missing.
    """
    mark = "✓" if clause.holds else "✗"
    text = clause.text if len(clause.text) <= CLAUSE_CHARS else f"{clause.text[: CLAUSE_CHARS - 1]}…"
    short = f", {phrase('why.short', language, count=clause.short)}" if clause.short else ""
    yield f"{mark} {'· ' * depth}{text} ({clause.hits}×{short})"
    if not (clause.holds and depth) and not _SHARED.fullmatch(clause.text):
        for part in clause.parts:
            yield from clauses(part, language, depth + 1)
