"""IndoSum's articles as the program sees them, and what every choice of sentences is worth there.

IndoSum (Kurniawan and Louvan 2018), CC BY-SA 4.0: 1,000 Indonesian articles, each with a summary by a person.
It has no headlines; the words of an article's address stand in for them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np

from bot.model import Article
from bot.sentences import sentences
from bot.summary.candidates import Candidate, candidates, content, told
from bot.summary.features import DANGLING, of_choice, of_pair, of_sentences
from bot.summary.gist import CONSIDERED, FEWEST, FEWEST_WORDS, MOST, MOST_WORDS

DATA = Path(__file__).parents[3] / "shared" / "data" / "summaries" / "indosum-dev.jsonl"
_TOKEN = re.compile(r"[a-z0-9]+")  # as rouge-score counts words


@dataclass(frozen=True, slots=True)
class Row:
    article: Article
    outlet: str
    human: str
    sentences: tuple[str, ...]  # as the set cuts them: for the peers


def load(path: Path = DATA) -> list[Row]:
    with path.open(encoding="utf-8") as lines:
        return [_row(json.loads(line)) for line in lines]


def _row(data: dict[str, str]) -> Row:
    slug = re.sub(r"^\d+-", "", data["id"]).replace("-", " ")
    article = Article(data["id"], url=data["url"], title=slug, body=data["body"], lang="id")
    return Row(article, data["source"], data["summary"], tuple(data["sentences"]))


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())


@dataclass(frozen=True, slots=True)
class Choices:
    """Every choice of one article: its values (rows of SENTENCE + PAIR + WHOLE) and its mean of ROUGE-1, -2 and -Lsum."""

    values: np.ndarray
    worth: np.ndarray
    chosen: tuple[tuple[int, ...], ...]


def choices(row: Row) -> Choices | None:
    """None for an article with nothing to choose."""
    offered = candidates(row.article)
    seen = offered[:CONSIDERED]
    sizes = [one.words for one in seen]
    every = tuple(
        chosen
        for count in range(FEWEST, MOST + 1)
        for chosen in combinations(range(len(seen)), count)
        if FEWEST_WORDS <= sum(sizes[at] for at in chosen) <= MOST_WORDS
    )
    if len(every) < 2:
        return None
    taken = np.zeros((len(every), len(seen)), np.float32)
    for number, chosen in enumerate(every):
        taken[number, list(chosen)] = 1
    alone = np.array(
        of_sentences(offered, row.article.body, content(told(row.article.title)), CONSIDERED), np.float32
    )
    pairs = np.array(list(_pairs(seen, row.article.body)), np.float32)
    both = np.stack([taken[:, i] * taken[:, j] for j in range(1, len(seen)) for i in range(j)], 1)
    whole = np.array(
        [of_choice(c[-1], len(c), sum(sizes[at] for at in c), c[:2] == (0, 1)) for c in every], np.float32
    )
    values = np.concatenate([taken @ alone, both @ pairs, whole], 1)
    return Choices(values, _worth(row, seen, taken), every)


def _pairs(seen: list[Candidate], body: str) -> Iterator[list[float]]:
    for later in range(1, len(seen)):
        back = DANGLING.match(body, seen[later].start) is not None
        for earlier in range(later):
            yield of_pair(seen[earlier], seen[later], neighbours=later == earlier + 1, dangling=back)


def _worth(row: Row, seen: list[Candidate], taken: np.ndarray) -> np.ndarray:
    """ROUGE of every choice at once. Pairs of words across sentences are left out here: training needs the order only."""
    said = [tokens(row.article.body[one.start : one.end]) for one in seen]
    human = [tokens(row.human[start:end]) for start, end in sentences(row.human)]
    flat = [word for one in human for word in one]
    ones, twos = Counter(flat), Counter(pairwise(flat))
    single = np.array([[Counter(one)[word] for word in ones] for one in said], np.float32)
    double = np.array([[Counter(pairwise(one))[pair] for pair in twos] for one in said], np.float32)
    common = np.array(
        [[hit for other in human for hit in _in_common(one, other)] for one in said], np.float32
    )
    size = taken @ np.array([len(one) for one in said], np.float32)
    first = 2 * np.minimum(taken @ single, list(ones.values())).sum(1) / (size + len(flat))
    second = 2 * np.minimum(taken @ double, list(twos.values())).sum(1) / (size + len(flat) - 2)
    longest = 2 * (taken @ common > 0).sum(1) / (size + len(flat))
    worth: np.ndarray = (first + second + longest) / 3
    return worth


def _in_common(one: list[str], other: list[str]) -> list[bool]:
    """Which words of `other` stand in the longest common subsequence."""
    table = np.zeros((len(one) + 1, len(other) + 1), np.int32)
    for i, word in enumerate(one):
        same = np.array([word == its for its in other], np.int32)
        # the best of (above, diagonal + same); then what comes from the left is the running maximum
        table[i + 1, 1:] = np.maximum.accumulate(np.maximum(table[i, 1:], table[i, :-1] + same))
    hit, i, j = [False] * len(other), len(one), len(other)
    while i and j:
        if one[i - 1] == other[j - 1]:
            hit[j - 1] = True
            i, j = i - 1, j - 1
        elif table[i - 1, j] >= table[i, j - 1]:
            i -= 1
        else:
            j -= 1
    return hit
