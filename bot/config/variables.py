"""The secrets of the environment, or of the files that it names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.config.mistakes import Wrong, sentences, shown
from bot.config.readers import Reader, storage_address
from bot.config.readers import text as text_like
from bot.config.secrets import MODEL_KEY, SLACK_APP, SLACK_BOT, STORAGE, TELEGRAM, TOKEN_SHAPES
from bot.errors import Problem

_READERS: dict[str, Reader] = {
    SLACK_BOT: text_like('a Slack bot token, which starts with "xoxb-"', pattern=r"xoxb-[\w-]+"),
    SLACK_APP: text_like('a Slack app-level token, which starts with "xapp-"', pattern=r"xapp-[\w-]+"),
    TELEGRAM: text_like('a token from @BotFather, such as "123456:ABC-DEF"', pattern=r"\d+:[\w-]+"),
    STORAGE: storage_address,
    MODEL_KEY: text_like("the key of a language model's server, in one word", pattern=r"\S+"),
}


def read_variables(environ: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    """The secrets that are set, by variable, and what is wrong with the others; no text repeats a secret."""
    answers = {name: _read(name, environ) for name in _READERS}
    secrets = {name: answer for name, answer in answers.items() if isinstance(answer, str) and answer}
    return secrets, [answer for answer in answers.values() if isinstance(answer, Problem)]


def _read(name: str, environ: Mapping[str, str]) -> str | Problem:
    """The secret, from its variable or from the file that its _FILE names; empty when neither is set."""
    origin, value, file = name, environ.get(name, "").strip(), environ.get(f"{name}_FILE", "").strip()
    if value and file:
        return Problem(name, 0, f"this and {name}_FILE are both set; keep one of them.")
    if file:
        origin = f"{name}_FILE"
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            return Problem(origin, 0, f"cannot read the file {shown(file)}: {reason}.")
        if not value:
            return Problem(origin, 0, f"the file {shown(file)} is empty.")
    if value:
        try:
            _READERS[name](value)
        except Wrong as wrong:
            text = sentences(f"expected {wrong.expected}.", wrong.remedy, _swapped(name, value))
            return Problem(origin, 0, text)
    return value


def _swapped(name: str, value: str) -> str:
    owner = next((owner for shape, owner in TOKEN_SHAPES.items() if shape.match(value)), name)
    return "" if owner == name else f"This one looks like the {owner}: perhaps the two were swapped."
