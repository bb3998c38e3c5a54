from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.commands.running import data_option, load, opened, run
from app.errors import StartupError
from app.generate.load import generate as write
from app.generate.plan import Plan
from app.settings import Settings

SIZE = click.IntRange(min=0)


@click.command()
@click.option("--users", type=SIZE, default=1_000, show_default=True)
@click.option("--items", type=SIZE, default=100_000, show_default=True, help="Content items.")
@click.option("--media", type=SIZE, default=20_000, show_default=True)
@click.option("--tags", type=SIZE, default=500, show_default=True)
@click.option(
    "--seed", type=SIZE, default=1, show_default=True, help="The same seed makes the same rows."
)
@data_option
def generate(users: int, items: int, media: int, tags: int, seed: int, data: Path | None) -> None:
    """Fill the database with made-up content of any size."""
    try:
        plan = Plan(users=users, items=items, media=media, tags=tags, seed=seed)
    except StartupError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Generated {plan} in {run(_generate(load(data_dir=data), plan))}")


async def _generate(chosen: Settings, plan: Plan) -> str:
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    async with opened(chosen) as database:
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            bar = progress.add_task("", total=plan.total)
            await write(
                database, plan, lambda what, n: progress.update(bar, advance=n, description=what)
            )
        return str(database)
