"""`thinkalike serve`: the one command that needs both the application and its doors."""

import asyncio
import signal
import socket
import sys
from functools import partial
from pathlib import Path

import click
from starlette.applications import Starlette
from uvicorn.loops.auto import auto_loop_factory

from app.commands.running import data_option, load, make_folder, opened, run
from app.demo import invitation, load_if_empty, new_password
from app.environment import unknown
from app.errors import StartupError
from app.logs.output import start
from app.media.storage import storage
from app.serving.server import Server, many_files
from app.serving.supervisor import Supervisor
from app.settings import Settings
from asgi import create


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one.")
@click.option("--workers", type=int, help="Processes that serve; PostgreSQL and Redis for more.")
@data_option
@click.option("--demo/--no-demo", default=None, help="Fill an empty database with a community.")
@click.option("--inherit", type=(int, int, int, Path), hidden=True, help="From a supervisor.")
def serve(
    host: str | None,
    port: int | None,
    workers: int | None,
    data: Path | None,
    demo: bool | None,
    inherit: tuple[int, int, int, Path] | None,
) -> None:
    """Run the server."""
    chosen = load(host=host, port=port, workers=workers, data_dir=data)
    start(chosen)
    many_files()
    if inherit:
        # uvloop, where there is one.
        run(_inherited(chosen, *inherit), auto_loop_factory())
        return
    for name, meant in unknown().items():
        hint = f"; did you mean {meant}?" if meant else ""
        click.echo(f"Warning: {name} is not a setting{hint}", err=True)
    if chosen.workers == 1:
        run(_alone(chosen, demo=chosen.unless_production(demo)), auto_loop_factory())
    else:
        _end_by(run(_together(chosen, demo=chosen.unless_production(demo))))


async def _prepared(chosen: Settings, *, demo: bool) -> tuple[Starlette, socket.socket]:
    """The application and the socket to serve it on, when all that is outside is as it must be."""
    make_folder(chosen.media_dir)
    listener = listen(chosen.host, chosen.port)
    app = create(chosen)
    async with opened(chosen) as database:
        password = None if chosen.production else new_password()
        if demo and await load_if_empty(database, storage(chosen), password=password):
            click.echo("Filled the empty database with a demo community.", err=True)
            if password:
                click.echo(invitation(password), err=True)
    return app, listener


async def _alone(chosen: Settings, *, demo: bool) -> None:
    app, listener = await _prepared(chosen, demo=demo)
    await _served(Server(app, chosen, partial(announce, chosen, listener)), listener)


async def _together(chosen: Settings, *, demo: bool) -> int:
    """Several processes, each by this command anew: they have the code and the settings of now."""
    _, listener = await _prepared(chosen, demo=demo)
    command = [sys.executable, *sys.orig_argv[1:]]
    supervisor = Supervisor(command, listener, chosen.workers)
    return await supervisor.run(partial(announce, chosen, listener))


async def _inherited(chosen: Settings, listener: int, line: int, number: int, folder: Path) -> None:
    """Serve for a supervisor, who is told when this is ready, and as long as there is one."""
    supervisor = socket.socket(fileno=line)
    app = create(chosen)
    server = Server(app, chosen, lambda: supervisor.sendall(b"+"))
    loop = asyncio.get_running_loop()

    def left() -> None:
        loop.remove_reader(supervisor)
        server.handle_exit(signal.SIGTERM)

    loop.add_reader(supervisor, left)
    async with app.state.workers.joined(folder, number):
        await _served(server, socket.socket(fileno=listener))


async def _served(server: Server, listener: socket.socket) -> None:
    await server.serve(sockets=[listener])
    if not server.started:
        raise StartupError("The server could not start; the reason is above")


def _end_by(number: int) -> None:
    """End as a single process does that ends after a signal."""
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def announce(chosen: Settings, listener: socket.socket) -> None:
    """Say where the server is reached."""
    host, port = listener.getsockname()[:2]
    shown = "localhost" if host in ("0.0.0.0", "::") else host  # noqa: S104
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    click.echo(f"GraphQL   {address}/graphql")
    if chosen.unless_production(chosen.graphiql):
        click.echo(f"GraphiQL  {address}/graphiql/")
    click.echo(f"REST      {address}/api/v1 and {address}/api/v2")
    if chosen.unless_production(chosen.api_docs):
        click.echo(f"REST docs {address}/api/docs/")
    sys.stdout.flush()


def listen(host: str, port: int) -> socket.socket:
    """A socket at the address. Raises StartupError when it is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise StartupError(f"Cannot listen on {host}:{port}: {error.strerror or error}") from None
    listener.setblocking(False)
    return listener
