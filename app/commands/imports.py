from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from app.commands.running import data_option, load, opened, run
from app.errors import StartupError
from app.imports import wordpress as importer
from app.imports.report import Report
from app.imports.strictxml import Advance
from app.imports.survey import Survey, survey
from app.settings import Settings


@click.group("import")
def imports() -> None:
    """Bring content in from other systems."""


@imports.command()
@click.argument("file", type=click.Path(path_type=Path))
@data_option
def wordpress(file: Path, data: Path | None) -> None:
    """Import a WordPress export file (WXR 1.0 to 1.2).

    The file is read through before anything is written, and all of it is imported or nothing. What
    an earlier run has imported is left as it is.
    """
    chosen = load(data_dir=data)
    size = _size(file)
    with _progress() as progress:
        found = _surveyed(file, _bar(progress, "Checking", size))
        report = run(_write(chosen, file, found, _bar(progress, "Importing", size)))
    Console().print(report.table())


def _size(file: Path) -> int | None:
    try:
        return file.stat().st_size
    except OSError:
        return None  # the survey says it better


def _surveyed(file: Path, advance: Advance) -> Survey:
    try:
        return survey(file, advance)
    except StartupError as error:
        raise click.ClickException(str(error)) from None


async def _write(chosen: Settings, file: Path, found: Survey, advance: Advance) -> Report:
    async with opened(chosen) as database:
        return await importer.write(database, file, found, advance)


def _progress() -> Progress:
    """Bars on a terminal, silence elsewhere."""
    columns = (
        TextColumn("{task.description:9}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    return Progress(*columns, console=console, disable=not console.file.isatty())


def _bar(progress: Progress, what: str, size: int | None) -> Advance:
    task = progress.add_task(what, total=size)
    return lambda done: progress.advance(task, done)
