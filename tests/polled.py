"""Polls that tests write down by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.adapters.store import SqlTx
from bot.model import Source
from bot.ports import Fetched


async def claim(tx: SqlTx, number: int, now: datetime, until: datetime) -> Source | None:
    """One source, claimed; None when it cannot be."""
    return next(iter(await tx.sources.claim([number], now, until)), None)


async def polled(
    tx: SqlTx,
    source: Source,
    fetched: Fetched | None = None,
    *,
    now: datetime,
    due_at: datetime,
    unseen: bool = False,
    problem: str = "",
) -> None:
    """A poll that was answered."""
    fetched = fetched or Fetched()
    item_at = now if unseen else source.item_at
    after = replace(
        source, polled_at=now, ok_at=now, item_at=item_at, failures=0, problem=problem, due_at=due_at,
        etag=fetched.etag, last_modified=fetched.last_modified,
    )  # fmt: skip
    await tx.sources.settle([(source, after)])


async def failed(tx: SqlTx, source: Source, problem: str, *, now: datetime, due_at: datetime) -> None:
    """A poll that was not."""
    failures = source.failures + 1
    after = replace(source, polled_at=now, failures=failures, problem=problem, due_at=due_at)
    await tx.sources.settle([(source, after)])
