"""`pantau demo`: the whole job on the samples that ship with the program, in a console chat, in a store that is thrown away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bot.adapters.console import ConsoleMessenger, typed_lines
from bot.app import assemble, connected
from bot.config import load

ASKED = ("/summary Putin", "/sources", "/status")


async def run_demo(*, stay: bool, out: Console | None = None) -> int:
    """Poll the samples, deliver their alerts, ask three commands; with `stay`, go on as a chat until Ctrl-D."""
    out = out or Console()
    done = asyncio.Event()

    async def typed() -> AsyncIterator[str]:
        for line in ASKED:
            yield line
        if stay:
            out.print("Now it is yours: /help shows what to type, Ctrl-D ends.", style="dim")
            async for line in typed_lines():
                yield line
        done.set()

    with as_file(files("bot") / "samples") as samples, TemporaryDirectory(prefix="pantau-demo-") as folder:
        config = load(samples / "demo.toml", {})
        config = replace(config, storage_url=f"sqlite:///{Path(folder) / 'demo.db'}")
        names = ", ".join(watch.name for watch in config.watches)
        out.print(f"Watching {len(config.sources)} sample sources for: {names}", style="dim")
        async with assemble(config, [ConsoleMessenger(out, typed())]) as app:
            await app.polls.all_due()
            await app.engine.idle()
            async with connected(app, answering=True):
                await app.serve(done)
    return 0
