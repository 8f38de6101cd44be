"""Long lists of values, in the portions that one statement takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Value = TypeVar("Value")

BATCH = 500  # values in one IN list; SQLite's oldest limit is 999 parameters


def batches(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """The values in their order, at most BATCH at a time."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
