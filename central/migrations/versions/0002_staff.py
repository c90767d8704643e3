"""The desa's staff, who help at the kiosk; which of them helped stands at the application."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desa_staff",
        sa.Column("staff_id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("desa", sa.String(length=10), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("staff_id"),
    )
    op.create_index(op.f("ix_desa_staff_desa"), "desa_staff", ["desa"], unique=False)
    op.add_column("applications", sa.Column("assisted_by", sa.String(length=16), nullable=True))


def downgrade() -> None:
    op.drop_column("applications", "assisted_by")
    op.drop_table("desa_staff")
