"""The articles and stored queries that every engine here is given. Seeded: the same in every run."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from pathlib import Path

from bot.model import Article

SEED = 20240619
ARTICLE_WORDS = (300, 800)
SYNTHETIC_WORDS = 60_000  # different words in the made-up articles
FREQUENT = 2_000  # words that are hard on purpose: the last of them stands in one article of fifty
KNOWN = 0.03  # share of what is watched that stands in any article: so a query is answered by 1 of some 5,000

_SYLLABLES = [
    a + b
    for a in ["b", "c", "d", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "w", "y"]
    for b in ["a", "e", "i", "o", "u"]
]


def word(rng: random.Random) -> str:
    """A made-up word of two to four syllables."""
    return "".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4)))


def read_articles(path: Path, count: int) -> list[Article]:
    """The first articles of a file of JSON lines, put together until each has 300 words."""
    found: list[Article] = []
    held: list[str] = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            held.append(json.loads(line)["body"])
            if sum(len(text.split()) for text in held) >= ARTICLE_WORDS[0]:
                found.append(Article(str(len(found)), body="\n\n".join(held), lang="id"))
                held = []
            if len(found) == count:
                break
    return found


def make_articles(count: int) -> list[Article]:
    """Made-up articles over a Zipf vocabulary, with names in capitals and full stops."""
    rng = random.Random(SEED)
    vocabulary = list(dict.fromkeys(word(rng) for _ in range(SYNTHETIC_WORDS)))
    weights = [1 / (rank + 3) for rank in range(len(vocabulary))]
    articles = []
    for number in range(count):
        words = rng.choices(vocabulary, weights, k=rng.randint(*ARTICLE_WORDS))
        text = " ".join(
            one.capitalize() + ("." if rng.random() < 0.2 else "") if rng.random() < 0.2 else one
            for one in words
        )
        articles.append(Article(str(number), body=text, lang="id"))
    return articles


class Terms:
    """Words and two-word names to make queries from."""

    def __init__(self, articles: list[Article], rng: random.Random) -> None:
        self._rng = rng
        texts = [article.body for article in articles]
        frequency = Counter(one for text in texts for one in set(re.findall(r"[a-z]{4,}", text.lower())))
        self.frequent = [one for one, _ in frequency.most_common(FREQUENT)]
        self.words = sorted(frequency)
        self.names = sorted(
            {pair for text in texts for pair in re.findall(r"\b[A-Z][a-z]{3,} [A-Z][a-z]{3,}\b", text)}
        )

    def word(self) -> str:
        """Any word of the articles, each as likely as another; or one that stands in none of them."""
        return self._rng.choice(self.words) if self._rng.random() < KNOWN else word(self._rng)

    def name(self) -> str:
        """A name of two words, in the articles or in none of them."""
        if self._rng.random() < KNOWN:
            return self._rng.choice(self.names)
        return f"{word(self._rng).capitalize()} {word(self._rng).capitalize()}"

    def common(self) -> str:
        """One of the words that stand in most articles."""
        return self._rng.choice(self.frequent)


def make_queries(articles: list[Article], count: int) -> list[str]:
    """Queries of the shapes that newsrooms store: names in context, proximity, exclusions, wildcards."""
    rng = random.Random(SEED)
    terms = Terms(articles, rng)

    def context() -> str:
        return " OR ".join(terms.word() for _ in range(rng.randint(2, 5)))

    shapes = [
        (30, lambda: f'"{terms.name()}"'),
        (10, terms.word),
        (20, lambda: f'"{terms.name()}" AND ({context()})'),
        (10, lambda: f'("{terms.name()}" OR "{terms.name()}") NOT {terms.common()}'),
        (10, lambda: f"{terms.word()} NEAR/5 {terms.word()}"),
        (5, lambda: f'title:"{terms.name()}" OR {terms.word()}'),
        (5, lambda: f"{terms.word()[:6]}* AND {terms.word()}"),
        (5, lambda: f"{terms.common()} AND {terms.common()} AND {terms.word()}"),
        (5, lambda: f'"{terms.name()}" AND {terms.common()}{{2}}'),
    ]
    weights = [weight for weight, _ in shapes]
    return [make() for _, make in rng.choices(shapes, weights, k=count)]


def make_hard_queries(articles: list[Article], count: int) -> list[str]:
    """Queries in which every word is among the most frequent."""
    rng = random.Random(SEED)
    terms = Terms(articles, rng)
    common = terms.common
    shapes = [
        lambda: f"{common()} AND {common()} AND {common()} AND {common()}",
        lambda: f'"{common()} {common()}"',
        lambda: f"{common()} NEAR/3 {common()}",
        lambda: f"{common()} AND {common()} AND {common()} NOT ({common()} OR {common()})",
    ]
    return [rng.choice(shapes)() for _ in range(count)]


def make_plain_terms(articles: list[Article], count: int) -> list[str]:
    """Different plain words, half of them in the articles as long as those last."""
    rng = random.Random(SEED)
    terms = Terms(articles, rng)
    inside = rng.sample(terms.words, min(len(terms.words), count // 2))
    chosen = dict.fromkeys(inside)
    while len(chosen) < count:
        chosen[word(rng) + word(rng)[:2]] = None
    return list(chosen)
