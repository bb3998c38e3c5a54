"""A connection for reads as its driver has it, without SQLAlchemy in between."""

import asyncio
import math
import sqlite3
import time
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import aiosqlite
import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.rows import Records


class Reader(Protocol):
    """`fetch(sql, *arguments)` answers with records that have `keys()`.

    Cancelled, it stops the statement; the reader may be used again at once.
    """

    @property
    def connection(self) -> AsyncConnection: ...

    @property
    def fetch(self) -> Callable[..., Coroutine[Any, Any, Records]]: ...

    @property
    def lost(self) -> bool: ...

    def is_set_for(self, *, anew: bool) -> bool:
        """Whether it plans statements as it should those that are, or are not, planned anew."""

    async def set_for(self, *, anew: bool) -> None: ...


class PostgreSQLReader:
    """asyncpg prepares each text once, has time limits, and cancels at the server by itself."""

    def __init__(self, connection: AsyncConnection, driver: asyncpg.Connection) -> None:
        self.connection = connection
        self.fetch = driver.fetch
        self._closed = driver.is_closed
        self._anew: bool | None = None  # as whoever had the connection before has left it

    @property
    def lost(self) -> bool:
        return bool(self._closed())

    def is_set_for(self, *, anew: bool) -> bool:
        return self._anew is anew

    async def set_for(self, *, anew: bool) -> None:
        self._anew = None
        await self.fetch(f"SET plan_cache_mode = {'force_custom_plan' if anew else 'auto'}")
        self._anew = anew


class SQLiteReader:
    """One hop to the thread of the connection for each statement."""

    lost = False

    def __init__(
        self, connection: AsyncConnection, driver: aiosqlite.Connection, seconds: float
    ) -> None:
        self.connection = connection
        self._run: Any = driver._execute
        self._raw = driver._conn
        # What the progress handler looks at.
        self._deadline: list[float] = connection.info["deadline"]
        self._seconds = seconds

    def is_set_for(self, *, anew: bool) -> bool:  # noqa: ARG002 - it plans when it prepares a text
        return True

    async def set_for(self, *, anew: bool) -> None: ...

    async def fetch(self, sql: str, *arguments: Any) -> Records:
        wanted = [True]
        try:
            return await self._run(self._fetch, wanted, sql, arguments)  # type: ignore[no-any-return]
        except asyncio.CancelledError:
            # It has not begun, or is about to, or runs: one for each.
            wanted[0] = False
            self._deadline[0] = -math.inf
            self._raw.interrupt()
            raise

    def _fetch(self, wanted: list[bool], sql: str, arguments: tuple[Any, ...]) -> Records:
        self._deadline[0] = time.monotonic() + self._seconds
        cursor = self._raw.cursor()
        cursor.row_factory = sqlite3.Row
        return cursor.execute(sql, arguments).fetchall() if wanted[0] else []


async def reader(connection: AsyncConnection, seconds: float) -> Reader:
    """A reader on a connection of SQLAlchemy's, with `seconds` for each statement."""
    driver: Any = (await connection.get_raw_connection()).driver_connection
    if connection.dialect.name == "sqlite":
        return SQLiteReader(connection, driver, seconds)
    return PostgreSQLReader(connection, driver)
