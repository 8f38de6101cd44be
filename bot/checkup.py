"""`pantau check`: tries everything the configuration names and says what to do about what does not work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy import make_url

from bot.adapters.http import HttpFetcher
from bot.adapters.store import open_store
from bot.app import build_messengers, now
from bot.chat import Place
from bot.config import Config
from bot.configured import read_queries
from bot.errors import CannotStart, SendError, SourceError
from bot.facts import ALIVE
from bot.health import Condition, Health
from bot.model import Chat, Source
from bot.ports import Messenger
from bot.reading import read
from bot.words import in_one_line, platform_is

AT_ONCE = 10  # sources tried at the same time


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried."""

    name: str
    good: bool
    text: str


async def check_running(config: Config) -> int:
    """0 when a process that runs on this configuration's store gave a sign of life lately, else 1."""
    async with open_store(config.storage_url) as store, store.read() as tx:
        beat, marks = await tx.last_beat(), await tx.marks()
    if beat and now() - beat < ALIVE:
        for condition, platform in (name.split(":") for name in sorted(marks) if ":" in name):
            if condition in set(Condition):
                since = marks[f"{condition}:{platform}"]
                notice = platform_is(platform, Health(Condition(condition)), since, now(), "UTC", "en")
                raise CannotStart(in_one_line(notice))
        Console(highlight=False).print(f"running; last sign of life {(now() - beat).seconds} s ago")
        return 0
    raise CannotStart(
        "No pantau is running on this store."
        if beat is None
        else f"The last sign of life was at {beat:%F %T} UTC."
    )


async def check_all(config: Config, out: Console | None = None) -> int:
    """Try the queries, the store, every chat and every source; 1 when something does not work. Raises ConfigError."""
    out = out or Console(highlight=False)
    read_queries(config)
    findings = [Finding(str(config.file), True, f"{len(config.watches)} watches can be read")]
    findings += [Finding("token", False, sentence) for sentence in config.missing_tokens()]
    findings.append(await _store(config))
    findings += await _chats(config)
    findings += await _sources(config, out)
    for finding in findings:
        mark = "[green]✓[/]" if finding.good else "[red]✗[/]"
        out.print(mark, end=" ")
        out.print(f"{finding.name}: {finding.text}", markup=False)
    bad = sum(not finding.good for finding in findings)
    out.print(f"{len(findings) - bad} work, {bad} do not", style="red" if bad else "green")
    return 1 if bad else 0


async def _store(config: Config) -> Finding:
    url = make_url(config.storage_url)
    shown = url.render_as_string(hide_password=True)
    file = Path(url.database or "")
    if url.get_backend_name() == "sqlite" and not await asyncio.to_thread(file.exists):
        obstacle = await asyncio.to_thread(_obstacle, file)
        return Finding(shown, not obstacle, obstacle or "will be made at the first start")
    try:
        async with open_store(config.storage_url) as store, store.read() as tx:
            return Finding(shown, True, f"opens; {len(await tx.sources.all())} sources known")
    except CannotStart as error:
        return Finding(shown, False, str(error))


def _obstacle(file: Path) -> str:
    """Why this file cannot be made; empty when it can. Leaves nothing behind."""
    folder = next(folder for folder in file.absolute().parents if folder.exists())
    try:
        with TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return f"cannot be made in {folder}: {error.strerror}. Name another place in [storage] url."


async def _chats(config: Config) -> list[Finding]:
    """Each platform connects for sending, then each of its chats is asked whether we could post there."""
    findings = []
    for messenger in build_messengers(config, None, interactive=False):
        try:
            await messenger.start(None)
        except CannotStart as error:
            findings.append(Finding(messenger.platform, False, str(error)))
        else:
            mine = [chat for chat in config.chats if chat.platform == messenger.platform]
            findings += [await _tried(f"chat {chat.name}", _asked(messenger, chat)) for chat in mine]
        finally:
            await messenger.stop()
    return findings


async def _asked(messenger: Messenger, chat: Chat) -> str:
    await messenger.check(Place(chat.platform, chat.id, chat.thread))
    return f"can be posted to on {chat.platform}"


async def _tried(name: str, attempt: Awaitable[str]) -> Finding:
    try:
        return Finding(name, True, await attempt)
    except (SendError, SourceError) as error:
        return Finding(name, False, str(error))


async def _sources(config: Config, out: Console) -> list[Finding]:
    """Fetch and parse every source once, AT_ONCE at a time, with a progress bar where somebody looks."""
    slots = asyncio.Semaphore(AT_ONCE)
    columns = (TextColumn("sources"), BarColumn(), MofNCompleteColumn())
    polling = config.polling
    async with HttpFetcher(
        timeout=polling.timeout,
        max_bytes=polling.max_bytes,
        contact=polling.contact,
        networks=polling.allow_networks,
    ) as fetcher:
        with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as progress:
            task = progress.add_task("", total=len(config.sources))

            async def one(number: int) -> Finding:
                settings = config.sources[number]
                source = Source(number, settings.name, settings.url, settings.kind)
                async with slots:
                    finding = await _tried(f"source {source.name}", _read(source, fetcher))
                progress.advance(task)
                return finding

            return list(await asyncio.gather(*map(one, range(len(config.sources)))))


async def _read(source: Source, fetcher: HttpFetcher) -> str:
    fetched = await fetcher.fetch(source)
    found = await asyncio.to_thread(read, source, fetched)
    if found.problems:
        raise SourceError(" ".join(found.problems))
    newest = max((article.published for article in found.articles if article.published), default=None)
    return f"{len(found.articles)} articles" + (f", the newest of {newest:%F %H:%M} UTC" if newest else "")
