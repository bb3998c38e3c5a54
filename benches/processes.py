"""What is measured: PostgreSQL with made-up content, and three servers that read it."""

import asyncio
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from benches.cpu import parent
from tests import servers

# Plain reading: no clean-up at its own time, no compiling of statements of a millisecond.
SETTINGS = ("shared_buffers=512MB", "autovacuum=off", "jit=off")
TABLES = ("users", "media", "content_items", "tags", "content_tags")
USERS = 100


@dataclass(frozen=True, slots=True)
class Size:
    users: int
    items: int
    media: int
    tags: int


@dataclass(frozen=True, slots=True)
class Data:
    """A filled database: `users` are some that have written 5 public items or more."""

    address: str
    postmaster: int
    version: str
    rows: dict[str, int]
    users: list[str]


@dataclass(frozen=True, slots=True)
class Server:
    name: str
    port: int
    pid: int


APPLICATIONS = {
    "ours": ("--factory", "asgi:create"),
    "sql": ("benches.reference_sql:app",),
    "strawberry": ("benches.reference_strawberry:app",),
}


@contextmanager
def filled(size: Size) -> Iterator[Data]:
    """A PostgreSQL server with that much content; gone afterwards."""
    with servers.postgresql(*SETTINGS) as address:
        asyncio.run(_execute(address.format(database="postgres"), "CREATE DATABASE bench"))
        bench = address.format(database="bench")
        amounts = [f"--{name}={getattr(size, name)}" for name in Size.__slots__]
        subprocess.run(
            [sys.executable, "cli.py", "generate", "--seed=1", *amounts],
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "DATABASE_URL": bench},
        )
        asyncio.run(_execute(bench, "VACUUM ANALYZE"))
        yield asyncio.run(_data(bench))


async def _execute(address: str, statement: str) -> None:
    connection = await asyncpg.connect(address)
    await connection.execute(statement)
    await connection.close()


async def _data(address: str) -> Data:
    connection = await asyncpg.connect(address)
    users = await connection.fetch(
        """SELECT author_id FROM content_items WHERE status = 'PUBLISHED' AND published_at <= now()
        GROUP BY author_id HAVING count(*) >= 5 ORDER BY md5(author_id) LIMIT $1""",
        USERS,
    )
    data = Data(
        address,
        parent(connection.get_server_pid()),
        await connection.fetchval("SHOW server_version"),
        {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES},
        [id for (id,) in users],
    )
    await connection.close()
    return data


@contextmanager
def serving(data: Data) -> Iterator[list[Server]]:
    """The servers, each one uvicorn process with the settings of production."""
    with ExitStack() as stack:
        started = [stack.enter_context(_started(name, data)) for name in APPLICATIONS]
        for server, process, log in started:
            if not _reached(process, server.port):
                raise RuntimeError(f"{server.name} did not start:\n{log.read_text()}")
        yield [server for server, _, _ in started]


@contextmanager
def _started(name: str, data: Data) -> Iterator[tuple[Server, subprocess.Popen[bytes], Path]]:
    """A server that may not be ready yet, its process and its log."""
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        log = Path(folder, "log")
        environment = {
            **os.environ,
            "DATABASE_URL": data.address,
            "THINKALIKE_ENVIRONMENT": "production",
            "THINKALIKE_SECRET_KEY": secrets.token_hex(),
            "THINKALIKE_DATA_DIR": folder,
        }
        with log.open("wb") as written:
            process = subprocess.Popen(
                [sys.executable, "-m", "uvicorn", *APPLICATIONS[name], f"--port={port}",
                 "--loop=uvloop", "--http=httptools", "--no-access-log", "--log-level=warning"],
                env=environment, stdout=written, stderr=written,
            )  # fmt: skip
        try:
            yield Server(name, port, process.pid), process, log
        finally:
            _end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _reached(process: subprocess.Popen[bytes], port: int, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
