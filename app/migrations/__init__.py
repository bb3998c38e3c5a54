"""Brings a database to the newest schema, and tells whether it is there (Alembic)."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from app.db import Database, reason
from app.errors import StartupError

HERE = Path(__file__).parent


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


async def upgrade(database: Database) -> None:
    """Bring the database to the newest schema, in one transaction. Raises StartupError."""
    try:
        if await _current(database) != _newest():
            await database.run(
                lambda connection: command.upgrade(configuration(connection), "head")
            )
    except (SQLAlchemyError, CommandError) as error:
        raise StartupError(
            f"The database at {database} cannot be brought to the newest schema: {reason(error)}"
        ) from None


async def require_current(database: Database) -> None:
    """Raises StartupError when the database is not at the newest schema."""
    try:
        found = await _current(database)
    except SQLAlchemyError as error:
        raise StartupError(f"The database at {database} cannot be read: {reason(error)}") from None
    if found != _newest():
        state = "has no schema yet" if found is None else f"is at schema {found}, not {_newest()}"
        raise StartupError(f"The database at {database} {state}: run `thinkalike migrate`")


async def require_not_behind(database: Database) -> None:
    """Raises StartupError when the schema is older than this code's. A later one is not: it is
    there while servers are replaced by those of the next version, and both serve."""
    try:
        found = await _current(database)
    except (SQLAlchemyError, OSError) as error:
        raise StartupError(f"The database at {database} cannot be read: {reason(error)}") from None
    if found is None or found in _older():
        await require_current(database)


async def _current(database: Database) -> str | None:
    def revision(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    found: str | None = await database.inspect(revision)
    return found


@cache
def _newest() -> str | None:
    return ScriptDirectory.from_config(configuration()).get_current_head()


@cache
def _older() -> frozenset[str]:
    scripts = ScriptDirectory.from_config(configuration()).walk_revisions()
    return frozenset(script.revision for script in scripts) - {_newest()}
