"""The way down: changes in an order that kiosks follow, documents sealed to their owners' receipts, kiosks' prints."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change_counters",
        sa.Column("counter", sa.String(length=16), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("counter"),
    )
    op.create_table(
        "document_prints",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("kiosk_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("clock_trusted", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reported_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"]),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_document_prints_document_id"), "document_prints", ["document_id"], unique=False)
    op.add_column("applications", sa.Column("claim_public", sa.String(length=64), nullable=True))
    op.add_column("applications", sa.Column("change_number", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index(op.f("ix_applications_change_number"), "applications", ["change_number"], unique=False)
    op.add_column("documents", sa.Column("sealed_sha256", sa.String(length=64), nullable=True))
    op.add_column("documents", sa.Column("sealed_size", sa.Integer(), nullable=True))
    # what is there already is told once, in the order of its queue numbers
    op.execute("UPDATE applications SET change_number = queue_number")
    op.execute("INSERT INTO change_counters SELECT 'tickets', COALESCE(MAX(queue_number), 0) FROM applications")


def downgrade() -> None:
    op.drop_column("documents", "sealed_size")
    op.drop_column("documents", "sealed_sha256")
    op.drop_index(op.f("ix_applications_change_number"), table_name="applications")
    op.drop_column("applications", "change_number")
    op.drop_column("applications", "claim_public")
    op.drop_table("document_prints")
    op.drop_table("change_counters")
