"""What was done with kiosks, into the audit table, in the transaction that did it."""

import sqlalchemy as sa

from central.schema import audit

CONSOLE = "konsol"  # whoever has the server's command line


def note(connection: sa.Connection, *, at: str, actor: str, what: str, target: str) -> None:
    """``target``: a kiosk's id or a code's row, never a code or a key."""
    connection.execute(audit.insert().values(at=at, actor=actor, what=what, target=target))
