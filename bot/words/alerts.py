"""An alert as people read it: headline, source and time, why, and what they can do about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from bot.annotate import Annotation, around
from bot.chat import Button, Line, LineKind, Message, Span, Style, say
from bot.model import Aftermath, Article, Chat, Fact, Match, Passage, Reason, Sighting
from bot.summary import headline
from bot.words.catalogue import phrase
from bot.words.notes import notes
from bot.words.times import clock, hour, moment

SHOWN_WATCHES = 5  # with their sentences; more would not fit one screen
SHOWN_NAMES = 4  # further sources by name


class Counted(Protocol):
    """What a story holds."""

    @property
    def reports(self) -> int: ...
    @property
    def originals(self) -> int: ...
    @property
    def sources(self) -> Collection[str]: ...


class Development(Protocol):
    """Why something is told."""

    @property
    def reason(self) -> Reason: ...
    @property
    def facts(self) -> Sequence[Fact]: ...


def alert(
    number: int,
    article: Article,
    matches: Sequence[Match],
    chat: Chat,
    also: Sequence[Sighting] = (),
    *,
    old: bool = False,
    noted: Annotation | None = None,
    since: Aftermath | None = None,
    reason: Line | None = None,
    reports: Counted | None = None,
) -> Message:
    """The message that tells a chat of an article; `also` names other sources that have the same text, `old`: it is old news.

    `reason`: why it is told, where that is not simply that it is new; `reports`: what its story holds by now.

    The chat's `detail` says how much of what is `noted` about the article is told; `since`: what became of it after its alert.
    """
    language = chat.language
    when = (
        moment(article.published, chat.timezone, language)
        if article.published
        else phrase("alert.undated", language)
    )
    if old:
        when = f"{when} · {phrase('alert.old', language)}"
    if since and since.edited_at:
        when = f"{when} · {phrase('alert.edited', language, when=clock(since.edited_at, chat))}"
    title = (since and since.headline) or headline(article)
    lines = [
        Line((Span(title, url=article.url),), LineKind.HEADING),
        say(phrase("alert.from", language, source=article.source, when=when), kind=LineKind.NOTE),
        *([reason] if reason else []),
        *_why(article, matches, chat),
    ]
    if since and since.gone_at:
        gone = phrase("alert.gone", language, when=clock(since.gone_at, chat))
        lines[0] = Line((Span(title, Style.STRIKE, article.url),), LineKind.HEADING)
        lines.insert(1, say(gone, style=Style.BOLD))
    if noted:
        lines += notes(article, noted, chat, figures=any(match.figures for match in matches))
    if also:
        lines.append(say(_also(article, also, chat), kind=LineKind.NOTE))
    if reports and reports.originals > 1:
        counts = {"reports": reports.reports, "sources": len(reports.sources)}
        lines.append(say(phrase("alert.reports", language, **counts), kind=LineKind.NOTE))
    buttons = (
        Button(phrase("button.summary", language), f"/summary #{number}"),
        Button(phrase("button.story", language), f"/story #{number}"),
        Button(phrase("button.mute", language), f"/mute #{number}"),
    )
    return Message(tuple(lines), buttons)


def because(told: Development, chat: Chat) -> Line | None:
    """Why a development is told; None for the first alert of a story."""
    if not told.reason.develops:
        return None
    facts = [
        phrase("reason.before", chat.language, text=fact.text, before=fact.before)
        if fact.before
        else fact.text
        for fact in told.facts
    ]
    said = phrase(f"reason.{told.reason}", chat.language, facts=", ".join(map(_flat, facts)))
    return say(said, style=Style.BOLD)


def _also(article: Article, also: Sequence[Sighting], chat: Chat) -> str:
    """The other sources with their times; one that published before the article's own is said to be the first."""
    dated = sorted((one.at, one.source) for one in also if one.at)
    names = [f"{source} {hour(at, chat.timezone, chat.language)}" for at, source in dated]
    said = []
    if dated and article.published and dated[0][0] < article.published:
        said.append(phrase("alert.first", chat.language, named=_flat(names.pop(0))))
    names += [one.source for one in also if not one.at]
    if names:
        said.append(phrase("alert.also", chat.language, names=_names(names, chat.language)))
    return " ".join(said)


def first_poll(source: str, *, matched: int, shown: int, language: str) -> Message:
    """Says that a first poll held more than is shown."""
    text = phrase("first_poll", language, source=source, matched=matched, shown=shown)
    return Message((say(text, kind=LineKind.NOTE),))


def _why(article: Article, matches: Sequence[Match], chat: Chat) -> Iterable[Line]:
    """For each sentence that matched: which watches, how often, and the sentence with every matched word in bold."""
    language, shown = chat.language, matches[:SHOWN_WATCHES]
    for place in dict.fromkeys(match.sentence for match in shown):
        watches = [
            phrase("alert.times", language, watch=_flat(match.watch), count=len(match.hits))
            for match in shown
            if match.sentence == place
        ]
        # Plain: nothing but the matched words is bold here, so that they stand out.
        yield say(" · ".join(watches))
        if chat.detail == "brief":
            continue
        seen = around(article, place) if chat.detail == "full" else place
        yield Line(tuple(highlight(seen, matches)), LineKind.QUOTE)
    rest = matches[SHOWN_WATCHES:]
    if rest:
        names = _names([match.watch for match in rest], language)
        yield say(phrase("alert.more_watches", language, count=len(rest), names=names), kind=LineKind.NOTE)


def highlight(place: Passage, matches: Iterable[Match]) -> Iterable[Span]:
    """The letters of a passage, those of any hit in bold."""
    hits = sorted((hit.start, hit.end) for match in matches for hit in match.hits if hit.field == place.field)
    at = place.start
    text = _flat(place.text)
    for start, end in hits:
        start, end = max(start, at), min(end, place.end)
        if start >= end:
            continue
        if start > at:
            yield Span(text[at - place.start : start - place.start])
        yield Span(text[start - place.start : end - place.start], Style.BOLD)
        at = end
    if at < place.end:
        yield Span(text[at - place.start :])


def _names(names: Sequence[str], language: str) -> str:
    shown = ", ".join(map(_flat, names[:SHOWN_NAMES]))
    rest = len(names) - SHOWN_NAMES
    return phrase("alert.also_more", language, names=shown, count=rest) if rest > 0 else shown


def _flat(text: str) -> str:
    """One line, letter for letter as long as it was."""
    return text.translate({ord(mark): " " for mark in "\r\n\t\v\f\x85\u2028\u2029"})
