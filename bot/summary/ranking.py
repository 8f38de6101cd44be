"""Which of a period's stories weighs most.

Chosen: the number of sources first, because what many newsrooms decided to print is the best sign there is
without a model; then the priority of the watches, the reach of the outlets as far as the newsroom has said it, how
often the watched words matched, and what is newest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.model import Article

# Nothing said weighs as much as local: a newsroom names its agencies and its blogs first.
_REACH = {"wire": 3, "national": 2, "local": 1, "": 1, "blog": 0}
UNDATED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Story:
    """Articles that tell the same; the first one published comes first and speaks for them."""

    articles: tuple[Article, ...]
    sources: int = 1
    matches: int = 0
    priority: int = 0  # of its most urgent watch; higher is more urgent

    @property
    def reach(self) -> int:
        """Of the furthest reaching of its outlets."""
        return max(_REACH[article.tier] for article in self.articles)

    @property
    def first(self) -> Article:
        return self.articles[0]

    @property
    def latest(self) -> datetime:
        return max(map(when, self.articles))


def when(article: Article) -> datetime:
    """When it was published, else when it was seen, else UNDATED."""
    return article.published or article.seen or UNDATED


def _age(article: Article) -> tuple[bool, datetime]:
    # Without a date nobody can say that it was first.
    return when(article) == UNDATED, when(article)


def rank(
    articles: Sequence[Article],
    keys: Mapping[str, str],
    matches: Mapping[str, int] | None = None,
    priorities: Mapping[str, int] | None = None,
) -> list[Story]:
    """The articles as stories, the weightiest first.

    By article id, `keys` says which story it belongs to, `matches` how many hits it had, and `priorities` how urgent
    its watches are. An article without a key is a story of its own.
    """
    together: dict[str, list[Article]] = {}
    for article in articles:
        together.setdefault(keys.get(article.id, f"\x00{article.id}"), []).append(article)
    counted, urgent = matches or {}, priorities or {}
    stories = [
        Story(
            articles=tuple(sorted(members, key=_age)),
            sources=len({member.source or member.url or member.id for member in members}),
            matches=sum(counted.get(member.id, 0) for member in members),
            priority=max(urgent.get(member.id, 0) for member in members),
        )
        for members in together.values()
    ]
    return sorted(stories, key=_weight, reverse=True)


def _weight(story: Story) -> tuple[int, int, int, int, datetime]:
    return story.sources, story.priority, story.reach, story.matches, story.latest
