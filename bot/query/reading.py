"""One article while it is matched: where the words and phrases of terms stand in it.

Title and body are one text here, a space between them, cut at its spaces. Nothing is computed before a
query asks: a phrase is checked by walking from its first word to the next, and words are counted only for
NEAR.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from operator import attrgetter

from bot.model import Article, Hit
from bot.query.cells import Cell
from bot.query.patterns import Pattern, Wanted
from bot.query.vocabulary import Chunk
from bot.text import Joint, ends_sentence, fold

LEAD_LETTERS = 600  # code points: a first paragraph is the lead, and a longer one is no paragraph
FIELD_WORDS = 1 << 40  # between the title's words and the body's: no NEAR reaches across


class Found:
    """A place where a term stands. `rank` and `end` count in title and body together."""

    __slots__ = ("_hit", "end", "first", "glued", "last", "rank", "term")

    def __init__(
        self, term: str, rank: int, end: int, glued: bool, first: tuple[int, int], last: tuple[int, int]
    ) -> None:
        self.term, self.rank, self.end, self.glued = term, rank, end, glued
        self.first, self.last = (
            first,
            last,
        )  # the number of its chunk, and of the word in it; last: the word behind
        self._hit: Hit | None = None

    def hit(self, reading: Reading) -> Hit:
        """The hit as the world sees it."""
        if self._hit is None:
            field, before = ("title", 0) if self.rank < reading.body else ("body", reading.body)
            text = reading.text[self.rank : self.end]
            self._hit = Hit(self.term, field, self.rank - before, self.end - before, text, self.glued)
        return self._hit


FEW = 8  # cells: so many are quicker looked through than searched
_by_rank = attrgetter("rank")
_by_place = attrgetter("place")


class Reading:
    """What an article answers to each pattern, found once."""

    def __init__(
        self, article: Article, text: str, cut: list[str], read: Mapping[str, Chunk], at: dict[str, list[int]]
    ) -> None:
        self.article, self.text = article, text
        self.body = len(article.title) + 1  # where the body begins in the text
        self._cut, self._read = cut, read
        self.at = at  # a wanted key -> the numbers of the chunks that have it
        self._found: dict[Pattern, list[Found]] = {}
        self._placed: dict[int, tuple[Sequence[Found], list[tuple[int, int]]]] = {}

    @cached_property
    def _starts(self) -> list[int]:
        """Where the chunks begin, less one for each space before them."""
        return [0, *accumulate(map(len, self._cut))]

    @cached_property
    def _counts(self) -> list[int]:
        """How many words stand before each chunk."""
        read, title = self._read, self._title_chunks
        widths = [read[chunk].width for chunk in self._cut]
        widths[title - 1] += FIELD_WORDS
        return [0, *accumulate(widths)]

    @cached_property
    def _title_chunks(self) -> int:
        return self.article.title.count(" ") + 1

    def hits(self, pattern: Pattern, scope: str = "") -> list[Found]:
        """Where the pattern stands, in order, not overlapping; within "title", "lead" or "body" if asked."""
        found = self._found.get(pattern)
        if found is None:
            found = self._found[pattern] = self._search(pattern)
        if not scope or not found:
            return found
        if scope == "title":
            return [one for one in found if one.rank < self.body]
        end = self.body + self.lead_end if scope == "lead" else len(self.text)
        return [one for one in found if one.rank >= self.body and one.end <= end]

    @property
    def lead_end(self) -> int:
        """Where the body's first paragraph ends."""
        body = self.article.body
        begin = len(body) - len(body.lstrip())
        end = body.find("\n", begin, begin + LEAD_LETTERS)
        return end if end >= 0 else begin + LEAD_LETTERS

    def places(self, found: Sequence[Found]) -> list[tuple[int, int]]:
        """Where hits begin and end, counted in words; the body's are far behind the title's."""
        known = self._placed.get(id(found))
        if known is not None:
            return known[1]
        counts = self._counts
        placed = [(counts[one.first[0]] + one.first[1], counts[one.last[0]] + one.last[1]) for one in found]
        self._placed[id(found)] = found, placed  # the hits are kept too, so that no other list gets their id
        return placed

    def _search(self, pattern: Pattern) -> list[Found]:
        there = self.at
        found: list[Found] = []
        for way in pattern.ways:
            for wanted in way:
                if wanted.key not in there:
                    break
            else:
                found += self._way(pattern, way)
        if len(found) < 2:
            return found
        found.sort(key=_by_rank)
        return self._apart(found, merge=len(pattern.ways[0]) == 1 or len(pattern.ways) > 1)

    def _apart(self, found: list[Found], *, merge: bool) -> list[Found]:
        """Without overlaps, the longer of two that begin together; `merge`: a doubled word is one hit."""
        apart = found[:1]
        for one in found[1:]:
            last = apart[-1]
            if one.rank >= last.end:
                if merge and one.first[0] == last.last[0] and self._doubles(last, one):
                    glued = last.glued or one.glued
                    apart[-1] = Found(one.term, last.rank, one.end, glued, last.first, one.last)
                else:
                    apart.append(one)
            elif one.rank == last.rank and one.end > last.end:
                apart[-1] = one
        return apart

    def _doubles(self, last: Found, one: Found) -> bool:
        """Are they the halves of sanksi-sanksi?"""
        return one.rank == last.end + 1 and self.text[last.end] in "-‐‑–"

    def _way(self, pattern: Pattern, way: tuple[Wanted, ...]) -> list[Found]:
        first, rest = way[0], way[1:]
        plain, signs = first.plain, pattern.signs
        starts, cut, read = self._starts, self._cut, self._read
        if plain and not rest and not signs:
            text, key = pattern.text, first.key
            return [
                Found(
                    text,
                    starts[number] + number + cell.start,
                    starts[number] + number + cell.end,
                    cell.glued,
                    (number, cell.place),
                    (number, cell.place + cell.width),
                )
                for number in self.at[key]
                for cell in read[cut[number]].by_key[key]
            ]
        found = []
        for number in self.at[first.key]:
            chunk = cut[number]
            for cell in read[chunk].by_key[first.key]:
                if not (plain or first.accepts(cell, chunk)):
                    continue
                last = self._follow(rest, number, cell) if rest else (number, cell)
                if last is None:
                    continue
                end_number, end_cell = last
                rank = starts[number] + number + cell.start
                end = starts[end_number] + end_number + end_cell.end
                if signs and not signs_stand(self.text, self.body, pattern, rank, end):
                    continue
                glued = cell.glued or end_cell.glued
                behind = (end_number, end_cell.place + end_cell.width)
                found.append(Found(pattern.text, rank, end, glued, (number, cell.place), behind))
        return found

    def _follow(self, rest: tuple[Wanted, ...], number: int, cell: Cell) -> tuple[int, Cell] | None:
        """The last word of the phrase that begins here."""
        here = [(number, cell)]
        for wanted in rest:
            reached = [after for one in here for after in self._after(wanted, *one)]
            # A word reached in two ways counts once, where it is reached last; or long wildcards would never end.
            here = list(dict.fromkeys(reversed(reached)))[::-1] if len(reached) > 1 else reached
            if not here:
                return None
        return here[-1]

    def _after(self, wanted: Wanted, number: int, cell: Cell) -> list[tuple[int, Cell]]:
        """The wanted word where it stands right behind this one."""
        read, cut = self._read, self._cut
        place, next_number = cell.place + cell.width, number
        chunk = read[cut[number]]
        while place >= chunk.width:
            next_number += 1
            if next_number == len(cut) or next_number == self._title_chunks:
                return []
            chunk, place = read[cut[next_number]], 0
        cells = chunk.by_key.get(wanted.key)
        if cells is None:
            return []
        if len(cells) > FEW:  # a paragraph without spaces is one chunk of many cells
            begin = bisect_left(cells, place, key=_by_place)
            cells = cells[begin : bisect_right(cells, place, begin, key=_by_place)]
        return [
            (next_number, after)
            for after in cells
            if after.place == place
            and (wanted.plain or wanted.accepts(after, cut[next_number]))
            and self._may_follow(wanted, (number, cell), (next_number, after))
        ]

    def _may_follow(self, wanted: Wanted, before: tuple[int, Cell], after: tuple[int, Cell]) -> bool:
        (number, cell), (next_number, next_cell) = before, after
        if wanted.free:
            return next_cell.joint is Joint.FREE
        starts = self._starts
        start, end = starts[number] + number + cell.start, starts[number] + number + cell.end
        begin = starts[next_number] + next_number + next_cell.start
        return follows(self.text, start, end, begin, wanted.sign or None)


def follows(text: str, start: int, end: int, begin: int, sign: str | None) -> bool:
    """May a phrase's word that begins at `begin` follow the one at `start` to `end`? With a sign between, if one is wanted."""
    gap = text[end:begin]
    if sign is not None:
        return gap.strip() == sign
    return len(gap) < 2 or not ends_sentence(fold(text[start:end]), gap, text[begin])


def signs_stand(text: str, body: int, pattern: Pattern, rank: int, end: int) -> bool:
    """Do a pattern's signs, and every letter of a raw term, stand around `rank` to `end`? `body`: where it begins."""
    first, last = (0, body - 1) if rank < body else (body, len(text))
    return (
        (not pattern.raw or text[rank:end] == pattern.raw)
        and text.endswith(pattern.head, first, rank)
        and text.startswith(pattern.tail, end, last)
    )
