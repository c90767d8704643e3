"""Brings a store to the newest revision; safe to run at every start."""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

FOLDER = Path(__file__).parent / "migrations"


def upgrade(engine: sa.Engine) -> None:
    """Run the missing migrations in one transaction. A store that lacks none is only read."""
    with engine.begin() as connection:
        if MigrationContext.configure(connection).get_current_heads() == newest():
            return
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@cache
def newest() -> tuple[str, ...]:
    """The revision of this release."""
    return tuple(ScriptDirectory.from_config(_config()).get_heads())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config
