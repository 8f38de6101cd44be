"""Long lists of values, in the portions that one statement takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import BindParameter, bindparam

Value = TypeVar("Value")

SOME: BindParameter[Any] = bindparam("some", expanding=True)
"""The values of a portion, in a statement that is put together once: that takes as long as to run it."""

BATCH = 500  # values in one IN list; SQLite's oldest limit is 999 parameters


def batches(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """The values in their order, at most BATCH at a time."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
