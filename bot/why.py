"""Why a chat was told of an article, or was not: what `/why` answers."""

from __future__ import annotations

import asyncio
import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model import Article, Chat, Watch
from bot.ports import Filed, Store, Told
from bot.query import Clause, Query, explain
from bot.stories import address
from bot.watchlist import Watchlist

SHOWN = 8  # watches with their clauses; more would not fit one screen
LOOKED_AT = timedelta(days=7)  # for an address like the one asked for
_AROUND = re.compile(r"^\w+://(www\.)?|[?#].*$|/+$")  # what of an address often differs for one article


class Outcome(StrEnum):
    """What became of an article in a chat."""

    ALERTED = "alerted"
    DEVELOPMENT = "development"  # told as a reply in its story's thread
    COPY = "copy"  # its text was told with another article
    COUNTED = "counted"  # its story was told, and it said nothing new
    NO_MATCH = "no_match"
    MUTED = "muted"
    HELD_BACK = (
        "held_back"  # by the limit of a first poll, or by a mute that has ended; the store keeps no more
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an article says to a watch now, and whether it answered when it came."""

    name: str
    clause: Clause
    answered: bool


@dataclass(frozen=True, slots=True)
class Why:
    article: Article
    outcome: Outcome
    verdicts: tuple[Verdict, ...]  # those that are answered first
    left_out: int  # watches that are not shown
    told: Told | None  # the message that tells it, or has a line for it, or began its story here
    first: Article | None  # the article which that alert shows


async def known(store: Store, url: str, now: datetime) -> Filed | None:
    """The stored article of an address, however that is written: with trackers, for a telephone, as AMP."""
    async with store.read() as tx:
        if filed := await tx.articles.at(url):
            return filed
        lately = await tx.articles.since(now - LOOKED_AT)
    return await asyncio.to_thread(_at, url, lately)


async def find(store: Store, url: str, now: datetime) -> Filed | str:
    """As `known`, or the article whose address differs in its parameters only; else the nearest address, or ""."""
    if filed := await known(store, url, now):
        return filed
    async with store.read() as tx:
        lately = await tx.articles.since(now - LOOKED_AT)
    bare = _bare(url)
    if filed := next((one for one in lately if bare and _bare(one.article.url) == bare), None):
        return filed
    return await asyncio.to_thread(nearest, url, [filed.article.url for filed in lately])


async def why(
    store: Store, watchlist: Watchlist, chat: Chat, filed: Filed, about: Watch | Query | None, now: datetime
) -> Why:
    """Explain one article to a chat: for one watch, for a query that is not saved, or for all of its watches."""
    async with store.read() as tx:
        thread = (await tx.alerts.told([filed.story])).get((chat.name, filed.story), ())
        told = shown_in(filed, thread)
        first = await tx.articles.get(told.article) if told else None
        mutes = await tx.watches.mutes(now)
    asked, left_out = _asked(watchlist, chat, filed, about)
    clauses = await asyncio.to_thread(_explain, [query for _, query in asked], filed.article)
    verdicts = [
        # What is not saved had no chance when the article came.
        Verdict(name, clause, clause.holds if isinstance(about, Query) else name in filed.watches)
        for (name, _), clause in zip(asked, clauses, strict=True)
    ]
    answered = [name for name in filed.watches if watchlist.named(name, chat)]
    silent = [name for name in answered if (chat.name, name) in mutes]
    return Why(
        filed.article,
        outcome(filed, told, answered, silent),
        tuple(sorted(verdicts, key=lambda verdict: not verdict.clause.holds)),
        left_out,
        told,
        first,
    )


def shown_in(filed: Filed, thread: Sequence[Told]) -> Told | None:
    """Of what a chat was told of the article's story: the message with the article, its words, what it copies, else the first."""
    ranked = sorted(
        thread,
        key=lambda told: (
            told.article != filed.article.id,
            told.text != filed.text,
            told.origin != filed.origin,
        ),
    )
    return next(iter(ranked), None)


def outcome(filed: Filed, told: Told | None, answered: Sequence[str], silent: Sequence[str]) -> Outcome:
    """What became of an article: `answered` are the chat's watches it answered, `silent` those muted now."""
    if told is not None:
        if told.article == filed.article.id:
            return Outcome.DEVELOPMENT if told.reason.develops else Outcome.ALERTED
        if told.origin == filed.origin or told.text == filed.text:
            return Outcome.COPY
        if answered:
            return Outcome.COUNTED
    if not answered:
        return Outcome.NO_MATCH
    return Outcome.MUTED if len(silent) == len(answered) else Outcome.HELD_BACK


def nearest(url: str, known: Iterable[str]) -> str:
    """The most similar address on the same host; "" when there is none."""
    bare = _bare(url)
    near = {_bare(one): one for one in known if _bare(one).split("/")[0] == bare.split("/")[0]}
    close = difflib.get_close_matches(bare, near, n=1)
    return near[close[0]] if close else ""


def _asked(
    watchlist: Watchlist, chat: Chat, filed: Filed, about: Watch | Query | None
) -> tuple[list[tuple[str, Query]], int]:
    """Names and queries to explain, and how many others there would be; those that are answered first."""
    if isinstance(about, Query):
        return [(str(about), about)], 0
    if about is not None:
        return [(about.name, watchlist.read(about.query, chat))], 0
    answered = watchlist.lookout.index.match(filed.article)
    here = sorted(watchlist.here(chat), key=lambda watch: watch.name not in answered)
    return [(one.name, watchlist.read(one.query, chat)) for one in here[:SHOWN]], len(here[SHOWN:])


def _explain(queries: Sequence[Query], article: Article) -> list[Clause]:
    return [explain(query, article) for query in queries]


def _at(url: str, stored: Iterable[Filed]) -> Filed | None:
    canonical = address(url)
    return next((one for one in stored if canonical and address(one.article.url) == canonical), None)


def _bare(url: str) -> str:
    """An address without what often differs for one article: scheme, "www.", parameters, a last slash."""
    return _AROUND.sub("", _AROUND.sub("", url.strip().casefold()))
