"""Alerts in SQL: what each chat has been told, once per article, and begun once per story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.batches import SOME, batches
from bot.adapters.store.tables import alerts as table
from bot.adapters.store.tables import articles, sources
from bot.model import Fact, Reason, Sighting
from bot.ports import Told

BEGINNING_FIRST = case((table.c.parent.is_(None), 0), else_=1)


class SqlAlerts:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def told(self, stories: Sequence[int]) -> dict[tuple[str, int], tuple[Told, ...]]:
        found: dict[tuple[str, int], tuple[Told, ...]] = {}
        for some in batches(stories):
            for row in await self._db.execute(_OF_STORIES, {"some": some}):
                found[row.chat, row.story_id] = (*found.get((row.chat, row.story_id), ()), _value(row))
        return found

    async def add(
        self,
        chat: str,
        story: int,
        article: str,
        watches: Sequence[str],
        *,
        backlog: bool,
        now: datetime,
        reason: Reason = Reason.NEW,
        facts: Sequence[Fact] = (),
        parent: int | None = None,
    ) -> int:
        row = {
            "chat": chat,
            "story_id": story,
            "article_id": article,
            "watches": list(watches),
            "also": [],
            "backlog": backlog,
            "created_at": now,
            "reason": reason,
            "facts": [[fact.text, fact.before] for fact in facts],
            "parent": parent,
        }
        number: int = (await self._db.execute(insert(table).values(row).returning(table.c.id))).scalar_one()
        return number

    async def move(self, articles: Sequence[str], story: int) -> None:
        left: set[int] = set()
        for some in batches(articles):
            its = table.c.article_id.in_(some)
            left.update(await self._db.scalars(select(table.c.story_id).where(its)))
            # With any parent they are no second beginning, until it is settled who begins.
            await self._db.execute(update(table).where(its).values(story_id=story, parent=table.c.id))
        for one in sorted(left | {story}):
            await self._settle_beginnings(one)

    async def _settle_beginnings(self, story: int) -> None:
        """In each chat the oldest alert of a story begins it, and the others are its developments."""
        its = table.c.story_id == story
        first: dict[str, int] = {}
        for row in await self._db.execute(select(table.c.id, table.c.chat).where(its).order_by(table.c.id)):
            first.setdefault(row.chat, row.id)
        for chat, alert in first.items():
            await self._db.execute(update(table).where(its, table.c.chat == chat).values(parent=alert))
            await self._db.execute(update(table).where(table.c.id == alert).values(parent=None))

    async def also(self, alert: int, sightings: Sequence[Sighting]) -> None:
        also = [[one.source, one.at.isoformat() if one.at else None] for one in sightings]
        await self._db.execute(update(table).where(table.c.id == alert).values(also=also))

    async def get(self, alert: int) -> Told | None:
        row = (await self._db.execute(_told().where(table.c.id == alert))).first()
        return _value(row) if row else None

    async def of_article(self, article: str) -> list[Told]:
        query = _told().where(table.c.article_id == article).order_by(table.c.id)
        return [_value(row) for row in await self._db.execute(query)]


def _told() -> Any:
    return (
        select(table, sources.c.name.label("source"), articles.c.text, articles.c.copy_of)
        .join(articles, articles.c.id == table.c.article_id)
        .join(sources, sources.c.id == articles.c.source_id)
    )


_OF_STORIES = _told().where(table.c.story_id.in_(SOME)).order_by(BEGINNING_FIRST, table.c.id)


def _value(row: Row[Any]) -> Told:
    return Told(
        alert=row.id,
        chat=row.chat,
        story=row.story_id,
        article=row.article_id,
        watches=tuple(row.watches),
        source=row.source,
        also=tuple(Sighting(name, datetime.fromisoformat(at) if at else None) for name, at in row.also),
        backlog=row.backlog,
        reason=Reason(row.reason),
        facts=tuple(Fact(text, before) for text, before in row.facts),
        parent=row.parent,
        text=row.text,
        origin=row.copy_of or row.article_id,
        at=row.created_at,
    )
