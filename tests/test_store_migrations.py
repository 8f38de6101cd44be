"""What an older store holds is there in a newer one."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, bindparam, text

import bot.adapters.store
from bot.adapters.store import open_store
from bot.adapters.store.database import engine_for
from bot.adapters.store.tables import Moment
from bot.model import Reason, Sighting
from tests.builders import NOON

MIGRATIONS = Path(bot.adapters.store.__file__).parent / "migrations"


def upgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def test_stories_that_were_texts_become_events_with_copies(store_url: str) -> None:
    """Migration 0008: a closed story had given its key up; an alert named its further sources without their times."""
    key, at = "a1" * 16, {"t0": NOON, "t1": NOON + timedelta(minutes=1), "due": NOON}
    engine = engine_for(store_url)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, "0007")
        for statement in (
            "INSERT INTO sources (id, name, url, kind, interval, due_at) VALUES (1, 'Antara', 'a', 'feed', 60, :due), "
            "(2, 'Kompas', 'k', 'feed', 60, :due)",
            f"INSERT INTO stories (id, key, opened_at) VALUES (1, '{key}:1', :t0), (2, '{key}', :t1), (3, 'empty', :t0)",
            "INSERT INTO articles (id, source_id, story_id, url, title, body, lang, author, tags, published, seen) VALUES "
            "('z', 1, 1, '', '', '', '', '', '[]', :t0, :t0), ('b', 2, 1, '', '', '', '', '', '[]', NULL, :t1), "
            "('c', 2, 2, '', '', '', '', '', '[]', :t1, :t1)",
            "INSERT INTO alerts (id, chat, story_id, article_id, watches, also, backlog, created_at) VALUES "
            "(7, 'redaksi', 1, 'z', '[\"Putin\"]', '[\"Kompas\", \"Hilang\"]', :no, :t0), "
            "(8, 'redaksi', 2, 'c', '[]', '[]', :no, :t1)",
            "INSERT INTO watches (name, query, priority, routes, origin) VALUES ('Putin', 'Putin', 'normal', '[]', 'chat')",
        ):
            values = [
                bindparam(name, value, Moment if isinstance(value, datetime) else None)
                for name, value in {**at, "no": False}.items()
                if f":{name}" in statement
            ]
            await connection.execute(text(statement).bindparams(*values))
    await engine.dispose()
    async with open_store(store_url) as store, store.read() as tx:
        arrived = await tx.articles.arrived(0, NOON, 9)
        assert [(one.article.id, one.story, one.copy_of, one.text) for one in arrived[:1]] == [
            ("z", "z", "", key)
        ]
        assert {one.article.id: (one.story, one.copy_of, one.contained) for one in arrived} == {
            "z": ("z", "", 0.0),
            "b": ("z", "z", 1.0),
            "c": ("c", "", 0.0),
        }
        assert sorted(one.number for one in arrived) == [1, 2, 3]
        (told,) = (await tx.alerts.told([1]))["redaksi", 1]
        assert told.also == (Sighting("Kompas", NOON + timedelta(minutes=1)), Sighting("Hilang"))
        assert (told.alert, told.reason, told.parent, told.text, told.origin) == (
            7,
            Reason.NEW,
            None,
            key,
            "z",
        )
        assert (await tx.articles.texts([key], NOON))[key].origin == "z"
        assert [one.copies for one in await tx.watches.all()] == ["high"]
