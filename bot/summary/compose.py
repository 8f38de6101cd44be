"""A summary that can be quoted: sentences taken letter for letter, each with the place where it stands."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from bot.model import Article
from bot.summary.candidates import Candidate, candidates
from bot.summary.clean import shown
from bot.summary.disputes import About, disputes
from bot.summary.extract import Mark, best_first
from bot.summary.numbers import MOST_ARTICLES, MOST_SENTENCES, Placed, alike, latest
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

    @property
    def shown(self) -> str:
        """As people see it: one line, lost spaces put back."""
        return shown(self.text, self.article.field(self.field))


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two outlets, two numbers for the same thing or two names for the same role."""

    one: Cited
    other: Cited
    about: About = About.NUMBER


@dataclass(frozen=True, slots=True)
class Summary:
    """The sentences in the order of the stories, and what they were chosen from."""

    sentences: tuple[Cited, ...]
    articles: int
    period: tuple[datetime, datetime] | None  # of the articles that have a date
    left_out: int  # stories that no sentence stands for


Marks = Callable[[Article], Sequence[Mark]]
"""What of an article somebody watches for or has asked about."""


def summarise(stories: Sequence[Story], *, sentences: int, marks: Marks = lambda _: ()) -> Summary:
    """At most so many sentences, spread over the stories in their order; none says what another has said.

    Every story gets one sentence before any gets two, and within a story its outlets take turns. One with nothing
    new waits for the next round, so a second report of the same event does not take the place of another event.
    """
    chosen: list[tuple[int, Placed]] = []
    waiting = deque((at, _offers(story, marks)) for at, story in enumerate(stories))
    while waiting and len(chosen) < sentences:
        at, offers = waiting.popleft()
        offer = next(offers, None)
        if offer is None:
            continue
        if not any(alike(offer.one, other.one, REPEATED) for _, other in chosen):
            chosen.append((at, offer))
        waiting.append((at, offers))
    order = {id(pick): number for number, pick in enumerate(chosen)}
    first_of: dict[tuple[int, str], int] = {}
    for pick in chosen:
        first_of.setdefault((pick[0], pick[1].article.id), order[id(pick)])
    chosen.sort(key=lambda pick: (pick[0], first_of[pick[0], pick[1].article.id], pick[1].one.start))
    every = [article for story in stories for article in story.articles]
    dates = [date for date in map(when, every) if date != UNDATED]
    return Summary(
        sentences=tuple(_cited(pick) for _, pick in chosen),
        articles=len(every),
        period=(min(dates), max(dates)) if dates else None,
        left_out=len(stories) - len({at for at, _ in chosen}),
    )


def contradictions(story: Story) -> tuple[Dispute, ...]:
    """Where the outlets of a story tell the same with another number or name; one pair for each thing."""
    placed = _placed(_telling(story))
    told: list[tuple[About, Placed, Placed]] = []
    for about, one, other in disputes(placed):
        if not any(kind is about and alike(one.one, known.one) for kind, known, _ in told):
            told.append((about, one, other))
    return tuple(Dispute(_cited(one), _cited(other), about) for about, one, other in told)


def offers(article: Article) -> Iterator[Cited]:
    """The sentences of one article that may be quoted, in the order of the text."""
    return (_cited(Placed(article, one)) for one in candidates(article))


def _offers(story: Story, marks: Marks) -> Iterator[Placed]:
    """The story's sentences, its articles in turn; a number that has changed since is told in its latest state."""
    telling = _telling(story)
    if len(telling) == 1:
        yield from (Placed(story.first, one) for one in _best_first(story.first, marks))
        return
    everything = _placed(telling)
    turns = deque((article, _best_first(article, marks)) for article in telling)
    while turns:
        article, offers = turns.popleft()
        offer = next(offers, None)
        if offer is not None:
            yield latest(Placed(article, offer), everything)
            turns.append((article, offers))


def _best_first(article: Article, marks: Marks) -> Iterator[Candidate]:
    return best_first(article, marks=marks(article))


def _telling(story: Story) -> list[Article]:
    """The articles that speak for a story: the first, then the newest of every text that is not a copy."""
    seen = {story.first.body.strip() or story.first.id}
    telling = [story.first]
    for article in reversed(story.articles[1:]):
        if len(telling) < MOST_ARTICLES and article.body.strip() not in seen:
            seen.add(article.body.strip())
            telling.append(article)
    outlets: set[str] = set()
    early: list[Article] = []
    late: list[Article] = []
    for article in telling:  # every outlet once before any twice
        (late if article.source in outlets else early).append(article)
        outlets.add(article.source)
    return early + late


def _placed(articles: Sequence[Article]) -> list[Placed]:
    return [
        Placed(article, one)
        for article in articles
        for one in islice(candidates(article), MOST_SENTENCES)
        if one.field == "body"
    ]


def _cited(placed: Placed) -> Cited:
    one: Candidate = placed.one
    return Cited(placed.text, placed.article, one.field, one.start, one.end)
