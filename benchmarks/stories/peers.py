"""What copies and stories are measured beside: datasketch and rensa for copies, a plain TF-IDF single pass for stories."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from math import log, sqrt

THRESHOLD = 0.5  # of resemblance, as both libraries' guides use it
PERMUTATIONS = 128
_WORD = re.compile(r"\w+")

Finder = Callable[[int, str], "int | None"]  # number and text -> the number of the text that it copies


def copy_finders() -> dict[str, Callable[[], Finder]]:
    """The libraries that are installed."""
    known = {"datasketch": ("datasketch MinHashLSH", _datasketch), "rensa": ("rensa RMinHashLSH", _rensa)}
    return {name: make for module, (name, make) in known.items() if find_spec(module)}


def _groups(text: str) -> list[str]:
    words = _WORD.findall(text.lower())
    return [" ".join(group) for group in zip(words, words[1:], words[2:], strict=False)]


def _datasketch() -> Finder:
    from datasketch import MinHash, MinHashLSH

    index, sketches = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS), {}

    def find(number: int, text: str) -> int | None:
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([group.encode() for group in _groups(text)])
        near = [(sketch.jaccard(sketches[key]), -int(key)) for key in index.query(sketch)]
        index.insert(str(number), sketch)
        sketches[str(number)] = sketch
        best = max((pair for pair in near if pair[0] >= THRESHOLD), default=None)
        return None if best is None else -best[1]

    return find


def _rensa() -> Finder:
    from rensa import RMinHash, RMinHashLSH

    index, sketches = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=32), {}

    def find(number: int, text: str) -> int | None:
        sketch = RMinHash(num_perm=PERMUTATIONS, seed=1)
        sketch.update(_groups(text))
        near = [(sketch.jaccard(sketches[key]), -key) for key in index.query(sketch)]
        index.insert(number, sketch)
        sketches[number] = sketch
        best = max((pair for pair in near if pair[0] >= THRESHOLD), default=None)
        return None if best is None else -best[1]

    return find


def plain_single_pass(texts: Sequence[str], alike: float) -> list[int]:
    """Stories by the textbook: every word, TF-IDF with running counts, the nearest centroid or a new one."""
    seen: Counter[str] = Counter()
    stories: list[dict[str, float]] = []
    found: list[int] = []
    for number, text in enumerate(texts, start=1):
        counts = Counter(_WORD.findall(text.lower()))
        seen.update(counts.keys())
        vector = {word: (1 + log(times)) * log((number + 1) / seen[word]) for word, times in counts.items()}
        vector = _unit(vector)
        best, nearest = alike, -1
        for story, centroid in enumerate(stories):
            dot = sum(weight * centroid[word] for word, weight in vector.items() if word in centroid)
            length = centroid[""]
            if length and dot / length >= best:
                best, nearest = dot / length, story
        if nearest < 0:
            nearest = len(stories)
            stories.append({"": 0.0})
        centroid = stories[nearest]
        for word, weight in vector.items():
            centroid[word] = centroid.get(word, 0.0) + weight
        centroid[""] = sqrt(sum(weight * weight for word, weight in centroid.items() if word))
        found.append(nearest)
    return found


def _unit(vector: dict[str, float]) -> dict[str, float]:
    length = sqrt(sum(weight * weight for weight in vector.values())) or 1.0
    return {word: weight / length for word, weight in vector.items()}
