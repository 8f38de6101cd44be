"""Lists that tell a name from a word: given and family names, cities, countries, and clusters of words used alike.

The file is made by benchmarks/text/train_names.py; `about` in it names its sources and their licences.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All in lower case."""

    given: Mapping[str, int]  # in how many countries it is a given name, at most 3
    family: Mapping[str, int]
    cities: frozenset[str]
    countries: frozenset[str]
    clusters: Mapping[str, tuple[str, ...]]  # a word's clusters, coarse to fine
    capitals: Mapping[str, int]  # of four uses inside a sentence, how many with a capital


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The one that ships with the program."""
    packed = files("bot.annotate").joinpath("lexicon.json.gz").read_bytes()
    return read(json.loads(gzip.decompress(packed)))


def read(data: Mapping[str, dict[str, list[str]]]) -> Lexicon:
    """From the file's own form: lists of words by value, spaces between them."""
    return Lexicon(
        given=_by_value(data["given"]),
        family=_by_value(data["family"]),
        cities=frozenset(data["places"]["cities"]),
        countries=frozenset(data["places"]["countries"]),
        clusters={
            word: tuple(number.split(".")) for number, words in data["clusters"].items() for word in words
        },
        capitals=_by_value(data["capitals"]),
    )


def _by_value(lists: Mapping[str, list[str]]) -> dict[str, int]:
    return {word: int(value) for value, words in lists.items() for word in words}
