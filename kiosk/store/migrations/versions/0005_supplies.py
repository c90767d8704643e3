"""Consumables: how much paper was put in, and what each print took of it. Millimetres of roll, sheets of A4."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "supplies",
        sa.Column("supply", sa.String(length=16), nullable=False),
        sa.Column("filled", sa.Integer(), nullable=False),
        sa.Column("since", sa.Integer(), server_default="0", nullable=False),
        sa.Column("filled_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("supply"),
    )
    op.create_table(
        "supply_uses",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("supply", sa.String(length=16), nullable=False),
        sa.Column("job", sa.Integer(), nullable=True),
        sa.Column("day", sa.String(length=10), server_default="", nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_supply_uses_job"), "supply_uses", ["job"], unique=False)


def downgrade() -> None:
    op.drop_table("supply_uses")
    op.drop_table("supplies")
