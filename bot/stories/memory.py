"""What is remembered of the articles of a window, and what a new one is among them: a copy, a development, or news.

Time and memory are bounded by the window. What is remembered follows from the articles alone, in the order in which they came:
`recall` with the stored decisions makes the same memory after a restart. What came before the window is forgotten by the hour,
a little with each new article, so that none waits: after a night without articles the last of it takes some hundred calls.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zlib import crc32

from bot.model import Article
from bot.stories.addresses import address
from bot.stories.clusters import Piece, StoryIndex
from bot.stories.copies_index import CopyIndex, Folding, Text
from bot.stories.engine import ENGINE, Engine
from bot.stories.rarity import Rarity
from bot.stories.terms import Terms

WINDOW = timedelta(days=7)
HOUR = 3_600
FORGOTTEN = (
    64  # articles, or articles put together again to a story, at each call; a few milliseconds at most
)
MADE_ANEW = 100  # articles, the newest, from which a story that loses some is put together again
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
        self._hours: deque[tuple[int, list[int]]] = deque()  # the articles that came in an hour
        self._leaving: deque[int] = deque()  # those of an hour before the window, by story
        self._id: dict[int, str] = {}  # articles are numbered in here: numbers take a tenth of the room
        self._story: dict[int, int] = {}  # article -> its story, which has the number of its first article
        self._key: dict[int, str] = {}  # story -> its key
        self._called: dict[str, int] = {}
        self._counted: dict[int, array[int]] = {}  # article -> its terms; copies have none
        self._pieces: dict[int, dict[int, Piece]] = {}  # story -> its newest articles; copies have none
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
        piece = self._piece(read, number, now)
        nearest = self._stories.nearest(piece)
        if nearest is None and not may_begin:
            self._rarity.forget(self._counted.pop(number))
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
        piece = self._piece(read, number, now)
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
            before = self._story[number]
            self._alive[before] -= 1
            self._count_in(number, target)
            if piece := self._pieces[before].pop(number, None):
                self._pieces.setdefault(target, {})[number] = piece
        if not self._pieces.get(target):  # copies alone: the first of them speaks for them now
            number, article = next(iter(moved.items()))
            at = article.seen.timestamp() if article.seen else self._now
            piece = self._piece(self._look(article, number), number, at)
            self._pieces[target] = {number: replace(piece, names=frozenset())}
        ended = [one for one in touched if not self._alive[one]]
        for one in ended:
            del self._pieces[one], self._alive[one], self._called[self._key.pop(one)]
        # In the order in which they came, as a restart recalls them.
        going_on = {one: dict(sorted(self._pieces[one].items())) for one in touched.difference(ended)}
        self._pieces.update(going_on)
        self._stories.rebuild(ended, {one: pieces.values() for one, pieces in going_on.items()})

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
            self._hours.append((hour, []))
        self._hours[-1][1].append(number)

    def _piece(self, read: _Read, number: int, now: float) -> Piece:
        # Counted before it is weighed: the first article of a window knows its own words.
        self._counted[number] = read.terms.terms
        self._rarity.count(read.terms.terms)
        return Piece(self._rarity.vector(read.terms), read.terms.names, read.lang, now)

    def _join(self, number: int, story: int, piece: Piece) -> None:
        self._stories.join(story, piece)
        self._count_in(number, story)
        pieces = self._pieces.setdefault(story, {})
        pieces[number] = replace(piece, names=frozenset())  # the names of the newest only are asked for
        if len(pieces) > MADE_ANEW:
            del pieces[next(iter(pieces))]

    def _count_in(self, number: int, story: int) -> None:
        self._story[number] = story
        self._alive[story] += 1

    def _forget(self, first: int) -> None:
        """Forget some of what came before this hour."""
        work = 0
        while work < FORGOTTEN:
            if not self._leaving:
                if not self._hours or self._hours[0][0] >= first:
                    return
                self._leaving.extend(sorted(self._hours.popleft()[1], key=self._story.__getitem__))
            story = self._story[self._leaving[0]]
            gone: list[int] = []
            while self._leaving and len(gone) < FORGOTTEN and self._story[self._leaving[0]] == story:
                gone.append(self._leaving.popleft())
                del self._story[gone[-1]]
            work += len(gone) + self._lose(story, gone)

    def _lose(self, story: int, gone: list[int]) -> int:
        """A story loses articles; from how many that are left it was made anew."""
        self._copies.forget(gone)
        for number in gone:
            del self._id[number]
            if number in self._counted:
                self._rarity.forget(self._counted.pop(number))
        self._alive[story] -= len(gone)
        if not self._alive[story]:
            self._stories.rebuild([story], {})
            del self._pieces[story], self._alive[story], self._called[self._key.pop(story)]
            return 0
        pieces = self._pieces[story]
        before = len(pieces)
        for number in gone:
            # Where only copies are left, what they copy speaks for them.
            if number in pieces and len(pieces) > 1:
                del pieces[number]
        if len(pieces) == before:
            return 0
        self._stories.rebuild([], {story: pieces.values()})
        return len(pieces)

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
