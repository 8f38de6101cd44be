"""The real program while its store can take nothing: kept busy by another process for more than 30 s, and on a full disk.

    python -m benchmarks.faults.store

Twice a publisher goes on and both platforms answer while nothing can be stored; then the trouble ends. Printed for each: what
/healthz and the log said meanwhile, how long after its end everything stood in the chats, and what was lost, doubled or out of
order there. The disk is a tmpfs of its own where that may be mounted (root); elsewhere the process is forbidden to write files.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    closing,
    contextmanager,
)
from pathlib import Path

import aiohttp

from benchmarks.faults.soak import Audit, Town, built, program_of, say, settled, until
from tests.program import Program
from tests.publisher import serving

LOCKED = 35.0  # seconds: longer than SQLite is told to wait (30 s)
FULL = 30.0
DISK = 24  # megabytes
PATIENCE = 180.0  # seconds that what waits may take to leave: a Telegram group takes twenty a minute
PORT = 19464  # of /healthz


@asynccontextmanager
async def locked(folder: Path, _program: Program) -> AsyncIterator[float]:
    """Another process writes to the store and does not come to an end."""
    with closing(
        sqlite3.connect(folder / "pantau.db", 30, isolation_level=None, check_same_thread=False)
    ) as other:
        await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
        yield LOCKED


@asynccontextmanager
async def full(folder: Path, program: Program) -> AsyncIterator[float]:
    """No byte more."""
    if await asyncio.to_thread(folder.is_mount):
        ballast = folder / "ballast"
        with ballast.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                yield FULL
        ballast.unlink()
        return
    assert program.process
    soft, hard = resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (0, hard))
    yield FULL
    resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (soft, hard))


Trouble = Callable[[Path, Program], AbstractAsyncContextManager[float]]
TROUBLES: dict[str, Trouble] = {"kept busy by another process": locked, "a full disk": full}


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk of its own for the folder, where that is allowed."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, check=False, capture_output=True).returncode == 0
    try:
        yield
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


async def health() -> str:
    """What /healthz says: its status and the store's sentence."""
    url = f"http://127.0.0.1:{PORT}/healthz"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        body = json.loads(await response.text())
    return f"{response.status} {body['status']}: {body['store']}"


async def met(name: str, trouble: Trouble, folder: Path) -> bool:
    """One trouble, met by a program of its own; True if the chats are as they should be."""
    async with AsyncExitStack() as stack:
        town = await built(stack, 1)
        address = await stack.enter_async_context(serving(town.feed))
        monitor = f"[metrics]\nlisten = '127.0.0.1:{PORT}'"
        program = await stack.enter_async_context(program_of(town, folder, address, monitor))
        await program.start()
        reading = asyncio.create_task(program.ends(3600))
        await until(lambda: town.telegram.inbox.polled and town.slack.sockets.connections, 60)
        await asyncio.sleep(12)  # its first look at the empty feed
        news = asyncio.create_task(town.publish())
        await until(lambda: len(town.published) > 2 and shown(town) > 12, 60)
        async with trouble(folder, program) as seconds:
            before = shown(town)
            await asyncio.sleep(seconds - 1)
            said, meanwhile = await health(), shown(town) - before
            await asyncio.sleep(1)
        ended, due = time.monotonic(), len(town.published)
        await until(lambda: all(len(town.texts(chat)) >= due for chat in town.places), PATIENCE)
        caught_up = time.monotonic() - ended
        news.cancel()
        numbers = [number for number, _ in town.published]
        await until(lambda: settled(folder, len(numbers) * len(town.places)), PATIENCE)
        after = await health()
        assert program.process
        program.process.terminate()
        await reading
        return tell(name, town, program, (said, after), meanwhile, caught_up, seconds)


def shown(town: Town) -> int:
    return sum(len(town.texts(chat)) for chat in town.places)


def tell(
    name: str,
    town: Town,
    program: Program,
    health: tuple[str, str],
    meanwhile: int,
    caught_up: float,
    seconds: float,
) -> bool:
    audit, numbers = Audit(), [number for number, _ in town.published]
    for chat in town.places:
        audit.look(chat, town.texts(chat), numbers)
    errors = [
        line for line in map(json.loads, filter(json_like, program.said.splitlines())) if is_error(line)
    ]
    counts = [sum(counter.values()) for counter in (audit.lost, audit.doubled, audit.out_of_order)]
    say(f"{name}, {seconds:.0f} s: {len(numbers)} articles for {len(town.places)} chats")
    say(f"  lost {counts[0]}, doubled {counts[1]}, out of order {counts[2]}")
    say(
        f"  {meanwhile} messages arrived meanwhile (under way as it began); all due stood there {caught_up:.0f} s after its end"
    )
    say(f"  /healthz meanwhile: {health[0]}")
    say(f"  /healthz afterwards: {health[1]}")
    say(f"  errors in the log: {len(errors)}" + "".join(f"\n    {line['event']}" for line in errors))
    program.said = " "
    return not any(counts)


def json_like(line: str) -> bool:
    return line.startswith("{")


def is_error(line: dict[str, str]) -> bool:
    return line.get("level") == "error"


def main() -> None:
    good = True
    for name, trouble in TROUBLES.items():
        with tempfile.TemporaryDirectory(prefix="pantau-store-") as folder, small_disk(Path(folder)):
            good &= asyncio.run(met(name, trouble, Path(folder)))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
