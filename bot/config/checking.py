"""Compare what a file says with the tables of what it may say; every mistake is found in one go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.config.lines import Path
from bot.config.mistakes import Mistake, Wrong, listed, nearest, sentences, shown
from bot.config.relations import clashes
from bot.config.secrets import secrets_in
from bot.config.tables import LATER, TABLES, Key, Table

Values = dict[str, Any]
"""By table, the keys that are right: a dict, or a list of dicts where there are many."""


def check(data: Mapping[str, Any]) -> tuple[Values, list[Mistake]]:
    """The values that can be used, and each one that cannot. A table of the wrong shape has no values."""
    secrets = secrets_in(data)
    mistakes = list(_unknown_tables(data))
    values: Values = {}
    for name, table in TABLES.items():
        content, found = _table(name, table, data.get(name, [] if table.many else {}))
        if content is not None:
            values[name] = content
        mistakes.extend(found)
    mistakes.extend(clashes(values))
    # Of a secret nothing else needs to be said.
    mistakes = [mistake for mistake in mistakes if mistake.path not in secrets]
    for path, variable in secrets.items():
        text = f"a secret stands in a file that people read; put it in {variable} and remove it here."
        mistakes.append(Mistake(path, text))
    return values, mistakes


def _unknown_tables(data: Mapping[str, Any]) -> Iterator[Mistake]:
    for name, content in data.items():
        if name in TABLES:
            continue
        if (name,) in LATER:
            yield Mistake((name,), _later(f"[{name}]"))
        elif isinstance(content, dict | list):
            remedy = nearest(name, TABLES) or f"There are {_headings(*TABLES)}."
            yield Mistake((name,), f"there is no table [{name}]. {remedy}")
        else:
            owners = [known for known, table in TABLES.items() if name in table.keys]
            remedy = f"It belongs under {_headings(*owners)}." if owners else nearest(name, TABLES)
            yield Mistake((name,), sentences(f'the key "{name}" stands in no table.', remedy))


def _table(name: str, table: Table, content: object) -> tuple[Any, list[Mistake]]:
    """The right values of one table, or of each of many; None where the table itself is something else."""
    if isinstance(content, dict) and not table.many:
        return _keys((name,), f"[{name}]", table, content)
    if isinstance(content, list) and table.many:
        pairs = [_element(name, table, position, element) for position, element in enumerate(content)]
        return [values for values, _ in pairs], [mistake for _, found in pairs for mistake in found]
    how_often = "once for each of them" if table.many else "only once"
    text = f"{name} is {shown(content)}; expected {table.heading(name)}, {how_often}."
    return None, [Mistake((name,), text)]


def _element(name: str, table: Table, position: int, content: object) -> tuple[Any, list[Mistake]]:
    if not isinstance(content, dict):
        return {}, [Mistake((name, position), f"{shown(content)} in {name}; expected {table.heading(name)}.")]
    own_name = content.get("name")
    label = f"[[{name}]] {shown(own_name)}" if isinstance(own_name, str) else f"[[{name}]]"
    return _keys((name, position), label, table, content)


def _keys(path: Path, label: str, table: Table, content: Mapping[str, Any]) -> tuple[Values, list[Mistake]]:
    values: Values = {}
    mistakes: list[Mistake] = []
    for name, key in table.keys.items():
        if name in content:
            value, found = _value((*path, name), f"{label}: {name}", key, content[name])
            if value is not None:
                values[name] = value
            mistakes.extend(found)
        elif key.required:
            mistakes.append(Mistake(path, f'{label} has no "{name}"; expected {_expected(key)}.'))
    for name in content:
        if name not in table.keys:
            mistakes.append(Mistake((*path, name), f"{label}: {_unknown_key(str(path[0]), name, table)}"))
    return values, mistakes


def _value(path: Path, label: str, key: Key, content: object) -> tuple[Any, list[Mistake]]:
    """The value, or None; in a list, None stands for each element that is wrong."""
    if key.list_of:
        if not isinstance(content, list):
            return None, [
                Mistake(path, f"{label} is {shown(content)}; expected a list such as {key.list_of}.")
            ]
        pairs = [_one((*path, position), label, key, one) for position, one in enumerate(content)]
        return tuple(value for value, _ in pairs), [found for _, found in pairs if found]
    value, found = _one(path, label, key, content)
    return value, [found] if found else []


def _one(path: Path, label: str, key: Key, content: object) -> tuple[Any, Mistake | None]:
    try:
        return key.read(content), None
    except Wrong as wrong:
        found = f"{label} is {shown(content)}; expected {wrong.expected}."
        return None, Mistake(path, sentences(found, wrong.remedy))


def _expected(key: Key) -> str:
    """What the key's reader says it wants."""
    try:
        key.read(None)
    except Wrong as wrong:
        return wrong.expected
    raise AssertionError("a required key that accepts nothing")


def _unknown_key(table_name: str, name: str, table: Table) -> str:
    if (table_name, name) in LATER:
        return _later(f'"{name}"')
    return f'there is no key "{name}". {nearest(name, table.keys) or f"There are {listed(table.keys)}."}'


def _later(what: str) -> str:
    return f"{what} comes with a later version; take it out until then."


def _headings(*names: str) -> str:
    return ", ".join(TABLES[name].heading(name) for name in names)
