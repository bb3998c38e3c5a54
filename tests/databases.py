"""Empty PostgreSQL databases: what a test used is emptied and used again, as making one takes fifty
times as long."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count

import asyncpg

TEMPLATE = "template"
BLOATED = 4_000_000  # bytes

ALONE = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
SIZE = """
    SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""
# What was made or changed, in any catalogue, has another oid or transaction; statistics, by which
# statements are planned, are made by ANALYZE alone, as the test server vacuums nothing by itself.
# What is not PostgreSQL's own begins at 16384.
SCHEMA = " UNION ALL ".join(
    [
        *(
            f"SELECT md5(string_agg(concat({row}), ' ' ORDER BY {row})) FROM {catalogue}"
            for catalogue, row in {
                "pg_attribute WHERE attrelid >= 16384 AND attnum > 0": (
                    "attrelid, attnum, attname, atttypid, attnotnull"
                ),
                "pg_class WHERE oid >= 16384": "oid, relname",
                "pg_constraint WHERE oid >= 16384": "oid, conname, convalidated",
                "pg_attrdef": "oid, adbin",
                "pg_proc WHERE oid >= 16384": "oid, prosrc",
                "pg_trigger": "oid, tgenabled",
                "pg_namespace": "oid, nspname",
                "pg_db_role_setting": "setdatabase, setconfig",
            }.items()
        ),
        "SELECT count(*)::text FROM pg_statistic WHERE starelid >= 16384",
        "SELECT version_num FROM alembic_version",
    ]
)
TABLES = """
    SELECT quote_ident(tablename) FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""
SEQUENCES = """
    SELECT setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL
"""


class Databases:
    """Copies of one migrated database, on a server whose `address` leaves the database open."""

    def __init__(self, address: str, migrate: Callable[[str], Awaitable[None]]) -> None:
        self._address = address
        self._migrate = migrate
        self._schema: list[asyncpg.Record] = []
        self._numbers = count(1)
        self._empty: list[str] = []
        self._kept: dict[str, asyncpg.Connection] = {}

    @asynccontextmanager
    async def one(self) -> AsyncIterator[str]:
        """The address of an empty database that is nobody else's meanwhile."""
        name = self._empty.pop() if self._empty else await self._made()
        yield self._at(name)  # after a failure nobody gives it back
        if await self._emptied(name):
            self._empty.append(name)
        else:
            if kept := self._kept.pop(name, None):
                await kept.close()
            await self._run(f"DROP DATABASE {name} WITH (FORCE)")

    async def close(self) -> None:
        for connection in self._kept.values():
            await connection.close()

    async def _made(self) -> str:
        if not self._schema:
            await self._run(f"CREATE DATABASE {TEMPLATE}")
            await self._migrate(self._at(TEMPLATE))
            async with self._connection(TEMPLATE) as template:
                self._schema = await template.fetch(SCHEMA)
        name = f"test_{next(self._numbers)}"
        await self._run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        return name

    async def _emptied(self, name: str) -> bool:
        """Whether it is as good as new: not when it has grown, or another schema."""
        connection = self._kept.get(name)
        if connection is None or connection.is_closed():  # as a test may have done
            # Kept, as a new one takes ten times as long to read the catalogues.
            connection = self._kept[name] = await asyncpg.connect(self._at(name))
        try:
            await connection.execute(ALONE)
            if await connection.fetchval(SIZE) > BLOATED:
                return False
            if await connection.fetch(SCHEMA) != self._schema:
                return False
            tables = [row[0] for row in await connection.fetch(TABLES)]
            deletes = "".join(f"DELETE FROM {table};" for table in tables)
            # in any order: replicas do not ask what refers to what
            await connection.execute(f"SET session_replication_role = replica;{deletes}{SEQUENCES}")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            return False  # a table is gone, or somebody ended the connection
        return True

    async def _run(self, statement: str) -> None:
        async with self._connection("postgres") as connection:
            await connection.execute(statement)

    @asynccontextmanager
    async def _connection(self, name: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self._at(name))
        try:
            yield connection
        finally:
            await connection.close()

    def _at(self, name: str) -> str:
        return self._address.format(database=name)
