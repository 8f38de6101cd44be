"""The support check on IndoSum: human sentences it refuses, changed numbers and swapped names it catches.

Each human sentence cites the sentences of its article that hold most of its words, at most three. Then one number is
changed, or one name is replaced by another name of the same article; only sentences that passed before are changed.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence

from benchmarks.text import indosum
from bot.sentences import sentences
from bot.summary.support import supported

CITED = 3
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"(?<=\w )[A-Z][\w-]+(?: [A-Z][\w-]+)*")


def main() -> None:
    chance = random.Random(7)
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for row in indosum.load():
        own = [row.article.body[start:end] for start, end in sentences(row.article.body)]
        names = sorted({name for text in own for name in _NAME.findall(text)})
        for start, end in sentences(row.human):
            said = row.human[start:end]
            cited = _best(said, own)
            counts["human"] += 1
            verdict = supported(said, cited)
            if not verdict:
                counts["refused"] += 1
                reasons[re.sub(r"(number|name) \S+|(?<=this of).*", r"\1", verdict.why)] += 1
                continue
            for kind, changed in (
                ("number", _renumbered(said, chance)),
                ("name", _renamed(said, names, chance)),
            ):
                if changed:
                    counts[kind] += 1
                    counts[f"{kind} caught"] += not supported(changed, cited)
            # The peer: a check of words alone, such as ROUGE precision of one half.
            changed = _renumbered(said, chance)
            if changed:
                counts["peer"] += 1
                counts["peer caught"] += _covered(changed, cited) < 0.5
    print(f"human sentences refused: {counts['refused'] / counts['human']:.3f} of {counts['human']}")  # noqa: T201
    for reason, count in reasons.most_common():
        print(f"    {count:>4} {reason}")  # noqa: T201
    for kind in ("number", "name"):
        print(f"a changed {kind} caught: {counts[f'{kind} caught'] / counts[kind]:.3f} of {counts[kind]}")  # noqa: T201
    peer = counts["peer caught"] / counts["peer"]
    print(f"peer, half of the words must be cited: a changed number caught {peer:.3f}")  # noqa: T201


def _covered(said: str, cited: Sequence[str]) -> float:
    words = indosum.tokens(said)
    known = {word for text in cited for word in indosum.tokens(text)}
    return sum(word in known for word in words) / max(1, len(words))


def _best(said: str, own: Sequence[str]) -> list[str]:
    """Greedy: each next citation holds most of the words that no citation holds yet."""
    left, chosen = set(indosum.tokens(said)), []
    for _ in range(CITED):
        best = max(own, key=lambda text: len(left & set(indosum.tokens(text))), default="")
        if not left & set(indosum.tokens(best)):
            break
        chosen.append(best)
        left -= set(indosum.tokens(best))
    return chosen


def _renumbered(said: str, chance: random.Random) -> str:
    found = list(_NUMBER.finditer(said))
    if not found:
        return ""
    one = chance.choice(found)
    other = str(int(one[0]) + chance.choice([1, 2, 3, 7, 10, 40]))
    return said[: one.start()] + other + said[one.end() :]


def _renamed(said: str, names: Sequence[str], chance: random.Random) -> str:
    found = list(_NAME.finditer(said))
    others = [name for name in names if all(name not in said and one[0] not in name for one in found)]
    if not found or not others:
        return ""
    one = chance.choice(found)
    return said[: one.start()] + chance.choice(others) + said[one.end() :]


if __name__ == "__main__":
    main()
