from pathlib import Path

import click

from app.commands.running import data_option, load, opened, run
from app.demo import load as add
from app.settings import Settings


@click.command()
@click.option("--force", is_flag=True, help="Also into a database that has content of its own.")
@data_option
def demo(data: Path | None, force: bool) -> None:
    """Load a small community with pictures, to look around in."""
    chosen = load(data_dir=data)
    done = run(_demo(chosen, force))
    click.echo("The demo is loaded" if done else "The demo is there already")


async def _demo(chosen: Settings, force: bool) -> bool:
    async with opened(chosen) as database:
        return await add(database, chosen.media_dir, force=force)
