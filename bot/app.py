"""The composition root: a configuration becomes adapters, loops and a clean stop. Nothing else knows them all."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot import words
from bot.adapters.engine import InProcessEngine
from bot.adapters.http import HttpFetcher
from bot.adapters.monitor import Monitor
from bot.adapters.parser import ParserProcess
from bot.adapters.store import SqlStore, open_store
from bot.adapters.websub import Callbacks, HttpHub
from bot.allocator import be_frugal
from bot.config import Config
from bot.configured import read_queries
from bot.digests import LOOK as DIGESTS
from bot.digests import Digests
from bot.dispatch import Lanes
from bot.errors import CannotStart, ConfigError, NotReachable, StoreTaken
from bot.facts import conditions, gather, vitals
from bot.full_text import LOOK as LOOK_AT_PAGES
from bot.full_text import Pages
from bot.garbage import lasting
from bot.grouping import Grouping, recall
from bot.health import Condition
from bot.hosts import Hosts
from bot.inbox import Inbox
from bot.jobs import Jobs, Work
from bot.model import Chat, Watch
from bot.one_page import Reader
from bot.owners import Owners
from bot.poll import REFRESH, Polls
from bot.ports import Answer, Messenger
from bot.restoring import wake_up
from bot.revisits import LOOK as LOOK_AGAIN
from bot.revisits import Revisits
from bot.scouting import scout
from bot.source_watch import LOOK, SourceWatch
from bot.spike_watch import LOOK as SPIKES
from bot.spike_watch import SpikeWatch
from bot.standings import Standings
from bot.vigil import VIGIL, Vigil
from bot.watchlist import Watchlist
from bot.websub import LOOK as ASKING
from bot.websub import WebSub
from bot.words import in_one_line, platform_is
from bot.writing import Writer
from handlers.desk import Desk
from handlers.digest import render
from handlers.help import menu
from handlers.router import Router

log = logging.getLogger(__name__)

CONSOLE = Chat(name="console", platform="console", id="console")
WORKED = "worked"  # mark of a platform that has been connected to on this store
STOP_GRACE = 10.0  # seconds that polls and sends under way get to come to an end
ONCE_PATIENCE = 60.0  # seconds that `pantau once` waits for a lane that makes no progress
TAKE_OVER = 2.0  # seconds between two looks at whether the store is free
FIRST_RETRY, LONGEST_RETRY = 10.0, 60.0  # seconds between tries to reach a platform, doubled each time


LONGEST_REST = timedelta(hours=2)  # no platform asks for more, so the clock was set back while nobody looked


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class App:
    """A wired program whose parts are open, with nothing running yet."""

    store: SqlStore
    engine: InProcessEngine
    polls: Polls
    jobs: Jobs
    listening: Sequence[
        AbstractAsyncContextManager[object]
    ]  # what has a port of its own while the program serves
    router: Router
    messengers: Mapping[str, Messenger]
    owners: Owners
    away: set[str] = field(default_factory=set)  # platforms that could not be reached so far

    async def serve(self, stop: asyncio.Event) -> None:
        """Poll, alert and answer until told to stop; what is under way then comes to its end. Raises OwnerLost."""
        clockwork = self.jobs.clockwork()
        stopped = asyncio.create_task(stop.wait())
        ends: list[asyncio.Future[Any]] = [stopped, clockwork.failed]
        async with AsyncExitStack() as ports:
            for one in self.listening:
                await ports.enter_async_context(one)
            clockwork.start()
            try:
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
                if clockwork.failed.done():
                    clockwork.failed.result()
            finally:
                stopped.cancel()
                await clockwork.stop()
                await self.polls.stop(STOP_GRACE)
                await self.engine.stop(STOP_GRACE)

    def complaints(self) -> list[str]:
        """One sentence for each platform that needs a person now."""
        return [
            in_one_line(platform_is(platform, health, health.since or now(), now(), "UTC", "en"))
            for platform, health in conditions(self.messengers).items()
            if health.condition.needs_a_person
        ]

    async def poll_now(self) -> None:
        """Poll every source at once, whatever its rhythm; each host is still asked one thing at a time."""
        async with self.store.read() as tx:
            sources = await tx.sources.all()
        log.warning("Asked to poll now: %d sources.", len(sources))
        for source in sources:
            await self.polls.hasten(source.id)

    async def once(self) -> int:
        """Poll everything that is due and deliver what there is; how many chats still have something waiting."""
        await self.polls.all_due()
        await self.jobs.sweep()
        await self.engine.idle()
        patience = asyncio.get_running_loop().time() + ONCE_PATIENCE
        while waiting := await self._waiting():
            nobody_home = all(chat.platform in self.away for chat in waiting)
            if nobody_home or asyncio.get_running_loop().time() > patience:
                break
            await asyncio.sleep(0.1)
            await self.engine.idle()
        await self.engine.stop(STOP_GRACE)
        return len(await self._unsettled())

    async def _unsettled(self) -> list[str]:
        """Names of the chats with something waiting, whether this process can serve them or not."""
        async with self.store.read() as tx:
            return await tx.deliveries.waiting(now())

    async def _waiting(self) -> list[Chat]:
        """Chats with something waiting whose platform is served by this process."""
        names = await self._unsettled()
        served = {chat.name: chat for chat in self.router.desk.chats if chat.platform in self.messengers}
        return [served[name] for name in names if name in served]


@asynccontextmanager
async def assemble(
    config: Config,
    messengers: Sequence[Messenger] | None = None,
    *,
    interactive: bool = True,
    patient: bool = False,
) -> AsyncIterator[App]:
    """Open the store for this process alone and wire everything to it. Raises CannotStart, ConfigError.

    `messengers`: in place of those that the configuration asks for; `interactive`: people can type and press;
    `patient`: while another process runs on the store, wait for its end.
    """
    be_frugal()
    configured = read_queries(config)
    check_storable(config)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(_own_store(config.storage_url, patient=patient))
        chosen = (
            build_messengers(config, store, interactive=interactive) if messengers is None else messengers
        )
        by_platform = {messenger.platform: messenger for messenger in chosen}
        chats, watches = audience(config, by_platform)
        fetcher = await stack.enter_async_context(
            HttpFetcher(
                timeout=config.polling.timeout,
                max_bytes=config.polling.max_bytes,
                contact=config.polling.contact,
                networks=config.polling.allow_networks,
            )
        )
        parser = await stack.enter_async_context(ParserProcess())
        async with store.write() as tx:
            await tx.sources.sync(config.sources, now())
            await tx.sources.release_all()
            await tx.watches.sync(watches)
            copy = await wake_up(tx, now())
            cut_off = await tx.deliveries.orphans(now())
            await tx.deliveries.clock_was_set(now(), LONGEST_REST)
            waiting = await tx.deliveries.waiting(now())
            known = await tx.standings.all()
        if copy:
            log.warning("%s", words.restored(copy[1], copy[0], "UTC", "en").text)
        if cut_off:
            log.warning(
                "%d messages were being sent when the last run ended; they are looked up first", cut_off
            )
        for name in sorted(set(waiting) - {chat.name for chat in chats}):
            log.warning(
                "messages wait for the chat %r, which is not configured any more; they leave once it is again",
                name,
            )
        figures = {watch.name for watch in watches if watch.figures}
        watchlist = Watchlist(store, chats, configured.lists, figures)
        await watchlist.load()
        grouping = Grouping()
        await recall(store, grouping, now())
        engine = InProcessEngine(now)
        owners = Owners(chats, config.alerts.owners)
        polls = Polls(
            store=store,
            fetcher=fetcher,
            engine=engine,
            lookout=lambda: watchlist.lookout,
            clock=now,
            first_alerts=config.polling.first_alerts,
            at_once=config.polling.concurrency,
            owners=owners,
            grouping=grouping,
            parser=parser,
        )
        websub, callbacks = await _websub(stack, config, store, polls)
        await polls.load()
        hosts = Hosts(polls.lend, polls.take_back)
        pages = Pages(store, fetcher, parser, engine, lambda: watchlist.lookout, now, hosts)
        revisits = Revisits(store, fetcher, parser, engine, lambda: watchlist.lookout, now, hosts)
        standings = Standings(known, owners, engine, lambda chat: reachable(chat, by_platform))
        if copy:
            async with store.write() as tx:
                await owners.tell(
                    tx,
                    engine,
                    f"notice:restored:{copy[0].isoformat()}",
                    lambda chat: words.restored(copy[1], copy[0], chat.timezone, chat.language),
                    now(),
                )
        lanes = Lanes(
            store,
            {chat.name: chat for chat in chats},
            by_platform,
            now,
            stopping=lambda: engine.stopping,
            standings=standings,
            fold_above=config.alerts.fold_above,
        )
        engine.handle("drain", lanes.drain, lanes.ring)
        source_watch = SourceWatch(store, engine, owners, now)
        vigil = Vigil(store, engine, owners, by_platform, now)
        write = await _writer(stack, config)
        digests = Digests(store, engine, watchlist, chats, render, now)
        silent = {watch.name for watch in watches if not watch.spikes}
        spikes = SpikeWatch(store, engine, watchlist, chats, now, silent)
        monitor = Monitor(
            config.metrics.listen,
            lambda: gather(store, by_platform, now),
            lambda: vitals(store, by_platform, now),
            lanes.meters,
        )
        lasting()
        yield App(
            store=store,
            engine=engine,
            polls=polls,
            jobs=Jobs(
                store,
                engine,
                polls,
                now,
                {
                    vigil.look: VIGIL,
                    source_watch.look: LOOK,
                    polls.refresh: REFRESH,
                    digests.look: DIGESTS,
                    spikes.look: SPIKES,
                    pages.look: LOOK_AT_PAGES,
                    revisits.look: LOOK_AGAIN,
                    **websub,
                },
            ),
            listening=(monitor, *callbacks),
            router=Router(
                Desk(
                    store,
                    watchlist,
                    [standings.here(chat) for chat in chats],
                    config.access,
                    now,
                    grouping,
                    health=lambda: conditions(by_platform),
                    read=Reader(fetcher, parser),
                    write=write,
                    scout=lambda url, taken: scout(url, "", taken, fetcher, parser),
                    interval=config.polling.interval,
                )
            ),
            messengers=by_platform,
            owners=owners,
        )


async def _writer(stack: AsyncExitStack, config: Config) -> Writer | None:
    """The language model that the configuration names; None where it names none."""
    if not (config.summary.base_url and config.summary.model):
        return None
    from bot.adapters.llm import HttpModel  # httpx, that most newsrooms do not need for this

    model = HttpModel(config.summary, now)
    stack.push_async_callback(model.close)
    return Writer(model, config.summary.mode)


async def _websub(
    stack: AsyncExitStack, config: Config, store: SqlStore, polls: Polls
) -> tuple[dict[Work, float], list[Callbacks]]:
    """The jobs and ports of WebSub; none where no address is configured."""
    if not config.websub.address:
        return {}, []
    polling = config.polling
    hub = await stack.enter_async_context(HttpHub(polling.timeout, polling.contact, polling.allow_networks))
    websub = WebSub(store, hub, now, config.websub.address, polls.hasten)
    polls.noticed = websub.noticed
    return {websub.look: ASKING}, [Callbacks(config.websub.listen, websub, polling.max_bytes)]


@asynccontextmanager
async def _own_store(url: str, *, patient: bool) -> AsyncIterator[SqlStore]:
    """The store for this process alone. Raises CannotStart; its child StoreTaken only if it is not `patient`."""
    async with AsyncExitStack() as stack:
        told = False
        while True:
            try:
                store = await stack.enter_async_context(open_store(url, own=True))
            except StoreTaken as taken:
                if not patient:
                    raise
                if not told:
                    log.warning("%s Until then this one waits, and takes over when that one ends.", taken)
                told = True
                await asyncio.sleep(TAKE_OVER)
            else:
                break
        if told:
            log.warning("The other pantau has ended; this one takes over.")
        yield store


def reachable(chat: Chat, messengers: Mapping[str, Messenger]) -> bool:
    """Can the chat be told something now, as far as its platform goes?"""
    messenger = messengers.get(chat.platform)
    return messenger is not None and messenger.health.condition in (Condition.WELL, Condition.RIVAL)


def check_storable(config: Config) -> None:
    """Raises ConfigError for queries with a NUL character: PostgreSQL cannot store it, and no article holds it."""
    problems = [
        config.problem(
            ("watches", number, "query"), f"watch {watch.name!r}: leave out the NUL character (\\u0000)"
        )
        for number, watch in enumerate(config.watches)
        if "\0" in watch.query
    ]
    if problems:
        raise ConfigError(problems)


def audience(config: Config, messengers: Mapping[str, Messenger]) -> tuple[list[Chat], list[Watch]]:
    """The chats and watches of this run. A terminal that no chat is configured for hears everything besides."""
    chats, watches = list(config.chats), list(config.watches)
    if "console" in messengers and not any(chat.platform == "console" for chat in chats):
        chats.append(CONSOLE)
        watches = [
            replace(watch, routes=(*watch.routes, CONSOLE.name)) if watch.routes else watch
            for watch in watches
        ]
    return chats, watches


def build_messengers(config: Config, store: SqlStore | None, *, interactive: bool) -> list[Messenger]:
    """A messenger for each platform whose tokens are there; the terminal where a chat names it, or nothing else is there."""
    # Imported here: each brings its platform's whole library, and most newsrooms need one.
    messengers: list[Messenger] = []
    journal = Inbox(store, now)
    if config.slack.bot_token and config.slack.app_token:
        from bot.adapters.slack import SlackMessenger

        messengers.append(
            SlackMessenger(config.slack.bot_token, config.slack.app_token, journal, config.slack.api_url)
        )
    if config.telegram.token:
        from bot.adapters.telegram import TelegramMessenger

        messengers.append(TelegramMessenger(config.telegram.token, journal, config.telegram.api_url, menu()))
    if not messengers or any(chat.platform == "console" for chat in config.chats):
        from bot.adapters.console import ConsoleMessenger

        messengers.append(ConsoleMessenger(interactive=interactive))
    return messengers


@asynccontextmanager
async def connected(app: App, *, answering: bool) -> AsyncIterator[None]:
    """The app's messengers, started, and stopped at the end; `answering`: they take requests too. Raises CannotStart.

    A platform that cannot be reached holds nobody up: it is connected when it answers.
    """
    answer = app.router if answering else None
    messengers = list(app.messengers.values())
    later: list[asyncio.Task[None]] = []
    try:
        started = await asyncio.gather(
            *(messenger.start(answer) for messenger in messengers), return_exceptions=True
        )
        async with app.store.read() as tx:
            marks = await tx.marks()
        for messenger, trouble in zip(messengers, started, strict=True):
            others = [one for one, ended in zip(messengers, started, strict=True) if ended is None]
            if isinstance(trouble, NotReachable):
                log.warning("%s Pantau goes on without %s and keeps trying.", trouble, messenger.platform)
                app.away.add(messenger.platform)
                later.append(asyncio.create_task(_connect_later(app, messenger, answer, trouble.wait)))
            elif isinstance(trouble, CannotStart) and others and f"{WORKED}:{messenger.platform}" in marks:
                # It was right once: a token revoked since then must not take the other platform down at a restart.
                log.error("%s Pantau goes on without %s; restart it afterwards.", trouble, messenger.platform)
                app.away.add(messenger.platform)
            elif trouble is not None:
                raise trouble
        async with app.store.write() as tx:
            for messenger, trouble in zip(messengers, started, strict=True):
                if trouble is None and messenger.platform != CONSOLE.platform:
                    await tx.mark(f"{WORKED}:{messenger.platform}", now())
        yield
    finally:
        for task in later:
            task.cancel()
        await asyncio.gather(*later, return_exceptions=True)
        await asyncio.gather(*(messenger.stop() for messenger in messengers))


async def _connect_later(app: App, messenger: Messenger, answer: Answer | None, wait: float) -> None:
    """Try until the platform is there. What waits for it leaves with the next sweep."""
    pause = FIRST_RETRY
    while True:
        await asyncio.sleep(max(pause, wait))
        pause = min(2 * pause, LONGEST_RETRY)
        try:
            await messenger.start(answer)
        except NotReachable as trouble:
            wait = trouble.wait
            log.info("%s", trouble)
        except CannotStart as refused:
            # The others are served: ending the program now would take them down too.
            log.error("%s Until then, nothing arrives or leaves there; restart Pantau afterwards.", refused)
            return
        except Exception:
            log.exception("%s could not be started; it is tried again", messenger.platform)
        else:
            app.away.discard(messenger.platform)
            log.warning("%s is connected now.", messenger.platform)
            return


def poll_on_hangup(app: App) -> None:
    """Poll every source when SIGHUP comes, as `systemctl reload` sends it."""
    loop, under_way = asyncio.get_running_loop(), set[asyncio.Task[None]]()

    def begin() -> None:
        task = loop.create_task(app.poll_now())
        under_way.add(task)
        task.add_done_callback(under_way.discard)

    with suppress(NotImplementedError, AttributeError):  # Windows has no such signal
        loop.add_signal_handler(signal.SIGHUP, begin)


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM or SIGINT sets."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows: a KeyboardInterrupt ends the loop there
            break
    return stop
