"""The two to five sentences that say what one article says, in about sixty words.

Seen: human summaries of Indonesian news follow the lead so closely that most of what can be won is the right
length; what is left is whole choices ("these three, without the quotation in between"). Chosen: every choice
of two to five among the first eight sentences is weighed as a whole, with weights that were trained to raise
the expected ROUGE of what is chosen, and not to guess each sentence's label. Turned down: TextRank and
LexRank (20 points below the lead on that set). Figures: benchmarks/README.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from bot.model import Article
from bot.summary.candidates import Candidate, candidates, content, told
from bot.summary.features import DANGLING, PAIR, SENTENCE, WHOLE, of_choice, of_pair, of_sentences

CONSIDERED = 8  # sentences from the top; 218 choices
FEWEST, MOST = 2, 5
FEWEST_WORDS, MOST_WORDS = 35, 95  # of a choice; where none fits, the first two sentences stand

Weights = Mapping[str, float]


@lru_cache(maxsize=1)
def trained() -> Weights:
    """The weights that ship with the program: see `about` in the file for data and licence."""
    text = files("bot.summary").joinpath("weights.json").read_text(encoding="utf-8")
    weights: Weights = json.loads(text)["weights"]
    return weights


def gist(article: Article, weights: Weights | None = None) -> list[Candidate]:
    """The best choice, in the order of the text; fewer than two sentences only where the article has no more."""
    offered = candidates(article)
    return [offered[at] for at in choose(offered, article, weights or trained())]


def choose(offered: Sequence[Candidate], article: Article, weights: Weights) -> tuple[int, ...]:
    """Which of the candidates (their numbers, from 0)."""
    if len(offered) <= FEWEST or offered[0].field != "body":
        return tuple(range(len(offered)))
    sizes = [one.words for one in offered[:CONSIDERED]]
    if len(offered) <= MOST and sum(sizes) <= FEWEST_WORDS:
        return tuple(range(len(offered)))
    title = content(told(article.title))
    rows = of_sentences(offered, article.body, title, CONSIDERED)
    own = tuple(weights[name] for name in SENTENCE)
    alone = [sum(map(float.__mul__, own, row)) for row in rows]
    repeats, neighbours, resolved, same = (weights[name] for name in PAIR)
    count = len(alone)
    together = [[0.0] * count for _ in alone]
    for later in range(1, count):
        points_back = DANGLING.match(article.body, offered[later].start) is not None
        for earlier in range(later):
            a, b, c, d = of_pair(
                offered[earlier], offered[later], neighbours=later == earlier + 1, dangling=points_back
            )
            together[later][earlier] = repeats * a + neighbours * b + resolved * c + same * d
    return _best(alone, together, sizes, tuple(weights[name] for name in WHOLE))


def _best(
    alone: Sequence[float], together: Sequence[Sequence[float]], sizes: Sequence[int], whole: Sequence[float]
) -> tuple[int, ...]:
    """The choice with the highest sum; each is built from the one before it, so nothing is added up twice."""
    best, found = float("-inf"), tuple(range(FEWEST))
    lengths = _lengths(tuple(whole))
    # A choice with its sum, its words, and what each later sentence would add to it.
    open_choices: list[tuple[tuple[int, ...], float, int, list[float]]] = [
        ((at,), score, sizes[at], [alone[later] + together[later][at] for later in range(at + 1, len(alone))])
        for at, score in enumerate(alone)
    ]
    while open_choices:
        chosen, score, words, gains = open_choices.pop()
        last, count = chosen[-1], len(chosen)
        if count >= FEWEST and words >= FEWEST_WORDS:
            total = score + lengths[last, count, words, chosen[1] == 1]
            if total > best:
                best, found = total, chosen
        if count < MOST:
            for place, gain in enumerate(gains, start=1):
                at = last + place
                if words + sizes[at] <= MOST_WORDS:
                    more = (
                        [one + row[at] for one, row in zip(gains[place:], together[at + 1 :], strict=True)]
                        if count < MOST - 1
                        else []
                    )
                    open_choices.append(((*chosen, at), score + gain, words + sizes[at], more))
    return found


class _Lengths(dict[tuple[int, int, int, bool], float]):
    """What the length and the shape of a choice are worth; there are a few thousand, so each is worked out once."""

    def __init__(self, whole: tuple[float, ...]) -> None:
        super().__init__()
        self.whole = whole

    def __missing__(self, shape: tuple[int, int, int, bool]) -> float:
        last, count, words, second = shape
        # chosen[1] == 1 says that the first two are both in: numbers rise, so chosen[0] is 0
        self[shape] = worth = sum(map(float.__mul__, self.whole, of_choice(last, count, words, second)))
        return worth


_lengths = lru_cache(maxsize=4)(_Lengths)  # by the weights
