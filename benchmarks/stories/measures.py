"""Measures of copies and stories: what was found against what is so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence


def b_cubed(
    found: Sequence[Hashable], gold: Sequence[Hashable], among: Iterable[int] | None = None
) -> tuple[float, float, float]:
    """F1, precision and recall of a clustering, averaged over the articles (Bagga and Baldwin 1998), or over some of them."""
    clusters: Mapping[Hashable, set[int]] = defaultdict(set)
    events: Mapping[Hashable, set[int]] = defaultdict(set)
    for number, (one, other) in enumerate(zip(found, gold, strict=True)):
        clusters[one].add(number)
        events[other].add(number)
    chosen = list(range(len(found)) if among is None else among)
    precision = recall = 0.0
    for number in chosen:
        cluster, event = clusters[found[number]], events[gold[number]]
        together = len(cluster & event)
        precision += together / len(cluster) / len(chosen)
        recall += together / len(event) / len(chosen)
    return 2 * precision * recall / (precision + recall), precision, recall
