"""What somebody said, and who: "…,” kata X", "X mengatakan, “…”", "Menurut X, …", "… said X"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.annotate.names import Name
from bot.model import Article
from bot.sentences import sentences

FEWEST_WORDS = 4  # inside the marks; fewer are a word that somebody keeps at arm's length
REACH = 90  # code points between the marks and the speaker's name
MOST_CHARS = 20_000

_QUOTED = re.compile(r"“([^“”]{10,1200})”|\"([^\"]{10,1200})\"")
_SAYS_AFTER = re.compile(
    r"\s*,?\s*(?:demikian\s+)?(?:kata|ujar|tutur|ucap|jelas|ungkap|tegas|imbuh|tambah|terang|papar|sebut|cetus|pungkas|"
    r"tandas|lanjut|tulis|klaim|keluh|said|says|told|added|according to)(?:nya\b|\b)",
    re.IGNORECASE,
)
_SAYS_BEFORE = re.compile(
    r"\b(?:mengatakan|berkata|menyatakan|menegaskan|menyebut|menyebutkan|menjelaskan|mengungkapkan|menambahkan|menilai|"
    r"menulis|mengaku|said|says|told|wrote|added)\b[^.!?“\"]{0,60}\Z",
    re.IGNORECASE,
)
_ACCORDING = re.compile(r"\b(?:menurut|according to)\s+", re.IGNORECASE)
_OWN = re.compile(r"nya\b|\b(?:he|she|they)\b", re.IGNORECASE)
_Speaker = tuple[int, int, str, bool]
_PRONOUN = re.compile(r"\b(?:ia|dia|beliau|he|she)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of the body and who said it; `direct`: between quotation marks."""

    start: int
    end: int
    speaker: str  # "" when nobody is named nearby
    direct: bool


def quotes(article: Article, names: Sequence[Name]) -> tuple[Quote, ...]:
    """In the order of the text."""
    body = article.body[:MOST_CHARS]
    people = _speakers(names)
    found = [*_direct(body, people), *_indirect(body, people)]
    return tuple(sorted(found, key=lambda quote: quote.start))


def _speakers(names: Sequence[Name]) -> list[_Speaker]:
    """Where people and organisations stand in the body, in order: start, end, full name, is it a person."""
    return sorted(
        (place.start, place.end, name.text, name.kind == "person")
        for name in names
        if name.kind != "place"
        for place in name.places
        if place.field == "body"
    )


def _direct(body: str, people: Sequence[_Speaker]) -> Iterator[Quote]:
    for found in _QUOTED.finditer(body):
        start, end = found.span(1) if found[1] else found.span(2)
        said = body[start:end]
        if len(said.split()) < FEWEST_WORDS or "\n\n" in said.strip():
            continue
        speaker = _after(body, found.end(), people) or _before(body, found.start(), people)
        if speaker is not None:
            yield Quote(start, end, speaker, True)


def _after(body: str, end: int, people: Sequence[_Speaker]) -> str | None:
    """None: no verb of saying follows."""
    says = _SAYS_AFTER.match(body, end)
    if not says:
        first = next((one for one in people if end <= one[0] <= end + 4), None)  # “…,” X said
        follows = first and re.match(r"\s+(?:said|says|told|added|mengatakan|berkata)\b", body[first[1] :])
        return first[2] if first and follows else None
    if _OWN.search(says[0]):
        return _last(people, end)
    line_end = body.find("\n", says.end())
    reach = min(says.end() + REACH, line_end if line_end >= 0 else len(body))
    named = [one for one in people if says.end() <= one[0] < reach]
    return _first(body, named)[2] if named else ""


def _before(body: str, start: int, people: Sequence[_Speaker]) -> str | None:
    head = max(0, start - 200, body.rfind("\n", 0, start) + 1)
    says = _SAYS_BEFORE.search(body[head:start])
    if not says:
        return None
    named = [one for one in people if head <= one[0] and one[1] <= head + says.start() + 1]
    person = next((one for one in reversed(named) if one[3]), None) or (named[-1] if named else None)
    if person:
        return person[2]
    return _last(people, head) if _PRONOUN.search(body[head:start]) else ""


def _last(people: Sequence[_Speaker], end: int) -> str:
    """The person named last before a place: who "he said" means, as far as a rule can tell."""
    return next((one[2] for one in reversed(people) if one[3] and one[1] <= end), "")


def _indirect(body: str, people: Sequence[_Speaker]) -> Iterator[Quote]:
    for start, end in sentences(body):
        said = _ACCORDING.search(body, start, end)
        if not said:
            continue
        named = [one for one in people if said.end() <= one[0] < min(end, said.end() + REACH)]
        if named:
            yield Quote(start, end, _first(body, named)[2], False)


def _first(body: str, named: Sequence[_Speaker]) -> _Speaker:
    """The first person, else whoever is first; of "penasihat Putin, Yuri Ushakov" the second one is meant."""
    people = [one for one in named if one[3]]
    for one, following in pairwise(people):
        if body[one[1] : following[0]] == ", ":
            return following
        break
    return people[0] if people else named[0]
