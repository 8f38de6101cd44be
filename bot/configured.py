"""The shared lists and queries of a configuration, read: every one that cannot be read is told with its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.config import Config
from bot.errors import ConfigError, Problem, QueryError
from bot.garbage import uncollected
from bot.query import Lists, Query, parse, with_own
from bot.query.tree import Node


@dataclass(frozen=True, slots=True)
class Configured:
    """What queries of this configuration may name, and its watches' queries by the watch's name."""

    lists: Lists
    queries: Mapping[str, Query]


def read_queries(config: Config) -> Configured:
    """Read every list and every query once. Raises ConfigError."""
    with uncollected():
        lists, problems = _lists(config)
        queries = {}
        for number, watch in enumerate(config.watches):
            try:
                queries[watch.name] = parse(watch.query, lists)
            except QueryError as error:
                problems.append(
                    _problem(config, ("watches", number, "query"), f"watch {watch.name!r}", error)
                )
    if problems:
        raise ConfigError(problems)
    return Configured(lists, queries)


def _lists(config: Config) -> tuple[Lists, list[Problem]]:
    """The lists, and what is wrong with them. A list may name those above it, so none can name itself."""
    own: dict[str, Node] = {}
    problems = []
    for number, shared in enumerate(config.lists):
        try:
            own[shared.name] = parse(shared.terms, with_own(own)).root
        except QueryError as error:
            problems.append(_problem(config, ("lists", number, "terms"), f"list {shared.name!r}", error))
    return with_own(own), problems


def _problem(config: Config, path: tuple[str | int, ...], what: str, error: QueryError) -> Problem:
    return config.problem(path, f"{what}: {error.text}\n{error.caret()}")
