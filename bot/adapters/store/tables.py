"""The tables. The same on SQLite and PostgreSQL; every change to them is a migration beside this file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    true,
)


def written(value: datetime) -> str:
    """A moment as SQLAlchemy writes it into SQLite, in a third of the time."""
    if value.tzinfo is None:
        raise ValueError(f"a moment without a zone: {value!r}")
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:26]


class Moment(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC; SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone: {value!r}")
        return value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Any:
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)
        return lambda value: None if value is None else written(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("interval", Float, nullable=False),  # seconds
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("etag", Text, nullable=False, server_default=""),
    Column("last_modified", Text, nullable=False, server_default=""),
    Column("due_at", Moment, nullable=False, index=True),
    Column("claimed_until", Moment),
    Column("lease", Integer, nullable=False, server_default="0"),
    Column("polled_at", Moment),
    Column("ok_at", Moment),
    Column("item_at", Moment),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("problem", Text, nullable=False, server_default=""),
    Column("pinned", Boolean, nullable=False, server_default=false()),
    Column("condition", String(16), nullable=False, server_default="well"),
    Column("told", String(16), nullable=False, server_default="well"),  # what the owners heard last
    Column("rhythm", LargeBinary, nullable=False, server_default=""),
    Column("polite", JSON, nullable=False, server_default="{}"),
    Column("moved_to", Text, nullable=False, server_default=""),
    Column("moves", Integer, nullable=False, server_default="0"),
    Column("gone", Integer, nullable=False, server_default="0"),
    Column("gone_since", Moment),
    Column("origin", String(16), nullable=False, server_default="config"),  # or "added": who may remove it
    Column("options", JSON, nullable=False, server_default="{}"),  # what of bot.model.Options is not as usual
)

source_hours = Table(
    "source_hours",
    metadata,
    Column("hour", Moment, primary_key=True),  # its beginning
    Column("polls", Integer, nullable=False),
    Column("items", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
)

watches = Table(
    "watches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("query", Text, nullable=False),
    Column("priority", String(16), nullable=False),
    Column("routes", JSON, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("copies", String(8), nullable=False, server_default="high"),  # bot.stories.Folding
)

mutes = Table(
    "mutes",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("watch", Text, primary_key=True),
    Column("until", Moment, nullable=False),
)

stories = Table(
    "stories",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # id of the article that began it
    Column("opened_at", Moment, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("source_id", Integer, ForeignKey("sources.id"), nullable=False),
    Column("story_id", Integer, ForeignKey("stories.id"), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column(
        "link", String(32), nullable=False, server_default=""
    ),  # what its address is known by (bot.sources.link_key)
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("lang", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("published", Moment),
    Column("seen", Moment, nullable=False, index=True),
    Column("number", Integer, nullable=False, server_default="0", index=True),  # in the order of arrival
    Column("text", String(32), nullable=False, server_default="", index=True),  # key of its exact text
    Column("copy_of", String(64), nullable=False, server_default=""),  # id of an article that is no copy
    Column("contained", Float, nullable=False, server_default="0"),  # of the shorter of two copies
    Index("ix_articles_link", "link"),
)

pages = Table(
    "pages",  # of articles that came as teasers, and are still to be read
    metadata,
    Column("article_id", String(64), ForeignKey("articles.id"), primary_key=True),
    Column("due_at", Moment, nullable=False, index=True),
    Column("tries", Integer, nullable=False, server_default="0"),
)

revisits = Table(
    "revisits",  # of articles that were alerted, and are looked at again
    metadata,
    Column("article_id", String(64), ForeignKey("articles.id"), primary_key=True),
    Column("alerted_at", Moment, nullable=False),
    Column("due_at", Moment, index=True),  # None: not any more
    Column("tries", Integer, nullable=False, server_default="0"),  # in vain, since the last look
    Column("etag", Text, nullable=False, server_default=""),
    Column("last_modified", Text, nullable=False, server_default=""),
    Column("doubt", String(8), nullable=False, server_default=""),  # what a second look has to confirm
    Column("doubt_since", Moment),
    Column("gone_at", Moment),  # withdrawn
    Column("times_gone", Integer, nullable=False, server_default="0"),
    Column("carried", String(32), nullable=False),  # digest of what its source said of it last
    Column("carried_title", Text),  # with the body: what its source says now, and nobody has looked at yet
    Column("carried_body", Text),
)

versions = Table(
    "versions",  # of an article that was alerted
    metadata,
    Column("article_id", String(64), ForeignKey("articles.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("origin", String(8), nullable=False),  # bot.ports.Origin
    Column("digest", String(32), nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("weight", SmallInteger, nullable=False),  # bot.stories.edits.Weight
    Column("changes", JSON, nullable=False),
    Column("found", JSON, nullable=False),  # each Match in it, of one that was told
)

matches = Table(
    "matches",
    metadata,
    Column("article_id", String(64), ForeignKey("articles.id"), primary_key=True),
    Column("watch", Text, primary_key=True),
    Column("place", Integer, nullable=False),  # among the watches that the article answered
    Column("found", JSON, nullable=False),  # the Match
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat", Text, nullable=False),
    Column("story_id", Integer, ForeignKey("stories.id"), nullable=False),
    Column("article_id", String(64), ForeignKey("articles.id"), nullable=False, index=True),
    Column("watches", JSON, nullable=False),  # names of the watches that this chat was told of
    Column("also", JSON, nullable=False),  # further sources in order of arrival: [name, moment or null]
    Column(
        "backlog", Boolean, nullable=False
    ),  # from the first poll of its source: says nothing of our speed
    Column("created_at", Moment, nullable=False),
    Column("reason", String(16), nullable=False, server_default="new"),  # bot.model.Reason
    Column("facts", JSON, nullable=False, server_default="[]"),  # new in a development: [text, before]
    Column("parent", Integer),  # the alert that began the story in this chat; null: it is that one
    UniqueConstraint("chat", "article_id", name="uq_alerts_article"),
    Index("ix_alerts_story", "story_id"),
)
# What no mistake can get past: a story begins once in a chat.
Index(
    "uq_alerts_first",
    alerts.c.chat,
    alerts.c.story_id,
    unique=True,
    sqlite_where=alerts.c.parent.is_(None),
    postgresql_where=alerts.c.parent.is_(None),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("seq", Integer, primary_key=True),  # the order in which a chat is told
    Column("id", String(32), nullable=False, unique=True),  # opaque; the only thing a platform gets to see
    Column("chat", Text, nullable=False),
    Column("subject", Text, nullable=False),  # "alert:42", "notice:first-poll:7"
    Column("kind", String(8), nullable=False),
    Column("version", Integer, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("unanswered", Integer, nullable=False, server_default="0"),  # sends whose answer was lost
    Column(
        "lookups", Integer, nullable=False, server_default="0"
    ),  # that did not find it, since the last send
    Column("not_before", Moment),
    Column("lease", Integer, nullable=False, server_default="0"),
    Column("lease_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("first_sent_at", Moment),
    Column("sent_at", Moment),
    Column("remote_id", Text, nullable=False, server_default=""),
    Column("error", Text, nullable=False, server_default=""),
    Column("priority", SmallInteger, nullable=False, server_default="3"),  # bot.model.Priority
    Column(
        "place", Integer, nullable=False, server_default="0"
    ),  # among those of its priority; parts share it
    Column("part", SmallInteger, nullable=False, server_default="1"),  # of a message too long for one
    Column(
        "parent", Text, nullable=False, server_default=""
    ),  # subject of the message that a reply stands under
    Column("hold", String(16), nullable=False, server_default=""),  # bot.model.Hold, while it is held
    Column("held_until", Moment),  # None: until what it waits for happens
    Column("folded_into", String(32), nullable=False, server_default=""),  # id of the list that tells it
    UniqueConstraint("chat", "subject", "kind", "version", "part", name="uq_deliveries_once"),
    Index("ix_deliveries_lane", "chat", "state", "priority", "place", "part"),
    Index("ix_deliveries_list", "folded_into"),
)

standings = Table(
    "standings",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("paused_until", Moment),  # the platform's own wish, for everything there
    Column("gone_since", Moment),  # the chat does not let us in
    Column("gone_why", Text, nullable=False, server_default=""),
    Column("moved_from", Text, nullable=False, server_default=""),  # the id in the configuration then
    Column("moved_to", Text, nullable=False, server_default=""),
    Column("lost_thread", Text, nullable=False, server_default=""),  # a topic that was deleted
)

seen_events = Table(
    "seen_events",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Moment, nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("key", Text, primary_key=True),  # the platform's id of the event
    Column("platform", String(16), nullable=False),
    Column("payload", JSON, nullable=False),  # as its adapter reads it
    Column("at", Moment, nullable=False),
    Column("tries", Integer, nullable=False, server_default="1"),
)

# WebSub: what hubs were asked for.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("source", Integer, ForeignKey("sources.id"), primary_key=True),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("token", Text, nullable=False, unique=True),
    Column("secret", Text, nullable=False),
    Column("ask_at", Moment, nullable=False),
    Column("until", Moment),
    Column("tries", Integer, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("name", Text, primary_key=True),  # "heartbeat"
    Column("at", Moment, nullable=False),
)
