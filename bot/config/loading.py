"""A file and an environment -> a Config, or every problem they have."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.config.checking import check
from bot.config.lines import Places
from bot.config.mistakes import Mistake
from bot.config.secrets import MODEL_KEY, SLACK_APP, SLACK_BOT, STORAGE, TELEGRAM
from bot.config.settings import (
    Access,
    Alerts,
    Config,
    ListSettings,
    Logging,
    Metrics,
    Polling,
    Slack,
    SourceSettings,
    SummarySettings,
    Telegram,
    WebSub,
)
from bot.config.variables import read_variables
from bot.errors import ConfigError, Problem
from bot.model import Chat, Options, SourceKind, Watch

_STORAGE_URL = "sqlite:///pantau.db"  # beside the configuration
_PLACE_OF_ERROR = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
# What tomllib says (as a pattern) of the mistakes that people make most, and what they meant.
_REMEDIES = {
    "Invalid value": 'Text stands in quotation marks: name = "Putin".',
    "Expected newline or end of document": (
        "Text stands in quotation marks, and text that has some inside stands in single ones: "
        'interval = "5m", query = \'"Korea Utara"\'.'
    ),
    "Expected '=' after a key": 'A line is a key and a value, name = "Putin", or a heading, [[watches]].',
    "Cannot overwrite a value": "One key stands twice in one table.",
    "Cannot declare": "One table stands twice; a list of them has two brackets: [[watches]].",
    r"Unterminated string|Expected ['\"]{4}|Illegal character '\\n'": "A quotation mark is never closed.",
}


def load(path: Path, environ: Mapping[str, str]) -> Config:
    """The file's configuration with the secrets of the environment. Raises ConfigError with every problem."""
    secrets, problems = read_variables(environ)
    try:
        text = _text(path)
        data = _parse(text, path)
    except ConfigError as error:
        raise ConfigError([*error.problems, *problems]) from error.__cause__
    values, mistakes = check(data)
    places = Places(text)
    problems = (
        sorted((_problem(mistake, path, places) for mistake in mistakes), key=lambda one: one.line) + problems
    )
    if problems:
        raise ConfigError(problems)
    return _build(path, values, secrets, places)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")  # some editors put a byte order mark in front
    except FileNotFoundError as error:
        text = "there is no such file. Copy config.example.toml to this place and change what it says."
        raise ConfigError([Problem(str(path), 0, text)]) from error
    except OSError as error:
        raise ConfigError([Problem(str(path), 0, f"cannot be read: {error.strerror}.")]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            [Problem(str(path), line, "not UTF-8; save the file with that encoding.")]
        ) from error


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:  # a TOMLDecodeError, or a number with thousands of digits
        found = _PLACE_OF_ERROR.search(str(error))
        line = int(found[1]) if found and found[1] else len(text.rstrip().splitlines())
        what = _PLACE_OF_ERROR.sub("", str(error))
        remedy = next((text for start, text in _REMEDIES.items() if re.match(start, what)), "")
        raise ConfigError([Problem(str(path), line, f"not valid TOML: {what}. {remedy}".strip())]) from error
    except RecursionError as error:
        raise ConfigError([Problem(str(path), 0, "not valid TOML: brackets nested too deeply.")]) from error


def _problem(mistake: Mistake, path: Path, places: Places) -> Problem:
    other = f" (line {places.line_of(mistake.other)})." if mistake.other else ""
    return Problem(str(path), places.line_of(mistake.path), mistake.text + other)


def _build(
    path: Path,
    values: Mapping[str, Any],
    secrets: Mapping[str, str],
    places: Places,
) -> Config:
    folder = path.absolute().parent
    polling = Polling(**values["polling"])
    storage_url = secrets.get(STORAGE) or values["storage"].get("url", _STORAGE_URL)
    return Config(
        file=path,
        storage_url=_placed_storage(storage_url, folder),
        sources=tuple(_source(source, folder, polling) for source in values["sources"]),
        lists=tuple(ListSettings(**one) for one in values["lists"]),
        watches=tuple(_watch(watch) for watch in values["watches"]),
        chats=tuple(Chat(**chat) for chat in values["chats"]),
        access=Access(**values["access"]),
        alerts=Alerts(**values["alerts"]),
        logging=Logging(**values["logging"]),
        metrics=Metrics(**values["metrics"]),
        websub=WebSub(**values["websub"]),
        polling=polling,
        summary=SummarySettings(**values["summary"], key=secrets.get(MODEL_KEY, "")),
        slack=Slack(
            **values["slack"], bot_token=secrets.get(SLACK_BOT, ""), app_token=secrets.get(SLACK_APP, "")
        ),
        telegram=Telegram(**values["telegram"], token=secrets.get(TELEGRAM, "")),
        places=places,
    )


def _source(values: Mapping[str, Any], folder: Path, polling: Polling) -> SourceSettings:
    url = values["url"]
    return SourceSettings(
        name=values["name"],
        url=url if re.match("https?:", url, re.IGNORECASE) else _placed(url, folder),
        kind=SourceKind(values.get("kind", SourceKind.AUTO)),
        interval=values.get("interval", polling.interval),
        pinned="interval" in values,
        options=Options(
            tags=tuple(values.get("tags", ())),
            include=values.get("include", ""),
            exclude=values.get("exclude", ""),
            full_text=values.get("full_text", polling.full_text),
            tier=values.get("tier", ""),
        ),
    )


def _watch(values: Mapping[str, Any]) -> Watch:
    # A chat named twice is one chat: it must not be told twice.
    return Watch(**{**values, "routes": tuple(dict.fromkeys(values.get("routes", ())))})


def _placed_storage(url: str, folder: Path) -> str:
    start = "sqlite:///"
    return f"{start}{_placed(url.removeprefix(start), folder)}" if url.startswith(start) else url


def _placed(path: str, folder: Path) -> str:
    """The path seen from the folder; links are kept, for what they lead to may change."""
    return os.path.normpath(folder / path)
