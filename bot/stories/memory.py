"""What is remembered of the articles of a window, and what a new one is among them: a copy, a development, or news.

Time and memory are bounded by the window. What is remembered follows from the articles alone, in the order in which they came:
`recall` with the stored decisions makes the same memory after a restart. What came before the window is forgotten by the hour,
a little with each new article, so that none waits: after a night without articles the last of it takes some hundred calls.
"""

from __future__ import annotations

import sys
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from bot.model import Article
from bot.stories.addresses import address
from bot.stories.clusters import Piece, StoryIndex
from bot.stories.copies_index import CopyIndex, Folding, Text
from bot.stories.engine import ENGINE, Engine
from bot.stories.rarity import Rarity
from bot.stories.terms import Terms, Vector

WINDOW = timedelta(days=7)
HOUR = 3_600
FORGOTTEN = 16  # articles at each call, at most: a millisecond or two
LONGEST = 40_000  # code points of a text that are looked at; what is beyond is transcripts and tables


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article belongs: its story's key, which is the id of the story's first article, and the id of what it copies.

    `contained`: how much of the shorter of two copies stands in the other. `likeness`: how like the story it is.
    """

    story: str
    copy_of: str = ""
    contained: float = 0.0
    likeness: float = 0.0


# A piece as it is kept, without its names, which are asked for of new articles only: the parts of its vector, language and
# time in a plain tuple, so that a search for garbage leaves a hundred thousand of them alone.
_Kept = tuple[bytes, bytes, bytes, str, float]


@dataclass(frozen=True, slots=True)
class _Read:
    """An article, read once for everything that is asked about it."""

    text: Text
    terms: Terms
    lang: str


class Memory:
    """The articles of a window. Each is asked for its place once, in the order of arrival."""

    def __init__(self, window: timedelta = WINDOW, engine: Engine = ENGINE) -> None:
        self._read = engine.read
        self._window = window.total_seconds()
        self._copies, self._stories, self._rarity = CopyIndex(engine), StoryIndex(engine), Rarity(engine)
        self._hours: deque[tuple[int, deque[int]]] = deque()  # the articles that came in an hour
        self._id: dict[int, str] = {}  # articles are numbered in here: numbers take a tenth of the room
        self._story: dict[int, int] = {}  # article -> its story, which has the number of its first article
        self._key: dict[int, str] = {}  # story -> its key
        self._called: dict[str, int] = {}
        self._pieces: dict[int, _Kept] = {}  # copies have none
        self._telling: Counter[int] = Counter()  # story -> its articles that are no copies
        self._alive: Counter[int] = Counter()  # story -> its articles, copies with them
        self._ahead = False
        self._next = 0
        self._now = 0.0

    def __len__(self) -> int:
        return len(self._story)

    def place(
        self,
        article: Article,
        at: datetime | None = None,
        folding: Folding = Folding.HIGH,
        *,
        may_begin: bool = True,
    ) -> Place:
        """Where a new article belongs; it is remembered. `at`: when it came; else its date, else as the one before.

        One that may not begin a story is forgotten at once where it belongs to none that is known.
        """
        number, now = self._begin(article, at)
        read = self._look(article, number)
        copy = self._copies.find(read.text, folding)
        if copy is not None:
            self._keep(read, number, article.id)
            story = self._story[copy.of]
            self._count_in(number, story)
            return Place(self._key[story], self._id[copy.of], contained=copy.contained)
        piece = self._piece(read, now)
        nearest = self._stories.nearest(piece)
        if nearest is None and not may_begin:
            self._rarity.forget(piece.vector)
            return Place(article.id)
        self._keep(read, number, article.id)
        story, likeness = nearest or (self._begin_story(number, article.id), 0.0)
        self._join(number, story, piece)
        return Place(self._key[story], likeness=likeness)

    def recall(self, article: Article, place: Place, at: datetime | None = None) -> None:
        """Remember an article whose place was decided before: what a restart does with the stored articles, in their order."""
        number, now = self._begin(article, at)
        read = self._look(article, number)
        self._keep(read, number, article.id)
        story = self._called.get(place.story)
        if place.copy_of and story is not None:
            self._count_in(number, story)
            return
        piece = self._piece(read, now)
        self._join(number, self._begin_story(number, place.story) if story is None else story, piece)

    def move(self, articles: Sequence[Article], story: str) -> None:
        """Put articles into the story with this key, known or new; what is like them follows from now on.

        Takes time with everything that is remembered: people ask for it, not articles.
        """
        wanted = {one.id: one for one in articles}
        moved = {
            number: wanted[key] for number, key in self._id.items() if key in wanted and number in self._story
        }
        if not moved:
            return
        target = self._called.get(story)
        if target is None:
            target, self._next = self._begin_story(self._next, story), self._next + 1
        touched = {self._story[number] for number in moved} | {target}
        for number in moved:
            self._alive[self._story[number]] -= 1
            self._count_in(number, target)
        pieces: dict[int, list[Piece]] = {one: [] for one in touched}
        for number in sorted(self._pieces):  # in the order in which they came, as a restart recalls them
            if self._story[number] in touched:
                pieces[self._story[number]].append(_unpacked(self._pieces[number]))
        if not pieces[target]:  # copies alone: the first of them speaks for them now
            number, article = next(iter(moved.items()))
            at = article.seen.timestamp() if article.seen else self._now
            piece = self._piece(self._look(article, number), at)
            self._pieces[number] = _packed(piece)
            pieces[target].append(piece)
        ended = [one for one in touched if not self._alive[one]]
        for one in ended:
            del pieces[one], self._alive[one], self._telling[one], self._called[self._key.pop(one)]
        for one, some in pieces.items():
            self._telling[one] = len(some)
        self._stories.rebuild(ended, pieces)

    def knows(self, story: str) -> bool:
        """Is anything of the story with this key remembered?"""
        return story in self._called

    def _begin_story(self, number: int, key: str) -> int:
        if key in self._called:
            key = f"{key}.{number}"  # two articles of one id in one pipe
        self._key[number], self._called[key] = key, number
        return number

    def _begin(self, article: Article, at: datetime | None) -> tuple[int, float]:
        now = at.timestamp() if at else self._believed(article.published)
        self._now = max(self._now, now)
        self._forget(int(self._now - self._window) // HOUR)
        number, self._next = self._next, self._next + 1
        return number, now

    def _believed(self, published: datetime | None) -> float:
        """A publisher's date; one beyond the window ahead only when the next one is there too: one slip must not clear all."""
        if published is None:
            return self._now
        ahead = published.timestamp() > self._now + self._window and bool(self._story)
        before, self._ahead = self._ahead, ahead
        return published.timestamp() if before or not ahead else self._now

    def _keep(self, read: _Read, number: int, key: str) -> None:
        self._copies.add(read.text)
        self._id[number] = key
        hour = int(self._now) // HOUR
        if not self._hours or self._hours[-1][0] != hour:
            self._hours.append((hour, deque()))
        self._hours[-1][1].append(number)

    def _piece(self, read: _Read, now: float) -> Piece:
        # Counted before it is weighed: the first article of a window knows its own words.
        self._rarity.count(read.terms)
        return Piece(self._rarity.vector(read.terms), read.terms.names, read.lang, now)

    def _join(self, number: int, story: int, piece: Piece) -> None:
        self._stories.join(story, piece)
        self._count_in(number, story)
        self._pieces[number] = _packed(piece)
        self._telling[story] += 1

    def _count_in(self, number: int, story: int) -> None:
        self._story[number] = story
        self._alive[story] += 1

    def _forget(self, first: int) -> None:
        """Forget some of what came before this hour."""
        for _ in range(FORGOTTEN):
            if not self._hours or self._hours[0][0] >= first:
                return
            numbers = self._hours[0][1]
            self._lose(numbers.popleft())
            if not numbers:
                self._hours.popleft()

    def _lose(self, number: int) -> None:
        del self._id[number]
        self._copies.forget([number])
        story = self._story.pop(number)
        self._alive[story] -= 1
        kept = self._pieces.pop(number, None)
        if kept:
            self._rarity.forget(_unpacked(kept).vector)
            self._telling[story] -= 1
        if not self._alive[story]:
            self._stories.rebuild([story], {})
            del self._alive[story], self._telling[story], self._called[self._key.pop(story)]
        elif kept and self._telling[story]:  # where only copies are left, what they copy speaks for them
            self._stories.leave(story, _unpacked(kept).vector)

    def _look(self, article: Article, number: int) -> _Read:
        read = self._read(article.title, article.body[:LONGEST])
        text = Text(
            number,
            sys.intern(article.source),
            read.headline,
            crc32(address(article.url).encode(errors="surrogatepass")),
            read.whole,
            read.about_itself,
            read.sketch,
        )
        return _Read(text, read.terms, article.lang.partition("-")[0] or read.lang)


def _packed(piece: Piece) -> _Kept:
    return *piece.vector, piece.lang, piece.at


def _unpacked(kept: _Kept) -> Piece:
    *vector, lang, at = kept
    return Piece(Vector(*vector), frozenset(), lang, at)
