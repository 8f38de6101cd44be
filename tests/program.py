"""The real program as its users run it: a process, a configuration file, tokens in the environment."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


class Program:
    """`pantau`, started and stopped by a test."""

    def __init__(self, folder: Path, config: str, **environ: str) -> None:
        self.folder, self.environ = folder, environ
        self.config = folder / "config.toml"
        self.config.write_text(config, encoding="utf-8")
        self.process: asyncio.subprocess.Process | None = None
        self.said = ""  # on both of its outputs, once it has ended

    async def start(self, *arguments: str) -> None:
        """Begin; by default `pantau run`."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *(arguments or ("run", "-v")),
            "-c",
            str(self.config),
            cwd=Path(__file__).parents[1],
            env={**_environment(), **self.environ},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )

    async def ends(self, within: float = 30.0) -> int:
        """Wait for its end; the exit status."""
        assert self.process
        out, _ = await asyncio.wait_for(self.process.communicate(), within)
        self.said = out.decode()
        assert self.process.returncode is not None
        return self.process.returncode

    async def run(self, *arguments: str) -> int:
        await self.start(*arguments)
        return await self.ends()

    async def terminate(self, within: float = 30.0) -> int:
        """SIGTERM, as `docker stop` does it."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return await self.ends(within)

    async def kill(self) -> None:
        """kill -9."""
        assert self.process
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.ends()

    async def __aenter__(self) -> Program:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process and not self.said:
            await self.kill()
        print(self.said)  # noqa: T201  # pytest shows it when the test fails


def _environment() -> dict[str, str]:
    """Ours, without anybody's real tokens."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}


def tables(name: str, rows: Sequence[dict[str, object]]) -> str:
    """[[name]] tables in TOML."""
    written = []
    for row in rows:
        values = "\n".join(f"{key} = {_value(value)}" for key, value in row.items())
        written.append(f"[[{name}]]\n{values}\n")
    return "\n".join(written)


def _value(value: object) -> str:
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return "'" + str(value) + "'"
