"""The index of stored queries in plain Python: what compiled.py does where no C compiler was at hand, and its measure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.model import Article, Hit
from bot.query.filing import Rarity, file_under
from bot.query.forms import Profile, profile_of
from bot.query.meta import meta_keys
from bot.query.patterns import keys
from bot.query.reading import Found, Reading
from bot.query.steps import Step, step
from bot.query.tree import Node, Query, Term, every
from bot.query.vocabulary import Chunks, Keys


class _Entry:
    """A stored query and where it is filed."""

    __slots__ = ("filed", "key", "root", "step")

    def __init__(self, key: str, root: Node, filed: tuple[tuple[str, str], ...]) -> None:
        self.key, self.root, self.filed = key, root, filed
        self.step: Step | None = None  # made when it is first asked: most queries of a large set never are


class PureIndex:
    """Stored queries by key; finds those that an article answers.

    With a sample of typical articles it knows which words are rare, and asks fewer queries in vain.
    """

    def __init__(self, sample: Iterable[Article] = ()) -> None:
        self._entries: dict[str, _Entry] = {}
        self._keys = Keys()
        self._chunks = {profile: Chunks(self._keys, profile) for profile in Profile}
        self._filed: dict[str, list[tuple[str, _Entry]]] = {}  # first key -> second key, query
        self._about = 0  # filings under something that is not in the text, as "site:kompas.com"
        self._rarity = Rarity(self._forms(article) for article in sample)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def add(self, key: str, query: Query) -> None:
        """Store a query, in place of the one that had this key."""
        if key in self._entries:
            self.remove(key)
        entry = _Entry(key, query.root, file_under(query.root, self._rarity.of))
        self._entries[key] = entry
        for term_key in _keys_of(entry.root):
            if self._keys.add(term_key):
                for chunks in self._chunks.values():
                    chunks.want(term_key)
        for first, second in entry.filed:
            self._filed.setdefault(first, []).append((second, entry))
            self._about += ":" in first + second

    def remove(self, key: str) -> None:
        """Forget a query. Raises KeyError when there is none of that key."""
        entry = self._entries.pop(key)
        for word in _keys_of(entry.root):
            self._keys.remove(word)
        for first, second in entry.filed:
            self._filed[first].remove((second, entry))
            if not self._filed[first]:
                del self._filed[first]
            self._about -= ":" in first + second

    def match(self, article: Article) -> dict[str, tuple[Hit, ...]]:
        """The queries that this article answers, each with its hits: title first, then body, by place."""
        text = f"{article.title} {article.body}"
        cut = text.split(" ")
        chunks = self._chunks[profile_of(article.lang, cut)]
        at = chunks.locate(cut)
        at[""] = []  # every article has it: the second key of queries with a single word
        if self._about:
            at.update((key, []) for key in meta_keys(article))
        reading = Reading(article, text, cut, chunks.read, at)
        matches: dict[str, tuple[Hit, ...]] = {}
        for entry in self._candidates(at):
            if entry.step is None:
                entry.step = step(entry.root)
            found = entry.step.ask(reading)
            if found is not None:
                matches[entry.key] = _in_order(found, reading)
        return matches

    def _candidates(self, there: dict[str, list[int]]) -> Iterable[_Entry]:
        filed = self._filed
        return dict.fromkeys(
            [
                entry
                for first in filed.keys() & there.keys()
                for second, entry in filed[first]
                if second in there
            ]
        )

    def _forms(self, article: Article) -> set[str]:
        cut = f"{article.title} {article.body}".split(" ")
        return self._chunks[profile_of(article.lang, cut)].forms_in(cut)


def _keys_of(root: Node) -> list[str]:
    """Every key that a query looks for, as often as it does."""
    return [key for term in every(root, Term) for way in keys(term) for key in way]


def _in_order(found: Sequence[Found], reading: Reading) -> tuple[Hit, ...]:
    if len(found) > 1:
        once = {(one.rank, one.end, one.term): one for one in found}
        found = [once[place] for place in sorted(once)]
    return tuple([one.hit(reading) for one in found])
