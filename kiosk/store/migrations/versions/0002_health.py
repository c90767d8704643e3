"""What the heartbeat carries: how the devices are, and its sequence number."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "devices",
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("role"),
    )
    op.create_table(
        "counters",
        sa.Column("counter", sa.String(length=32), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("counter"),
    )


def downgrade() -> None:
    op.drop_table("counters")
    op.drop_table("devices")
