"""`thinkalike serve`: the one command that needs both the application and its doors."""

import logging
import socket
import sys
from pathlib import Path

import click
import uvicorn
from uvicorn.loops.auto import auto_loop_factory

from app.commands.running import data_option, load, make_folder, opened, run
from app.demo import invitation, load_if_empty, new_password
from app.errors import StartupError
from app.media.storage import storage
from app.settings import Settings
from asgi import create


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one.")
@data_option
@click.option("--demo/--no-demo", default=None, help="Fill an empty database with a community.")
def serve(host: str | None, port: int | None, data: Path | None, demo: bool | None) -> None:
    """Run the server."""
    chosen = load(host=host, port=port, data_dir=data)
    # uvloop, where there is one.
    run(_serve(chosen, demo=chosen.unless_production(demo)), auto_loop_factory())


async def _serve(chosen: Settings, *, demo: bool) -> None:
    make_folder(chosen.media_dir)
    listener = listen(chosen.host, chosen.port)
    app = create(chosen)
    async with opened(chosen) as database:
        password = None if chosen.production else new_password()
        if demo and await load_if_empty(database, storage(chosen), password=password):
            click.echo("Filled the empty database with a demo community.", err=True)
            if password:
                click.echo(invitation(password), err=True)
    config = uvicorn.Config(
        app,
        lifespan="on",
        log_level=logging.WARNING,
        access_log=False,  # else each request is described for a log that nobody reads
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=chosen.forwarded_allow_ips,
        timeout_graceful_shutdown=20,
        h11_max_incomplete_event_size=65_536,
    )
    server = Server(config, chosen)
    await server.serve(sockets=[listener])
    if not server.started:
        raise StartupError("The server could not start; the reason is above")


class Server(uvicorn.Server):
    """Says where it is reached, when it is."""

    def __init__(self, config: uvicorn.Config, chosen: Settings) -> None:
        super().__init__(config)
        self.chosen = chosen

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            shown = "localhost" if host in ("0.0.0.0", "::") else host  # noqa: S104
            address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
            click.echo(f"GraphQL   {address}/graphql")
            if self.chosen.unless_production(self.chosen.graphiql):
                click.echo(f"GraphiQL  {address}/graphiql/")
            click.echo(f"REST      {address}/api/v1 and {address}/api/v2")
            if self.chosen.unless_production(self.chosen.api_docs):
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
