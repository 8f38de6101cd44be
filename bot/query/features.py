"""The words that stored queries look for, as numbers: what the compiled core knows of a chunk of text.

A feature is one word as one kind of place in a query wants it: "sanksi" with its clitics, "=korea" letter for letter (any
word of a phrase but its last), "~serang", "san*", or a word with the letters its original must begin with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.query.affixes import affixed
from bot.query.cells import Cell, cells
from bot.query.forms import Profile
from bot.query.patterns import Pattern, Wanted, is_wild, wild_match
from bot.query.vocabulary import Keys, beginning

PROFILES = tuple(Profile)


def name_of(wanted: Wanted) -> str:
    """What a feature is called. Words have neither signs nor white space, so no two share a name."""
    key = wanted.key
    if wanted.letters:
        return f"!{wanted.exact:d}{wanted.case:d}{wanted.marks:d} {wanted.letters} {key}"
    return f"={key}" if wanted.exact and not stands_for_many(key) else key


def key_of(name: str) -> str:
    """The key of the word that a feature of this name looks for."""
    if name[:1] == "=":
        return name[1:]
    return name.rsplit(" ", 1)[1] if name[:1] == "!" else name


def stands_for_many(key: str) -> bool:
    """Is it a key of several words, "~root" or "begin*"?"""
    return key[0] == "~" or is_wild(key)


def is_about(name: str) -> bool:
    """Does a feature of this name look for something that is not in the text, as "site:kompas.com"?"""
    return ":" in name and name[0] != "!"


def names(pattern: Pattern) -> tuple[tuple[str, ...], ...]:
    """For each way to find a pattern, the features that an article must have."""
    return tuple(tuple(name_of(wanted) for wanted in way) for way in pattern.ways)


class Features:
    """Features by name, and the chunks of text that were looked at for them."""

    def __init__(self, new: Callable[[], int], forget: Callable[[str, int], bool]) -> None:
        """`new` gives the next number; `forget(chunk, profile)` has a chunk looked at once more."""
        self._new, self._forget = new, forget
        self._numbers: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._keys = Keys()
        self._lettered: dict[str, list[tuple[Wanted, int]]] = {}  # key -> those that ask for letters too
        self._seen: dict[str, str | list[str]] = {}  # a word's form -> the chunks, or the one chunk, with it
        self._begun: dict[str, set[str]] = {}  # a first letter -> the words that begin with it
        self.about = 0  # features that are not in the text

    def __len__(self) -> int:
        return len(self._numbers)

    def get(self, name: str) -> int | None:
        """The number of a feature, None when there is none of that name."""
        return self._numbers.get(name)

    def number(self, name: str) -> int:
        """The number of a feature. Raises KeyError."""
        return self._numbers[name]

    def word(self, name: str, wanted: Wanted | None = None) -> int:
        """The number of a word's feature, made if need be; `wanted` for one that asks for letters."""
        number = self._numbers.get(name)
        if number is None:
            self._numbers[name] = number = self._new()
            self._names[number] = name
            key = key_of(name)
            self._keys.add(key)
            if wanted is not None and wanted.letters:
                self._lettered.setdefault(key, []).append((wanted, number))
            if self._seen:
                self._look_again(key)
        return number

    def known(self, name: str) -> int:
        """The number of a feature that is not in the text, as "site:kompas.com"; made if need be."""
        number = self._numbers.get(name)
        if number is None:
            self._numbers[name] = number = self._new()
            self._names[number] = name
            self.about += 1
        return number

    def drop(self, numbers: Iterable[int]) -> None:
        """Give up features; what was seen of texts is forgotten."""
        for number in numbers:
            name = self._names.pop(number)
            del self._numbers[name]
            if is_about(name):
                self.about -= 1
                continue
            key = key_of(name)
            self._keys.remove(key)
            if name[0] == "!":
                left = [one for one in self._lettered[key] if one[1] != number]
                if left:
                    self._lettered[key] = left
                else:
                    del self._lettered[key]
        self.forget_texts()

    def forget_texts(self) -> None:
        """Begin anew: what was seen of texts is not remembered."""
        self._seen.clear()
        self._begun.clear()

    def learn(self, chunk: str, profile: int, kept: int) -> list[int]:
        """What a chunk has: its width, its cells, and which feature stands in which cell, all as numbers in a row."""
        there = cells(chunk, PROFILES[profile])
        if len(there) == 1:
            (cell,) = there
            said = [
                cell.place + cell.width,
                1,
                cell.start,
                cell.end,
                cell.place,
                cell.width,
                cell.joint,
                cell.glued,
            ]
            for number in self._of(cell, chunk):
                said += (number, 0)
        else:
            there = tuple(sorted(there, key=_by_place))
            said = [max((cell.place + cell.width for cell in there), default=0), len(there)]
            for cell in there:
                said += (cell.start, cell.end, cell.place, cell.width, cell.joint, cell.glued)
            numbers: dict[
                str, list[int]
            ] = {}  # in a script without spaces the same letters come again and again
            for at, cell in enumerate(there):
                of_word = numbers.get(cell.word)
                if of_word is None or self._lettered:
                    of_word = numbers[cell.word] = self._of(cell, chunk)
                for number in of_word:
                    said += (number, at)
        if kept:
            for cell in there:
                self._remember(cell, chunk)
        return said

    def _of(self, cell: Cell, chunk: str) -> list[int]:
        """The features that a cell has."""
        numbers = self._numbers
        found = []
        for key in self._keys.of(cell):
            number = numbers.get(key)
            if number is not None:
                found.append(number)
            if self._lettered and key in self._lettered:
                found += [number for wanted, number in self._lettered[key] if wanted.accepts(cell, chunk)]
        exact = numbers.get("=" + cell.word)
        if exact is not None:
            found.append(exact)
        return found

    def _remember(self, cell: Cell, chunk: str) -> None:
        for form in cell.keys:
            known = self._seen.get(form)
            if known is None:
                self._seen[form] = chunk
            elif isinstance(known, list):
                if chunk not in known[-1:]:
                    known.append(chunk)
            elif known != chunk:
                self._seen[form] = [known, chunk]
        self._begun.setdefault(cell.word[0], set()).add(cell.word)

    def _look_again(self, key: str) -> None:
        """Chunks seen before may have the new feature too."""
        forms: Iterable[str] = (key,)
        if key[0] == "~":
            forms = affixed(key[1:])
        elif is_wild(key):
            begin = beginning(key)
            forms = [
                word
                for word in self._begun.get(key[0], ())
                if word.startswith(begin) and wild_match(key, word)
            ]
        for form in forms:
            known = self._seen.get(form, ())
            for chunk in (known,) if isinstance(known, str) else known:
                for profile in range(len(PROFILES)):
                    self._forget(chunk, profile)


def _by_place(cell: Cell) -> int:
    return cell.place
