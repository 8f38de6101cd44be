"""Priorities, parts, replies and holds of deliveries; what is known of a chat's lane."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

UNNAMED = {"uq": "uq_%(table_name)s_%(column_0_N_name)s"}  # SQLite gave the old constraint no name


def upgrade() -> None:
    op.drop_index("ix_deliveries_lane", "deliveries")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("deliveries_chat_subject_kind_version_key", "deliveries")
    with op.batch_alter_table("deliveries", naming_convention=UNNAMED) as table:
        if op.get_bind().dialect.name == "sqlite":
            table.drop_constraint("uq_deliveries_chat_subject_kind_version", type_="unique")
        table.add_column(sa.Column("priority", sa.SmallInteger(), server_default="3", nullable=False))
        table.add_column(sa.Column("place", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("part", sa.SmallInteger(), server_default="1", nullable=False))
        table.add_column(sa.Column("parent", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("hold", sa.String(length=16), server_default="", nullable=False))
        table.add_column(sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("folded_into", sa.String(length=32), server_default="", nullable=False))
        table.create_unique_constraint("uq_deliveries_once", ["chat", "subject", "kind", "version", "part"])
    op.execute("UPDATE deliveries SET place = seq")
    op.create_index("ix_deliveries_lane", "deliveries", ["chat", "state", "priority", "place", "part"])
    op.create_index("ix_deliveries_list", "deliveries", ["folded_into"])
    op.create_table(
        "standings",
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_why", sa.Text(), server_default="", nullable=False),
        sa.Column("moved_from", sa.Text(), server_default="", nullable=False),
        sa.Column("moved_to", sa.Text(), server_default="", nullable=False),
        sa.Column("lost_thread", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("chat"),
    )
