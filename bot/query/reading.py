"""One article while it is matched: where the words and phrases of terms stand in it.

Nothing is computed before a query asks: a phrase is checked by walking from its first word to the next, and words are
counted only for NEAR.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate
from operator import attrgetter

from bot.model import Article, Hit
from bot.query.cells import Cell
from bot.query.patterns import Pattern, Wanted
from bot.query.vocabulary import Chunks
from bot.text import Joint, ends_sentence

LEAD_LETTERS = 600  # code points: a first paragraph is the lead, and a longer one is no paragraph
BODY_RANK = 1 << 40  # body hits come after all of the title's


class Found:
    """A hit, and what is needed to order it and to measure how far it is from another."""

    __slots__ = ("end_at", "hit", "rank", "start_at")

    def __init__(self, rank: int, hit: Hit, start_at: tuple[int, int], end_at: tuple[int, int]) -> None:
        self.rank = rank  # place in reading order
        self.hit = hit
        self.start_at, self.end_at = start_at, end_at  # (where its chunk begins, words from there)


_by_rank = attrgetter("rank")
_At = tuple[int, str, Cell]  # where a chunk begins, the chunk, the cell in it


class _Field:
    """A text of the article between two spaces, so that a chunk is found as " chunk "."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        self.padded = f" {text} "
        self.rank = 0 if name == "title" else BODY_RANK
        self.starts: list[int] = []
        self.counts: list[int] = []


