"""The database's two doors: `fetch` for reads, `write` for one transaction."""

import asyncio
import math
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

import asyncpg
from sqlalchemy import URL, Connection, Executable, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from app.errors import StartupError, Unavailable

# Rows are light: columns as attributes, in the order of the statement.
Rows = Sequence[Any]

LOCK_TIMEOUT = 10.0

SQLITE_UNREACHABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_INTERRUPT,
}


class Observer(Protocol):
    """Is told of every statement; tests count with it."""

    def __call__(self, statement: str, parameters: Any) -> None: ...


class Database:
    """One SQLite file or one PostgreSQL database.

    SQLite has one connection that writes and several that cannot: a deferred transaction that
    turns into a write fails under concurrency, so a write begins as one (BEGIN IMMEDIATE).
    """

    def __init__(self, reader: AsyncEngine, writer: AsyncEngine) -> None:
        self.reader = reader
        self.writer = writer
        # SQLAlchemy's pools let newcomers overtake those who wait, some of them for ever.
        self._readers = asyncio.Semaphore(_size(reader))
        self._writers = self._readers if self._one_pool else asyncio.Semaphore(_size(writer))

    @classmethod
    def at(cls, address: str, *, pool: int = 10, timeout: float = 10.0) -> "Database":
        """The database at `address`; nothing is opened yet. `timeout` is seconds a statement.

        Raises StartupError for an address that names neither SQLite nor PostgreSQL.
        """
        url = parse(address)
        if url.get_backend_name() == "sqlite":
            return cls(
                _sqlite(url, pool, timeout, write=False), _sqlite(url, 1, timeout, write=True)
            )
        engine = _postgresql(url, pool, timeout)
        return cls(engine.execution_options(isolation_level="AUTOCOMMIT"), engine)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.writer.dialect.name

    async def fetch(self, statement: Executable) -> Rows:
        """All rows of one read, outside any transaction. Raises Unavailable."""
        async with _connected(self.reader, self._readers) as connection:
            return (await connection.execute(statement)).all()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One session, one transaction: committed at the end, undone by any exception.

        Raises Unavailable.
        """
        async with (
            _connected(self.writer, self._writers) as connection,
            AsyncSession(connection, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    async def run(self, work: Callable[[Connection], Any]) -> Any:
        """Run synchronous `work` (migrations) in one transaction on the writing connection."""
        async with self.writer.begin() as connection:
            return await connection.run_sync(work)

    async def inspect(self, work: Callable[[Connection], Any]) -> Any:
        """Run synchronous `work` that only reads, waiting for nobody who writes."""
        async with self.reader.connect() as connection:
            return await connection.run_sync(work)

    async def check(self) -> None:
        """Raises StartupError with the reason when the database does not answer."""
        try:
            async with self.reader.connect() as connection:
                await connection.exec_driver_sql("SELECT 1")
        # Drivers answer a part of the address that they do not know with all kinds of errors.
        except (
            SQLAlchemyError, OSError, asyncpg.PostgresError, TypeError, ValueError, OverflowError
        ) as error:  # fmt: skip
            raise StartupError(f"The database at {self} does not answer: {reason(error)}") from None

    async def close(self) -> None:
        """Close every connection, once the statements under way have ended."""
        places = {self.reader: self._readers, self.writer: self._writers}
        for engine in self._engines:
            # A pool forgets connections that are out; they would never be closed.
            for _ in range(_size(engine)):
                await places[engine].acquire()
            await engine.dispose()
            for _ in range(_size(engine)):
                places[engine].release()

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Report every statement to `observer` until the returned function is called."""

        def report(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            observer(statement, parameters)

        for engine in self._engines:
            event.listen(engine.sync_engine, "before_cursor_execute", report)

        def stop() -> None:
            for engine in self._engines:
                event.remove(engine.sync_engine, "before_cursor_execute", report)

        return stop

    @property
    def _engines(self) -> tuple[AsyncEngine, ...]:
        # PostgreSQL's reader is the writer with another isolation level, on the same pool.
        return (self.writer,) if self._one_pool else (self.reader, self.writer)

    @property
    def _one_pool(self) -> bool:
        return self.reader.pool is self.writer.pool

    def __str__(self) -> str:
        return (
            self.writer.url.render_as_string(hide_password=True)
            .replace("+asyncpg", "")
            .replace("+aiosqlite", "")
        )


def parse(address: str) -> URL:
    """The URL of an address with our driver for it.

    Raises StartupError when it cannot be understood or names another kind of database.
    """
    try:
        url = make_url(address)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        raise StartupError(
            "DATABASE_URL is not an address: expected postgresql://user:password@host/name "
            "or sqlite:///file"
        ) from None
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "postgresql": "postgresql+asyncpg",
        "postgres": "postgresql+asyncpg",
    }
    if backend not in drivers:
        raise StartupError(f"DATABASE_URL names {backend!r}: only postgresql and sqlite are served")
    if backend == "sqlite" and url.database in (None, "", ":memory:"):
        raise StartupError(
            "DATABASE_URL names no file: several connections cannot share SQLite's memory"
        )
    url = url.set(drivername=drivers[backend])
    if "sslmode" in url.query:  # libpq's word, which asyncpg calls `ssl`
        others = {name: value for name, value in url.query.items() if name != "sslmode"}
        url = url.set(query={**others, "ssl": url.query["sslmode"]})
    return url


