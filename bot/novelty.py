"""What an article says that nothing before it said: numbers, names, turns of events; by words alone, without a model.

Looked for in the headline and the first sentences of the new article, and compared with everything that the known ones say,
in Indonesian and English alike. Dates and times of day are no news. In doubt it is new: a reply too many is better
than silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from bot.annotate import Annotation, Name, figures, named
from bot.model import Article, Fact
from bot.sentences import sentences
from bot.stories import TURNING, is_common, numbers_of, same_in_english
from bot.text import fold, words

LEAD = 2  # sentences of the body
MOST_CHARS = 20_000  # of a known text
SHOWN = 4  # facts of one development

_MOMENT = re.compile(
    r"\(\d{1,2}/\d{1,2}(?:/\d{2,4})?\)"
    r"|\b(?:pukul|jam|at)\s+\d{1,2}(?:[.:]\d{2})*\b"
    r"|\b\d{1,2}(?:[.:]\d{2}){0,2}\s?(?:wib|wita|wit|gmt|utc|am|pm|local)\b"
    r"|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_COMPASS = frozenset({"utara", "selatan", "timur", "barat"})
# Pairs of words that turn a sentence and not a story; and words that say little without their sentence.
_NO_TURNS = _COMPASS | {"juta", "miliar", "triliun", "ribu", "laki", "perempuan", "korban"}
# As `_words` writes them; a day beside a name is taken for a part of it now and then.
_CALENDAR = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
    october november december
    """.split()  # noqa: SIM905
)
_ARTICLES = frozenset(
    {"0", "1"}
)  # what "one" and "satu" mean are articles more often than numbers, unless in digits


@dataclass(frozen=True, slots=True)
class Said:
    """What texts say, as far as it is compared. `counted`: what was counted -> its newest number, as it is written."""

    words: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    turns: frozenset[str] = frozenset()
    counted: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=256)  # the articles of the stories that go on now are asked for again with every poll
def said(article: Article) -> Said:
    """What one article says; some milliseconds for a report."""
    text = f"{article.title}. {article.body[:MOST_CHARS]}"
    counted: dict[str, str] = {}
    for what, number, _ in _counted(text):
        counted.setdefault(what, number)
    turns = {turn for word in words(text) if (turn := TURNING.get(word.text))}
    return Said(_words(text), frozenset(_told_numbers(_undated(text))), frozenset(turns), counted)


def together(every: Iterable[Said]) -> Said:
    """What several texts say, the oldest first."""
    known = [*every]
    counted: dict[str, str] = {}
    for one in known:
        counted |= one.counted
    return Said(
        frozenset().union(*(one.words for one in known)),
        frozenset().union(*(one.numbers for one in known)),
        frozenset().union(*(one.turns for one in known)),
        counted,
    )


def new_in(article: Article, noted: Annotation | None, known: Said) -> tuple[Fact, ...]:
    """What an article says in its headline and first sentences, and none of the known texts anywhere."""
    numbers = [*_numbers(_head(article), known)]
    turns = [] if numbers else _turns(article, known)  # "rises" says less than what it rose to
    names = _names(article, noted, known) if noted else ()
    return _shown([*numbers, *turns, *names])


def corrected_in(article: Article, known: Said) -> tuple[Fact, ...]:
    """What a copy says otherwise than what it copies: new numbers in its headline, other numbers for the same thing."""
    headline = {fact.text for fact in _numbers(article.title, known)}
    return _shown(fact for fact in _numbers(_head(article), known) if fact.before or fact.text in headline)


def _head(article: Article) -> str:
    return f"{article.title}. {article.body[: _lead_ends(article)]}"


def _lead_ends(article: Article) -> int:
    ends = [end for _, end in islice(sentences(article.body[:MOST_CHARS]), LEAD)]
    return ends[-1] if ends else 0


def _words(text: str) -> frozenset[str]:
    """In one spelling for both languages, so that "West Java" is "Jawa Barat"."""
    return frozenset(map(_in_one_language, (word.text for word in words(text))))


def _in_one_language(word: str) -> str:
    turn = TURNING.get(word, "")
    return turn if turn in _COMPASS else same_in_english(word)


def _numbers(text: str, known: Said) -> Iterator[Fact]:
    """Numbers that are new, with what they count where that stands beside them."""
    text = _undated(text)
    counted: set[str] = set()
    for what, number, phrase in _counted(text):
        values = frozenset(numbers_of(number))
        counted |= values
        if values - known.numbers:
            yield Fact(phrase, known.counted.get(what, ""))
    for value in _told_numbers(text):
        if value not in counted and value not in known.numbers:
            yield Fact(value)


def _told_numbers(text: str) -> list[str]:
    written = frozenset(_DIGITS.findall(text))
    return [value for value in numbers_of(text) if value not in _ARTICLES or value in written]


def _counted(text: str) -> Iterator[tuple[str, str, str]]:
    """(what is counted, the number, both as they are written) of the counts, sums and percentages of a text."""
    for figure in figures(Article("", body=text)):
        number = _DIGITS.search(figure.text)
        if figure.kind != "date" and number:
            phrase = " ".join(figure.text.split())
            yield fold(phrase.replace(number[0], "", 1).strip()), number[0], phrase


def _undated(text: str) -> str:
    """Without dates and times of day."""
    for figure in reversed(figures(Article("", body=text))):
        if figure.kind == "date":
            text = f"{text[: figure.start]} {text[figure.end :]}"
    return _MOMENT.sub(" ", text)


def _turns(article: Article, known: Said) -> Iterator[Fact]:
    """Words of the headline that turn a story: "tewas", "acquitted"."""
    for word in words(article.title):
        turn = "" if is_common(word.text) else TURNING.get(word.text, "")
        if turn and turn not in known.turns and turn not in _NO_TURNS:
            yield Fact(article.title[word.start : word.end])


def _names(article: Article, noted: Annotation, known: Said) -> Iterator[Fact]:
    end, outlet = _lead_ends(article), _words(article.source)
    for name in noted.names:
        early = any(place.field == "title" or place.start < end for place in name.places)
        ways = [{word for word in _words(way) if not is_common(word)} - _CALENDAR for way in _ways(name)]
        if early and not any(way <= known.words or way <= outlet for way in ways):
            yield Fact(name.text)


def _ways(name: Name) -> list[str]:
    """How it may be written: a country in either language."""
    return [name.text, *(named(name.code, language) for language in ("id", "en") if name.code)]


def _shown(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The first ones, each once."""
    return tuple(islice({fact.text: fact for fact in facts}.values(), SHOWN))
