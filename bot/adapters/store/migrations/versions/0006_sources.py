"""Sources that were added while the program ran, and what is particular about a source."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("sources") as table:
        table.add_column(sa.Column("origin", sa.String(length=16), server_default="config", nullable=False))
        table.add_column(sa.Column("options", sa.JSON(), server_default="{}", nullable=False))
