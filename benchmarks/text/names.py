"""Entity F1 of the names on NERGRIT's valid part (trained on its train part only), beside a tagger of lists; speed.

A name counts when its first word, its last word and its kind are right.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib.resources import files

from benchmarks.text import nergrit
from bot.annotate.lexicon import lexicon
from bot.annotate.names import tag


def main() -> None:
    sentences = nergrit.load("valid")
    tag(["Presiden", "tiba"])  # the weights are loaded
    print(f"{'':<26}{'F1':>7}{'precision':>11}{'recall':>8}")  # noqa: T201
    for name, tagger in (("lists and capitals (peer)", _listed), ("pantau", tag)):
        f1, precision, recall = _score(sentences, [tagger([word for word, _ in one]) for one in sentences])
        print(f"{name:<26}{f1:>7.3f}{precision:>11.3f}{recall:>8.3f}")  # noqa: T201
    began = time.process_time()
    for sentence in sentences:
        tag([word for word, _ in sentence])
    spent = time.process_time() - began
    print(f"\n{sum(map(len, sentences)) / spent:,.0f} tokens/s, one core")  # noqa: T201
    for file in ("names.crf.gz", "lexicon.json.gz"):
        print(f"{file}: {len(files('bot.annotate').joinpath(file).read_bytes()):,} bytes")  # noqa: T201


def _listed(words: Sequence[str]) -> list[str]:
    """The peer: a run of capitals inside a sentence is a place if it is listed, else a person if its first word is."""
    lists, tags, at = lexicon(), ["O"] * len(words), 1
    while at < len(words):
        last = at
        while last < len(words) and words[last][:1].isupper():
            last += 1
        run = " ".join(words[at:last]).lower()
        kind = (
            "PLACE"
            if run in lists.cities or run in lists.countries
            else "PERSON"
            if run and run.split()[0] in lists.given
            else "ORGANISATION"
        )
        for member in range(at, last):
            tags[member] = f"{'B' if member == at else 'I'}-{kind}"
        at = max(last, at + 1)
    return tags


def _score(gold: Sequence[nergrit.Sentence], found: Sequence[Sequence[str]]) -> tuple[float, float, float]:
    right = ours = theirs = 0
    for sentence, tags in zip(gold, found, strict=True):
        wanted, got = _spans([tag for _, tag in sentence]), _spans(tags)
        right, ours, theirs = right + len(wanted & got), ours + len(got), theirs + len(wanted)
    return 2 * right / (ours + theirs), right / max(1, ours), right / theirs


def _spans(tags: Sequence[str]) -> set[tuple[str, int, int]]:
    spans, at = set(), 0
    while at < len(tags):
        kind, last = tags[at][2:], at + 1
        while kind and last < len(tags) and tags[last] == f"I-{kind}":
            last += 1
        if kind:
            spans.add((kind, at, last))
        at = last
    return spans


if __name__ == "__main__":
    main()
