"""Brings a database to the newest schema, and tells whether it is there (Alembic)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from app.db import Database
from app.errors import StartupError

HERE = Path(__file__).parent


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


async def upgrade(database: Database) -> None:
    """Bring the database to the newest schema, in one transaction."""
    await database.run(lambda connection: command.upgrade(configuration(connection), "head"))


async def require_current(database: Database) -> None:
    """Raises StartupError when the database is not at the newest schema."""

    def current(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    newest = ScriptDirectory.from_config(configuration()).get_current_head()
    if (found := await database.run(current)) != newest:
        state = "has no schema yet" if found is None else f"is at schema {found}, not {newest}"
        raise StartupError(f"The database at {database} {state}: run `thinkalike migrate`")
