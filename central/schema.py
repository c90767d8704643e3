"""Every table of the centre, in one place. Migrations in central/migrations follow it (a test compares them).

Personal data: none of these tables holds an applicant's NIK, name or answer. The sealed packet is the only copy;
the desk opens it in memory when an officer looks, and writes that look into ``audit``.
Times are UTC, ISO 8601 text with microseconds, so that SQLite and PostgreSQL order them alike.
"""

import sqlalchemy as sa

metadata = sa.MetaData()

kiosks = sa.Table(
    "kiosks",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False, unique=True),
    sa.Column("desa", sa.String(10), nullable=False),
    sa.Column("public_key", sa.String(64), nullable=False, unique=True),
    sa.Column("enrolled_at", sa.String(32), nullable=False),
    sa.Column("revoked_at", sa.String(32)),
    sa.Column("last_seen", sa.String(32)),
    sa.Column("last_sequence", sa.BigInteger),
    sa.Column("last_heartbeat", sa.Text),
    sa.Column("next_key", sa.String(64), unique=True, index=True),  # takes over when it signs its first request
    sa.Column("moved_at", sa.String(32)),  # it left its desa: it may only ask again whether it may leave
)

enrolment_codes = sa.Table(
    "enrolment_codes",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("selector", sa.String(3), nullable=False, index=True),  # the code's first letters
    sa.Column("code_hash", sa.String(64), nullable=False),
    sa.Column("desa", sa.String(10), nullable=False),
    sa.Column("issued_at", sa.String(32), nullable=False),
    sa.Column("issued_by", sa.String(64), nullable=False),
    sa.Column("expires_at", sa.String(32), nullable=False),
    sa.Column("wrong_tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("used_at", sa.String(32)),
    sa.Column("public_key", sa.String(64)),  # of the kiosk that used it
    sa.Column("decided_at", sa.String(32)),
    sa.Column("decided_by", sa.String(64)),
    sa.Column("kiosk_id", sa.String(16), sa.ForeignKey("kiosks.id")),  # none: declined
)

packets = sa.Table(
    "packets",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("kiosk_id", sa.String(16), sa.ForeignKey("kiosks.id"), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # announced, received, admitted, unreadable
    sa.Column("code", sa.String(64), nullable=False, server_default=""),
    sa.Column("announced_at", sa.String(32), nullable=False),
    sa.Column("received_at", sa.String(32)),
    sa.Column("receipt", sa.Text),
)

applications = sa.Table(
    "applications",
    metadata,
    sa.Column("id", sa.String(36), sa.ForeignKey("packets.id"), primary_key=True),
    sa.Column("queue_number", sa.Integer, nullable=False, unique=True),
    sa.Column("ticket", sa.String(12), nullable=False, unique=True),
    sa.Column("service", sa.String(32), nullable=False),
    sa.Column("desa", sa.String(10), nullable=False),
    sa.Column("state", sa.String(32), nullable=False, index=True),
    sa.Column("reason", sa.String(8), nullable=False, server_default=""),
    sa.Column("submitted_at", sa.String(32), nullable=False),
    sa.Column("changed_at", sa.String(32), nullable=False),
    sa.Column("entered_by", sa.String(64)),
    sa.Column("validated_by", sa.String(64)),
    sa.Column("pin_hash", sa.Text, nullable=False),
    sa.Column("secret_hash", sa.String(64), nullable=False),
    sa.Column("failed_claims", sa.Integer, nullable=False, server_default="0"),
    sa.Column("locked_until", sa.String(32)),
    sa.Column("assisted_by", sa.String(16)),  # desa_staff's id as the packet says it, known or not
    # public half of the key that the receipt's code makes; none: not made yet, empty: its packet does not open
    sa.Column("claim_public", sa.String(64)),
    sa.Column("change_number", sa.BigInteger, nullable=False, server_default="0", index=True),  # central/changes.py
)

change_counters = sa.Table(
    "change_counters",
    metadata,
    sa.Column("counter", sa.String(16), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("application_id", sa.String(36), sa.ForeignKey("applications.id"), nullable=False, index=True),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("role", sa.String(32), nullable=False),
    sa.Column("action", sa.String(32), nullable=False),
    sa.Column("before", sa.String(32), nullable=False),
    sa.Column("after", sa.String(32), nullable=False),
    sa.Column("reason", sa.String(8), nullable=False, server_default=""),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("application_id", sa.String(36), sa.ForeignKey("applications.id"), nullable=False, index=True),
    sa.Column("output", sa.String(32), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),  # also its key in the blob store
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("signed_by", sa.String(64), nullable=False),
    sa.Column("signed_at", sa.String(32), nullable=False),
    sa.Column("published_at", sa.String(32)),
    sa.Column("fetched", sa.Integer, nullable=False, server_default="0"),
    sa.Column("sealed_sha256", sa.String(64)),  # for its owner's receipt, in the blob store; empty: it cannot be
    sa.Column("sealed_size", sa.Integer),
    sa.Column("replaces", sa.String(36)),  # the document that turned out wrong, in whose place this one was signed
    sa.Column("superseded_at", sa.String(32)),  # it was wrong: it is kept for its prints, and goes nowhere any more
)
CURRENT = documents.c.superseded_at.is_(None)
sa.Index(
    "documents_current", documents.c.application_id, documents.c.output, unique=True, sqlite_where=CURRENT,
    postgresql_where=CURRENT,
)  # fmt: skip

document_prints = sa.Table(
    "document_prints",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),  # made by the kiosk before the print
    sa.Column("document_id", sa.String(36), sa.ForeignKey("documents.id"), nullable=False, index=True),
    sa.Column("kiosk_id", sa.String(16), sa.ForeignKey("kiosks.id"), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),  # by the kiosk's clock
    sa.Column("clock_trusted", sa.Boolean, nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),  # adminduk.changes.Outcome
    sa.Column("reported_at", sa.String(32), nullable=False),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("username", sa.String(64), primary_key=True),
    sa.Column("display_name", sa.String(128), nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("role", sa.String(32), nullable=False),
    sa.Column("desa", sa.String(10)),
    sa.Column("failed_logins", sa.Integer, nullable=False, server_default="0"),
    sa.Column("locked_until", sa.String(32)),
    sa.Column("disabled_at", sa.String(32)),
)

desa_staff = sa.Table(
    "desa_staff",
    metadata,
    sa.Column("staff_id", sa.String(16), primary_key=True),  # P-0007, never given twice
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("desa", sa.String(10), nullable=False, index=True),
    sa.Column("pin_hash", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("changed_at", sa.String(32), nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("what", sa.String(64), nullable=False),
    sa.Column("target", sa.String(64), nullable=False),
)

survey_answers = sa.Table(
    "survey_answers",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("service", sa.String(32), nullable=False),
    sa.Column("kiosk_id", sa.String(16), nullable=False),
    sa.Column("month", sa.String(7), nullable=False),
    sa.Column("scores", sa.String(32), nullable=False),  # nine digits 1-4, "-" where skipped
)
