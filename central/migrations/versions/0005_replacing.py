"""A signed document may be replaced: the wrong one stays with its prints, and only one at a time counts for an output."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PRINTS = "id, document_id, kiosk_id, at, clock_trusted, outcome, reported_at"


def upgrade() -> None:
    _change_uniqueness(unique=False)
    op.add_column("documents", sa.Column("replaces", sa.String(length=36), nullable=True))
    op.add_column("documents", sa.Column("superseded_at", sa.String(length=32), nullable=True))
    current = sa.text("superseded_at IS NULL")
    op.create_index(
        "documents_current", "documents", ["application_id", "output"], unique=True, sqlite_where=current,
        postgresql_where=current,
    )  # fmt: skip


def _change_uniqueness(*, unique: bool) -> None:
    """SQLite makes the table anew for that, and lets no print point at it meanwhile: they step aside."""
    if op.get_context().dialect.name != "sqlite":
        name, columns = "documents_application_id_output_key", ["application_id", "output"]
        if unique:
            op.create_unique_constraint(name, "documents", columns)
        else:
            op.drop_constraint(name, "documents", type_="unique")
        return
    op.execute(f"CREATE TABLE prints_aside AS SELECT {_PRINTS} FROM document_prints")  # noqa: S608 - our own words
    op.drop_table("document_prints")
    convention = {"uq": "documents_%(column_0_N_name)s"}
    with op.batch_alter_table("documents", naming_convention=convention, recreate="always") as batch:
        if unique:
            batch.create_unique_constraint("documents_application_id_output", ["application_id", "output"])
        else:
            batch.drop_constraint("documents_application_id_output", type_="unique")
    _make_prints()
    op.execute(f"INSERT INTO document_prints ({_PRINTS}) SELECT {_PRINTS} FROM prints_aside")  # noqa: S608 - our own words
    op.drop_table("prints_aside")


def _make_prints() -> None:
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


def downgrade() -> None:
    """What was replaced goes, with its prints."""
    gone = "SELECT id FROM documents WHERE superseded_at IS NOT NULL"
    op.execute(f"DELETE FROM document_prints WHERE document_id IN ({gone})")  # noqa: S608 - our own words
    op.execute("DELETE FROM documents WHERE superseded_at IS NOT NULL")
    op.drop_index("documents_current", table_name="documents")
    op.drop_column("documents", "superseded_at")
    op.drop_column("documents", "replaces")
    _change_uniqueness(unique=True)
