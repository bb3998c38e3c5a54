"""What commands share: the database they work on, and how they fail."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from app import environment, migrations
from app.db import Database
from app.errors import AppError, StartupError
from app.settings import Settings

T = TypeVar("T")
LoopFactory = Callable[[], asyncio.AbstractEventLoop]

PATIENCE = 3_600.0
"""Seconds that one statement of a command may take: an import or an index, not a request."""

data_option = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Folder for all data."
)


def load(**options: object) -> Settings:
    """The settings; what cannot be used ends the command with one line."""
    try:
        return environment.load(**options)
    except StartupError as error:
        raise click.ClickException(str(error)) from None


def run(work: Coroutine[Any, Any, T], loop: LoopFactory | None = None) -> T:
    """Run `work`; what went wrong for a known reason ends the command with one line."""
    try:
        with asyncio.Runner(loop_factory=loop) as runner:
            return runner.run(work)
    except (StartupError, AppError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:  # a full disk, most likely
        raise click.ClickException(f"{error.strerror}: {error.filename or 'no file'}") from None


@asynccontextmanager
async def opened(chosen: Settings) -> AsyncIterator[Database]:
    """The database, at the newest schema. Raises StartupError when it cannot be had."""
    make_folder(chosen.data_dir)
    database = Database.at(chosen.database, pool=2, timeout=PATIENCE)
    try:
        await database.check()
        if chosen.unless_production(chosen.migrate):
            await migrations.upgrade(database)
        await migrations.require_current(database)
        yield database
    finally:
        await database.close()


def make_folder(folder: Path) -> None:
    """Raises StartupError when the folder cannot be made or written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StartupError(f"Cannot write to the folder {folder}: {error.strerror}") from None
