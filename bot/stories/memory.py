"""What is remembered of the articles of a window, and what a new one is among them: a copy, a development, or news.

Time and memory are bounded by the window, which forgets by the day. What is remembered follows from the articles alone, in the
order in which they came: `recall` with the stored decisions makes the same memory after a restart.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from bot.model import Article
from bot.stories.addresses import address
from bot.stories.clusters import Piece, StoryIndex
from bot.stories.copies_index import CopyIndex, Folding, Text
from bot.stories.sketch import sketch
from bot.stories.terms import Rarity, Terms, terms
from bot.stories.wordcodes import COMMON, KIND_BITS, language, word_codes

WINDOW = timedelta(days=7)
DAY = 86_400
LANGUAGE_WORDS = 100  # say which language it is
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
class _Kept:
    """What is kept of an article's vector, packed, for the day on which its story loses its first articles."""

    terms: array[int]
    weights: bytes
    lang: str
    at: float


@dataclass(frozen=True, slots=True)
class _Read:
    """An article, read once for everything that is asked about it."""

    text: Text
    terms: Terms
    lang: str


class Memory:
    """The articles of a window. Each is asked for its place once, in the order of arrival."""

    def __init__(self, window: timedelta = WINDOW) -> None:
        self._days = max(1, -(-window // timedelta(days=1)))
        self._copies, self._stories, self._rarity = CopyIndex(), StoryIndex(), Rarity()
        self._by_day: dict[int, list[int]] = defaultdict(list)
        self._id: dict[int, str] = {}  # articles are numbered in here: numbers take a tenth of the room
        self._story: dict[int, int] = {}  # article -> its story, which has the number of its first article
        self._key: dict[int, str] = {}  # story -> its key
        self._called: dict[str, int] = {}
        self._members: dict[int, dict[int, _Kept]] = {}  # story -> its articles' vectors; copies have none
        self._alive: Counter[int] = Counter()  # story -> its articles, copies with them
        self._ahead = False
        self._next = 0
        self._now = 0.0

    def __len__(self) -> int:
        return len(self._story)

    def place(self, article: Article, at: datetime | None = None, folding: Folding = Folding.HIGH) -> Place:
        """Where a new article belongs; it is remembered. `at`: when it came; else its date, else as the one before."""
        number, now = self._begin(article, at)
        read = _read(article, number)
        copy = self._copies.find(read.text, folding)
        if copy is not None:
            self._keep(read, number, article.id)
            story = self._story[copy.of]
            self._count_in(number, story)
            return Place(self._key[story], self._id[copy.of], contained=copy.contained)
        self._keep(read, number, article.id)
        piece = self._piece(read, now)
        story, likeness = self._stories.nearest(piece) or (self._begin_story(number, article.id), 0.0)
        self._join(number, story, piece)
        return Place(self._key[story], likeness=likeness)

    def recall(self, article: Article, place: Place, at: datetime | None = None) -> None:
        """Remember an article whose place was decided before: what a restart does with the stored articles, in their order."""
        number, now = self._begin(article, at)
        read = _read(article, number)
        self._keep(read, number, article.id)
        story = self._called.get(place.story)
        if place.copy_of and story is not None:
            self._count_in(number, story)
            return
        piece = self._piece(read, now)
        self._join(number, self._begin_story(number, place.story) if story is None else story, piece)

    def _begin_story(self, number: int, key: str) -> int:
        if key in self._called:
            key = f"{key}.{number}"  # two articles of one id in one pipe
        self._key[number], self._called[key] = key, number
        return number

    def _begin(self, article: Article, at: datetime | None) -> tuple[int, float]:
        now = at.timestamp() if at else self._believed(article.published)
        self._now = max(self._now, now)
        self._forget(self._today() - self._days - 1)
        number, self._next = self._next, self._next + 1
        return number, now

    def _believed(self, published: datetime | None) -> float:
        """A publisher's date; one beyond the window ahead only when the next one is there too: one slip must not clear all."""
        if published is None:
            return self._now
        ahead = published.timestamp() > self._now + self._days * DAY and bool(self._story)
        before, self._ahead = self._ahead, ahead
        return published.timestamp() if before or not ahead else self._now

    def _piece(self, read: _Read, now: float) -> Piece:
        # Counted before it is weighed: the first article of a window knows its own words.
        self._rarity.count(read.terms, self._today())
        return Piece(self._rarity.vector(read.terms), read.terms.names, read.lang, now)

    def _keep(self, read: _Read, number: int, key: str) -> None:
        self._copies.add(read.text)
        self._id[number] = key
        self._by_day[self._today()].append(number)

    def _join(self, number: int, story: int, piece: Piece) -> None:
        self._stories.join(story, piece)
        self._count_in(number, story)
        kept = _Kept(array("I", piece.vector), bytes(piece.vector.values()), piece.lang, piece.at)
        self._members.setdefault(story, {})[number] = kept

    def _count_in(self, number: int, story: int) -> None:
        self._story[number] = story
        self._alive[story] += 1

    def _today(self) -> int:
        return int(self._now // DAY)

    def _forget(self, last: int) -> None:
        """Forget the days up to `last`; stories that go on are made anew from what is left of them."""
        days = [day for day in self._by_day if day <= last]
        if not days:
            return
        gone = [number for day in days for number in self._by_day.pop(day)]
        lost: dict[int, list[int]] = defaultdict(list)
        for number in gone:
            del self._id[number]
            lost[self._story.pop(number)].append(number)
        ended, going_on = [], {}
        for story, numbers in lost.items():
            self._alive[story] -= len(numbers)
            members = self._members[story]
            if not self._alive[story]:
                del self._members[story], self._alive[story], self._called[self._key.pop(story)]
                ended.append(story)
                continue
            for number in numbers:
                # Where only copies are left, what they copy speaks for them.
                if number in members and len(members) > 1:
                    del members[number]
            going_on[story] = _pieces(members.values())
        self._stories.rebuild(ended, going_on)
        self._copies.forget(gone)
        self._rarity.forget(last + 1)


def _pieces(kept: Iterable[_Kept]) -> list[Piece]:
    return [
        Piece(dict(zip(one.terms, one.weights, strict=True)), frozenset(), one.lang, one.at) for one in kept
    ]


def _read(article: Article, number: int) -> _Read:
    headline, body = word_codes(article.title), word_codes(article.body[:LONGEST])
    text = Text(
        number,
        article.source,
        _hash(headline),
        crc32(address(article.url).encode(errors="surrogatepass")),
        _hash(body),
        _about_itself(headline, body),
        sketch(body or headline),
    )
    lang = article.lang.partition("-")[0] or language(frozenset((body or headline)[:LANGUAGE_WORDS]))
    return _Read(text, terms(headline, body), lang)


def _hash(codes: list[int]) -> int:
    """A number for these words in this order, however they are written; 0 for none."""
    return crc32(array("Q", [code >> KIND_BITS for code in codes]))


def _about_itself(headline: list[int], body: list[int]) -> bool:
    said = {code >> KIND_BITS for code in headline if not code & COMMON}
    return not (said and body and said.isdisjoint([code >> KIND_BITS for code in body]))
