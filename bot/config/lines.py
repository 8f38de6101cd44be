"""Where each table, key and array element of a TOML text stands.

`tomllib` forgets the lines, and the libraries that keep them do not offer them. So the text is walked once
more, after `tomllib` has accepted it: a text known to be valid needs very little grammar.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

Path = tuple[str | int, ...]
"""The way to a value: ("watches", 2, "query")."""

# Up to two quotes may stand right before the three that close a multi-line string: hence {3,5}.
_TOKEN = re.compile(
    r'''
      (?P<skip>    [ \t\r]+ | \#[^\n]* )
    | (?P<string>  """ (?: \\. | (?!""") . )* "{3,5}
                 | \'\'\' (?: (?!\'\'\') . )* '{3,5}
                 | " (?: \\. | [^"\\\n] )* "
                 | ' [^'\n]* ' )
    | (?P<mark>    [\n\[\]{}=,.] )
    | (?P<bare>    [^\s\[\]{}=,.\#"']+ )
    ''',
    re.VERBOSE | re.DOTALL,
)
_END_OF_SCALAR = frozenset("\n,]}")


def index(text: str) -> dict[Path, int]:
    """The line, counted from 1, of everything in a text that `tomllib` accepts."""
    walk = _Walk(text)
    walk.document()
    return walk.lines


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of the value, or of the nearest thing around it that is there; 0 when nothing is."""
    return next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), 0)


class Places:
    """Where everything in a text stands. Looked for when the first mistake asks: most files have none."""

    def __init__(self, text: str = "") -> None:
        self._text = text

    def line_of(self, path: Path) -> int:
        """As the function of this name; 0 for everything where there is no text."""
        return line_of(self._lines, path)

    @cached_property
    def _lines(self) -> dict[Path, int]:
        return index(self._text)


class _Token(NamedTuple):
    text: str
    line: int


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for found in _TOKEN.finditer(text):
        if found.lastgroup != "skip":
            yield _Token(found[0], line)
        line += found[0].count("\n")


class _Walk:
    """One pass over the tokens, a method for each rule of the grammar."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.last_element: dict[Path, int] = {}  # of each array of tables

    def document(self) -> None:
        table: Path = ()
        while self.at < len(self.tokens):
            if self.skip("\n"):
                continue
            table = self.header() if self.peek() == "[" else self.pair(table)

    def header(self) -> Path:
        line = self.take().line
        many = self.skip("[")
        *around, name = self.key()
        while self.skip("]"):
            pass
        path: Path = ()
        for part in around:
            path = self.within((*path, part), line)
        path = (*path, name)
        if many:
            self.last_element[path] = self.last_element.get(path, -1) + 1
        return self.within(path, line)

    def within(self, path: Path, line: int) -> Path:
        """A name in a header means the newest element, where it names an array of tables."""
        self.lines.setdefault(path, line)
        if path in self.last_element:
            path = (*path, self.last_element[path])
            self.lines.setdefault(path, line)
        return path

    def pair(self, table: Path) -> Path:
        path, line = table, self.tokens[self.at].line
        for part in self.key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        self.skip("=")
        self.value(path)
        return table

    def value(self, path: Path) -> None:
        self.lines.setdefault(path, self.tokens[self.at].line)
        if self.skip("["):
            count = 0
            while not self.skip("]"):
                if not (self.skip("\n") or self.skip(",")):
                    self.value((*path, count))
                    count += 1
        elif self.skip("{"):
            while not self.skip("}"):
                if not (self.skip("\n") or self.skip(",")):
                    self.pair(path)
        else:
            while self.peek() not in _END_OF_SCALAR:
                self.take()

    def key(self) -> list[str]:
        parts = [_name(self.take().text)]
        while self.skip("."):
            parts.append(_name(self.take().text))
        return parts

    def peek(self) -> str:
        """The next token's text; a line's end once there are no more."""
        return self.tokens[self.at].text if self.at < len(self.tokens) else "\n"

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def skip(self, mark: str) -> bool:
        """Step over the mark if it is next."""
        there = self.at < len(self.tokens) and self.tokens[self.at].text == mark
        self.at += there
        return there


def _name(key: str) -> str:
    """The key without its quotes."""
    if key[0] not in "\"'":
        return key
    name: str = tomllib.loads(f"key = {key}")["key"]
    return name
