import asyncio
import signal
from pathlib import Path

import click

from app.commands.running import data_option, load, opened, run
from app.errors import StartupError
from app.logs.output import start
from app.resources import Resources
from app.settings import PREFIX, Settings
from app.worker import working


@click.command()
@data_option
def worker(data: Path | None) -> None:
    """Do background work: schedules, mail, clearing up. As many of these may run as you like."""
    chosen = load(data_dir=data)
    start(chosen)
    run(_work(chosen))


async def _work(chosen: Settings) -> None:
    resources = Resources.of(chosen)
    if resources.db.dialect == "sqlite" and chosen.worker:
        raise StartupError(
            "With SQLite the server does its background work itself: to have it done here, start "
            f"the server with {PREFIX}WORKER=false, and this command, too"
        )
    async with opened(chosen):
        pass  # the schema is the newest now, if it may be
    stopped = _signalled()
    async with resources.opened(), working(resources):
        click.echo(f"Working for {resources.db}")
        await stopped.wait()


def _signalled() -> asyncio.Event:
    """Set by the first signal to end; a second one ends the process at once."""
    loop, event = asyncio.get_running_loop(), asyncio.Event()
    signals = (signal.SIGINT, signal.SIGTERM)

    def stop() -> None:
        event.set()
        for number in signals:
            loop.remove_signal_handler(number)

    for number in signals:
        loop.add_signal_handler(number, stop)
    return event
