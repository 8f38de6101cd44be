"""`pantau watches import`: queries pasted from another tool, as [[watches]] of a configuration."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.errors import PantauError
from bot.query import VENDORS, Carried, import_queries
from bot.watchlist import NAME_CHARS


def import_watches(file: Path, vendor: str, prefix: str) -> int:
    """Print the queries as TOML, and on standard error what could not be carried over; 1 when one could not be read."""
    if vendor not in VENDORS:
        raise PantauError(f"--from {vendor}: there are {', '.join(VENDORS)}.")
    carried = import_queries(_text(file), vendor)
    print(watches(carried, prefix or file.stem))  # noqa: T201
    for number, one in enumerate(carried, start=1):
        for left in one.left_out:
            print(f"{file}: query {number}: left out: {left}", file=sys.stderr)  # noqa: T201
        if one.query is None:
            print(f"{file}: query {number} was not imported: {one.written}", file=sys.stderr)  # noqa: T201
    return 1 if any(one.query is None for one in carried) else 0


def watches(carried: Sequence[Carried], prefix: str) -> str:
    """The queries that can be read as [[watches]] tables, named by the prefix and their number in the file."""
    prefix = " ".join("".join(letter if letter.isprintable() else " " for letter in prefix).split())
    tables = []
    for number, one in enumerate(carried, start=1):
        if one.query is not None:
            name = f"{prefix[: NAME_CHARS - len(f' {number}')]} {number}".strip()
            tables.append(f"[[watches]]\nname = {_toml(name)}\nquery = {_toml(str(one.query))}\n")
    return "\n".join(tables)


def _toml(text: str) -> str:
    """A TOML string: in single quotes, where queries read best, if it can stand in them."""
    if "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise PantauError(f"{file}: {error.strerror}. Name a file that can be read.") from error
    except UnicodeDecodeError as error:
        raise PantauError(f"{file}: not UTF-8; save the file with that encoding.") from error
