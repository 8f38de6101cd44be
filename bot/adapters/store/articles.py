"""Articles, their stories and their matches in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, case, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.batches import SOME, batches
from bot.adapters.store.tables import articles as table
from bot.adapters.store.tables import matches, pages, sources, stories
from bot.adapters.store.tables import stories as known
from bot.adapters.store.upsert import insert_new
from bot.model import Article, Hit, Match, Passage
from bot.ports import LISTED, Arrived, Filed, OpenText, Reports, WatchHour
from bot.sources import link_key

OPEN = timedelta(days=7)  # a text that comes again later than this after its first article is news again
ORIGIN = case((table.c.copy_of == "", table.c.id), else_=table.c.copy_of)
CAME = case(
    (table.c.published < table.c.seen, table.c.published), else_=table.c.seen
)  # when an article counts


class SqlArticles:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def unseen(self, ids: Sequence[str]) -> set[str]:
        unseen = set(ids)
        for some in batches(ids):
            unseen.difference_update(await self._db.scalars(_STORED, {"some": some}))
        return unseen

    async def texts(self, keys: Sequence[str], now: datetime) -> dict[str, OpenText]:
        found: dict[str, OpenText] = {}
        for some in batches(keys):
            for row in await self._db.execute(_TEXTS, {"some": some, "opened": now - OPEN}):
                known = found.get(row.text) or OpenText(row.origin, row.story, {})
                names = known.names.get(row.name, frozenset()) | {row.title, row.url}
                found[row.text] = replace(known, names={**known.names, row.name: names})
        return found

    async def keys(self, stories: Sequence[int]) -> list[str]:
        return list(await self._db.scalars(select(known.c.key).where(known.c.id.in_(stories))))

    async def move(self, articles: Sequence[str], story: int, origin: str = "") -> None:
        values: dict[str, Any] = {"story_id": story}
        if origin:
            values["copy_of"] = case((table.c.id == origin, ""), else_=origin)
        for some in batches(articles):
            await self._db.execute(update(table).where(table.c.id.in_(some)).values(**values))

    async def origins(self, ids: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for some in batches(ids):
            found.update((row.id, row.origin) for row in await self._db.execute(_ORIGINS, {"some": some}))
        return found

    async def reports(self, stories: Sequence[int]) -> dict[int, Reports]:
        found: dict[int, Reports] = {}
        for some in batches(stories):
            for row in await self._db.execute(_REPORTS, {"some": some}):
                so_far = found.get(row.story_id, Reports(0, 0, frozenset()))
                found[row.story_id] = Reports(
                    so_far.reports + row.n, so_far.originals + row.originals, so_far.sources | {row.name}
                )
        return found

    async def arrived(self, after: int, since: datetime, most: int) -> list[Arrived]:
        wanted = exists().where(matches.c.article_id == table.c.id)
        query = (
            _filed()
            .add_columns(stories.c.key.label("story"), wanted.label("wanted"))
            .join(stories, stories.c.id == table.c.story_id)
            .where(table.c.number > after, table.c.seen >= since)
            .order_by(table.c.number)
            .limit(most)
        )
        return [
            Arrived(row.number, _article(row), row.text, row.story, row.copy_of, row.contained, row.wanted)
            for row in await self._db.execute(query)
        ]

    async def stories(self, keys: Sequence[str], now: datetime) -> dict[str, int]:
        # One order for everybody: two transactions cannot wait for each other's rows.
        keys = sorted(set(keys))
        for some in batches(keys):
            await self._db.execute(
                insert_new(self._db, stories), [{"key": key, "opened_at": now} for key in some]
            )
        found: dict[str, int] = {}
        for some in batches(keys):
            found.update((row.key, row.id) for row in await self._db.execute(_STORIES, {"some": some}))
        return found

    async def carried(self, links: Sequence[str]) -> list[tuple[int, str, str, str]]:
        found: list[tuple[int, str, str, str]] = []
        for some in batches(links):
            rows = await self._db.execute(_CARRIED, {"some": some})
            found += [(row.source_id, row.link, row.title, row.body) for row in rows]
        return found

    async def add(self, articles: Sequence[tuple[int, Filed]], now: datetime) -> None:
        if not articles:
            return
        last = await self._db.scalar(_LAST) or 0
        rows = [
            {
                "id": filed.article.id,
                "source_id": source,
                "story_id": filed.story,
                "url": filed.article.url,
                "link": link_key(filed.article.url),
                "title": filed.article.title,
                "body": filed.article.body,
                "lang": filed.article.lang,
                "author": filed.article.author,
                "tags": list(filed.article.tags),
                "published": filed.article.published,
                "seen": now,
                "number": number,
                "text": filed.text,
                "copy_of": filed.copy_of,
                "contained": filed.contained,
            }
            for number, (source, filed) in enumerate(articles, start=last + 1)
        ]
        await self._db.execute(_ADD, rows)

    async def ask_pages(self, articles: Sequence[str], now: datetime) -> None:
        if articles:
            rows = [{"article_id": article, "due_at": now, "tries": 0} for article in articles]
            await self._db.execute(insert_new(self._db, pages), rows)

    async def pages(self, now: datetime, most: int) -> list[tuple[Filed, int]]:
        query = _filed().add_columns(pages.c.tries).join(pages, pages.c.article_id == table.c.id)
        rows = await self._db.execute(query.where(pages.c.due_at <= now).order_by(pages.c.due_at).limit(most))
        return [(_filed_value(row), row.tries) for row in rows]

    async def page_later(self, article: str, due_at: datetime) -> None:
        await self._db.execute(
            update(pages).where(pages.c.article_id == article).values(due_at=due_at, tries=pages.c.tries + 1)
        )

    async def page_done(self, article: str) -> None:
        await self._db.execute(delete(pages).where(pages.c.article_id == article))

    async def deepen(self, article: Article, found: Sequence[Match]) -> None:
        await self._db.execute(update(table).where(table.c.id == article.id).values(body=article.body))
        await self._db.execute(delete(matches).where(matches.c.article_id == article.id))
        await self.add_matches([(article.id, match) for match in found])

    async def add_matches(self, matched: Sequence[tuple[str, Match]]) -> None:
        rows = [
            {"article_id": article, "watch": match.watch, "place": place, "found": asdict(match)}
            for place, (article, match) in enumerate(matched)
        ]
        if rows:
            await self._db.execute(insert(matches), rows)

    async def since(self, moment: datetime, watches: Sequence[str] | None = None) -> list[Filed]:
        query = _filed().where(table.c.seen >= moment).order_by(table.c.seen.desc(), table.c.id).limit(LISTED)
        if watches is not None:
            answered = select(matches.c.article_id).where(matches.c.watch.in_(watches))
            query = query.where(table.c.id.in_(answered))
        return await self._load(query)

    async def volumes(self, since: datetime, watch: str | None = None) -> list[WatchHour]:
        # "2026-11-22 12": SQLite keeps moments as such text, in UTC.
        in_postgresql = func.to_char(func.timezone("UTC", CAME), "YYYY-MM-DD HH24")
        written = in_postgresql if self._db.dialect.name == "postgresql" else func.substr(CAME, 1, 13)
        hour: Any = written.label("hour")
        query = (
            select(
                matches.c.watch,
                hour,
                func.count(ORIGIN.distinct()).label("articles"),
                func.min(table.c.seen).label("seen"),
            )
            .join(matches, matches.c.article_id == table.c.id)
            .where(table.c.seen >= since)
            .group_by(matches.c.watch, hour)
            .order_by(matches.c.watch, hour)
        )
        if watch is not None:
            query = query.where(matches.c.watch == watch)
        return [
            WatchHour(row.watch, datetime.fromisoformat(row.hour).replace(tzinfo=UTC), row.articles, row.seen)
            for row in await self._db.execute(query)
        ]

    async def outlets(self, since: datetime, watch: str) -> list[tuple[str, int]]:
        many = func.count().label("many")
        query = (
            select(sources.c.name, many)
            .join(table, table.c.source_id == sources.c.id)
            .join(matches, matches.c.article_id == table.c.id)
            .where(table.c.seen >= since, since <= CAME, matches.c.watch == watch)
            .group_by(sources.c.name)
            .order_by(many.desc(), sources.c.name)
        )
        return [(row.name, row.many) for row in await self._db.execute(query)]

    async def of_story(self, story: int) -> list[Filed]:
        return await self._load(_filed().where(table.c.story_id == story).order_by(table.c.number))

    async def get(self, article: str) -> Article:
        row = (await self._db.execute(_filed().where(table.c.id == article))).first()
        if row is None:
            raise KeyError(article)
        return _article(row)

    async def some(self, ids: Sequence[str]) -> dict[str, Article]:
        found: dict[str, Article] = {}
        for some in batches(ids):
            rows = await self._db.execute(_SOME_FILED, {"some": some})
            found.update((row.id, _article(row)) for row in rows)
        return found

    async def at(self, url: str) -> Filed | None:
        found = _filed().where(table.c.url == url).order_by(table.c.seen.desc(), table.c.id).limit(1)
        return next(iter(await self._load(found)), None)

    async def matches(self, article: str) -> list[Match]:
        query = select(matches.c.found).where(matches.c.article_id == article).order_by(matches.c.place)
        return [match_of(found) for found in await self._db.scalars(query)]

    async def _load(self, query: Any) -> list[Filed]:
        rows = list(await self._db.execute(query))
        watches: dict[str, list[str]] = {}
        for some in batches([row.id for row in rows]):
            answered = select(matches.c.article_id, matches.c.watch).where(matches.c.article_id.in_(some))
            for row in await self._db.execute(answered.order_by(matches.c.watch)):
                watches.setdefault(row.article_id, []).append(row.watch)
        return [_filed_value(row, tuple(watches.get(row.id, ()))) for row in rows]


def match_of(found: dict[str, Any]) -> Match:
    """A match as `asdict` wrote it down."""
    return Match(
        found["watch"],
        tuple(Hit(**hit) for hit in found["hits"]),
        Passage(**found["sentence"]),
        found.get("figures", False),
    )


def _filed() -> Any:
    columns = (table, sources.c.name.label("source"), sources.c.options)
    return select(*columns).join(sources, sources.c.id == table.c.source_id)


# Statements of every poll that brings something.
_FIRST = table.alias("first")
_STORED = select(table.c.id).where(table.c.id.in_(SOME))
_TEXTS = (
    select(
        table.c.text,
        _FIRST.c.id.label("origin"),
        stories.c.key.label("story"),
        table.c.title,
        table.c.url,
        sources.c.name,
    )
    .join(_FIRST, _FIRST.c.id == ORIGIN)
    .join(stories, stories.c.id == _FIRST.c.story_id)
    .join(sources, sources.c.id == table.c.source_id)
    .where(table.c.text.in_(SOME), _FIRST.c.seen >= bindparam("opened"))
    .order_by(_FIRST.c.number)
)
_ORIGINS = select(table.c.id, ORIGIN.label("origin")).where(table.c.id.in_(SOME))
_REPORTS = (
    select(
        table.c.story_id,
        sources.c.name,
        func.count().label("n"),
        func.sum(case((table.c.copy_of == "", 1), else_=0)).label("originals"),
    )
    .join(sources, sources.c.id == table.c.source_id)
    .where(table.c.story_id.in_(SOME))
    .group_by(table.c.story_id, sources.c.name)
)
_STORIES = select(stories.c.key, stories.c.id).where(stories.c.key.in_(SOME))
_CARRIED = select(table.c.source_id, table.c.link, table.c.title, table.c.body).where(table.c.link.in_(SOME))
_LAST = select(func.coalesce(func.max(table.c.number), 0))
_ADD = insert(table)
_SOME_FILED = _filed().where(table.c.id.in_(SOME))


def _filed_value(row: Row[Any], watches: tuple[str, ...] = ()) -> Filed:
    return Filed(_article(row), row.story_id, watches, row.text, row.copy_of, row.contained)


def _article(row: Row[Any]) -> Article:
    return Article(
        id=row.id,
        url=row.url,
        title=row.title,
        body=row.body,
        lang=row.lang,
        source=row.source,
        tier=(row.options or {}).get("tier", ""),
        author=row.author,
        tags=tuple(row.tags),
        published=row.published,
        seen=row.seen,
    )
