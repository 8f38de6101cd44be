"""In which order the sentences of one article are quoted, when it is not known beforehand how many are wanted.

First the gist (gist.py), the lead before the rest. Then whatever adds most: a greedy choice that adds up place,
topics that nobody has covered yet, words of events, and length, so that each next sentence says something
new. What the one who asks watches for, or has asked about, tips the scale between sentences that weigh nearly the
same. Seen: human summaries of about sixty words stay near the lead, yet a long report says its second fact on
the second page.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.model import Article
from bot.summary.candidates import Candidate, candidates, content, told
from bot.summary.features import DANGLING, QUOTES
from bot.summary.gist import choose, trained
from bot.summary.newswords import EVENTS

TOPICS = 12  # the article's most frequent words, against which a sentence's share is measured
USUAL_WORDS = 20  # in a sentence of the news we read
LONG_WORDS = 35  # from here on a sentence is hard to read in a chat
MOST_EVENTS = 3  # event words in one sentence; more say no more
CORE = (
    2  # of the gist come first: enough to say who, where and when, and it leaves room for what is told late
)


class Weights(NamedTuple):
    """How much each reason counts.

    Searched on a third of IndoSum's development set (CC BY-SA 4.0) so that five sentences of a sample
    report hold its three facts; measured on the other two thirds.
    """

    lead: float = 1.37
    fade: float = 2.51  # sentences after which the lead's weight has fallen to a third
    first: float = 0.42
    new: float = 0.73  # topics that no sentence chosen so far has
    topics: float = 0.12
    brevity: float = 0.88  # exponent of length under the topics: 0 favours long sentences, 1 short ones
    title: float = 0.3  # no title in IndoSum: set by hand
    events: float = 0.51
    dangling: float = 0.17
    quotation: float = 0.14
    full: float = 0.31
    long: float = 0.34
    # For each sentence chosen so far, while what is watched for or asked about stands in none of them. By hand: small enough
    # that the sample report still tells its three facts in five sentences, large enough that the fifth may be the watched one.
    asked: float = 0.08


class Mark(NamedTuple):
    """A place in an article's body that somebody watches for or has asked about."""

    of: str  # the watch, or the term of the question
    start: int
    end: int


TUNED = Weights()


def best_first(article: Article, weights: Weights = TUNED, marks: Sequence[Mark] = ()) -> Iterator[Candidate]:
    """The sentences worth quoting, each chosen for what it adds to those before; if none, the title."""
    offered = candidates(article)
    left = dict(enumerate(offered))
    counts = Counter(word for one in offered for word in one.content)
    worth = {word: math.log(count) for word, count in counts.items()}
    most = sum(sorted(worth.values())[-TOPICS:]) or 1.0
    title = content(told(article.title))
    alone = {at: _alone(at, one, article.field(one.field), title, weights) for at, one in left.items()}
    asked = {at: _marked(one, marks) for at, one in left.items()}
    covered: frozenset[str] = frozenset()
    answered: frozenset[str] = frozenset()

    def gain(at: int) -> float:
        told = sum(worth[word] for word in left[at].content)
        new = sum(worth[word] for word in left[at].content - covered)
        size = math.pow((left[at].words + 5) / USUAL_WORDS, weights.brevity)
        return (
            alone[at]
            + (weights.topics * told + weights.new * new) / size / most
            + weights.asked * bool(asked[at] - answered) * (len(offered) - len(left))
        )

    core = set(choose(offered, article, trained()))
    while left:
        chosen = max(core & left.keys() if len(offered) - len(left) < CORE and core else left, key=gain)
        core.discard(chosen)
        covered |= left[chosen].content
        answered |= asked[chosen]
        yield left.pop(chosen)


def _marked(one: Candidate, marks: Sequence[Mark]) -> frozenset[str]:
    if one.field != "body":
        return frozenset()
    return frozenset(mark.of for mark in marks if one.start <= mark.start and mark.end <= one.end)


def _alone(at: int, one: Candidate, text: str, title: frozenset[str], weights: Weights) -> float:
    """What speaks for a sentence whatever else is quoted: `at` counts from the top of the article."""
    said = text[one.start : one.end]
    return (
        weights.lead * math.exp(-at / weights.fade)
        + weights.first * (at == 0)
        + weights.title * len(one.content & title) / max(1, len(title))
        + weights.events * min(MOST_EVENTS, len(one.content & EVENTS)) / MOST_EVENTS
        + weights.full * min(1.0, one.words / USUAL_WORDS)
        - weights.long * max(0, one.words - LONG_WORDS) / USUAL_WORDS
        - weights.dangling * (DANGLING.match(said) is not None)
        - weights.quotation * (QUOTES.search(said) is not None)
    )
