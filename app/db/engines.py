"""The engines behind an address: drivers, pools and what each connection is told first."""

import math
import sqlite3
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from app.errors import StartupError

LOCK_TIMEOUT = 10.0


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


def size(engine: AsyncEngine) -> int:
    """How many connections an engine has at most."""
    pool = engine.pool
    assert isinstance(pool, AsyncAdaptedQueuePool)
    return pool.size()


def idle(engine: AsyncEngine) -> int:
    """How many connections are open in an engine's pool and with nobody."""
    pool = engine.pool
    assert isinstance(pool, AsyncAdaptedQueuePool)
    return pool.checkedin()


class Released(sqlite3.Connection):
    """One that, closed, holds no lock. SQLite keeps what is closed, with its transaction, as long
    as there is a cursor in the middle of its rows, such as a cancelled statement's, which nobody
    ends before the garbage collector comes: nothing could be written until then."""

    def close(self) -> None:
        with suppress(sqlite3.Error):  # such as one that was closed before
            self.rollback()
        super().close()


def sqlite(url: URL, pool: int, timeout: float, *, write: bool) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool,
        hide_parameters=True,  # errors go to the log, what people wrote does not
        max_overflow=0,
        # How long to wait for another process that writes.
        connect_args={"timeout": min(timeout, LOCK_TIMEOUT), "factory": Released},
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


def postgresql(url: URL, pool: int, timeout: float) -> AsyncEngine:
    # JIT pays for reports, not for statements of a millisecond.
    server = {"application_name": "thinkalike", "jit": "off", "timezone": "UTC"}
    engine = create_async_engine(
        url,
        pool_size=pool,
        hide_parameters=True,  # errors go to the log, what people wrote does not
        max_overflow=0,
        pool_pre_ping=False,
        pool_timeout=timeout,
        connect_args={"command_timeout": timeout, "timeout": timeout, "server_settings": server},
    )

    @event.listens_for(engine.sync_engine, "checkout")
    def replace_lost(connection: Any, _record: Any, _proxy: Any) -> None:
        # The driver knows without asking; a restart of the server ends all that nobody used.
        if connection.driver_connection.is_closed():
            raise DisconnectionError("The connection is closed")  # the pool opens another

    return engine
