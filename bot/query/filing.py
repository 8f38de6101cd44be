"""Under which keys a query is filed: an article without them cannot answer it, so it need not be asked.

A query is filed under its rarest required word and, in the same place, under a second one; an OR once for each
alternative. FIELD trials: a second required key is what lifts 100,000 queries over 1,500 articles a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from bot.query.forms import COMMON_WORDS
from bot.query.meta import meta_key
from bot.query.patterns import Wanted, is_wild, pattern
from bot.query.tree import And, In, Meta, Named, Near, Node, Not, Or, Term, Times

SAMPLE = 100  # articles; document frequencies from as few file queries nearly as well as from all

_COMMON = 0.5  # share of articles that a common word is taken to stand in, while no sample says otherwise
_META_SHARE = 0.9  # conditions on the source are filed under only when there is nothing else
_LETTER_SHARE = 0.3  # of articles have a given letter of a script without spaces
_WILD_SHARE = 0.05


class Clause(NamedTuple):
    """Keys that all stand in an article that answers, rarest first, and the share of articles that have them."""

    keys: tuple[str, ...]
    share: float


class Rarity:
    """In what share of articles a key stands, by a sample of them; by its length where there is none."""

    def __init__(self, sample: Iterable[set[str]] = ()) -> None:
        self._counts: Counter[str] = Counter()
        self._articles = 0
        for keys in sample:
            self._counts.update(keys)
            self._articles += 1

    def of(self, key: str) -> float:
        """The share of articles, above 0."""
        if is_wild(key) or key[0] == "~":
            return _WILD_SHARE
        if self._articles:
            return (self._counts[key] + 0.5 / len(key)) / (self._articles + 1)
        if key in COMMON_WORDS:
            return _COMMON
        return _LETTER_SHARE / len(key)


def file_under(node: Node, rarity: Rarity) -> tuple[tuple[str, str], ...]:
    """Pairs of keys; an article that answers has both of one pair. The second may be "", which every article has."""
    pairs = dict.fromkeys((one.keys[0], one.keys[1] if len(one.keys) > 1 else "") for one in _clauses(node, rarity))
    return tuple(pairs)


def _clauses(node: Node, rarity: Rarity) -> list[Clause]:
    """Clauses of which an article that answers fulfils at least one; [] where nothing is required."""
    match node:
        case Term():
            return _term(pattern(node).ways, rarity)
        case Times():
            return _clauses(node.term, rarity)
        case And():
            return _every([_clauses(part, rarity) for part in node.parts])
        case Near():
            return _every([_clauses(node.left, rarity), _clauses(node.right, rarity)])
        case Or():
            return [clause for part in node.parts for clause in _clauses(part, rarity)]
        case In() | Named():
            return _clauses(node.part, rarity)
        case Meta():
            return [Clause((key,), _META_SHARE) for key in sorted(meta_key(node))[:1]]
        case Not():
            return []


def _term(ways: tuple[tuple[Wanted, ...], ...], rarity: Rarity) -> list[Clause]:
    return [_rarest([(rarity.of(key), key) for key in {wanted.key for wanted in way}]) for way in ways]


def _rarest(keys: list[tuple[float, str]]) -> Clause:
    keys.sort()
    share = keys[0][0] * (keys[1][0] if len(keys) > 1 else 1.0)
    return Clause(tuple(key for _, key in keys[:2]), share)


def _every(parts: list[list[Clause]]) -> list[Clause]:
    """All of the parts are required: the rarest is filed, with a second key from another part where it has room."""
    required = sorted((part for part in parts if part), key=lambda part: sum(clause.share for clause in part))
    if not required:
        return []
    best, *others = required
    second = next((part[0] for part in others if len(part) == 1), None)
    if second is None or second.share >= 1:
        return best
    return [
        Clause((clause.keys[0], second.keys[0]), clause.share * second.share)
        if len(clause.keys) == 1 or _first_share(second) < _second_share(clause)
        else clause
        for clause in best
    ]


def _first_share(clause: Clause) -> float:
    return clause.share ** (1 / len(clause.keys))


def _second_share(clause: Clause) -> float:
    return clause.share ** (1 / len(clause.keys))
