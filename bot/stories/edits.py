"""How much an edit of a published article matters to those who were told of it.

Seen: most edits of news are white space, bylines, links to other articles and typing errors; the few that matter change a
number, a name, a "not", the headline, or say that they correct. NewsDiffs showed all of them alike and was faulted for that.
Chosen: the two versions are compared sentence by sentence and word by word, and the kinds of words that changed decide.
Heavy is what an editor who printed the first version has to know. Turned down: the share of the text that
changed (one digit can be the news).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum
from hashlib import blake2b

from bot.stories.tongues import ENGLISH, INDONESIAN
from bot.stories.turning import CORRECTING, NEGATIONS, TITLES, TURNING, is_boilerplate, numbers_of
from bot.stories.worddiff import Fate, Stretch, split, stretches, word_diff
from bot.text import fold

# When an alerted article is looked at again, after its alert.
LOOKS = tuple(
    timedelta(minutes=minutes) for minutes in (5, 15, 60, 3 * 60, 12 * 60, 24 * 60, 3 * 24 * 60, 7 * 24 * 60)
)
LONGEST_ABBREVIATION = 6  # letters: BMKG, NATO
INVITATION = 2  # sentences in the place of what has to be paid for
ALIKE = 1 / 3  # of a version's words: fewer in the next one, and it is another text
OPENING = 3  # sentences: what is new there is what the article now says first


class Weight(IntEnum):
    """What an edit is worth: HEAVY is told, LIGHT is kept for `/diff`, NOTHING is no new version."""

    NOTHING = 0
    LIGHT = 1
    HEAVY = 2


class Change(StrEnum):
    """What kind of edit."""

    WITHDRAWN = "withdrawn"
    CORRECTION = "correction"
    HEADLINE = "headline"
    NUMBER = "number"
    NAME = "name"
    NEGATION = "negation"
    TURN = "turn"  # rose to fell, suspect to witness
    QUOTE = "quote"
    OPENING = "opening"  # something new is said at the start
    CUT = "cut"  # sentences with names or numbers are gone
    ADDED = "added"
    REWORDED = "reworded"


_ORDER = tuple(Change)
_HEAVY = frozenset(Change) - {Change.ADDED, Change.REWORDED}


@dataclass(frozen=True, slots=True)
class Version:
    """An article as it stood at one time."""

    title: str
    body: str

    @property
    def digest(self) -> str:
        """Equal for versions that say the same words, bylines and links to other articles left out: 32 hexadecimal digits."""
        told = "\x00".join((_plain(self.title), _plain(" ".join(_said(self.body)))))
        return blake2b(told.encode(errors="surrogatepass"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Edit:
    """What one version changed of another: its weight, the kinds of change (heaviest first), and the sentences.

    Of these the headline comes first, then the heaviest; one that only moved is left out.
    """

    weight: Weight
    changes: tuple[Change, ...] = ()
    stretches: tuple[Stretch, ...] = ()


def compare(old: Version, new: Version) -> Edit:
    """The edit from `old` to `new`."""
    whole = _plain(f"{old.title}\n{old.body}") == _plain(
        f"{new.title}\n{new.body}"
    )  # lines may be broken elsewhere
    if whole or old.digest == new.digest:
        return Edit(Weight.NOTHING)
    before, after = _said(old.body), _said(new.body)
    if _withdrawn(before, after, new):
        return Edit(Weight.HEAVY, (Change.WITHDRAWN,), tuple(stretches(before, after)))
    if _cut_to_its_beginning(before, after) and _plain(old.title) == _plain(new.title):
        return Edit(Weight.LIGHT, (Change.CUT,), tuple(stretches(before, after)))
    headline = Stretch(" ".join(old.title.split()), " ".join(new.title.split()), 0)
    found = [one for one in stretches(before, after) if _plain(one.gone) != _plain(one.came)]
    known = _names_inside([*before, *after, headline.gone, headline.came])
    changes: set[Change] = set()
    if _plain(headline.gone) != _plain(headline.came):
        changes |= {Change.HEADLINE} if not _is_typing(headline) else {Change.REWORDED}
        changes |= _correcting(headline)
        found.insert(0, headline)
    # A sentence that only moved went in one place and came in another.
    gone, came = ({_plain(one) for one in side} for side in (before, after))
    first = found[:1] if found[:1] == [headline] else []
    weighty, others = list[tuple[Change, Stretch]](), list[Stretch]()
    for one in found[len(first) :]:
        if one.whole and _plain(one.gone or one.came) in (came if one.gone else gone):
            changes.add(Change.REWORDED)
            continue
        kinds = _kinds(one, known)
        changes |= kinds
        if kinds & _HEAVY:
            weighty.append((min(kinds, key=_ORDER.index), one))
        else:
            others.append(one)
    weighty.sort(key=lambda pair: _ORDER.index(pair[0]))
    ordered = tuple(change for change in Change if change in changes)
    weight = Weight.HEAVY if changes & _HEAVY else Weight.LIGHT if changes else Weight.NOTHING
    return Edit(weight, ordered, (*first, *(one for _, one in weighty), *others))


def is_other_text(old: Version, new: Version) -> bool:
    """Does the newer version share so little with the older one that it may be another page: a wall, a list of articles?"""
    before, after = (set(_TOKEN.findall(fold(f"{one.title} {one.body}"))) for one in (old, new))
    return len(before & after) < ALIKE * len(before)


def is_removal(text: str) -> bool:
    """Does a short text say that an article was taken away?"""
    return bool(_REMOVED.search(fold(text)))


def went_back(digests: Sequence[str], now: str) -> int | None:
    """Which earlier version an article has gone back to (A, B, A): its place in `digests`, oldest first; else None."""
    if not digests or digests[-1] == now or now not in digests:
        return None
    return len(digests) - 1 - list(reversed(digests)).index(now)


def next_look(age: timedelta) -> timedelta | None:
    """How long after its alert an article is looked at next, if its alert is so old now; None: never."""
    return next((look for look in LOOKS if look > age), None)


def _said(body: str) -> list[str]:
    """The sentences that are the article's own."""
    return [one for one in split(body) if not is_boilerplate(one) or CORRECTING.search(fold(one))]


