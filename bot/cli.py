"""The `pantau` command. Only what `--help` needs is imported here; every command imports its own when it runs."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.errors import ConfigError, PantauError
from bot.model import Options, SourceKind

if TYPE_CHECKING:
    from bot.app import App
    from bot.config import Config

app = typer.Typer(
    name="pantau",
    help="Keeps watch on news feeds and pages, and tells your newsroom's Slack, Telegram or terminal what matches.\n\n"
    "New here? `pantau demo` shows the whole job in a few seconds, with no server and no token.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

watches = typer.Typer(help="Bring watches from other tools.", no_args_is_help=True)
app.add_typer(watches, name="watches")
sources = typer.Typer(
    help="Sources beside those of the configuration: find, list, import and export them.",
    no_args_is_help=True,
)
app.add_typer(sources, name="sources")

deliveries = typer.Typer(
    help="The messages that need a person: see them, send them, drop them. Safe beside a running Pantau.",
    no_args_is_help=True,
)
app.add_typer(deliveries, name="deliveries")

ConfigFile = Annotated[
    Path, typer.Option("-c", "--config", metavar="FILE", help="The configuration (see config.example.toml).")
]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Say what happens, not only what goes wrong.")]
Input = Annotated[str, typer.Argument(metavar="FILE|-", help="A file, or - for standard input.")]
HERE = Path("config.toml")


def main() -> None:
    """Run the command line; what goes wrong on purpose ends as one message and status 1."""
    try:
        app()
    except ConfigError as error:
        count = len(error.problems)
        typer.echo(f"{count} problem{'s' if count > 1 else ''} in the configuration:", err=True)
        for problem in error.problems:
            typer.echo(f"  {problem}", err=True)
        sys.exit(1)
    except PantauError as error:
        typer.echo(f"pantau: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:  # the reader of our output has left, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _go(work: Coroutine[Any, Any, int | None]) -> None:
    from bot.event_loop import run_to_end

    try:
        status = run_to_end(work)
    except KeyboardInterrupt:
        status = 130
    if status:
        raise typer.Exit(status)


def _log(*, verbose: bool) -> None:
    from bot.logs import set_up

    set_up(level="info" if verbose else "warning")


@app.command()
def demo(
    stay: Annotated[
        bool,
        typer.Option("--stay", help="Go on afterwards: type commands such as /summary, end with Ctrl-D."),
    ] = False,
) -> None:
    """Show the whole job on sample sources that ship with it: no token, no server, nothing left behind.

    It polls four sources, posts alerts in this terminal, folds a copy into the first of them, reports a broken source,
    and answers /summary and /status.
    """
    from bot.demo import run_demo

    logging.disable(logging.WARNING)  # /sources, which it shows, says the same in its place
    _go(run_demo(stay=stay))


@app.command()
def run(config: ConfigFile = HERE, verbose: Verbose = False) -> None:
    """Poll the sources and serve the chats until stopped (Ctrl-C or SIGTERM).

    Without a token for Slack or Telegram it is a chat in this terminal: type /help.
    """
    _log(verbose=verbose)
    _go(_with(config, _serve, verbose=verbose))


@app.command()
def once(config: ConfigFile = HERE, verbose: Verbose = False) -> None:
    """Poll everything that is due, deliver the alerts, and exit: for cron and for trying things out.

    Ends with status 1 when a source failed or something could not be delivered; the next run goes on with it.
    """
    _log(verbose=verbose)
    _go(_with(config, _once, verbose=verbose, interactive=False))


@app.command()
def check(
    config: ConfigFile = HERE,
    running: Annotated[
        bool, typer.Option("--running", help="Only: is a `pantau run` with this configuration alive?")
    ] = False,
) -> None:
    """Try the configuration, every source and every chat, and say what to do about what does not work.

    Nothing is stored and nothing is posted. Ends with status 1 when something does not work.
    """
    from bot.checkup import check_all, check_running

    _log(verbose=False)
    loaded = _load(config)
    _go(check_running(loaded) if running else check_all(loaded))


@app.command()
def migrate(config: ConfigFile = HERE) -> None:
    """Bring the store's tables to this version's (every start does it too)."""
    from bot.adapters.store import open_store

    async def work() -> None:
        async with open_store(_load(config).storage_url):
            typer.echo("The store is up to date.")

    _go(work())


@deliveries.command("list")
def deliveries_list(
    config: ConfigFile = HERE,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what waits by itself: pending, being sent, held.")
    ] = False,
) -> None:
    """Show what needs a person: uncertain, given up, or held until somebody decides; status 1 when there is any.

    A line begins with the id that `retry` and `drop` take; its first letters are enough.
    """
    from bot.attention import show

    _go(show(_load(config), everything=everything))


Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of `pantau deliveries list`.")]


@deliveries.command("retry")
def deliveries_retry(ids: Ids, config: ConfigFile = HERE) -> None:
    """Send these once more. What may be there already is looked up first where that can be done (Slack).

    A running Pantau takes them up within 15 seconds.
    """
    from bot.attention import send_again

    _go(send_again(_load(config), ids))


@deliveries.command("drop")
def deliveries_drop(ids: Ids, config: ConfigFile = HERE) -> None:
    """Do not send these any more. Their articles stay in the store, and in /summary."""
    from bot.attention import drop

    _go(drop(_load(config), ids))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new file, for example pantau-monday.db.")],
    config: ConfigFile = HERE,
) -> None:
    """Copy the store into a file, as it is at this moment; Pantau may go on meanwhile.

    The copy is a SQLite file, also of a PostgreSQL store. `pantau restore` puts it back. A Pantau that starts on it knows that
    it is a copy, and sends nothing again that may have been sent since.
    """
    from bot.attention import make_backup

    _go(make_backup(_load(config), file))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that `pantau backup` made.")],
    config: ConfigFile = HERE,
) -> None:
    """Fill the store that the configuration names, which must be new and empty, from a backup.

    Messages that waited when the copy was made may have been sent since: they are looked up in Slack, and held for you where
    nobody can look (Telegram). Stop the old Pantau first.
    """
    from bot.attention import restore_backup

    _go(restore_backup(_load(config), file))


@app.command("parse")
def parse_command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE|URL|-", help="A feed, page or text file; its address; or - for standard input."
        ),
    ],
    networks: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-network",
            metavar="NETWORK",
            help="A private network that the address may lie in, such as 127.0.0.1 or 10.1.0.0/16. May be repeated.",
        ),
    ] = None,
    kind: Annotated[
        SourceKind, typer.Option(help="What it is; `page` watches a page, each part of which is an article.")
    ] = SourceKind.AUTO,
    include: Annotated[
        str, typer.Option(metavar="SELECTOR", help="With --kind page: the parts that are read (CSS).")
    ] = "",
    exclude: Annotated[
        str, typer.Option(metavar="SELECTOR", help="With --kind page: what is left out of them (CSS).")
    ] = "",
) -> None:
    """Turn a feed, a page or a text into articles, one JSON line each: the same articles that polling would store."""
    from bot.filters import parse_to_lines

    _go(parse_to_lines(source, _networks(networks), kind, Options(include=include, exclude=exclude)))


@app.command("match")
def match_command(
    articles: Input = "-",
    query: Annotated[str, typer.Option("-q", "--query", help="One query.")] = "",
    watchlist: Annotated[
        Path | None,
        typer.Option("-w", "--watches", help="A TOML file with [[watches]] (name, query) and [[lists]]."),
    ] = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help='A line for every article and watch, answered or not, whose key "explain" has a line for each '
            "clause: whether it holds, how often it was found, and how near it was.",
        ),
    ] = False,
) -> None:
    """Print which watches each article answers, as JSON lines with exact offsets.

    Articles come as JSON lines (as `pantau parse` prints them), or as one text or HTML page.
    """
    from bot.filters import match_to_lines

    if bool(query) == bool(watchlist):
        raise typer.BadParameter("give either -q QUERY or -w WATCHES.toml")
    raise typer.Exit(match_to_lines(articles, query, watchlist, explained=explain))


@app.command()
def stories(articles: Input = "-") -> None:
    """Print the articles again, each with its "story" (the event) and, for a near-copy, "copy_of".

    Articles of one event share a story, named after its first article, in Indonesian and English; a copy names the
    article whose text it has, cut, embedded or reworded in passing. Streams; remembers 7 days of the articles' dates.
    """
    from bot.filters import stories_to_lines

    raise typer.Exit(stories_to_lines(articles))


@app.command()
def summary(
    articles: Input = "-",
    sentences: Annotated[
        int, typer.Option("-n", "--sentences", min=1, max=20, help="How many sentences at most.")
    ] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line instead of text.")] = False,
) -> None:
    """Summarise articles in sentences taken from them, each with its source."""
    from bot.filters import summarise_to_lines

    raise typer.Exit(summarise_to_lines(articles, sentences, as_json=as_json))


@watches.command("import")
def watches_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Queries as the other tool shows them.")],
    vendor: Annotated[
        str, typer.Option("--from", metavar="TOOL", help="meltwater, brandwatch, talkwalker or google.")
    ],
    name: Annotated[
        str,
        typer.Option("--name", metavar="PREFIX", help="What the watches are called, before their number."),
    ] = "",
) -> None:
    """Turn queries of another tool into [[watches]] for the configuration, on standard output.

    What could not be carried over is listed on standard error; status 1 when a query could not be read at all. Queries
    stand between blank lines; those of Google Alerts, one on a line.
    """
    from bot.importing import import_watches

    raise typer.Exit(import_watches(file, vendor, name))


@sources.command("add")
def sources_add(
    url: Annotated[str, typer.Argument(metavar="URL", help="A site or a feed: https://example.com")],
    name: Annotated[
        str, typer.Option("--name", help="What it is called here; by default, as it calls itself.")
    ] = "",
    tag: Annotated[
        list[str] | None, typer.Option("--tag", help="A tag of your own. May be repeated.")
    ] = None,
    sure: Annotated[bool, typer.Option("-y", "--yes", help="Save it without asking.")] = False,
    config: ConfigFile = HERE,
) -> None:
    """Find the feed behind a site, show its last three titles, and save it after you said yes.

    It looks at the address itself, at the feeds that the page names or links to, and where sites usually keep them. A
    running pantau polls it within seconds; nothing has to be restarted.
    """
    from bot.sourcing import add

    _go(add(_load(config), url, name, tag or [], sure=sure))


@sources.command("remove")
def sources_remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As pantau sources list shows it.")],
    config: ConfigFile = HERE,
) -> None:
    """Poll a source no longer that was added by a command or from a list. Its articles stay."""
    from bot.sourcing import remove

    _go(remove(_load(config), name))


@sources.command("list")
def sources_list(config: ConfigFile = HERE) -> None:
    """Every source with its address, tags, origin and state, failing ones first; in a pipe, parted by tabs."""
    from bot.sourcing import show

    _go(show(_load(config)))


@sources.command("export")
def sources_export(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to write; by default, standard output.")
    ] = None,
    config: ConfigFile = HERE,
) -> None:
    """Write the sources as an OPML list, as other readers import it; tags become folders and categories."""
    from bot.sourcing import export

    _go(export(_load(config), file))


@sources.command("import")
def sources_import(
    file: Annotated[Path, typer.Argument(metavar="FILE|-", help="An OPML list, as other readers export it.")],
    config: ConfigFile = HERE,
) -> None:
    """Save every feed of an OPML list that is not polled yet, with its name; folders become tags.

    Entries without a web address are listed on standard error, with status 1. Try them all afterwards with
    `pantau check`.
    """
    from bot.sourcing import bring

    _go(bring(_load(config), file))


def _networks(typed: list[str] | None) -> list[str]:
    from bot.config import readers
    from bot.config.mistakes import Wrong

    try:
        return [readers.network(one) for one in typed or ()]
    except Wrong as wrong:
        raise typer.BadParameter(f"--allow-network takes {wrong.expected}. {wrong.remedy}".strip()) from wrong


def _load(path: Path) -> Config:
    from bot.config import load

    return load(path, os.environ)


Work = Callable[["App", "Config"], Coroutine[Any, Any, int | None]]


async def _with(path: Path, work: Work, *, verbose: bool = False, interactive: bool = True) -> int | None:
    """Load, wire, connect, work, close."""
    from bot.app import assemble, connected
    from bot.logs import set_up

    config = _load(path)
    chosen = config.logging
    set_up(level="info" if verbose and chosen.level == "warning" else chosen.level, form=chosen.format)
    for sentence in config.missing_tokens():
        typer.echo(f"{sentence} Its alerts wait until then.", err=True)
    async with (
        assemble(config, interactive=interactive, patient=interactive) as wired,
        connected(wired, answering=interactive),
    ):
        return await work(wired, config)


async def _serve(wired: App, config: Config) -> int:
    from bot.app import poll_on_hangup, stop_on_signals

    logging.getLogger("bot").info(
        "watching %d sources for %d watches", len(config.sources), len(config.watches)
    )
    poll_on_hangup(wired)
    await wired.serve(stop_on_signals())
    complaints = wired.complaints()
    for sentence in complaints:
        typer.echo(f"pantau: {sentence}", err=True)
    return 1 if complaints else 0


async def _once(wired: App, config: Config) -> int:
    waiting = await wired.once()
    async with wired.store.read() as tx:
        failing = [source for source in await tx.sources.all() if source.failures]
    if waiting:
        typer.echo(f"{waiting} chat(s) still have alerts waiting; the next run goes on with them.", err=True)
    return 1 if waiting or failing else 0
