"""Stories are events: an article knows its text and what it copies, and a chat's story has a thread of alerts."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

UNNAMED = {"uq": "uq_%(table_name)s_%(column_0_N_name)s"}  # SQLite gave the old constraint no name


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("articles") as table:
        table.add_column(sa.Column("number", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("text", sa.String(length=32), server_default="", nullable=False))
        table.add_column(sa.Column("copy_of", sa.String(length=64), server_default="", nullable=False))
        table.add_column(sa.Column("contained", sa.Float(), server_default="0", nullable=False))
    _carry_articles_over("rowid" if sqlite else "id")
    op.create_index("ix_articles_number", "articles", ["number"])
    op.create_index("ix_articles_text", "articles", ["text"])
    if not sqlite:
        op.drop_constraint("alerts_chat_story_id_key", "alerts")
    with op.batch_alter_table("alerts", naming_convention=UNNAMED) as table:
        if sqlite:
            table.drop_constraint("uq_alerts_chat_story_id", type_="unique")
        table.add_column(sa.Column("reason", sa.String(length=16), server_default="new", nullable=False))
        table.add_column(sa.Column("facts", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("parent", sa.Integer(), nullable=True))
        table.create_unique_constraint("uq_alerts_article", ["chat", "article_id"])
    op.create_index("ix_alerts_story", "alerts", ["story_id"])
    first = sa.text("parent IS NULL")
    op.create_index(
        "uq_alerts_first",
        "alerts",
        ["chat", "story_id"],
        unique=True,
        sqlite_where=first,
        postgresql_where=first,
    )
    _carry_sources_over()
    with op.batch_alter_table("watches") as table:
        table.add_column(sa.Column("copies", sa.String(length=8), server_default="high", nullable=False))


def _carry_articles_over(arrival: str) -> None:
    """A story was a text, named by it. It is now named by its first article, of which the others are copies."""
    op.execute(
        f"UPDATE articles SET number = o.n FROM (SELECT id AS article, row_number() OVER (ORDER BY seen, {arrival}) AS n "
        "FROM articles) AS o WHERE articles.id = o.article"
    )
    # A closed story had given its key up, by an ending.
    op.execute(
        "UPDATE articles SET text = substr(stories.key, 1, 32) FROM stories WHERE stories.id = articles.story_id"
    )
    op.execute(
        "UPDATE articles SET copy_of = f.first, contained = 1 FROM (SELECT id AS article, first_value(id) OVER "
        "(PARTITION BY story_id ORDER BY number) AS first FROM articles) AS f "
        "WHERE articles.id = f.article AND f.first <> f.article"
    )
    op.execute("DELETE FROM stories WHERE id NOT IN (SELECT story_id FROM articles)")
    op.execute(
        "UPDATE stories SET key = articles.id FROM articles "
        "WHERE articles.story_id = stories.id AND articles.copy_of = ''"
    )


def _carry_sources_over() -> None:
    """An alert named its further sources; now it says when each had the text, too."""
    db = op.get_bind()
    alerts = sa.table(
        "alerts", sa.column("id", sa.Integer), sa.column("also", sa.JSON), sa.column("story_id", sa.Integer)
    )
    moment = sa.DateTime(timezone=True)
    articles = sa.table(
        "articles",
        sa.column("story_id", sa.Integer),
        sa.column("source_id", sa.Integer),
        sa.column("published", moment),
        sa.column("seen", moment),
    )
    sources = sa.table("sources", sa.column("id", sa.Integer), sa.column("name", sa.Text))
    for alert in [row for row in db.execute(sa.select(alerts)) if row.also]:
        carried = (
            sa.select(sources.c.name, articles.c.published, articles.c.seen)
            .join(articles, articles.c.source_id == sources.c.id)
            .where(articles.c.story_id == alert.story_id, sources.c.name.in_(alert.also))
        )
        times: dict[str, datetime] = {}
        for row in db.execute(carried):
            at = row.published or row.seen
            times[row.name] = min(at, times.get(row.name, at))
        also = [[name, _written(times.get(name))] for name in alert.also]
        db.execute(sa.update(alerts).where(alerts.c.id == alert.id).values(also=also))


def _written(at: datetime | None) -> str | None:
    """SQLite keeps no zone: what it keeps is UTC."""
    return None if at is None else (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
