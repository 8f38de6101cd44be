"""The example that people copy is right and complete."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from bot.config import Access, Config, Polling, Slack, Telegram, load
from bot.config.tables import LANGUAGES, PLATFORMS, PRIORITIES, TABLES
from bot.model import OnUncertain, SourceKind

EXAMPLE = Path(__file__).parents[1] / "config.example.toml"


@pytest.fixture(scope="module")
def text() -> str:
    return EXAMPLE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def config() -> Config:
    return load(EXAMPLE, {})


def test_the_example_loads(config: Config) -> None:
    assert {chat.platform for chat in config.chats} == set(PLATFORMS)
    assert config.sources
    assert config.watches


def test_every_key_stands_in_the_example(text: str) -> None:
    data = tomllib.loads(text)
    shown = {
        (table, key)
        for table, content in data.items()
        for element in (content if isinstance(content, list) else [content])
        for key in element
    }
    assert shown == {(name, key) for name, table in TABLES.items() for key in table.keys}


def test_every_key_is_explained_once_or_has_a_comment_above(text: str) -> None:
    lines = text.splitlines()
    explained = set()
    for above, line in pairwise(lines):
        key = re.match(r"(\w+) = ", line)
        if key and ("  # " in line or above.startswith("#")):
            explained.add(key[1])
    keys = {key for table in TABLES.values() for key in table.keys}
    assert keys - explained - {"api_url"} == set()  # of api_url the heading speaks


@pytest.mark.parametrize("name", [*PLATFORMS, *PRIORITIES, *LANGUAGES, *SourceKind, *OnUncertain])
def test_every_choice_is_named_in_the_example(text: str, name: str) -> None:
    assert f'"{name}"' in text


def test_what_the_example_shows_as_a_default_is_the_default(config: Config) -> None:
    default = Polling(contact=config.polling.contact)
    assert config.polling == default
    assert (config.slack, config.telegram) == (Slack(), Telegram())
    assert config.storage_url == f"sqlite:///{EXAMPLE.parent}/pantau.db"
    assert config.access != Access()  # an example that lets everyone change things teaches nothing


def test_the_variables_of_the_secrets_stand_in_the_example(text: str) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "TELEGRAM_TOKEN", "STORAGE_URL"):
        assert f"PANTAU_{name}" in text
        assert f"PANTAU_{name}_FILE" in text
