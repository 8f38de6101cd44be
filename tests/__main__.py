"""The one command before a push: style, types, import rules and tests. Arguments go to pytest."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(sysconfig.get_path("scripts"))

Step = tuple[str, Sequence[str]]
"""What is announced, and what is run."""


def steps(arguments: Sequence[str]) -> list[Step]:
    """Everything that is checked; the tests come last, so that their verdict is what stays on the screen."""
    python = (sys.executable, "-m")
    return [
        ("ruff check", (*python, "ruff", "check", ".")),
        ("ruff format --check", (*python, "ruff", "format", "--check", ".")),
        ("mypy", (*python, "mypy")),
        ("lint-imports", (str(SCRIPTS / "lint-imports"),)),  # it cannot be run as a module
        ("pytest", (*python, "pytest", *arguments)),
    ]


def run(steps: Sequence[Step]) -> int:
    """Run every step, also after one that failed; 1 if any failed, 0 and not a word more if none did."""
    failed = []
    for name, command in steps:
        say(f"── {name}")
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
    if failed:
        say(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


def say(line: str) -> None:
    """A line that stands before what the next step prints, also in a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(run(steps(sys.argv[1:])))
