"""What a source has taught us about when to poll it, and how it is; what an article's address is known by."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("sources") as table:
        table.add_column(sa.Column("pinned", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.add_column(sa.Column("condition", sa.String(length=16), server_default="well", nullable=False))
        table.add_column(sa.Column("told", sa.String(length=16), server_default="well", nullable=False))
        table.add_column(sa.Column("rhythm", sa.LargeBinary(), server_default="", nullable=False))
        table.add_column(sa.Column("polite", sa.JSON(), server_default="{}", nullable=False))
        table.add_column(sa.Column("moved_to", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("moves", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("gone", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("gone_since", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "source_hours",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour"),
    )
    op.add_column("articles", sa.Column("link", sa.String(length=32), server_default="", nullable=False))
    op.create_index("ix_articles_link", "articles", ["link"])
