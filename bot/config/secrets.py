"""What secrets look like, so that none stays in a file people read and none is repeated in a message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.config.lines import Path

SLACK_BOT, SLACK_APP, TELEGRAM = "PANTAU_SLACK_BOT_TOKEN", "PANTAU_SLACK_APP_TOKEN", "PANTAU_TELEGRAM_TOKEN"
STORAGE = "PANTAU_STORAGE_URL"
MODEL_KEY = "PANTAU_SUMMARY_KEY"

# Looked for anywhere in a value: a token leaks as a part of an address too. Slack's user tokens are refused.
TOKEN_SHAPES = {
    re.compile(r"xox[a-z]-\w"): SLACK_BOT,
    re.compile(r"xapp-\w"): SLACK_APP,
    re.compile(r"\d{6,}:[\w-]{30,}"): TELEGRAM,
}
_SECRET_NAME = re.compile(r"token|secret|passw", re.IGNORECASE)


def is_secret(text: str) -> bool:
    """Whether a token stands anywhere in the text."""
    return any(shape.search(text) for shape in TOKEN_SHAPES)


def secrets_in(data: Mapping[str, Any]) -> dict[Path, str]:
    """Where the file holds something that looks like a secret, and the variable to use instead."""
    return dict(_secrets((), data))


def _secrets(path: Path, value: object) -> Iterator[tuple[Path, str]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _secrets((*path, key), inner)
        case list():
            for position, inner in enumerate(value):
                yield from _secrets((*path, position), inner)
        case str():
            variable = _variable_for(path, value)
            if variable:
                yield path, variable


def _variable_for(path: Path, value: str) -> str:
    """The variable that such a value belongs in; empty for a value that is no secret."""
    by_shape = next((variable for shape, variable in TOKEN_SHAPES.items() if shape.search(value)), "")
    if by_shape or not _SECRET_NAME.search(str(path[-1])):
        return STORAGE if path == ("storage", "url") and _has_password(value) else by_shape
    names = " ".join(map(str, path)).lower()
    return TELEGRAM if "telegram" in names else SLACK_APP if "app" in names else SLACK_BOT


def _has_password(address: str) -> bool:
    """Whether it is an address with a password (`user:password@host`)."""
    try:
        return bool(urlsplit(address).password)
    except ValueError:
        return False