class Reading:
    """What an article answers to each pattern, found once."""

    def __init__(self, article: Article, chunks: Chunks, cut: list[str], keys: set[str]) -> None:
        self.article, self.keys = article, keys
        self._chunks, self._cut = chunks, cut
        self._fields = [_Field(name, text) for name in ("title", "body") if (text := article.field(name))]
        self._found: dict[Pattern, list[Found]] = {}

    @cached_property
    def _distinct(self) -> set[str]:
        return set(self._cut)

    def hits(self, pattern: Pattern, scope: str = "") -> list[Found]:
        """Where the pattern stands, in order, not overlapping; within "title", "lead" or "body" if asked."""
        found = self._found.get(pattern)
        if found is None:
            found = self._found[pattern] = self._search(pattern)
        if not scope or not found:
            return found
        if scope == "lead":
            end = BODY_RANK + self.lead_end
            return [one for one in found if BODY_RANK <= one.rank and BODY_RANK + one.hit.end <= end]
        return [one for one in found if one.hit.field == scope]

    @property
    def lead_end(self) -> int:
        """Where the body's first paragraph ends."""
        body = self.article.body
        begin = len(body) - len(body.lstrip())
        end = body.find("\n", begin, begin + LEAD_LETTERS)
        return end if end >= 0 else begin + LEAD_LETTERS

    def distance(self, left: Found, right: Found) -> int:
        """From the end of one hit to the start of another of the same field, in words: 1 is side by side."""
        field = next(one for one in self._fields if one.name == left.hit.field)
        return self._place(field, right.start_at) - self._place(field, left.end_at) + 1

    def places(self, found: list[Found]) -> list[tuple[int, int]]:
        """Where hits begin and end, counted in words; the body's begin far behind the title's."""
        fields = {field.name: field for field in self._fields}
        return [
            (
                one_field.rank + self._place(one_field, one.start_at),
                one_field.rank + self._place(one_field, one.end_at),
            )
            for one in found
            for one_field in [fields[one.hit.field]]
        ]

    def _place(self, field: _Field, at: tuple[int, int]) -> int:
        if not field.starts:
            chunks = field.text.split(" ")
            read = self._chunks.read
            field.starts = [0, *accumulate(len(chunk) + 1 for chunk in chunks)]
            field.counts = [0, *accumulate(read(chunk).width for chunk in chunks)]
        return field.counts[bisect_right(field.starts, at[0]) - 1] + at[1]

    def _search(self, pattern: Pattern) -> list[Found]:
        keys = self.keys
        found: list[Found] = []
        for way in pattern.ways:
            for wanted in way:
                if wanted.key not in keys:
                    break
            else:
                found += self._way(pattern, way)
        if len(found) < 2:
            return found
        found.sort(key=_by_rank)
        apart: list[Found] = []
        for one in found:
            if not apart or one.rank >= apart[-1].rank + apart[-1].hit.end - apart[-1].hit.start:
                apart.append(one)
            elif one.rank == apart[-1].rank and one.hit.end > apart[-1].hit.end:
                apart[-1] = one
        return self._doubled(apart) if any(len(way) == 1 for way in pattern.ways) else apart

    def _doubled(self, found: list[Found]) -> list[Found]:
        """A reduplicated word (sanksi-sanksi) is one hit."""
        merged = [found[0]]
        for one in found[1:]:
            last = merged[-1]
            if one.start_at[0] == last.start_at[0] and one.hit.start == last.hit.end + 1 and one.hit.field == last.hit.field:
                text = self.article.field(one.hit.field)
                if text[last.hit.end] in "-‐‑–":
                    start, end = last.hit.start, one.hit.end
                    hit = Hit(last.hit.term, last.hit.field, start, end, text[start:end], last.hit.glued)
                    merged[-1] = Found(last.rank, hit, last.start_at, one.end_at)
                    continue
            merged.append(one)
        return merged

    def _way(self, pattern: Pattern, way: tuple[Wanted, ...]) -> Iterator[Found]:
        first, alone = way[0], len(way) == 1
        read = self._chunks.read
        for chunk in self._chunks.where[first.key] & self._distinct:
            cells = read(chunk).by_key[first.key]
            if not first.plain:
                cells = [cell for cell in cells if first.accepts(cell, chunk)]
                if not cells:
                    continue
            spaced = f" {chunk} "
            for field in self._fields:
                base = field.padded.find(spaced)
                while base >= 0:
                    for cell in cells:
                        at = (base, chunk, cell)
                        last = at if alone else self._follow(field, way, at)
                        if last is not None and (one := self._hit(pattern, field, at, last)) is not None:
                            yield one
                    base = field.padded.find(spaced, base + len(chunk) + 1)

    def _follow(self, field: _Field, way: tuple[Wanted, ...], first: _At) -> _At | None:
        """The last word of the phrase that begins with `first`."""
        here = [first]
        for wanted in way[1:]:
            here = [after for at in here for after in self._after(field, at) if self._goes_on(field, wanted, at, after)]
            if not here:
                return None
        return here[-1]

    def _after(self, field: _Field, at: _At) -> Iterator[_At]:
        """The words that may come next."""
        base, chunk, cell = at
        read = self._chunks.read(chunk)
        place = cell.place + cell.width
        if place < read.width:
            for after in read.by_place[place]:
                yield base, chunk, after
            return
        padded = field.padded
        base += len(chunk) + 1
        while base < len(padded) - 1:
            end = padded.find(" ", base + 1)
            chunk = padded[base + 1 : end]
            read = self._chunks.read(chunk)
            if read.width:
                for after in read.by_place[0]:
                    yield base, chunk, after
                return
            base = end

    def _goes_on(self, field: _Field, wanted: Wanted, at: _At, after: _At) -> bool:
        base, chunk, cell = after
        if not wanted.accepts(cell, chunk):
            return False
        if wanted.free and cell.joint is not Joint.FREE:
            return False
        gap = field.text[at[0] + at[2].end : base + cell.start]
        if wanted.sign:
            return gap.strip() == wanted.sign
        return not (len(gap) > 1 and ends_sentence(at[2].word, gap, field.text[base + cell.start]))

    def _hit(self, pattern: Pattern, field: _Field, first: _At, last: _At) -> Found | None:
        start, end = first[0] + first[2].start, last[0] + last[2].end
        text = field.text[start:end]
        if pattern.raw and text != pattern.raw:
            return None
        if pattern.head and not field.text.endswith(pattern.head, 0, start):
            return None
        if pattern.tail and not field.text.startswith(pattern.tail, end):
            return None
        hit = Hit(pattern.text, field.name, start, end, text, first[2].glued or last[2].glued)
        end_place = last[2].place + last[2].width
        return Found(field.rank + start, hit, (first[0], first[2].place), (last[0], end_place))