def _cut_to_its_beginning(before: Sequence[str], after: Sequence[str]) -> bool:
    """Is only the beginning left: what a page shows to who has not paid (any more)?"""
    same = next(
        (
            place
            for place, pair in enumerate(zip(before, after, strict=False))
            if _plain(pair[0]) != _plain(pair[1])
        ),
        min(len(before), len(after)),
    )
    invited = after[same:]  # "Subscribe to read on."
    return 0 < 2 * same <= len(before) and len(invited) <= INVITATION and not any(map(numbers_of, invited))


def _withdrawn(before: Sequence[str], after: Sequence[str], new: Version) -> bool:
    """Is the article gone, and a notice in its place?"""
    told = fold(" ".join([new.title, *after]))
    short = sum(map(len, after)) < max(250, sum(map(len, before)) // 3)
    return short and bool(_REMOVED.search(told)) and bool(before)


_REMOVED = re.compile(
    r"(?:artikel|berita|tulisan|konten|naskah|halaman) (?:ini )?(?:telah |sudah )?(?:dihapus|dicabut|ditarik|tidak tersedia|"
    r"tidak ditemukan)|(?:article|story|page|report) (?:has been |was |is )?(?:removed|withdrawn|retracted|deleted|"
    r"no longer available|not found)"
)
_PUNCTUATION = re.compile(r"[^\w%]+")
_TOKEN = re.compile(r"\w+(?:[.,:]\d+)*%?")
_ENDED = re.compile(
    r"[.!?…:;][\W_]*$"
)  # what is not is a subheading, a caption, or a link to another article
_QUOTED = re.compile(r"[“\"]([^”\"]+)[”\"]")


def _plain(text: str) -> str:
    """Letters and digits only: what a reader would call the same words."""
    return _PUNCTUATION.sub(" ", fold(text)).strip()


def _kinds(one: Stretch, known: frozenset[str]) -> set[Change]:
    """What kinds of change one sentence brings."""
    kinds = _correcting(one)
    if one.whole:
        return kinds | _whole(one, known)
    gone, came = _changed_words(one)
    if numbers_of(" ".join(gone)) != numbers_of(" ".join(came)) and numbers_of(one.gone) != numbers_of(
        one.came
    ):
        kinds.add(Change.NUMBER)
    if _names(gone, known) != _names(came, known):
        kinds.add(Change.NAME)
    before, after = _folded(gone), _folded(came)
    if _count(before, NEGATIONS) != _count(after, NEGATIONS):
        kinds.add(Change.NEGATION)
    turned = {TURNING[word] for word in before if word in TURNING}
    if turned and {TURNING[word] for word in after if word in TURNING} - turned:
        kinds.add(Change.TURN)
    if not _is_typing(one) and (_quotes(one.gone) - _quotes(one.came)) and _quotes(one.came):
        kinds.add(Change.QUOTE)
    return kinds or {Change.REWORDED}


def _whole(one: Stretch, known: frozenset[str]) -> set[Change]:
    """A sentence that was not there before, or is there no more."""
    text = one.gone or one.came
    if not _ENDED.search(text):
        return {Change.REWORDED if one.gone else Change.ADDED}
    fact = bool(numbers_of(text)) or bool(_names(_TOKEN.findall(text), known)) or bool(_quotes(text))
    if one.gone:
        return {Change.CUT} if fact else {Change.REWORDED}
    return {Change.OPENING} if fact and one.at < OPENING else {Change.ADDED}


def _correcting(one: Stretch) -> set[Change]:
    """Does the newer version say that it corrects, where the older did not?"""
    return (
        {Change.CORRECTION}
        if CORRECTING.search(fold(one.came)) and not CORRECTING.search(fold(one.gone))
        else set()
    )


def _changed_words(one: Stretch) -> tuple[list[str], list[str]]:
    pieces = word_diff(one.gone, one.came)
    gone, came = ([piece.text for piece in pieces if piece.fate is fate] for fate in (Fate.GONE, Fate.CAME))
    return _TOKEN.findall(" ".join(gone)), _TOKEN.findall(" ".join(came))


def _folded(words: Iterable[str]) -> list[str]:
    return [fold(word) for word in words]


def _count(words: Iterable[str], among: frozenset[str]) -> int:
    return sum(word in among for word in words)


def _names_inside(texts: Iterable[str]) -> frozenset[str]:
    """The words that stand with a capital inside a sentence, and abbreviations: names, wherever else they stand."""
    found = set()
    for text in texts:
        for place, word in enumerate(_TOKEN.findall(text)):
            if word[0].isupper() and (place or (word.isupper() and 2 <= len(word) <= LONGEST_ABBREVIATION)):
                found.add(fold(word))
    return frozenset(found)


def _names(words: Iterable[str], known: frozenset[str]) -> set[str]:
    return {
        folded
        for word in words
        if word[0].isupper()
        and (folded := fold(word)) in known
        and folded not in TITLES
        and folded not in INDONESIAN
        and folded not in ENGLISH
    }


def _quotes(text: str) -> set[str]:
    return {_plain(found) for found in _QUOTED.findall(text)}


def _is_typing(one: Stretch) -> bool:
    """Does the change look like a typing error put right: words in the same places, a letter or two apart, no digit?"""
    gone, came = _folded(_TOKEN.findall(one.gone)), _folded(_TOKEN.findall(one.came))
    if "".join(gone) == "".join(came):
        return True
    if len(gone) != len(came):
        return False
    return all(
        a == b
        or (
            min(len(a), len(b)) >= 4 and not any(map(str.isdigit, a + b)) and _near(a, b) and a not in TURNING
        )
        for a, b in zip(gone, came, strict=True)
    )


def _near(one: str, other: str) -> bool:
    """One letter more, less or other, or two that changed places."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, left = one[start:], other[start:]
    swapped = (
        len(rest) > 1 and len(left) > 1 and rest[0] == left[1] and rest[1] == left[0] and rest[2:] == left[2:]
    )
    return rest[1:] == left[1:] or rest == left[1:] or rest[1:] == left or swapped
