"""Words and signs as the name tagger reads them, each with its place."""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(r"[^\W_]+|[^\w\s]|_")


class Token(NamedTuple):
    text: str
    start: int
    end: int


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """In order; offsets count code points of the whole text."""
    stop = len(text) if end is None else end
    return [Token(found[0], *found.span()) for found in _TOKEN.finditer(text, start, stop)]
