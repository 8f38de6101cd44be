"""How a mistake is put into words: what was found, what was expected, and the nearest valid name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from bot.config.lines import Path
from bot.config.secrets import is_secret

_SHOWN_CHARS = 60


class Wrong(Exception):
    """A value that cannot be used: what was expected, and a remedy if there is one."""

    def __init__(self, expected: str, remedy: str = "") -> None:
        super().__init__(expected, remedy)
        self.expected, self.remedy = expected, remedy


class Mistake(NamedTuple):
    """Something wrong in the file, by the way to it."""

    path: Path
    text: str
    other: Path = ()  # the value it clashes with; its line is added to the text


def shown(value: object) -> str:
    """A value as the file writes it, short enough for a sentence; a secret is not repeated."""
    match value:
        case str() if is_secret(value):
            return "a secret"
        case bool() | str():
            text = json.dumps(value, ensure_ascii=False)
        case int() | float():
            text = str(value)
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return f"the {type(value).__name__} {value}"
    return text if len(text) <= _SHOWN_CHARS else f"{text[: _SHOWN_CHARS - 1]}…"


def nearest(name: str, names: Iterable[str]) -> str:
    """A question that offers the most similar name; empty when none is similar."""
    by_folded = {known.casefold(): known for known in names}
    close = get_close_matches(name.casefold(), by_folded, n=1)
    return f'Did you mean "{by_folded[close[0]]}"?' if close else ""


def listed(names: Iterable[str]) -> str:
    """The names as a sentence enumerates them: `"a", "b" or "c"`."""
    *first, last = (f'"{name}"' for name in names)
    return f"{', '.join(first)} or {last}" if first else last


def sentences(*parts: str) -> str:
    """The parts that are not empty, in a row."""
    return " ".join(part for part in parts if part)
