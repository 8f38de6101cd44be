"""Alerted articles that are looked at again, and their versions, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.articles import match_of
from bot.adapters.store.batches import SOME, batches
from bot.adapters.store.tables import alerts, articles, versions
from bot.adapters.store.tables import revisits as table
from bot.adapters.store.upsert import insert_new
from bot.hosts import is_web
from bot.model import Article
from bot.ports import KeptVersion, Origin, Revisit
from bot.stories import Change, Version, Weight

NEWEST = 20  # versions of an article that are kept beside its first


_CARRIED = select(table.c.article_id, table.c.carried).where(
    table.c.article_id.in_(SOME), table.c.alerted_at >= bindparam("since")
)


class SqlRevisits:
    """bot.ports.Revisits."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def alerted(self, after: int, since: datetime) -> tuple[int, dict[str, datetime]]:
        newest = await self._db.scalar(select(func.max(alerts.c.id))) or 0
        if newest <= after:
            return newest, {}
        query = (
            select(alerts.c.article_id, func.min(alerts.c.created_at).label("at"))
            .where(alerts.c.id > after, alerts.c.created_at >= since)
            .group_by(alerts.c.article_id)
        )
        return newest, {row.article_id: row.at for row in await self._db.execute(query)}

    async def begin(self, alerted: Mapping[str, datetime], due_after: timedelta) -> None:
        for some in batches([*alerted]):
            texts = select(articles.c.id, articles.c.url, articles.c.title, articles.c.body).where(
                articles.c.id.in_(some)
            )
            rows = [
                {
                    "article_id": row.id,
                    "alerted_at": alerted[row.id],
                    "due_at": alerted[row.id] + due_after if is_web(row.url) else None,
                    "carried": Version(row.title, row.body).digest,
                }
                for row in await self._db.execute(texts)
            ]
            if rows:
                await self._db.execute(insert_new(self._db, table), rows)

    async def due(self, now: datetime, most: int) -> list[Revisit]:
        query = _revisits().where(table.c.due_at <= now).order_by(table.c.due_at).limit(most)
        return [_revisit(row) for row in await self._db.execute(query)]

    async def get(self, article: str) -> Revisit | None:
        row = (await self._db.execute(_revisits().where(table.c.article_id == article))).first()
        return _revisit(row) if row else None

    async def settle(self, revisit: Revisit) -> None:
        said = revisit.carried
        await self._db.execute(
            update(table)
            .where(table.c.article_id == revisit.article)
            .values(
                due_at=revisit.due_at,
                tries=revisit.tries,
                etag=revisit.etag,
                last_modified=revisit.last_modified,
                doubt=revisit.doubt,
                doubt_since=revisit.doubt_since,
                gone_at=revisit.gone_at,
                times_gone=revisit.times_gone,
                carried_title=said.title if said else None,
                carried_body=said.body if said else None,
            )
        )

    async def carried(self, seen: Sequence[Article], now: datetime, since: datetime) -> int:
        by_id = {article.id: article for article in seen}
        news = 0
        for some in batches([*by_id]):
            for row in (await self._db.execute(_CARRIED, {"some": some, "since": since})).all():
                article = by_id[row.article_id]
                digest = Version(article.title, article.body).digest
                if digest != row.carried:
                    news += 1
                    said = {
                        "carried": digest,
                        "carried_title": article.title,
                        "carried_body": article.body,
                        "due_at": now,
                    }
                    await self._db.execute(update(table).where(table.c.article_id == article.id).values(said))
        return news

    async def versions(self, article: str) -> list[KeptVersion]:
        query = select(versions).where(versions.c.article_id == article).order_by(versions.c.number)
        return [_version(row) for row in await self._db.execute(query)]

    async def keep(self, article: str, version: KeptVersion) -> None:
        row = {
            "article_id": article,
            "number": version.number,
            "origin": version.origin,
            "digest": version.text.digest,
            "title": version.text.title,
            "body": version.text.body,
            "seen": version.seen,
            "weight": int(version.weight),
            "changes": list(version.changes),
            "found": [asdict(match) for match in version.matches],
        }
        await self._db.execute(insert(versions).values(row))
        its = versions.c.article_id == article
        newest = select(versions.c.number).where(its).order_by(versions.c.number.desc()).limit(NEWEST)
        first = select(versions.c.number).where(its).order_by(versions.c.number).limit(1)
        kept = {*await self._db.scalars(newest), *await self._db.scalars(first)}
        await self._db.execute(delete(versions).where(its, versions.c.number.not_in(kept)))


def _revisits() -> Any:
    return select(table, articles.c.url).join(articles, articles.c.id == table.c.article_id)


def _revisit(row: Row[Any]) -> Revisit:
    said = None if row.carried_title is None else Version(row.carried_title, row.carried_body)
    return Revisit(
        article=row.article_id,
        url=row.url,
        alerted_at=row.alerted_at,
        due_at=row.due_at,
        tries=row.tries,
        etag=row.etag,
        last_modified=row.last_modified,
        doubt=row.doubt,
        doubt_since=row.doubt_since,
        gone_at=row.gone_at,
        times_gone=row.times_gone,
        carried=said,
    )


def _version(row: Row[Any]) -> KeptVersion:
    return KeptVersion(
        number=row.number,
        origin=Origin(row.origin),
        text=Version(row.title, row.body),
        seen=row.seen,
        weight=Weight(row.weight),
        changes=tuple(Change(change) for change in row.changes),
        matches=tuple(match_of(found) for found in row.found),
    )
