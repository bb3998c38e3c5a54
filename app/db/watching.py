"""Statements that SQLAlchemy runs, as an observer is told of them."""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, ExceptionContext, event
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.reading import Observer


class Watch:
    def __init__(self, observer: Observer, engine: AsyncEngine) -> None:
        self._observer = observer
        self._engine = engine.sync_engine
        self._listeners: dict[str, Callable[..., None]] = {
            "before_cursor_execute": self._before,
            "after_cursor_execute": self._after,
            "handle_error": self._failed,
        }
        for name, listener in self._listeners.items():
            event.listen(self._engine, name, listener)

    def stop(self) -> None:
        for name, listener in self._listeners.items():
            event.remove(self._engine, name, listener)

    def _before(
        self, connection: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any
    ) -> None:
        end = self._observer(statement, parameters)
        if end is not None:  # a connection runs one at a time
            connection.info[self] = end, time.perf_counter()

    def _after(self, connection: Connection, *_: Any) -> None:
        self._end(connection)

    def _failed(self, failure: ExceptionContext) -> None:
        if failure.connection is not None:
            self._end(failure.connection)

    def _end(self, connection: Connection) -> None:
        end, began = connection.info.pop(self, (None, 0.0))
        if end is not None:
            end(time.perf_counter() - began)
