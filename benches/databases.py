"""What is read: the same made-up content in PostgreSQL and in an SQLite file."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
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
    """Filled databases: `users` are some that have written 5 public items or more."""

    address: str
    sqlite: str
    postmaster: int
    version: str
    rows: dict[str, int]
    users: list[str]


@contextmanager
def filled(size: Size) -> Iterator[Data]:
    """A PostgreSQL server and an SQLite file with that much content; gone afterwards."""
    with (
        servers.postgresql(*SETTINGS) as address,
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
    ):
        asyncio.run(_execute(address.format(database="postgres"), "CREATE DATABASE bench"))
        bench, file = address.format(database="bench"), Path(folder, "bench.db")
        sqlite = f"sqlite:///{file}"
        _generate(size, bench, sqlite)
        asyncio.run(_execute(bench, "VACUUM ANALYZE"))
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("ANALYZE")
        yield asyncio.run(_data(bench, sqlite))


def _generate(size: Size, *addresses: str) -> None:
    """The same rows, as one seed makes the same everywhere, in all of them at once."""
    amounts = [f"--{name}={getattr(size, name)}" for name in Size.__slots__]
    command = [sys.executable, "cli.py", "generate", "--seed=1", *amounts]
    processes = [
        subprocess.Popen(
            command, stdout=subprocess.DEVNULL, env={**os.environ, "DATABASE_URL": address}
        )
        for address in addresses
    ]
    for process in processes:
        if process.wait():
            raise subprocess.CalledProcessError(process.returncode, command)


async def _execute(address: str, statement: str) -> None:
    connection = await asyncpg.connect(address)
    await connection.execute(statement)
    await connection.close()


async def _data(address: str, sqlite: str) -> Data:
    connection = await asyncpg.connect(address)
    users = await connection.fetch(
        """SELECT author_id FROM content_items WHERE status = 'PUBLISHED' AND published_at <= now()
        GROUP BY author_id HAVING count(*) >= 5 ORDER BY md5(author_id) LIMIT $1""",
        USERS,
    )
    data = Data(
        address,
        sqlite,
        parent(connection.get_server_pid()),
        await connection.fetchval("SHOW server_version"),
        {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES},
        [id for (id,) in users],
    )
    await connection.close()
    return data
