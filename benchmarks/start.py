"""How long the program takes to answer, as whole processes, against importing its command-line library alone.

python benchmarks/start.py [runs]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import typer (peer)": ["-c", "import typer"],
    "pantau --help": ["-m", "bot", "--help"],
    "pantau demo": ["-m", "bot", "demo"],
}


def seconds(arguments: list[str]) -> float:
    """Wall time of one process."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    for arguments in COMMANDS.values():
        seconds(arguments)  # byte code and the file cache
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):  # in turn, so that a slow minute hits all of them
        for name, arguments in COMMANDS.items():
            times[name].append(seconds(arguments))
    peer = statistics.median(times["import typer (peer)"])
    print(f"{'command':<22}{'median s':>10}{'min':>8}{'max':>8}{'× peer':>9}")  # noqa: T201
    for name, measured in times.items():
        middle = statistics.median(measured)
        print(f"{name:<22}{middle:>10.3f}{min(measured):>8.3f}{max(measured):>8.3f}{middle / peer:>9.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
