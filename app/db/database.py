import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy import Connection, Executable
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from app.db import engines
from app.db.failures import no_answer, reason, too_slow, unreachable
from app.db.reading import Observer, Reading, Rows
from app.db.watching import Watch
from app.errors import StartupError

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Pool:
    """Connections: at most, in use, open and not in use; and how many wait for one."""

    limit: int
    in_use: int
    idle: int
    waiting: int


class Database:
    """One SQLite file or one PostgreSQL database.

    SQLite has one connection that writes and several that cannot: a deferred transaction that
    turns into a write fails under concurrency, so a write begins as one (BEGIN IMMEDIATE).
    """

    def __init__(
        self, reader: AsyncEngine, writer: AsyncEngine, aside: AsyncEngine, timeout: float
    ) -> None:
        self.reader = reader
        self.writer = writer
        self._aside = aside
        # SQLAlchemy's pools let newcomers overtake those who wait, some of them for ever.
        self._readers = asyncio.Semaphore(engines.size(reader))
        self._writers = self._readers if self._one_pool else asyncio.Semaphore(engines.size(writer))
        self._asides = asyncio.Semaphore(engines.size(aside))
        self._reading = Reading(reader, self._readers, timeout)

    @classmethod
    def at(cls, address: str, *, pool: int = 10, timeout: float = 10.0) -> "Database":
        """The database at `address`; nothing is opened yet. `timeout` is seconds a statement.

        Raises StartupError for an address that names neither SQLite nor PostgreSQL.
        """
        url = engines.parse(address)
        if url.get_backend_name() == "sqlite":
            reader, aside = (engines.sqlite(url, size, timeout, write=False) for size in (pool, 1))
            return cls(reader, engines.sqlite(url, 1, timeout, write=True), aside, timeout)
        engine, aside = (engines.postgresql(url, size, timeout) for size in (pool, 1))
        reader = engine.execution_options(isolation_level="AUTOCOMMIT")
        return cls(reader, engine, aside, timeout)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.writer.dialect.name

    def fetch(
        self, statement: Executable, values: Mapping[str, Any] = _NOTHING
    ) -> Coroutine[Any, Any, Rows]:
        """All rows of one read, outside any transaction; `values` are of its named parameters.

        A statement that is kept and fetched again is not compiled again. Raises Unavailable.
        """
        return self._reading.fetch(statement, values)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One session, one transaction: committed at the end, undone by any exception.

        Raises Unavailable.
        """
        async with (
            self._place(self.writer),
            _answering(self.writer) as connection,
            AsyncSession(connection, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    async def run(self, work: Callable[[Connection], Any]) -> Any:
        """Run synchronous `work` (migrations) in one transaction on the writing connection."""
        async with self._place(self.writer), self.writer.begin() as connection:
            return await connection.run_sync(work)

    async def inspect(self, work: Callable[[Connection], Any]) -> Any:
        """Run synchronous `work` that only reads, waiting for no request."""
        async with self._looking() as connection:
            return await connection.run_sync(work)

    async def check(self) -> None:
        """Raises StartupError with the reason when the database does not answer."""
        try:
            async with self._looking() as connection:
                await connection.exec_driver_sql("SELECT 1")
        # Drivers answer a part of the address that they do not know with all kinds of errors.
        except (
            SQLAlchemyError, OSError, asyncpg.PostgresError, TypeError, ValueError, OverflowError
        ) as error:  # fmt: skip
            raise StartupError(f"The database at {self} does not answer: {reason(error)}") from None

    async def close(self) -> None:
        """Close every connection, once the statements under way have ended."""
        for engine in self._engines:
            # A pool forgets connections that are out; they would never be closed.
            places = self._places(engine)
            for _ in range(engines.size(engine)):
                await places.acquire()
            if places is self._readers:
                await self._reading.close()
            await engine.dispose()
            for _ in range(engines.size(engine)):
                places.release()

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Report every statement to `observer` until the returned function is called."""
        self._reading.observers.append(observer)
        watches = [Watch(observer, engine) for engine in self._engines]

        def stop() -> None:
            self._reading.observers.remove(observer)
            for watch in watches:
                watch.stop()

        return stop

    def pools(self) -> dict[str, Pool]:
        """How the connections are used: of SQLite those that read and the one that writes."""
        if self._one_pool:
            return {"all": self._pool(self.writer)}
        return {"reading": self._pool(self.reader), "writing": self._pool(self.writer)}

    def _pool(self, engine: AsyncEngine) -> Pool:
        places, limit = self._places(engine), engines.size(engine)
        in_use = limit - places._value
        waiting = sum(not one.done() for one in places._waiters or ())
        kept = self._reading.kept if places is self._readers else 0
        return Pool(limit, in_use, engines.idle(engine) + kept, waiting)

    @property
    def _engines(self) -> tuple[AsyncEngine, ...]:
        # PostgreSQL's reader is the writer with another isolation level, on the same pool.
        pools = (self.writer,) if self._one_pool else (self.reader, self.writer)
        return (*pools, self._aside)

    @property
    def _one_pool(self) -> bool:
        return self.reader.pool is self.writer.pool

    @asynccontextmanager
    async def _looking(self) -> AsyncIterator[AsyncConnection]:
        """A connection that reads; one of its own while the pool's are all in use, as a pool that
        is busy is no database that is away."""
        engine = self._aside if self._readers.locked() else self.reader
        async with self._place(engine), engine.connect() as connection:
            try:
                yield connection
            finally:
                if engine is self._aside:
                    await connection.invalidate()  # hours later it might be dead, and nobody know

    @asynccontextmanager
    async def _place(self, engine: AsyncEngine) -> AsyncIterator[None]:
        """A place in turn, and a connection for it in the engine's pool."""
        places = self._places(engine)
        async with places:
            if places is self._readers:
                await self._reading.make_room()
            yield

    def _places(self, engine: AsyncEngine) -> asyncio.Semaphore:
        if engine is self._aside:
            return self._asides
        return self._readers if engine is self.reader else self._writers

    def __str__(self) -> str:
        return (
            self.writer.url.render_as_string(hide_password=True)
            .replace("+asyncpg", "")
            .replace("+aiosqlite", "")
        )


@asynccontextmanager
async def _answering(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection; "the database does not answer" is told apart from our own mistakes."""
    try:
        connection = await engine.connect()
    except (SQLAlchemyError, OSError) as error:
        raise no_answer() from error
    try:
        yield connection
    except TimeoutError as error:
        raise too_slow() from error
    except DBAPIError as error:
        if not unreachable(error):
            raise
        raise no_answer() from error
    finally:
        await connection.close()
