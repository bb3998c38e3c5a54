"""Two server processes, PostgreSQL and Valkey, as they are run in production."""

import asyncio
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import redis

from benches.chaos import content
from benches.chaos.content import Content
from benches.chaos.parts import Part, command
from benches.cpu import children, parent
from tests import processes, servers

WORKERS = 2
RATES = "{" + ", ".join(
    f'"{plan}": {{"points": 100000000, "burst": 100000000}}' for plan in ("anonymous", "registered")
) + "}"  # counted, but never reached  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stand:
    port: int
    supervisor: int
    address: str
    content: Content
    postgresql: Part
    valkey: Part
    log: Path

    @property
    def workers(self) -> list[int]:
        return children(self.supervisor)


@contextmanager
def standing(**settings: str) -> Iterator[Stand]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
        # What was accepted is to survive the process, not the machine.
        place = stack.enter_context(servers.postgresql("synchronous_commit=on"))
        cache = stack.enter_context(servers.valkey())
        address, postmaster = asyncio.run(_database(place))
        filled = asyncio.run(content.made(address))
        postgresql = Part(postmaster, command(postmaster), lambda: asyncio.run(_answers(address)))
        valkey = _valkey(cache)
        stack.callback(postgresql.end)
        stack.callback(valkey.end)
        variables = _variables(address, cache, folder) | settings
        supervisor, port = stack.enter_context(_serving(folder / "log", variables))
        yield Stand(port, supervisor, address, filled, postgresql, valkey, folder / "log")


def _variables(address: str, cache: str, folder: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": address,
        "REDIS_URL": cache,
        "THINKALIKE_ENVIRONMENT": "production",
        "THINKALIKE_SECRET_KEY": content.SECRET,
        "THINKALIKE_ACCESS_TOKEN_MINUTES": str(content.MINUTES),
        "THINKALIKE_DATA_DIR": str(folder),
        "THINKALIKE_RATE_LIMITS": RATES,
    }


@contextmanager
def _serving(log: Path, variables: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Process and port. The log is a file: nobody would read a pipe."""
    command = [*processes.COMMAND, "serve", "--port", "0", "--workers", str(WORKERS)]
    with log.open("wb") as errors:
        server = subprocess.Popen(
            command,
            env=processes.CLEAN | variables,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    with server:  # which closes the pipe
        said = server.stdout.readline() if server.stdout else ""
        found = re.search(r"http://\S+?:(\d+)/", said)
        if not found:
            raise RuntimeError(f"The server did not start: {said}{log.read_text()}")
        try:
            yield server.pid, int(found[1])
        finally:
            server.terminate()


async def _database(place: str) -> tuple[str, int]:
    """A new one's address, and the process of the server."""
    connection = await asyncpg.connect(place.format(database="postgres"))
    await connection.execute("CREATE DATABASE chaos")
    postmaster = parent(connection.get_server_pid())
    await connection.close()
    return place.format(database="chaos"), postmaster


async def _answers(address: str) -> bool:
    with suppress(OSError, asyncpg.PostgresError):
        await (await asyncpg.connect(address)).close()
        return True
    return False


def _valkey(cache: str) -> Part:
    """It writes its title over the words it was started with."""
    with redis.Redis.from_url(cache) as connection:
        told = connection.info("server")
    socket = cache.removeprefix("unix://")
    again = [told["executable"], "--port", "0", "--unixsocket", socket, "--save", ""]
    return Part(told["process_id"], again, lambda: _pings(cache))


def _pings(cache: str) -> bool:
    with suppress(redis.RedisError), redis.Redis.from_url(cache) as connection:
        return bool(connection.ping())
    return False
