"""`pantau deliveries`, `backup` and `restore`: what a person does with the store from the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.adapters.store import SqlStore, open_store
from bot.adapters.store.backup import Progress as Told
from bot.adapters.store.backup import back_up, put_back
from bot.config import Config
from bot.errors import CannotStart
from bot.model import Hold, State
from bot.ports import Stuck

ID_CHARS = 8  # of an id, enough to tell a newsroom's messages apart
TEXT_CHARS = 60

WHY = {
    Hold.QUIET: "until the quiet hours end",
    Hold.MUTED: "until the mute ends",
    Hold.PARENT: "until the message that it belongs to is there",
    Hold.FOLDED: "told in a list that is on its way",
    Hold.UNSURE: "it may be there, and the chat wants nothing twice: look, then retry or drop",
    Hold.RESTORED: "it may have been sent after the backup was made: look, then retry or drop",
}


async def show(config: Config, *, everything: bool) -> int:
    """Print what needs a person; 1 when something does."""
    async with open_store(config.storage_url) as store, store.read() as tx:
        stuck = await tx.deliveries.stuck(everything=everything)
    if not stuck:
        typer.echo("Nothing needs you." if not everything else "Nothing waits.")
        return 0
    for one in stuck:
        typer.echo(_line(one))
    asking = [one for one in stuck if _asks(one)]
    if asking:
        typer.echo(
            f"\n{len(asking)} need you: pantau deliveries retry ID... sends, drop ID... gives up.", err=True
        )
    return 1 if asking else 0


async def send_again(config: Config, ids: Sequence[str]) -> int:
    """Put deliveries back on their way."""
    async with open_store(config.storage_url) as store:
        whole = await _whole(store, ids)
        async with store.write() as tx:
            count = await tx.deliveries.again(whole, datetime.now(UTC))
    typer.echo(f"{count} on the way again.")
    return 0


async def drop(config: Config, ids: Sequence[str]) -> int:
    """Give deliveries up."""
    async with open_store(config.storage_url) as store:
        whole = await _whole(store, ids)
        async with store.write() as tx:
            count = await tx.deliveries.drop(whole)
    typer.echo(f"{count} dropped.")
    return 0


async def make_backup(config: Config, file: Path) -> int:
    """Copy the store."""
    with _progress("copying") as progress:
        size = await back_up(config.storage_url, file, datetime.now(UTC), progress)
    typer.echo(f"{file}: {size / 1e6:.1f} MB. Keep it with your config.toml.")
    return 0


async def restore_backup(config: Config, file: Path) -> int:
    """Fill an empty store."""
    with _progress("restoring") as progress:
        await put_back(config.storage_url, file, progress)
    typer.echo(
        "Restored. At its next start Pantau looks up, or holds, what may have been sent since the backup."
    )
    return 0


async def _whole(store: SqlStore, ids: Sequence[str]) -> list[str]:
    """The full ids. Raises CannotStart for one that fits no delivery that is not over, or more than one."""
    async with store.read() as tx:
        known = [one.id for one in await tx.deliveries.stuck(everything=True)]
    whole = []
    for given in ids:
        fits = [id for id in known if id.startswith(given)]
        if len(fits) != 1:
            trouble = "fits more than one message: write more of it" if fits else "is no message that waits"
            raise CannotStart(f"{given} {trouble}. `pantau deliveries list --all` shows them.")
        whole += fits
    return whole


def _asks(one: Stuck) -> bool:
    """Does it wait for a person?"""
    return one.state is State.DEAD or one.hold in (Hold.UNSURE, Hold.RESTORED)


def _line(one: Stuck) -> str:
    text = " ".join(one.text.split())
    text = text if len(text) <= TEXT_CHARS else text[: TEXT_CHARS - 1] + "…"
    since = one.created_at.astimezone().strftime("%d %b %H:%M")
    why = WHY[Hold(one.hold)] if one.hold else one.error
    tries = f", sent {one.attempts}×" if one.attempts else ""
    head = f"{one.id[:ID_CHARS]}  {one.chat}  {one.subject}  {one.kind}  {one.state}  since {since}{tries}"
    return f"{head}\n          {text}" + (f"\n          {why}" if why else "")


@contextmanager
def _progress(what: str) -> Iterator[Told]:
    """A bar on a terminal; nothing elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
