"""Every table of the kiosk's one SQLite file. Migrations follow it (a test compares them).

No column holds a visitor's NIK, name, answer, PIN or claim secret. The staff's signed roster (their names, argon2 hashes of
their PINs) is one opaque text. Times are UTC stamps; order is by id, never by clock.
"""

import sqlalchemy as sa

metadata = sa.MetaData()

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),  # UUIDv7: sorts by the moment of submitting
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("code", sa.String(64), nullable=False, server_default=""),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("ticket", sa.String(12), nullable=False, unique=True),
    sa.Column("service", sa.String(32), nullable=False),
    sa.Column("sealed_at", sa.String(32), nullable=False),
    sa.Column("clock_trusted", sa.Boolean, nullable=False),
    sa.Column("offset", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("setbacks", sa.Integer, nullable=False, server_default="0"),  # since the last progress
    sa.Column("last_error", sa.String(64), nullable=False, server_default=""),
    sa.Column("next_try", sa.Float, nullable=False, server_default="0"),  # seconds since 1970
    sa.Column("leased_until", sa.Float, nullable=False, server_default="0"),
    sa.Column("receipt", sa.Text),
)

prints = sa.Table(
    "prints",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(16), nullable=False),  # slip, document
    sa.Column("subject", sa.String(36), nullable=False, index=True),  # packet id or document id
    sa.Column("copy", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("code", sa.String(64), nullable=False, server_default=""),
    sa.Column("at", sa.String(32), nullable=False),
    sa.UniqueConstraint("kind", "subject", "copy"),
)

inquiries = sa.Table(
    "inquiries",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("asked_at", sa.Float, nullable=False),
    sa.Column("answer", sa.LargeBinary),
    sa.Column("code", sa.String(64), nullable=False, server_default=""),
)

surveys = sa.Table(
    "surveys",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("next_try", sa.Float, nullable=False, server_default="0"),
)

devices = sa.Table(
    "devices",
    metadata,
    sa.Column("role", sa.String(32), primary_key=True),  # receipt, paper, camera
    sa.Column("code", sa.String(64), nullable=False),
)

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("counter", sa.String(32), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

diary = sa.Table(
    "diary",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("clock_trusted", sa.Boolean, nullable=False),
    sa.Column("event", sa.String(64), nullable=False),
    sa.Column("subject", sa.String(64), nullable=False, server_default=""),
    sa.Column("detail", sa.String(128), nullable=False, server_default=""),
)

staff = sa.Table(
    "staff",
    metadata,
    sa.Column("desa", sa.String(10), primary_key=True),  # one row: the roster of this kiosk's desa
    sa.Column("issued_at", sa.String(32), nullable=False),
    sa.Column("signed", sa.Text, nullable=False),  # SignedRoster, as the centre sent it
    sa.Column("seen_at", sa.String(32), nullable=False),  # the latest time that any clock told since then
)

staff_attempts = sa.Table(
    "staff_attempts",
    metadata,
    sa.Column("staff_id", sa.String(16), primary_key=True),
    sa.Column("wrong", sa.Integer, nullable=False, server_default="0"),  # since the last lock-out
    sa.Column("locks", sa.Integer, nullable=False, server_default="0"),  # since the last right PIN
    sa.Column("boot", sa.String(64), nullable=False, server_default=""),  # whose monotonic clock counts
    sa.Column("locked_until", sa.Float),  # seconds of that clock
)

acts = sa.Table(
    "acts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String(32), nullable=False, index=True),
    sa.Column("clock_trusted", sa.Boolean, nullable=False),
    sa.Column("vouched_at", sa.String(32), nullable=False),  # the centre's latest word on the time: ages acts
    sa.Column("staff_id", sa.String(16), nullable=False),
    sa.Column("subject", sa.String(36), nullable=False, server_default=""),  # packet id or ticket
    sa.Column("service", sa.String(32), nullable=False, server_default=""),
    sa.Column("action", sa.String(32), nullable=False),
    sa.Column("step", sa.String(32), nullable=False, server_default=""),
)

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("saved_at", sa.String(32), nullable=False),
    sa.Column("expires_at", sa.Float, nullable=False),  # seconds since 1970
)

supplies = sa.Table(
    "supplies",
    metadata,
    sa.Column("supply", sa.String(16), primary_key=True),  # roll (millimetres), sheets
    sa.Column("filled", sa.Integer, nullable=False),  # put in, or still there when it was last known for sure
    sa.Column("since", sa.Integer, nullable=False, server_default="0"),  # the last use before that
    sa.Column("filled_at", sa.String(32), nullable=False),
)

supply_uses = sa.Table(
    "supply_uses",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("supply", sa.String(16), nullable=False),
    sa.Column("job", sa.Integer, index=True),  # prints.id; what is no visit's (a queue number) has none
    sa.Column("day", sa.String(10), nullable=False, server_default=""),  # the kabupaten's; empty: not believed
    sa.Column("amount", sa.Integer, nullable=False),  # 0: it turned out that nothing came
    sa.Column("sure", sa.Boolean, nullable=False),  # False: in the printer, or doubtful
)

diagnostics = sa.Table(
    "diagnostics",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("clock_trusted", sa.Boolean, nullable=False),
    sa.Column("device", sa.String(16), nullable=False),  # receipt, paper, camera
    sa.Column("kind", sa.String(16), nullable=False),  # what was tried with it
    sa.Column("passed", sa.Boolean, nullable=False),
    sa.Column("code", sa.String(64), nullable=False, server_default=""),  # why it failed
    sa.Column("numbers", sa.Text, nullable=False),  # what was measured, as JSON
    sa.Column("staff_id", sa.String(16), nullable=False),
)

statuses = sa.Table(
    "statuses",
    metadata,
    sa.Column("ticket", sa.String(12), primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),  # of its newest change, as the centre counts
    sa.Column("state", sa.String(32), nullable=False),
    sa.Column("reason", sa.String(32), nullable=False, server_default=""),  # a public reason's code
    sa.Column("changed_at", sa.String(32), nullable=False),
    sa.Column("verifier", sa.String(64), nullable=False, server_default=""),  # adminduk/waiting.py: opens nothing
    sa.Column("round", sa.Integer, nullable=False),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("ticket", sa.String(12), nullable=False, index=True),
    sa.Column("output", sa.String(32), nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),  # of the sealed bytes
    sa.Column("content", sa.String(64), nullable=False),  # of the PDF in them
    sa.Column("here", sa.Boolean, nullable=False),  # whole, in a vault of its own
    sa.Column("listed_at", sa.String(32), nullable=False),  # the centre's time, as both below
    sa.Column("printed", sa.Boolean, nullable=False),
    sa.Column("printed_at", sa.String(32), nullable=False, server_default=""),
)

pulls = sa.Table(
    "pulls",
    metadata,
    sa.Column("stream", sa.String(16), primary_key=True),  # one row: tickets
    sa.Column("cursor", sa.String(200), nullable=False, server_default=""),
    sa.Column("as_of", sa.String(32), nullable=False, server_default=""),  # the centre's time of the last whole pull
    sa.Column("round", sa.Integer, nullable=False, server_default="1"),  # rises when everything is asked for anew
)

claims = sa.Table(
    "claims",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("document", sa.String(36), nullable=False),
    sa.Column("ticket", sa.String(12), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("clock_trusted", sa.Boolean, nullable=False),
    sa.Column("job", sa.Integer, nullable=False, index=True),  # prints.id
    sa.Column("told", sa.String(16), nullable=False, server_default=""),  # the outcome that the centre knows
)
