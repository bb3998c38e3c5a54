"""Reads: a few connections that stay open, the one used last first, straight on their drivers."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlalchemy import Executable
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.drivers import Reader, reader
from app.db.engines import size
from app.db.failures import DRIVERS, interrupted, no_answer, too_slow, unreachable
from app.db.rows import Records
from app.db.statements import Statements, Values, is_planned_anew
from app.errors import Unavailable

# Rows are light: tuples whose columns are attributes, in the order of the statement.
Rows = Sequence[Any]

Done = Callable[[float], None]


class Observer(Protocol):
    """Is told of every statement before it runs; tests count with it.

    What it answers, if anything, is called with the seconds that the statement took.
    """

    def __call__(self, statement: str, parameters: Any, /) -> Done | None: ...


class Reading:
    """Takes its connections from the pool of `engine`, for whom there are `places` at a time."""

    def __init__(self, engine: AsyncEngine, places: asyncio.Semaphore, timeout: float) -> None:
        self.observers: list[Observer] = []
        self._engine = engine
        self._places = places
        self._timeout = timeout
        self._statements = Statements(engine.dialect)
        self._idle: list[Reader] = []

    async def fetch(self, statement: Executable, values: Values) -> Rows:
        anew = is_planned_anew(statement)
        async with self._places:
            reader = await self._reader(anew=anew)
            try:
                # Not before there was a connection: the dialect learns from the first one.
                prepared = self._statements[statement]
                arguments = prepared.filled(values)
                records = await self._records(reader, prepared.sql, arguments, anew=anew)
            except Unavailable:
                await _forget(reader)  # whatever became of it
                raise
            except BaseException:
                self._idle.append(reader)
                raise
            self._idle.append(reader)
        return prepared.rows(records)

    @property
    def kept(self) -> int:
        """Connections that are open and not in use."""
        return len(self._idle)

    async def make_room(self) -> None:
        """See to it that whoever has a place gets a connection of the engine's pool."""
        pool: Any = self._engine.pool
        while self._idle and pool.checkedout() >= size(self._engine):
            await self._idle.pop(0).connection.close()

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().connection.close()

    async def _reader(self, *, anew: bool) -> Reader:
        while self._idle:
            reader = self._next(anew=anew)
            if not reader.lost:
                return reader
            await _forget(reader)
        return await self._open()

    def _next(self, *, anew: bool) -> Reader:
        """The idle one used last of those that are set for it: to set another takes a question."""
        for place in range(len(self._idle) - 1, -1, -1):
            if self._idle[place].is_set_for(anew=anew):
                return self._idle.pop(place)
        return self._idle.pop()

    async def _open(self) -> Reader:
        try:
            connection = await self._engine.connect()
        except (SQLAlchemyError, OSError) as error:
            raise no_answer() from error
        try:
            return await reader(connection, self._timeout)
        except BaseException:
            await connection.close()
            raise

    async def _records(
        self, reader: Reader, sql: str, arguments: list[Any], *, anew: bool
    ) -> Records:
        if not self.observers:
            return await _asked(reader, sql, arguments, anew=anew)
        given = tuple(arguments)
        told = [observer(sql, given) for observer in self.observers]
        ends = [end for end in told if end is not None]
        began = time.perf_counter()
        try:
            return await _asked(reader, sql, arguments, anew=anew)
        finally:
            seconds = time.perf_counter() - began
            for end in ends:
                end(seconds)


async def _asked(reader: Reader, sql: str, arguments: list[Any], *, anew: bool) -> Records:
    """Raises Unavailable; DBAPIError for a mistake of ours."""
    try:
        if not reader.is_set_for(anew=anew):
            await reader.set_for(anew=anew)
        return await reader.fetch(sql, *arguments)
    except TimeoutError as error:
        raise too_slow() from error
    except DRIVERS as error:
        if interrupted(error):
            raise too_slow() from error
        if reader.lost or unreachable(error):
            raise no_answer() from error
        # Goes to the log with its text; what people wrote does not.
        raise DBAPIError(sql, None, error, hide_parameters=True) from error


async def _forget(reader: Reader) -> None:
    await reader.connection.invalidate()
    await reader.connection.close()
