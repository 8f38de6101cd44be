"""A stream of articles of about 290 words, 30,000 in 72 hours for example, made from real ones: stories, copies, own wordings."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from bot.model import Article

STORIES = 0.4  # for each article, from which some are never chosen
OUTLETS = 300
OTHER_EVENT = 0.6  # of the words are changed to make another event of a text
COPIES = 0.35  # of a story's later articles
OWN_WORDS = 0.45  # of the words are another outlet's own
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def stream(bodies: Sequence[str], articles: int, hours: float, seed: int = 1) -> Iterator[Article]:
    """Articles in the order of their dates; the same `seed` makes the same ones."""
    chosen = random.Random(seed)
    texts = [body.split() for body in bodies]
    words = [word for text in texts for word in text]
    first: dict[int, list[str]] = {}
    for number in range(articles):
        story = int(STORIES * articles * chosen.random() ** 1.6)
        if story not in first:
            text = first[story] = _reworded(texts[story % len(texts)], words, OTHER_EVENT, chosen)
        elif chosen.random() < COPIES:
            whole = _reworded(first[story], words, 0.05, chosen)
            text = whole[: int(len(whole) * chosen.uniform(0.5, 1.0))]
        else:
            text = _reworded(first[story], words, OWN_WORDS, chosen)
        yield Article(
            str(number),
            title=" ".join(text[:9]),
            body=" ".join(text),
            source=f"outlet {chosen.randrange(OUTLETS)}",
            published=_BEGIN + timedelta(hours=hours) * (number / articles),
        )


def _reworded(text: Sequence[str], words: Sequence[str], share: float, chosen: random.Random) -> list[str]:
    return [chosen.choice(words) if chosen.random() < share else word for word in text]
