"""One-time codes of enrolment; a kiosk's next key; kiosks that left their desa."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enrolment_codes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("selector", sa.String(length=3), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("desa", sa.String(length=10), nullable=False),
        sa.Column("issued_at", sa.String(length=32), nullable=False),
        sa.Column("issued_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.String(length=32), nullable=False),
        sa.Column("wrong_tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("used_at", sa.String(length=32), nullable=True),
        sa.Column("public_key", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.String(length=32), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("kiosk_id", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_enrolment_codes_selector"), "enrolment_codes", ["selector"], unique=False)
    op.add_column("kiosks", sa.Column("next_key", sa.String(length=64), nullable=True))
    op.create_index("ix_kiosks_next_key", "kiosks", ["next_key"], unique=True)
    op.add_column("kiosks", sa.Column("moved_at", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("kiosks", "moved_at")
    op.drop_index("ix_kiosks_next_key", table_name="kiosks")
    op.drop_column("kiosks", "next_key")
    op.drop_table("enrolment_codes")
