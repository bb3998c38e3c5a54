"""What drivers' errors mean: the database is not there, or we asked for nonsense."""

import sqlite3

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from app.errors import Unavailable

SQLITE_UNREACHABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_INTERRUPT,
}
# The details of its errors hold what people wrote ("Failing row contains (…)"), and errors go to
# the log.
asyncpg.PostgresError.__str__ = lambda error: str(error.args[0] if error.args else "")

# What a driver itself raises; a connection that is lost shows in all ways to asyncpg.
DRIVERS = (
    sqlite3.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)

_POSTGRESQL_UNREACHABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InternalClientError,
    OSError,
)


def unreachable(error: BaseException | None) -> bool:
    """Whether a driver's error is about the database itself, not about a statement of ours."""
    if isinstance(error, DBAPIError):
        known = error.connection_invalidated or isinstance(error, InterfaceError | OperationalError)
        return unreachable(error.orig) if isinstance(error.orig, sqlite3.Error) else known
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in SQLITE_UNREACHABLE
    if isinstance(error, asyncpg.InterfaceError):  # a value of the wrong type is one, too
        return not isinstance(error, ValueError)
    return isinstance(error, _POSTGRESQL_UNREACHABLE)


def interrupted(error: BaseException) -> bool:
    """Whether SQLite stopped a statement because its time was over."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_INTERRUPT


def no_answer() -> Unavailable:
    return Unavailable("The database does not answer; try again later")


def too_slow() -> Unavailable:
    return Unavailable("The database took too long; try again later")


def reason(error: BaseException) -> str:
    """What the driver said, on one line."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return " ".join(str(cause).split()).rpartition(">: ")[2] or type(cause).__name__
