from pathlib import Path

import click

from app.commands.running import data_option, load, opened, run
from app.settings import Settings


@click.command()
@data_option
def migrate(data: Path | None) -> None:
    """Bring the database to the newest schema."""
    chosen = load(data_dir=data, migrate=True)
    click.echo(f"At the newest schema: {run(_migrate(chosen))}")


async def _migrate(chosen: Settings) -> str:
    async with opened(chosen) as database:
        return str(database)
