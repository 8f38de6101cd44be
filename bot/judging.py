"""What an article is worth in one chat: an alert, a reply in its story's thread, a line in what stands there, or nothing.

Values only. Chosen: a story begins once in a chat; a copy grows the message it copies; another report is told as a reply if
it says something new, and else it is counted. In doubt it is told: silence that is wrong costs more than a reply
too many.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.annotate import Annotation
from bot.model import TIERS, Article, Fact, Match, Reason, Sighting
from bot.novelty import Said, corrected_in, new_in, said, together
from bot.ports import Told
from bot.stories import CONTAINED, Folding

RESTED = timedelta(hours=18)  # without a message: what comes then may be the next day's issue of a series
READ = 50  # messages of a thread; a fact that was told before all of these may be told again
MILESTONES = (5, 10, 20, 50)  # outlets that have a story

Thread = tuple[Told, ...]
"""What a chat was told of a story: first the alert, then the developments."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An unseen article with its story and what it answers."""

    article: Article
    story: int
    matches: tuple[Match, ...]
    noted: Annotation | None = None
    text: str = ""  # key of its exact text
    origin: str = ""  # the id of the article that it copies, or its own
    contained: float = 0.0  # how much of the shorter of the two stands in the other
    apart: bool = False  # its source has had these very words under another headline
    outlets: int = 0  # if it brings the story to a milestone: which one


@dataclass(frozen=True, slots=True)
class News:
    """Something a chat should be told, with the reason; `matches` are those of its own watches."""

    entry: Entry
    matches: tuple[Match, ...]
    reason: Reason
    into: str = ""  # of what grows: the id of the article that its message shows
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Library:
    """The articles that threads tell of, by id."""

    articles: Mapping[str, Article]

    def said(self, thread: Thread) -> Said:
        """What a chat knows from a thread."""
        return together(said(self.articles[told.article]) for told in read(thread))


def read(thread: Thread) -> Thread:
    """What a new report is compared with: how the story began, and the newest of what followed."""
    return thread if len(thread) <= READ else (thread[0], *thread[1 - READ :])


def judge(
    entry: Entry, matches: tuple[Match, ...], folding: Folding, thread: Thread, library: Library
) -> News | None:
    """What an article is worth where this `thread` was told, and why.

    `matches`: those of the chat's watches that it answers; `folding`: the strictest that they ask for.
    """
    if not thread:
        return News(entry, matches, Reason.NEW) if matches else None
    if twin := next((told for told in thread if told.text == entry.text), None):
        return _copy(entry, twin)
    if matches and entry.apart:
        return News(entry, matches, Reason.SAME_WORDS)
    watched = {name for told in thread for name in told.watches}
    unwatched = any(match.watch not in watched for match in matches)
    copied = next((told for told in thread if told.origin == entry.origin), None)
    if copied:
        if not matches:
            return _copy(entry, copied)
        if facts := corrected_in(entry.article, library.said(thread)):
            return News(entry, matches, Reason.NEW_FACTS, facts=facts)
        if unwatched:
            return News(entry, matches, Reason.NEW_WATCH)
        if folding is Folding.HIGH or entry.contained >= CONTAINED[folding]:
            return _copy(entry, copied)
        return News(entry, matches, Reason.UNFOLDED)
    if not matches:
        return None
    if facts := new_in(entry.article, entry.noted, library.said(thread)):
        return News(entry, matches, Reason.NEW_FACTS, facts=facts)
    if unwatched:
        return News(entry, matches, Reason.NEW_WATCH)
    if reach(entry.article) < min(reach(library.articles[told.article]) for told in read(thread)):
        return News(entry, matches, Reason.BETTER_TIER)
    if rested(entry, thread):
        return News(entry, matches, Reason.AGAIN)
    if entry.outlets:
        return News(entry, matches, Reason.WIDELY, facts=(Fact(str(entry.outlets)),))
    return News(entry, matches, Reason.MORE_REPORTS, into=thread[0].article)


def _copy(entry: Entry, told: Told) -> News | None:
    """A copy is a line in the message that it copies; a source is named there once."""
    if entry.article.source in told.sources:
        return None
    return News(entry, (), Reason.MORE_SOURCES, into=told.article)


def plan(
    entries: Sequence[Entry],
    heard: Callable[[Entry], tuple[tuple[Match, ...], Folding]],
    threads: Mapping[int, Thread],
    library: Library,
) -> list[News]:
    """What these articles are worth in one chat, one after the other, each in the light of those before it.

    `heard`: what of an article the chat's watches answer, and the strictest folding of these; `threads`: by story.
    """
    known = dict(threads)
    planned = []
    for entry in entries:
        thread = known.get(entry.story, ())
        matches, folding = heard(entry)
        news = judge(entry, matches, folding, thread, library)
        if news is not None:
            planned.append(news)
            known[entry.story] = _after(thread, news)
    return planned


def _after(thread: Thread, news: News) -> Thread:
    """The thread once this is told."""
    if news.reason.tells:
        return *thread, told_of(news)
    if news.reason is Reason.MORE_SOURCES:
        return tuple(grown(told, news) if told.article == news.into else told for told in thread)
    return thread


def told_of(
    news: News, chat: str = "", alert: int = 0, *, backlog: bool = False, parent: int | None = None
) -> Told:
    """The message that this news makes."""
    entry = news.entry
    return Told(
        alert=alert,
        chat=chat,
        story=entry.story,
        article=entry.article.id,
        watches=tuple(match.watch for match in news.matches),
        source=entry.article.source,
        backlog=backlog,
        reason=news.reason,
        facts=news.facts,
        parent=parent,
        text=entry.text,
        origin=entry.origin,
        at=entry.article.seen,
    )


def grown(told: Told, news: News) -> Told:
    """The message with one more source of its text."""
    article = news.entry.article
    return replace(told, also=(*told.also, Sighting(article.source, article.published or article.seen)))


def rested(entry: Entry, thread: Thread) -> bool:
    """Has the chat heard nothing of this story for so long that another report is worth a message, whatever it says?"""
    heard = max((told.at for told in thread if told.at), default=None)
    return bool(heard and entry.article.seen and entry.article.seen - heard >= RESTED)


def reach(article: Article) -> int:
    """How far an article's outlet reaches, the furthest first; one of which nobody has said it comes last."""
    return TIERS.index(article.tier) if article.tier in TIERS else len(TIERS)


def milestone(before: int, after: int) -> int:
    """The largest number of outlets that was reached between these two counts; 0 for none."""
    return max((one for one in MILESTONES if before < one <= after), default=0)


def strictest(foldings: Sequence[str]) -> Folding:
    """Of the settings of several watches: the one that folds least."""
    order = list(Folding)
    return max((Folding(one) for one in foldings), key=order.index, default=Folding.HIGH)
