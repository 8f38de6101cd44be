"""What stands behind a burst of articles: words, outlets, and the story that most of them tell. Counted, never guessed.

Words are compared with the same watch's articles of the days before (log-likelihood ratio, Dunning 1993), so the watched words
themselves do not stand out: all of its articles have them. A text that many outlets carry counts once for its words, and once
for each outlet.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.annotate.names import CALENDAR
from bot.model import Article
from bot.ports import Filed
from bot.summary.clean import dateline
from bot.summary.newswords import EMPTY
from bot.summary.ranking import when
from bot.text import words

LEAD_CHARS = 600  # code points of a body that are looked at: what a text is about stands at its beginning
LEAST_TEXTS = 3  # that a word must be in
LEAST_SHARE = 0.15  # of the burst's texts
LEAST_RISE = 2.0  # times its usual share; with nothing to compare with, no word stands out
SHORTEST = 3  # letters of a word
KNOWN_TEXTS = 20  # before, from which a usual share is told
SHOWN = 5  # words

# Every burst has the day on which it happens.
_SAYS_NOTHING = EMPTY | CALENDAR | {"wib", "wita", "wit", "pukul", "hari", "com"}


@dataclass(frozen=True, slots=True)
class Word:
    """A word that the burst has more often than usual."""

    text: str  # as it is most often written there
    count: int  # texts of the burst that have it
    usually: float | None  # its share of the texts before; None where too few are known


@dataclass(frozen=True, slots=True)
class Cause:
    """What the articles of a burst have in common."""

    texts: int  # copies counted once
    words: tuple[Word, ...]  # those that stand out most first
    outlets: tuple[tuple[str, int], ...]  # with their articles, the most first
    head: Article | None = None  # the first article of the story that most tell; None if no two tell the same
    told: int = 0  # articles of that story
    told_by: int = 0  # outlets that carry it


def causes(burst: Sequence[Filed], before: Sequence[Filed]) -> Cause:
    """Compare a burst with the articles before it."""
    carried = Counter(filed.article.source for filed in burst)
    outlets = sorted(carried.items(), key=lambda one: (-one[1], one[0]))
    stories = Counter(filed.story for filed in burst)
    story, told = max(stories.items(), key=lambda one: (one[1], -one[0]), default=(0, 0))
    members = [filed.article for filed in burst if filed.story == story] if told > 1 else []
    return Cause(
        texts=len({filed.origin for filed in burst}),
        words=tuple(_standing_out(_texts(burst), _texts(before), set(carried))),
        outlets=tuple(outlets),
        head=min(members, key=when, default=None),
        told=len(members),
        told_by=len({article.source for article in members}),
    )


def _texts(some: Iterable[Filed]) -> list[dict[str, str]]:
    """For each text, copies left out, its words: folded -> as written."""
    once = {filed.origin: filed.article for filed in some}
    return [_words(article) for article in once.values()]


def _words(article: Article) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in (article.title, article.body[dateline(article.body) :][:LEAD_CHARS]):
        for word in words(text):
            if len(word.text) >= SHORTEST and any(map(str.isalpha, word.text)):
                found.setdefault(word.text, text[word.start : word.end])
    return found


def _standing_out(
    burst: Sequence[dict[str, str]], before: Sequence[dict[str, str]], outlets: set[str]
) -> Iterator[Word]:
    named = {word.text for outlet in outlets for word in words(outlet)}
    counts, usual = (
        Counter(word for text in burst for word in text),
        Counter(word for text in before for word in text),
    )
    least = max(LEAST_TEXTS, LEAST_SHARE * len(burst))
    scores = {
        word: _likelihood_ratio(count, len(burst), usual[word], len(before))
        for word, count in counts.items()
        if count >= least
        and word not in _SAYS_NOTHING | named
        and count / len(burst) > LEAST_RISE * (usual[word] + 0.5) / (len(before) + 1)
    }
    written = {word: _as_written(word, burst) for word in scores}
    # Among equals a name says more.
    ranked = sorted(scores, key=lambda word: (-scores[word], not written[word][0].isupper(), word))
    for word in ranked[:SHOWN]:
        known = len(before) >= KNOWN_TEXTS
        yield Word(written[word], counts[word], usual[word] / len(before) if known else None)


def _as_written(word: str, texts: Iterable[dict[str, str]]) -> str:
    return Counter(text[word] for text in texts if word in text).most_common(1)[0][0]


def _likelihood_ratio(count: int, of: int, other: int, of_other: int) -> float:
    """Dunning's G², for one word in `count` of `of` texts here and in `other` of `of_other` elsewhere."""
    share = (count + other) / (of + of_other)

    def part(seen: int, expected: float) -> float:
        return seen * math.log(seen / expected) if seen and expected else 0.0

    return 2.0 * (
        part(count, of * share)
        + part(of - count, of * (1 - share))
        + part(other, of_other * share)
        + part(of_other - other, of_other * (1 - share))
    )
