"""Which stored queries does an article answer, and on which words?"""

from __future__ import annotations

from collections.abc import Iterable

from bot.model import Article, Hit
from bot.query.filing import Rarity, file_under
from bot.query.forms import Profile, profile_of
from bot.query.meta import meta_key, meta_keys
from bot.query.patterns import pattern
from bot.query.reading import Found, Reading
from bot.query.steps import Step, step
from bot.query.tree import Meta, Node, Query, Term, every
from bot.query.vocabulary import Chunks, Keys

FEW = 8  # second keys: so many are quicker looked up one by one than by intersecting sets


class _Entry:
    """A stored query and where it is filed."""

    __slots__ = ("filed", "key", "root", "step")

    def __init__(self, key: str, root: Node, filed: tuple[tuple[str, str], ...]) -> None:
        self.key, self.root, self.filed = key, root, filed
        self.step: Step | None = None  # made when it is first asked: most queries of a large set never are


class Index:
    """Stored queries by key; finds those that an article answers.

    With a sample of typical articles it knows which words are rare, and asks fewer queries in vain.
    """

    def __init__(self, sample: Iterable[Article] = ()) -> None:
        self._entries: dict[str, _Entry] = {}
        self._keys = Keys()
        self._chunks = {profile: Chunks(self._keys, profile) for profile in Profile}
        self._filed: dict[str, dict[str, list[_Entry]]] = {}
        self._about = 0  # queries filed under something that is not in the text
        self._rarity = Rarity(self._forms(article) for article in sample)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def add(self, key: str, query: Query) -> None:
        """Store a query, in place of the one that had this key."""
        if key in self._entries:
            self.remove(key)
        entry = _Entry(key, query.root, file_under(query.root, self._rarity))
        self._entries[key] = entry
        for term in every(query.root, Term):
            for way in pattern(term).ways:
                for wanted in way:
                    if self._keys.add(wanted.key):
                        for chunks in self._chunks.values():
                            chunks.want(wanted.key)
        for first, second in entry.filed:
            self._filed.setdefault(first, {}).setdefault(second, []).append(entry)
        self._about += _is_about(entry)

    def remove(self, key: str) -> None:
        """Forget a query. Raises KeyError when there is none of that key."""
        entry = self._entries.pop(key)
        for term in every(entry.root, Term):
            for way in pattern(term).ways:
                for wanted in way:
                    self._keys.remove(wanted.key)
        for first, second in entry.filed:
            seconds = self._filed[first]
            seconds[second].remove(entry)
            if not seconds[second]:
                del seconds[second]
            if not seconds:
                del self._filed[first]
        self._about -= _is_about(entry)

    def match(self, article: Article) -> dict[str, tuple[Hit, ...]]:
        """The queries that this article answers, each with its hits: title first, then body, by place."""
        cut = [*article.title.split(" "), *article.body.split(" ")]
        chunks = self._chunks[profile_of(article.lang, cut)]
        keys = chunks.keys_in(cut)
        keys.add("")
        if self._about:
            keys |= meta_keys(article)
        reading = Reading(article, chunks, cut, keys)
        matches: dict[str, tuple[Hit, ...]] = {}
        for entry in self._candidates(keys):
            if entry.step is None:
                entry.step = step(entry.root)
            found = entry.step.ask(reading)
            if found is not None:
                matches[entry.key] = _in_order(found)
        return matches

    def _candidates(self, keys: set[str]) -> Iterable[_Entry]:
        filed = self._filed
        candidates: list[_Entry] = []
        for first in filed.keys() & keys:
            seconds = filed[first]
            if len(seconds) > FEW:
                for second in seconds.keys() & keys:
                    candidates += seconds[second]
            else:
                for second, entries in seconds.items():
                    if second in keys:
                        candidates += entries
        return dict.fromkeys(candidates)

    def _forms(self, article: Article) -> set[str]:
        cut = [*article.title.split(" "), *article.body.split(" ")]
        return self._chunks[profile_of(article.lang, cut)].forms_in(cut)


def _is_about(entry: _Entry) -> int:
    abouts = {key for meta in every(entry.root, Meta) for key in meta_key(meta)}
    return int(any(first in abouts or second in abouts for first, second in entry.filed))


def _in_order(found: Iterable[Found]) -> tuple[Hit, ...]:
    if isinstance(found, list) and len(found) == 1:
        return (found[0].hit,)
    once = {(one.rank, one.hit.end, one.hit.term): one.hit for one in found}
    return tuple(once[place] for place in sorted(once))
