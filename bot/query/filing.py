"""Under which keys a query is filed: an article without them cannot answer it, so it need not be asked.

A query is filed under its rarest required word and, in the same place, under a second one; an OR once for
each alternative. FIELD trials: a second required key is what lifts 100,000 queries over 1,500 articles a
second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from bot.query.forms import COMMON_WORDS
from bot.query.meta import meta_key
from bot.query.patterns import is_wild, keys
from bot.query.tree import And, In, Meta, Named, Near, Node, Not, Or, Term, Times

SAMPLE = 100  # articles; document frequencies from as few file queries nearly as well as from all

_COMMON = 0.5  # share of articles that a common word is taken to stand in, while no sample says otherwise
_META_SHARE = 0.9  # conditions on the source are filed under only when there is nothing else
_LETTER_SHARE = 0.3  # of articles have a given letter of a script without spaces
_WILD_SHARE = 0.05


Clause = tuple[float, str, str]
"""The share of articles that have both keys, and the keys; the second may be "", which all have."""


class Rarity:
    """In what share of articles a key stands, by a sample of them; by its length where there is none."""

    def __init__(self, sample: Iterable[set[str]] = ()) -> None:
        self._counts: Counter[str] = Counter()
        self._articles = 0
        for there in sample:
            self._counts.update(there)
            self._articles += 1

    def of(self, key: str) -> float:
        """The share of articles, above 0."""
        count = self._counts.get(key, 0)
        if not count and (key[0] == "~" or is_wild(key)):
            return _WILD_SHARE
        if self._articles:
            return (count + 0.5 / len(key)) / (self._articles + 1)
        return _COMMON if key in COMMON_WORDS else _LETTER_SHARE / len(key)


def file_under(
    node: Node, share: Callable[[str], float], ways: Callable[[Term], Sequence[Sequence[str]]] = keys
) -> tuple[tuple[str, str], ...]:
    """Pairs of keys; an article that answers has both of one pair. Every article has the key "".

    `share`: of the articles that have a key; `ways`: for each way to find a term, the keys it needs.
    """
    clauses = _clauses(node, share, ways)
    if len(clauses) == 1:
        return (clauses[0][1:],)
    return tuple(dict.fromkeys([clause[1:] for clause in clauses]))


def _clauses(
    node: Node, share: Callable[[str], float], ways: Callable[[Term], Sequence[Sequence[str]]]
) -> list[Clause]:
    """Clauses of which an article that answers fulfils at least one; [] where nothing is required."""
    match node:
        case Term():
            return [_rarest([(share(key), key) for key in way]) for way in ways(node)]
        case And():
            return _every([_clauses(part, share, ways) for part in node.parts])
        case Or():
            return [clause for part in node.parts for clause in _clauses(part, share, ways)]
        case Times():
            return _clauses(node.term, share, ways)
        case Near():
            return _every([_clauses(node.left, share, ways), _clauses(node.right, share, ways)])
        case In() | Named():
            return _clauses(node.part, share, ways)
        case Meta():
            return [(_META_SHARE, min(meta_key(node)), "")]
        case Not():
            return []


def _rarest(keys: list[tuple[float, str]]) -> Clause:
    if len(keys) == 1:
        return (*keys[0], "")
    (first_share, first), (second_share, second), *_ = sorted(keys)
    return (first_share, first, "") if first == second else (first_share * second_share, first, second)


def _every(parts: list[list[Clause]]) -> list[Clause]:
    """All of the parts are required: the rarest is filed, with a key of another where it has room."""
    required = [part for part in parts if part]
    if not required:
        return []
    best = min(required, key=_total)
    second = min((part[0] for part in required if len(part) == 1 and part is not best), default=None)
    if second is None:
        return best
    other_share, other, _ = second
    return [
        (share * other_share, first, other) if not extra and other != first else (share, first, extra)
        for share, first, extra in best
    ]


def _total(clauses: list[Clause]) -> float:
    return sum(clause[0] for clause in clauses)
