"""Who, where and what is named in a text: people, places and organisations, how often, and where each stands.

Chosen: a small conditional random field over words, shapes and lists (names.crf.gz; figures in benchmarks/README.md),
then rules for what it cannot know: a country at the beginning of a person's name is a country ("Tiongkok Xi Jinping"),
a name that is tagged in two ways in one article is what it is most often, and "Putin" is "Vladimir Putin" where the
article says so. Turned down: transformers (no Indonesian weights come as a package, and they need a second an article).
"""

from __future__ import annotations

import gzip
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from bot.annotate.countries import MOST_WORDS, country
from bot.annotate.lexicon import lexicon
from bot.annotate.name_features import Features
from bot.annotate.tokens import Token, tokens
from bot.model import Article
from bot.sentences import sentences

KINDS = {"PERSON": "person", "PLACE": "place", "ORGANISATION": "organisation"}
MOST_CHARS = 20_000  # of a body; what is named only after these is not what the article is about
REACH = 6  # words beside a capital that are tagged: they say what the name is
MOST_WORDS_IN_SENTENCE = 200  # a text without stops is tagged in stretches

_SEAM = re.compile(r"(?<=[a-z])(?=[A-Z])")
SEAM_LETTERS = 3
FEWEST_LETTERS = 3  # of a name that is looked for again
# Titles that the training data counts to a name now and then; people are listed without them.
_TITLE = re.compile(
    r"(?:presiden|wakil|menteri|perdana|gubernur|bupati|wali|kota|ketua|direktur|jenderal|pak|bu|ibu|bapak|tuan|rumah|"
    r"president|minister|prime|mr|mrs|ms|dr|sir)",
    re.IGNORECASE,
)
CALENDAR = frozenset(
    re.findall(
        r"\w+",
        """senin selasa rabu kamis jumat sabtu minggu monday tuesday wednesday thursday friday saturday sunday
        januari februari maret april mei juni juli agustus september oktober november desember
        january february march may june july august october december""",
    )
)
_NO_NAME = CALENDAR | {"ia", "dia", "mereka", "kami"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name stands; text == article.field(field)[start:end]."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """One person, place or organisation. `code` is a country's ISO code."""

    text: str  # as it is written where it is written longest
    kind: str  # "person", "place", "organisation"
    places: tuple[Place, ...]
    code: str = ""

    @property
    def count(self) -> int:
        return len(self.places)


@dataclass(frozen=True, slots=True)
class _Found:
    text: str
    kind: str
    place: Place


def names(article: Article) -> tuple[Name, ...]:
    """The most often named first, then by where they come."""
    texts = {field: article.field(field)[:MOST_CHARS] for field in ("title", "body")}
    found = _voted([one for field, text in texts.items() for one in _field(text, field)])
    return _gathered([*found, *_missed(texts, found)])


def tag(words: Sequence[str]) -> list[str]:
    """ "B-PERSON", "I-PERSON", … or "O" for each word of one sentence.

    Words that are further than REACH from any capital are none: news names nobody in lower case alone. A sentence's
    first word is a capital only if it has one elsewhere too.
    """
    tags = ["O"] * len(words)
    for first, last in _stretches(words):
        tags[first:last] = _tagger().tag(_features()(words[first:last]))
    return tags


def _stretches(words: Sequence[str]) -> list[tuple[int, int]]:
    """Where names may be: around capitals, as (first, last) with the last one outside."""
    found: list[tuple[int, int]] = []
    for at, word in enumerate(words):
        if not word[:1].isupper() or (not at and not lexicon().capitals.get(word.lower(), 1)):
            continue
        first, last = max(0, at - REACH), min(len(words), at + REACH + 1)
        if found and first <= found[-1][1]:
            first = found.pop()[0]
        found.append((first, last))
    return found


@lru_cache(maxsize=1)
def _features() -> Features:
    return Features(lexicon())


_local = threading.local()  # a tagger holds the sentence it works on, so every thread has its own


def _tagger() -> Any:
    import pycrfsuite

    if not hasattr(_local, "tagger"):
        tagger = pycrfsuite.Tagger()
        _local.weights = gzip.decompress(files("bot.annotate").joinpath("names.crf.gz").read_bytes())
        tagger.open_inmemory(_local.weights)
        _local.tagger = tagger
    return _local.tagger


def _field(text: str, field: str) -> Iterable[_Found]:
    for start, end in sentences(text):
        every = tokens(text, start, end)
        if _SEAM.search(text, start, end):
            every = [part for token in every for part in _parts(token, text)]
        for at in range(0, len(every), MOST_WORDS_IN_SENTENCE):
            stretch = every[at : at + MOST_WORDS_IN_SENTENCE]
            yield from _entities(text, field, stretch, tag([token.text for token in stretch]))


def _parts(token: Token, text: str) -> list[Token]:
    """ "PyongyangKorea" -> two tokens, where both halves are known as names or stand alone too; "YouTube" stays."""
    for seam in _SEAM.finditer(token.text):
        left, right = token.text[: seam.start()], token.text[seam.start() :]
        if min(len(left), len(right)) >= SEAM_LETTERS and _known(left, text) and _known(right, text):
            cut = token.start + seam.start()
            return [Token(left, token.start, cut), Token(right, cut, token.end)]
    return [token]


def _known(word: str, text: str) -> bool:
    low, lists = word.lower(), lexicon()
    listed = low in lists.cities or low in lists.countries or lists.capitals.get(low, 0) == 4
    return listed or re.search(rf"\b{word}\b", text) is not None


def _entities(text: str, field: str, words: Sequence[Token], tags: Sequence[str]) -> Iterable[_Found]:
    at = 0
    while at < len(words):
        kind, last = tags[at][2:], at + 1
        if not kind:
            at = last
            continue
        # Where a space was lost, one name ends and another begins.
        while last < len(words) and tags[last] == f"I-{kind}" and words[last].start > words[last - 1].end:
            last += 1
        yield from _split(text, field, words[at:last], KINDS[kind])
        at = last


def _split(text: str, field: str, words: Sequence[Token], kind: str) -> Iterable[_Found]:
    """A country that leads a longer name is a place of its own; so is what stands before a person's name."""
    size = _leading_country(text, words)
    if kind != "organisation" and 0 < size < len(words):
        yield _found(text, field, words[:size], "place")
        rest = words[size:]
        person = kind == "place" and len(rest) > 1 and not _city(rest)
        yield from _split(text, field, rest, "person" if person else kind)
        return
    if size == len(words):
        kind = "place"
    while kind == "person" and len(words) > 1 and _TITLE.fullmatch(words[0].text):
        words = words[1:]
    if words[0].text.lower() not in _NO_NAME or len(words) > 1:
        yield _found(text, field, words, kind)


def _city(words: Sequence[Token]) -> bool:
    return " ".join(word.text for word in words).lower() in lexicon().cities


def _leading_country(text: str, words: Sequence[Token]) -> int:
    for size in range(min(MOST_WORDS, len(words)), 0, -1):
        if country(text[words[0].start : words[size - 1].end]):
            return size
    return 0


def _found(text: str, field: str, words: Sequence[Token], kind: str) -> _Found:
    start, end = words[0].start, words[-1].end
    return _Found(" ".join(text[start:end].split()), kind, Place(field, start, end))


def _voted(found: Sequence[_Found]) -> list[_Found]:
    """Every name with the kind it has most often; one that ends a person's full name is that person's."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        votes[one.text.lower()][one.kind] += 1
    families = {
        one.text.lower().rpartition(" ")[2] for one in found if one.kind == "person" and " " in one.text
    }
    return [_Found(one.text, _kind(one.text.lower(), votes, families), one.place) for one in found]


def _kind(name: str, votes: dict[str, Counter[str]], families: set[str]) -> str:
    return "person" if name in families else votes[name].most_common(1)[0][0]


def _missed(texts: dict[str, str], found: Sequence[_Found]) -> Iterable[_Found]:
    """Where a name that was found once stands again, untagged: news calls people by their last name."""
    kinds = {one.text: one.kind for one in found}
    for one in found:
        if one.kind == "person" and " " in one.text:
            kinds.setdefault(one.text.rpartition(" ")[2], "person")
    known = [name for name in kinds if len(name) >= FEWEST_LETTERS and name[0].isupper()]
    if not known:
        return
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(known, key=len, reverse=True)))})\b")
    taken = {(one.place.field, at) for one in found for at in range(one.place.start, one.place.end)}
    for field, text in texts.items():
        for again in pattern.finditer(text):
            if (field, again.start()) not in taken and (field, again.end() - 1) not in taken:
                yield _Found(again[0], kinds[again[0]], Place(field, *again.span()))


def _gathered(found: Sequence[_Found]) -> tuple[Name, ...]:
    """One name for each: countries by their code, people by the longest form that ends or begins with the short one."""
    groups: dict[tuple[str, str], list[_Found]] = defaultdict(list)
    people = list(dict.fromkeys(one.text for one in found if one.kind == "person" and " " in one.text))
    for one in found:
        code = country(one.text) if one.kind == "place" else ""
        groups[one.kind, code or _full(one, people).lower()].append(one)
    gathered = [
        Name(
            max((one.text for one in members), key=len),
            kind,
            tuple(sorted((one.place for one in members), key=lambda at: (at.field != "title", at.start))),
            country(members[0].text) if kind == "place" else "",
        )
        for (kind, _), members in groups.items()
    ]
    return tuple(
        sorted(
            gathered, key=lambda name: (-name.count, name.places[0].field != "title", name.places[0].start)
        )
    )


def _full(one: _Found, people: Sequence[str]) -> str:
    if one.kind != "person":
        return one.text
    own = one.text.lower().split()
    for name in people:
        whole = name.lower().split()
        if len(whole) > len(own) and (whole[-len(own) :] == own or whole[: len(own)] == own):
            return name
    return one.text
