"""Kills the program at random moments while it polls publishers that never stop; counts what was lost and what came twice.

The program is the real one (bot.app: HTTP, parser process, SQLite, lanes), in a process of its own that gets SIGKILL. Around it:
publishers with ETags, and a chat platform that can be asked what stands in it. Two of the publishers hold the newest 250 items;
two hold one batch, which they replace in the moment in which the program names its validator: a program that stores validators
before articles loses it. Every item answers a watch. At the end the program is left alone until all is delivered; then each item
that was published must be stored once, alerted once and shown once.

    python -m benchmarks.polling.kills [kills] [seed] [--json FILE]      # a line for each campaign is added to FILE
"""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("kills", type=int, nargs="?", default=100)
    arguments.add_argument("seed", type=int, nargs="?", default=1)
    arguments.add_argument("--json", type=Path, help="add the result to this file, as one line")
    given = arguments.parse_args()
    # Not above: every life looks into this module for its beginning.
    from benchmarks.polling.campaign import campaign

    result = asyncio.run(campaign(given.kills, given.seed))
    line = json.dumps(result)
    print(line)  # noqa: T201
    if given.json:
        with given.json.open("a") as file:
            file.write(line + "\n")
    wrong = sum(
        value for name, value in result.items() if name.startswith(("not_", "stored_", "alerted_", "shown_"))
    )
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
