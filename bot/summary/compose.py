"""A summary that can be quoted: sentences taken letter for letter, each with the place where it stands."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import Article
from bot.summary.extract import Candidate, best_first
from bot.summary.ranking import UNDATED, Story, when

REPEATED = 0.6  # share of the shorter sentence's words in another: from here on it says the same again


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence with its place: text == article.field(field)[start:end]."""

    text: str
    article: Article
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The sentences in the order of the stories, and what they were chosen from."""

    sentences: tuple[Cited, ...]
    articles: int
    period: tuple[datetime, datetime] | None  # of the articles that have a date
    left_out: int  # stories that no sentence stands for


def summarise(stories: Sequence[Story], *, sentences: int) -> Summary:
    """At most so many sentences, spread over the stories in their order; none says what another has said.

    Every story gets one sentence before any gets two. One with nothing new waits for the next round, so a
    second report of the same event does not take the place of another event.
    """
    chosen: list[tuple[int, Candidate]] = []
    waiting = deque((at, best_first(story.first)) for at, story in enumerate(stories))
    while waiting and len(chosen) < sentences:
        at, offers = waiting.popleft()
        offer = next(offers, None)
        if offer is None:
            continue
        if not any(_repeats(offer, other) for _, other in chosen):
            chosen.append((at, offer))
        waiting.append((at, offers))
    chosen.sort(key=lambda pick: (pick[0], pick[1].start))
    every = [article for story in stories for article in story.articles]
    dates = [date for date in map(when, every) if date != UNDATED]
    return Summary(
        sentences=tuple(_cited(stories[at].first, one) for at, one in chosen),
        articles=len(every),
        period=(min(dates), max(dates)) if dates else None,
        left_out=len(stories) - len({at for at, _ in chosen}),
    )


def _repeats(one: Candidate, other: Candidate) -> bool:
    shorter = min(len(one.content), len(other.content))
    return len(one.content & other.content) >= REPEATED * shorter


def _cited(article: Article, one: Candidate) -> Cited:
    return Cited(article.field(one.field)[one.start : one.end], article, one.field, one.start, one.end)
