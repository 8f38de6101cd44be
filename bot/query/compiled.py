"""The index of stored queries over the compiled core (_core.c).

Python decides what words mean, once for each query and each distinct chunk of text; the core remembers it and does the
rest on arrays. Importing this module raises ImportError where the core was not compiled.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from bot.model import Article, Hit
from bot.query._core import Core
from bot.query.cells import cells
from bot.query.features import PROFILES, Features, key_of, names
from bot.query.filing import Rarity, file_under
from bot.query.forms import ENGLISH_WORDS, INDONESIAN_WORDS, Profile, profile_by
from bot.query.meta import meta_key, meta_keys
from bot.query.patterns import Pattern, is_plain, pattern
from bot.query.reading import follows, signs_stand
from bot.query.tree import TEXT_FIELDS, And, In, Meta, Named, Near, Node, Not, Or, Query, Style, Term, Times

LETTERS = 1_000_000  # remembered, some 120,000 chunks; a rarer one comes once and never again
UNUSED = 10_000  # features that no query has any more, before they are given up

# As in _core.c.
_TERM, _AND, _OR, _NOT, _NEAR, _META = range(6)
_SCOPES = {"": 0, **{field: at for at, field in enumerate(TEXT_FIELDS, start=1)}}


class CompiledIndex:
    """Stored queries by key; finds those that an article answers.

    With a sample of typical articles it knows which words are rare, and asks fewer queries in vain.
    """

    def __init__(self, sample: Iterable[Article] = ()) -> None:
        self._core = Core(
            self._learn, follows, signs_stand, Hit, sorted(INDONESIAN_WORDS), sorted(ENGLISH_WORDS)
        )
        self._features = Features(self._core.feature, self._core.forget)
        self._stored: dict[str, int] = {}
        self._patterns: dict[str | tuple[str, Style], int] = {}
        self._written: dict[int, str | tuple[str, Style]] = {}  # the other way round
        self._named: dict[
            int, tuple[tuple[str, ...], ...]
        ] = {}  # id of a term of the query that is added -> _ways
        self._dropped = 0  # patterns, since unused features were given up
        self._alone = Lock()  # a callback of the core may let another thread run
        self._rarity = Rarity(_forms(article) for article in sample)

    def __len__(self) -> int:
        return len(self._stored)

    def __contains__(self, key: str) -> bool:
        return key in self._stored

    def add(self, key: str, query: Query) -> None:
        """Store a query, in place of the one that had this key."""
        with self._alone:
            if key in self._stored:
                self._remove(key)
            code: list[int] = []
            self._write(query.root, 0, code)
            filed: list[int] = []
            number_of = self._features.number
            for first, second in file_under(query.root, self._share, self._ways):
                filed += (number_of(first), number_of(second) if second else 0)
            self._stored[key] = self._core.add(key, code, filed)
            self._named.clear()

    def remove(self, key: str) -> None:
        """Forget a query. Raises KeyError when there is none of that key."""
        with self._alone:
            self._remove(key)

    def _remove(self, key: str) -> None:
        freed = self._core.remove(self._stored.pop(key))
        for number in freed:
            del self._patterns[self._written.pop(number)]
        self._dropped += len(freed)
        if self._dropped > max(UNUSED, len(self._patterns)):
            unused = self._core.unused()
            self._core.free(unused)
            self._features.drop(unused)
            self._dropped = 0

    def match(self, article: Article) -> dict[str, tuple[Hit, ...]]:
        """The queries that this article answers, each with its hits: title first, then body, by place."""
        text = f"{article.title} {article.body}"
        about: list[int] = []
        with self._alone:
            if self._core.letters > LETTERS:
                self._core.forget_all()
                self._features.forget_texts()
            if self._features.about:
                get = self._features.get
                about = [number for name in meta_keys(article) if (number := get(name)) is not None]
            profile = self._profile(article, text)
            return self._core.match(text, len(article.title) + 1, profile, about)

    def _profile(self, article: Article, text: str) -> int:
        counts = (0, 0) if article.lang else self._core.common(text)
        return _NUMBERS[profile_by(article.lang, *counts)]

    def _learn(self, chunk: str, profile: int, kept: int) -> list[int]:
        return self._features.learn(chunk, profile, kept)

    def _share(self, name: str) -> float:
        return self._rarity.of(name if name.isalpha() else key_of(name))

    def _write(self, node: Node, scope: int, code: list[int]) -> None:
        """Append a step and its parts to the code, each with its length first."""
        begin = len(code)
        match node:
            case Term():
                code += (5, _TERM, self._pattern(node), scope, 1)
                return
            case Times():
                code += (5, _TERM, self._pattern(node.term), scope, node.count)
                return
            case In():
                self._write(node.part, _SCOPES[node.field], code)
                return
            case Named():
                self._write(node.part, scope, code)
                return
            case Meta():
                code += (0, _META)
                code += [self._features.known(name) for name in meta_key(node)]
            case And():
                code += (0, _AND)
                # What must not be there is asked last: most queries fail before.
                for part in sorted(node.parts, key=_is_not):
                    self._write(part, scope, code)
            case Or():
                code += (0, _OR)
                for part in node.parts:
                    self._write(part, scope, code)
            case Not():
                code += (0, _NOT)
                self._write(node.part, scope, code)
            case Near():
                code += (0, _NEAR, node.distance, int(node.ordered))
                self._write(node.left, scope, code)
                self._write(node.right, scope, code)
        code[begin] = len(code) - begin

    def _pattern(self, term: Term) -> int:
        key = term.text if term.style is Style.WORD else (term.text, term.style)
        number = self._patterns.get(key)
        if number is None:
            if is_plain(term):
                word = self._features.word
                *front, last = plain = _plain_names(term.text)
                self._named[id(term)] = (plain,)
                way = (*[(word(name), False, None) for name in front], (word(last), False, None))
                number = self._core.pattern(term.text, (way,), not front, None)
            else:
                number = self._make(pattern(term))
            self._patterns[key] = number
            self._written[number] = key
        return number

    def _make(self, made: Pattern) -> int:
        ways = tuple(
            tuple(
                (self._features.word(name, wanted), wanted.free, wanted.sign or None)
                for name, wanted in zip(named, way, strict=True)
            )
            for named, way in zip(names(made), made.ways, strict=True)
        )
        merge = len(made.ways[0]) == 1 or len(made.ways) > 1
        return self._core.pattern(made.text, ways, merge, made if made.signs else None)

    def _ways(self, term: Term) -> tuple[tuple[str, ...], ...]:
        """For each way to find a term, the features that an article must have."""
        named = self._named.get(id(term))
        if named is None:
            named = (_plain_names(term.text),) if is_plain(term) else names(pattern(term))
        return named


_NUMBERS = {profile: number for number, profile in enumerate(PROFILES)}


def _is_not(part: Node) -> bool:
    return isinstance(part, Not)


def _plain_names(text: str) -> tuple[str, ...]:
    """The features of a term in plain letters: its last word with endings, those before it without."""
    text = text.lower()
    if " " not in text:
        return (text,)
    *front, last = text.split(" ")
    return (*["=" + word for word in front], last)


def _forms(article: Article) -> set[str]:
    cut = f"{article.title} {article.body}".split(" ")
    profile = Profile.MIXED if not article.lang else profile_by(article.lang, 0, 0)
    return {key for chunk in set(cut) for cell in cells(chunk, profile) for key in cell.keys}
