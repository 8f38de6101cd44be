"""Sources in SQL: which are due, who has claimed them, what the last poll brought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Update, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.batches import SOME, batches
from bot.adapters.store.tables import source_hours
from bot.adapters.store.tables import sources as table
from bot.adapters.store.upsert import inserted
from bot.config import SourceSettings
from bot.model import Condition, Options, Politeness, Source, SourceKind
from bot.ports import SourceHour

FORGOTTEN: dict[str, Any] = {
    "etag": "",
    "last_modified": "",
    "ok_at": None,
    "item_at": None,
    "failures": 0,
    "problem": "",
    "condition": Condition.WELL,
    "told": Condition.WELL,
    "rhythm": b"",
    "polite": {},
    "moved_to": "",
    "moves": 0,
    "gone": 0,
    "gone_since": None,
}
"""What a new address makes worthless: it is another source under an old name."""

SETTLED = (
    *(name for name in FORGOTTEN if name != "told"),
    "polled_at",
    "due_at",
)
"""What a poll may change about a source."""

CONFIG, ADDED = "config", "added"  # where a source comes from
CLOCK_STEP = timedelta(minutes=1)  # a smaller step of the clock delays a poll by no more than itself


def _free(now: datetime) -> Any:
    return (
        table.c.active,
        # Polled in the future: the clock was set back, and so what was due then says nothing.
        or_(table.c.due_at <= now, table.c.polled_at > now + CLOCK_STEP),
        or_(table.c.claimed_until.is_(None), table.c.claimed_until <= now),
    )


class SqlSources:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def sync(self, sources: Sequence[SourceSettings], now: datetime) -> None:
        known = {row.name: row for row in await self._db.execute(select(table))}
        await self._rename(sources, known)
        await self._db.execute(update(table).where(table.c.origin == CONFIG).values(active=False))
        fresh = []
        for source in sources:
            values = _settings(source, CONFIG)
            if source.name not in known:
                fresh.append({**values, "name": source.name, "due_at": now})
                continue
            old = known[source.name]
            if old.url != source.url:
                values |= {**FORGOTTEN, "due_at": now}
            elif (old.interval, old.pinned) != (source.interval, source.pinned) or not old.active:
                values |= {"due_at": now}
            await self._db.execute(update(table).where(table.c.id == old.id).values(**values))
        if fresh:
            await self._db.execute(insert(table), fresh)

    async def _rename(self, sources: Sequence[SourceSettings], known: dict[str, Row[Any]]) -> None:
        """A source under a new name is known by its address: its backlog is not told as news, or held back, again."""
        names = {source.name for source in sources}
        left = {row.url: row for name, row in known.items() if name not in names}
        for source in sources:
            if source.name not in known and (row := left.pop(source.url, None)):
                await self._db.execute(update(table).where(table.c.id == row.id).values(name=source.name))
                known[source.name] = known.pop(row.name)

    async def add(self, sources: Sequence[SourceSettings], now: datetime) -> list[SourceSettings]:
        rows = list(await self._db.execute(select(table)))
        known = {row.name: row for row in rows}
        taken = {row.name for row in rows if row.active} | {row.url for row in rows if row.active}
        added: list[SourceSettings] = []
        fresh = []
        for source in sources:
            if taken & {source.name, source.url}:
                continue
            taken |= {source.name, source.url}
            added.append(source)
            values = {**_settings(source, ADDED), "due_at": now}
            if old := known.get(source.name):
                forgotten = FORGOTTEN if old.url != source.url else {}
                await self._db.execute(
                    update(table).where(table.c.id == old.id).values(**values, **forgotten)
                )
            else:
                fresh.append({**values, "name": source.name})
        for some in batches(fresh):
            await self._db.execute(insert(table), list(some))
        return added

    async def remove(self, name: str) -> Source | None:
        known = select(*AS_SOURCE).where(table.c.active, table.c.name == name)
        row = (await self._db.execute(known)).first()
        if row is not None and row.origin == ADDED:
            await self._db.execute(update(table).where(table.c.id == row.id).values(active=False))
        return _source(row) if row is not None else None

    async def stamp(self) -> str:
        counted = select(func.count(), func.max(table.c.id), func.sum(table.c.id)).where(table.c.active)
        return ":".join(map(str, (await self._db.execute(counted)).one()))

    async def active(self) -> set[int]:
        return set(await self._db.scalars(select(table.c.id).where(table.c.active)))

    async def some(self, sources: Sequence[int]) -> list[Source]:
        found: list[Source] = []
        for some in batches(sources):
            rows = await self._db.execute(select(*AS_SOURCE).where(table.c.active, table.c.id.in_(some)))
            found += map(_source, rows)
        return found

    async def asked(self) -> float:
        each = select(func.sum(1.0 / table.c.interval)).where(table.c.active, ~table.c.pinned)
        return float(await self._db.scalar(each) or 0.0)

    async def due(self, now: datetime) -> list[int]:
        return list(
            await self._db.scalars(select(table.c.id).where(*_free(now)).order_by(table.c.due_at, table.c.id))
        )

    async def claim(self, sources: Sequence[int], now: datetime, until: datetime) -> list[Source]:
        claimed: list[Source] = []
        for some in batches(sources):
            taken = await self._db.execute(_CLAIM, {"some": some, "now": now, "until": until})
            claimed += map(_source, taken)
        return claimed

    async def lost(self, sources: Sequence[Source]) -> set[int]:
        held: dict[int, int] = {}
        for some in batches([source.id for source in sources]):
            held.update([tuple(row) for row in await self._db.execute(_LEASES, {"some": some})])
        return {source.id for source in sources if held.get(source.id) != source.lease}

    async def settle(self, polls: Sequence[tuple[Source, Source]]) -> None:
        # Most polls change four columns of fifteen.
        alike: dict[tuple[str, ...], list[Source]] = defaultdict(list)
        for before, after in polls:
            alike[tuple([name for name in SETTLED if getattr(after, name) != getattr(before, name)])].append(
                after
            )
        for changed, sources in alike.items():
            await self._db.execute(
                _settling(changed),
                [
                    {
                        "source": source.id,
                        "claimed": source.lease,
                        **{f"new_{name}": _stored(source, name) for name in changed},
                    }
                    for source in sources
                ],
            )

    async def changed(self) -> list[Source]:
        rows = await self._db.execute(
            select(*AS_SOURCE).where(table.c.active, table.c.condition != table.c.told).order_by(table.c.name)
        )
        return [_source(row) for row in rows]

    async def tell(self, sources: Mapping[int, Condition]) -> None:
        for source, condition in sources.items():
            await self._db.execute(update(table).where(table.c.id == source).values(told=condition))

    async def count(self, hour: datetime, polls: int, items: int, failures: int) -> None:
        row = {"hour": hour, "polls": polls, "items": items, "failures": failures}
        if not await inserted(self._db, source_hours, row):
            await self._db.execute(_COUNT, {**{f"more_{name}": row[name] for name in _COUNTED}, "at": hour})

    async def hours(self, since: datetime) -> list[SourceHour]:
        rows = await self._db.execute(
            select(source_hours).where(source_hours.c.hour >= since).order_by(source_hours.c.hour)
        )
        return [SourceHour(row.hour, row.polls, row._mapping["items"], row.failures) for row in rows]

    async def forget_hours(self, before: datetime) -> None:
        await self._db.execute(delete(source_hours).where(source_hours.c.hour < before))

    async def put_off(self, sources: Sequence[int], until: datetime) -> None:
        for some in batches(sources):
            await self._db.execute(
                update(table).where(table.c.id.in_(some), table.c.due_at < until).values(due_at=until)
            )

    async def release_all(self) -> None:
        # The lease goes up too: a poll of the old process that still comes to its end cannot store its result.
        await self._db.execute(
            update(table)
            .where(table.c.claimed_until.is_not(None))
            .values(claimed_until=None, lease=table.c.lease + 1)
        )

    async def all(self) -> list[Source]:
        rows = await self._db.execute(
            select(*AS_SOURCE).where(table.c.active).order_by(table.c.failures.desc(), table.c.name)
        )
        return [_source(row) for row in rows]


AS_SOURCE = tuple(table.c[each.name] for each in fields(Source))
"""The columns of a source, in the order of its fields."""

# Statements of every poll.
_CLAIM = (
    update(table)
    .where(table.c.id.in_(SOME), table.c.active)
    .where(or_(table.c.claimed_until.is_(None), table.c.claimed_until <= bindparam("now")))
    .values(lease=table.c.lease + 1, claimed_until=bindparam("until"))
    .returning(*AS_SOURCE)
)
_LEASES = select(table.c.id, table.c.lease).where(table.c.id.in_(SOME))


_COUNTED = ("polls", "items", "failures")
_COUNT = (
    update(source_hours)
    .where(source_hours.c.hour == bindparam("at"))
    .values({name: source_hours.c[name] + bindparam(f"more_{name}") for name in _COUNTED})
)


@lru_cache(maxsize=64)
def _settling(changed: tuple[str, ...]) -> Update:
    """Ends a claim and writes these columns."""
    ended = update(table).where(table.c.id == bindparam("source"), table.c.lease == bindparam("claimed"))
    return ended.values(claimed_until=None, **{name: bindparam(f"new_{name}") for name in changed})


_READ: tuple[tuple[int, Callable[[Any], Any]], ...] = tuple(
    ([each.name for each in fields(Source)].index(name), read)
    for name, read in (
        ("kind", {each.value: each for each in SourceKind}.__getitem__),
        ("condition", {each.value: each for each in Condition}.__getitem__),
        ("told", {each.value: each for each in Condition}.__getitem__),
        ("rhythm", lambda stored: bytes(stored or b"")),
        ("polite", lambda stored: _polite(stored)),
        ("options", lambda stored: _options(stored)),
    )
)


def _source(row: Row[Any]) -> Source:
    values = list(row)
    for at, read in _READ:
        values[at] = read(values[at])
    return Source(*values)


def _stored(source: Source, name: str) -> Any:
    return _written(source.polite) if name == "polite" else getattr(source, name)


def _settings(source: SourceSettings, origin: str) -> dict[str, Any]:
    """What a configuration, or whoever adds a source, decides about it."""
    return {
        "url": source.url,
        "kind": source.kind.value,
        "interval": source.interval,
        "pinned": source.pinned,
        "active": True,
        "origin": origin,
        "options": {
            name: value
            for name, value in asdict(source.options).items()
            if value != getattr(_NO_OPTIONS, name)
        },
    }


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


_NO_OPTIONS = Options()


def _options(written: Mapping[str, Any] | None) -> Options:
    if not written:
        return _NO_OPTIONS
    return Options(**{name: _tuple(value) for name, value in written.items()})


_USUAL = Politeness()
_POLITE = tuple(asdict(_USUAL))


def _written(polite: Politeness) -> dict[str, Any]:
    """What is not as usual."""
    if polite == _USUAL:
        return {}
    return {name: value for name in _POLITE if (value := getattr(polite, name)) != getattr(_USUAL, name)}


def _polite(written: Mapping[str, Any]) -> Politeness:
    if not written:
        return _USUAL
    return Politeness(**{name: _tuple(value) for name, value in written.items()})
