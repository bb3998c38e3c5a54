from pathlib import Path

import click

from app.commands.running import data_option, load, opened, run
from app.demo import invitation, new_password
from app.demo import load as add
from app.media.storage import storage
from app.settings import Settings


@click.command()
@click.option("--force", is_flag=True, help="Also into a database that has content of its own.")
@data_option
def demo(data: Path | None, force: bool) -> None:
    """Load a small community with pictures, to look around in."""
    chosen = load(data_dir=data)
    password = None if chosen.production else new_password()
    done = run(_demo(chosen, force, password))
    click.echo("The demo is loaded" if done else "The demo is there already")
    if done and password:
        click.echo(invitation(password))


async def _demo(chosen: Settings, force: bool, password: str | None) -> bool:
    async with opened(chosen) as database:
        return await add(database, storage(chosen), force=force, password=password)
