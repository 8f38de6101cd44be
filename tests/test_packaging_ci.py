"""The one test command, the pinned set and the script that calls them from a clean checkout."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.__main__ import Step, run, steps

ROOT = Path(__file__).parent.parent
PINS = [
    line
    for line in (ROOT / ".ci/constraints.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NEEDED = [Requirement(line) for line in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"])]


def step(name: str, code: int) -> Step:
    return name, (sys.executable, "-c", f"import sys; print('did {name}'); sys.exit({code})")


def test_every_step_runs_although_one_before_it_failed(capfd: pytest.CaptureFixture[str]) -> None:
    assert run([step("one", 3), step("two", 0), step("three", 1)]) == 1
    assert capfd.readouterr().out.splitlines() == [
        *("── one", "did one", "── two", "did two", "── three", "did three"),
        "Failed: one, three",
    ]


def test_nothing_is_said_after_the_last_step_when_all_is_well(capfd: pytest.CaptureFixture[str]) -> None:
    assert run([step("one", 0), step("two", 0)]) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "did two"


def test_style_types_import_rules_and_tests_are_checked_in_this_order() -> None:
    checked = steps(["-x", "tests/test_text.py"])
    assert [name for name, _ in checked] == [
        "ruff check",
        "ruff format --check",
        "mypy",
        "lint-imports",
        "pytest",
    ]
    assert checked[-1][1][-3:] == ("pytest", "-x", "tests/test_text.py")


@pytest.mark.parametrize("name", ["ruff check", "mypy", "lint-imports"])
def test_each_tool_is_there_under_the_name_it_is_called_by(name: str) -> None:
    [tool, *arguments] = dict(steps([]))[name]
    known = [*arguments[:2], "--version"] if arguments else ["--help"]
    assert subprocess.run([tool, *known], capture_output=True, check=False).returncode == 0


def test_every_pin_is_a_name_and_one_exact_version() -> None:
    """No hosts, no paths: the set can be installed from any index."""
    assert [pin for pin in PINS if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+", pin)] == []


def test_every_requirement_is_pinned_to_a_version_it_accepts() -> None:
    pinned = {canonicalize_name(name): release for name, _, release in (pin.partition("==") for pin in PINS)}
    unmet = [
        need for need in NEEDED if not need.specifier.contains(pinned.get(canonicalize_name(need.name), "0"))
    ]
    assert unmet == []


def test_every_requirement_has_a_lower_bound() -> None:
    unbound = [need for need in NEEDED if not any(bound.operator == ">=" for bound in need.specifier)]
    assert unbound == []


def test_the_version_that_is_installed_is_the_one_that_is_written() -> None:
    """An environment that went stale would test another program."""
    assert version("pantau") == PROJECT["version"]


def test_the_script_is_bash_that_can_be_read_and_run() -> None:
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