def reason(error: BaseException) -> str:
    """What the driver said, on one line."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return " ".join(str(cause).split()).rpartition(">: ")[2] or type(cause).__name__


@asynccontextmanager
async def _connected(
    engine: AsyncEngine, places: asyncio.Semaphore
) -> AsyncIterator[AsyncConnection]:
    """A connection, in turn."""
    async with places, _answering(engine) as connection:
        yield connection


def _size(engine: AsyncEngine) -> int:
    pool = engine.pool
    assert isinstance(pool, AsyncAdaptedQueuePool)
    return pool.size()


@asynccontextmanager
async def _answering(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection; "the database does not answer" is told apart from our own mistakes."""
    try:
        connection = await engine.connect()
    except (SQLAlchemyError, OSError) as error:
        raise Unavailable("The database does not answer; try again later") from error
    try:
        yield connection
    except TimeoutError as error:
        raise Unavailable("The database took too long; try again later") from error
    except DBAPIError as error:
        if not _unreachable(error):
            raise
        raise Unavailable("The database does not answer; try again later") from error
    finally:
        await connection.close()


def _unreachable(error: DBAPIError) -> bool:
    """Whether a driver's error is about the database itself, not about a statement of ours."""
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorcode & 0xFF in SQLITE_UNREACHABLE
    return error.connection_invalidated or isinstance(error, InterfaceError | OperationalError)


def _sqlite(url: URL, pool: int, timeout: float, *, write: bool) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool,
        hide_parameters=True,  # errors go to the log, what people wrote does not
        max_overflow=0,
        # How long to wait for another process that writes.
        connect_args={"timeout": min(timeout, LOCK_TIMEOUT)},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        if not write:
            cursor.execute("PRAGMA query_only=ON")
            deadline = record.info["deadline"] = [math.inf]
            # Cancelling does not stop a statement; this does, asked every 10,000 steps of it.
            late = lambda: time.monotonic() > deadline[0]  # noqa: E731
            connection.run_async(lambda raw: raw.set_progress_handler(late, 10_000))
        cursor.close()

    if write:

        @event.listens_for(engine.sync_engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    else:

        @event.listens_for(engine.sync_engine, "before_cursor_execute")
        def set_deadline(connection: Connection, *_: Any) -> None:
            connection.info["deadline"][0] = time.monotonic() + timeout

    return engine


def _postgresql(url: URL, pool: int, timeout: float) -> AsyncEngine:
    # JIT pays for reports, not for statements of a millisecond.
    server = {"application_name": "thinkalike", "jit": "off", "timezone": "UTC"}
    return create_async_engine(
        url,
        pool_size=pool,
        hide_parameters=True,  # errors go to the log, what people wrote does not
        max_overflow=0,
        pool_pre_ping=False,
        pool_timeout=timeout,
        connect_args={"command_timeout": timeout, "timeout": timeout, "server_settings": server},
    )
