"""The sentence that shows best why an article matched.

Chosen: the one with the most distinct terms, because an editor asks "are they said together?"; between
equals the body's, because the title stands in the alert anyway; then the earliest, as news leads with the
point. Counting every hit was turned down: a list of names would win over the sentence that says what was
done.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import attrgetter

from bot.model import Article, Hit, Passage
from bot.sentences import sentences

PASSAGE_CHARS = 400  # code points: about five lines on a phone, beside the headline and the buttons
CONTEXT_CHARS = 700  # with a sentence of context

_SPACE = re.compile(r"\s+")
_LAST_SPACE = re.compile(r"\s+\S*\Z")


def passage(article: Article, hits: Sequence[Hit]) -> Passage:
    """The stretch of at most PASSAGE_CHARS that shows the hits best; at least one of them stands in it whole.

    It is longer only where a single hit is. Without hits (a query of exclusions) it is how the text begins.
    """
    best: tuple[int, str, int, int, list[Hit]] = (0, "", 0, 0, [])
    for field in ("body", "title"):
        own = sorted((hit for hit in hits if hit.field == field), key=attrgetter("start", "end"))
        for start, end, inside in _sentences_with(article.field(field), own):
            terms = len({hit.term for hit in inside})
            if terms > best[0]:
                best = terms, field, start, end, inside
    _, field, start, end, inside = best if best[0] else _beginning(article)
    text = article.field(field)
    start, end = _clipped(text, start, end, inside)
    return Passage(field, start, end, text[start:end])


def around(article: Article, place: Passage) -> Passage:
    """The passage with the sentence after it, else the one before it, where both together are short enough to read."""
    text = article.field(place.field)
    cut = _cut(text)
    after = next((end for start, end in cut if start >= place.end), None)
    before = next((start for start, end in reversed(cut) if end <= place.start), None)
    for start, end in ((place.start, after), (before, place.end)):
        if start is not None and end is not None and end - start <= CONTEXT_CHARS:
            return Passage(place.field, start, end, text[start:end])
    return place


def _sentences_with(text: str, hits: Sequence[Hit]) -> Iterator[tuple[int, int, list[Hit]]]:
    """Each sentence that has hits, with them; sentences that share one ("Korea¶Utara") count as one."""
    if not hits:
        return
    first = at = reach = 0
    inside: list[Hit] = []
    for start, end in _cut(text):
        first = first if inside else start
        while at < len(hits) and hits[at].start < end:
            inside.append(hits[at])
            reach = max(reach, hits[at].end)
            at += 1
        if inside and reach <= end:
            yield first, end, inside
            inside = []


@lru_cache(maxsize=4)
def _cut(text: str) -> tuple[tuple[int, int], ...]:
    """The sentences of a text; kept, because an article is asked for once by every watch that it answers."""
    return tuple(sentences(text))


def _beginning(article: Article) -> tuple[int, str, int, int, list[Hit]]:
    for field in ("body", "title"):
        for start, end in sentences(article.field(field)):
            return 0, field, start, end, []
    return 0, "title", 0, 0, []


def _clipped(text: str, start: int, end: int, hits: Sequence[Hit]) -> tuple[int, int]:
    """The part of a long sentence around its hits, as far as it goes in whole words."""
    if end - start <= PASSAGE_CHARS:
        return start, end
    low, high = _densest(hits) if hits else (start, start)
    spare = max(0, PASSAGE_CHARS - (high - low))
    left = max(start, min(low - spare // 2, end - PASSAGE_CHARS))
    right = max(high, min(left + PASSAGE_CHARS, end))
    if left > start and (space := _SPACE.search(text, left - 1, low)):
        left = space.end()
    if right < end and (space := _LAST_SPACE.search(text, high, right + 1)):
        right = space.start()
    return left, right


def _densest(hits: Sequence[Hit]) -> tuple[int, int]:
    """Where the most distinct terms stand within PASSAGE_CHARS; the earliest such place."""
    best, first, last = 0, 0, 0
    inside: Counter[str] = Counter()
    start = 0
    for at, hit in enumerate(hits):
        inside[hit.term] += 1
        while start < at and hit.end - hits[start].start > PASSAGE_CHARS:
            inside[hits[start].term] -= 1
            if not inside[hits[start].term]:
                del inside[hits[start].term]
            start += 1
        if len(inside) > best:
            best, first, last = len(inside), start, at
    return hits[first].start, max(hit.end for hit in hits[first : last + 1])
