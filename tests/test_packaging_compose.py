"""docker-compose.yml: a valid file, a bot that may do little, and secrets that arrive where they are read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.config import load

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
BOT: dict[str, Any] = COMPOSE["services"]["bot"]

# The Compose Specification (Apache-2.0, its licence beside it), taken from check-jsonschema 0.39.0 on PyPI.
SCHEMA = Draft202012Validator(json.loads((ROOT / "tests/data/compose-spec.json").read_text()))


def test_the_compose_file_follows_the_compose_specification() -> None:
    assert [error.message for error in SCHEMA.iter_errors(COMPOSE)] == []


def test_the_specification_refuses_a_key_it_does_not_know() -> None:
    """A judge that accepts everything would be no judge."""
    wrong = {**COMPOSE, "services": {"bot": {**BOT, "read_onyl": True}}}
    assert not SCHEMA.is_valid(wrong)


def test_the_bot_is_not_root_and_may_write_to_its_volume_only() -> None:
    assert BOT["user"] == "10001:10001"
    assert BOT["read_only"] is True
    assert BOT["cap_drop"] == ["ALL"]
    assert [entry.partition(":")[0] for entry in BOT["tmpfs"]] == ["/tmp"]
    writable = [entry for entry in BOT["volumes"] if not (isinstance(entry, dict) and entry.get("read_only"))]
    assert writable == ["data:/data"]
    assert "privileged" not in BOT


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_no_service_gains_privileges_opens_a_port_or_fills_the_disk_with_logs(name: str) -> None:
    service = COMPOSE["services"][name]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "ports" not in service
    assert {"max-size", "max-file"} <= service["logging"]["options"].keys()
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_what_a_service_mounts_is_declared(name: str) -> None:
    service = COMPOSE["services"][name]
    assert set(service["secrets"]) <= COMPOSE["secrets"].keys()
    named = {entry.partition(":")[0] for entry in service["volumes"] if isinstance(entry, str)}
    assert named <= COMPOSE["volumes"].keys()


def test_no_secret_stands_in_the_environment_of_a_service() -> None:
    for service in COMPOSE["services"].values():
        for name, value in service["environment"].items():
            if re.search("TOKEN|PASSWORD", name):
                assert name.endswith("_FILE")
                assert value.removeprefix("/run/secrets/") in service["secrets"]


def test_the_tokens_of_the_secret_files_arrive_in_the_configuration(tmp_path: Path) -> None:
    """The names in the compose file are those that Pantau reads; with a wrong one it would have no token."""
    tokens = {"slack_bot_token": "xoxb-1-a", "slack_app_token": "xapp-1-a", "telegram_token": "42:abc"}
    for name, token in tokens.items():
        (tmp_path / name).write_text(f"{token}\n")
    environ = {
        name: default_of(value).replace("/run/secrets", str(tmp_path))
        for name, value in BOT["environment"].items()
    }
    (tmp_path / "config.toml").write_text("")
    config = load(tmp_path / "config.toml", environ)
    assert config.slack.bot_token == "xoxb-1-a"
    assert config.slack.app_token == "xapp-1-a"
    assert config.telegram.token == "42:abc"
    assert config.storage_url == "sqlite:////data/pantau.db"


def default_of(value: str) -> str:
    """What compose makes of `${NAME:-default}` when NAME is not set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


def test_postgresql_is_there_only_when_it_is_asked_for() -> None:
    assert COMPOSE["services"]["postgres"]["profiles"] == ["postgres"]
    assert BOT["depends_on"]["postgres"] == {"condition": "service_healthy", "required": False}
    assert "profiles" not in BOT
