"""The Dockerfile and what may enter the image. No engine is needed: the steps are read, not run."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from bot.cli import app as cli

ROOT = Path(__file__).parent.parent
STEPS = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text()).splitlines()
BOT: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["bot"]


def said(instruction: str) -> list[str]:
    """The arguments of every `instruction`, in order."""
    return [step.removeprefix(instruction).strip() for step in STEPS if step.startswith(f"{instruction} ")]


def copied() -> list[str]:
    """What the build takes from the repository."""
    return [source for line in said("COPY") if "--from" not in line for source in line.split()[:-1]]


def admitted(path: str) -> bool:
    """Whether .dockerignore lets the path into the build; the last rule that fits decides."""
    verdict = True
    for rule in (ROOT / ".dockerignore").read_text().splitlines():
        if rule and not rule.startswith("#"):
            pattern = rule.removeprefix("!")
            parents = [path, *map(str, Path(path).parents)]
            if any(fnmatch(one, pattern.replace("**/", "*")) for one in parents):
                verdict = rule.startswith("!")
    return verdict


@pytest.mark.parametrize("source", copied())
def test_what_the_build_copies_is_there_and_is_admitted(source: str) -> None:
    assert (ROOT / source).exists()
    assert admitted(source)


@pytest.mark.parametrize(
    "path",
    [
        "config.toml",
        "secrets/telegram_token",
        ".env",
        "pantau.db",
        ".git/config",
        ".venv/bin/python",
        "tests/data/x",
        "bot/__pycache__/cli.pyc",
    ],
)
def test_no_secret_and_no_state_enters_the_image(path: str) -> None:
    assert not admitted(path)


def test_the_image_runs_as_the_user_that_compose_names() -> None:
    assert said("USER") == [BOT["user"]]
    last_stage = STEPS[max(i for i, step in enumerate(STEPS) if step.startswith("FROM ")) :]
    assert last_stage.index(f"USER {BOT['user']}") < last_stage.index("VOLUME /data")


def test_the_image_and_compose_run_and_ask_the_same() -> None:
    [command] = said("CMD")
    assert json.loads(command) == BOT["command"]
    [check] = said("HEALTHCHECK")
    assert ["CMD", *json.loads(check.partition("CMD ")[2])] == BOT["healthcheck"]["test"]


@pytest.mark.parametrize(
    "command", [BOT["command"], BOT["healthcheck"]["test"][1:]], ids=["command", "healthcheck"]
)
def test_the_command_line_knows_what_the_container_asks(command: list[str]) -> None:
    name, *arguments = command
    assert name == "pantau"
    pantau = typer.main.get_group(cli)
    with pantau.make_context(name, list(arguments)) as context:
        _, subcommand, rest = pantau.resolve_command(context, arguments)
        assert subcommand
        subcommand.make_context(name, rest)  # raises on an option it does not know


def test_what_is_installed_is_what_was_tested() -> None:
    [install] = [step for step in said("RUN") if "pip install" in step]
    assert "--constraint .ci/constraints.txt" in install
