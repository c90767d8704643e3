"""Staff-assisted mode: the centre's signed roster, counted PIN tries, and what staff did (never changed afterwards)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("desa", sa.String(length=10), nullable=False),
        sa.Column("issued_at", sa.String(length=32), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("desa"),
    )
    op.create_table(
        "staff_attempts",
        sa.Column("staff_id", sa.String(length=16), nullable=False),
        sa.Column("wrong", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("boot", sa.String(length=64), server_default="", nullable=False),
        sa.Column("locked_until", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("staff_id"),
    )
    op.create_table(
        "acts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("clock_trusted", sa.Boolean(), nullable=False),
        sa.Column("vouched_at", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=36), server_default="", nullable=False),
        sa.Column("service", sa.String(length=32), server_default="", nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=32), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_acts_at"), "acts", ["at"], unique=False)
    op.execute(
        "CREATE TRIGGER acts_stay BEFORE UPDATE ON acts BEGIN SELECT RAISE(ABORT, 'acts are only added to'); END"
    )


def downgrade() -> None:
    op.drop_table("acts")
    op.drop_table("staff_attempts")
    op.drop_table("staff")
