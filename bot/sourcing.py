"""`pantau sources …`: the sources that are not in the configuration file, and lists of them."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.adapters.http import HttpFetcher
from bot.adapters.parser import ParserProcess
from bot.adapters.store import SqlStore, open_store
from bot.app import now
from bot.config import Config, SourceSettings
from bot.errors import PantauError, SourceError
from bot.model import Options, Source
from bot.scouting import Found, free_name, scout
from bot.sources import Listed, read_opml, write_opml

BATCH = 500  # sources stored in one transaction


@asynccontextmanager
async def _store(config: Config) -> AsyncIterator[SqlStore]:
    """The configuration's store, with the sources of the file in it; a `pantau run` may use it at the same time."""
    async with open_store(config.storage_url) as store:
        async with store.write() as tx:
            if not await tx.sources.all():  # before the first start of all
                await tx.sources.sync(config.sources, now())
        yield store


async def _names(store: SqlStore) -> set[str]:
    async with store.read() as tx:
        return {source.name for source in await tx.sources.all()}


async def add(config: Config, url: str, name: str, tags: Sequence[str], *, sure: bool) -> int:
    """Find the feed, show what it brings, ask, save."""
    out = Console(highlight=False)
    async with _store(config) as store:
        with out.status("Looking for the feed …"):
            found = await _scout(config, url, name, await _names(store))
        out.print(f"[bold]{found.settings.url}[/]" if out.is_terminal else found.settings.url, soft_wrap=True)
        out.print(f"{found.items} items; the newest:")
        for article in found.newest:
            when = f"{article.published:%F %H:%M} UTC  " if article.published else ""
            out.print(f"  {when}{article.title or article.body[:80]}", markup=False)
        if not sure and not typer.confirm(f'Save it as "{found.settings.name}"?', default=True):
            out.print("Nothing was saved.")
            return 1
        settings = SourceSettings(
            found.settings.name,
            found.settings.url,
            found.settings.kind,
            config.polling.interval,
            options=Options(tags=tuple(tags), full_text=config.polling.full_text),
        )
        async with store.write() as tx:
            added = await tx.sources.add([settings], now())
        if not added:
            raise PantauError(f"{found.settings.url} is polled already. See: pantau sources list")
        out.print(
            f'"{settings.name}" is saved. A running pantau begins to poll it within seconds.', markup=False
        )
    return 0


async def _scout(config: Config, url: str, name: str, taken: Collection[str]) -> Found:
    if name and name in taken:
        raise PantauError(f'"{name}" is taken. Choose another --name.')
    polling = config.polling
    try:
        async with (
            HttpFetcher(
                polling.timeout, polling.max_bytes, polling.contact, networks=polling.allow_networks
            ) as fetcher,
            ParserProcess() as parser,
        ):
            return await scout(url, name, taken, fetcher, parser)
    except SourceError as error:
        raise PantauError(str(error)) from error


async def remove(config: Config, name: str) -> int:
    """Poll a source no longer; what it brought stays."""
    async with _store(config) as store, store.write() as tx:
        source = await tx.sources.remove(name)
    if source is None:
        raise PantauError(f'There is no source "{name}". See: pantau sources list')
    if source.origin == "config":
        raise PantauError(f'"{name}" stands in {config.file}: take it out there, and restart.')
    typer.echo(f'"{name}" is polled no longer. Its articles stay.')
    return 0


async def show(config: Config) -> int:
    """Every source with its state, failing ones first."""
    async with _store(config) as store, store.read() as tx:
        sources = await tx.sources.all()
    out = Console(highlight=False)
    if not out.is_terminal:
        for source in sources:
            typer.echo(
                "\t".join(
                    (source.name, source.url, ",".join(source.options.tags), source.origin, _state(source))
                )
            )
        return 0
    table = Table("name", "address", "tags", "from", "state", box=None, pad_edge=False)
    for source in sources:
        table.add_row(source.name, source.url, ", ".join(source.options.tags), source.origin, _state(source))
    out.print(table)
    out.print(f"{len(sources)} sources")
    return 0


def _state(source: Source) -> str:
    if source.problem:
        return source.problem
    return f"read {source.ok_at:%F %H:%M} UTC" if source.ok_at else "not read yet"


async def export(config: Config, file: Path | None) -> int:
    """Write all sources that have a web address as an OPML list."""
    async with _store(config) as store, store.read() as tx:
        sources = await tx.sources.all()
    listed = [
        Listed(source.name, source.url, source.options.tags)
        for source in sorted(sources, key=lambda source: source.name)
        if "://" in source.url
    ]
    text = "\n".join(write_opml(listed, "Pantau")) + "\n"
    if file is None:
        sys.stdout.write(text)
    else:
        _write(file, text)
        typer.echo(f"{len(listed)} sources are written to {file}.", err=True)
    return 0


async def bring(config: Config, file: Path) -> int:
    """Save every feed of an OPML list that is not polled yet; folders become tags."""
    listed, problems = _listed(file)
    out = Console(highlight=False, stderr=True)
    columns = (TextColumn("sources"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    added = 0
    async with _store(config) as store:
        taken = await _names(store)
        with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as progress:
            task = progress.add_task("", total=len(listed))
            for at in range(0, len(listed), BATCH):
                batch = [_settings(one, taken, config) for one in listed[at : at + BATCH]]
                async with store.write() as tx:
                    added += len(await tx.sources.add(batch, now()))
                progress.advance(task, len(batch))
    for problem in problems:
        typer.echo(f"{file}: {problem}", err=True)
    known = len(listed) - added
    typer.echo(
        f"{added} sources added, {known} were known already"
        + (f", {len(problems)} left out." if problems else ".")
    )
    return 1 if problems else 0


def _listed(file: Path) -> tuple[list[Listed], list[str]]:
    try:
        return read_opml(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes())
    except OSError as error:
        raise PantauError(
            f"{file}: {error.strerror}. Name a file that can be read, or - for standard input."
        ) from error
    except SourceError as error:
        raise PantauError(f"{file}: {error}") from error


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PantauError(f"{file} cannot be written: {error.strerror}.") from error


def _settings(one: Listed, taken: set[str], config: Config) -> SourceSettings:
    name = free_name(one.name or one.url.partition("://")[2], one.url, taken)
    taken.add(name)
    options = Options(tags=one.tags, full_text=config.polling.full_text)
    return SourceSettings(name, one.url, interval=config.polling.interval, options=options)
