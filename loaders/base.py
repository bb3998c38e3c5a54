"""What loaders share: the operation that they serve, and one loader per question and arguments."""

from asyncio import Future
from collections.abc import Hashable, Iterable
from typing import Any, TypeVar

from aiodataloader import DataLoader

from app.db import Database
from app.pagination import Cursors
from app.permissions import Actor

# A row of a read: columns as attributes. Which GraphQL type shows them is the resolvers' to say.
Row = Any

K = TypeVar("K")
V = TypeVar("V")
L = TypeVar("L", bound="Loader[Any, Any]")


class Loaders:
    """The loaders of one operation: fresh for each, so nothing outlives what its actor may see."""

    def __init__(self, db: Database, actor: Actor, cursors: Cursors) -> None:
        self.db = db
        self.actor = actor
        self.cursors = cursors
        self._made: dict[Hashable, Loader[Any, Any]] = {}

    def __call__(self, question: type[L], *arguments: Hashable) -> L:
        """The loader of a question; the same arguments share one, and so one statement."""
        key = (question, arguments)
        loader = self._made.get(key)
        if loader is None:
            loader = self._made[key] = question(self, *arguments)
        return loader  # type: ignore[return-value]


class Loader(DataLoader[K, V]):
    """Answers a list of keys with a list of values in the same order."""

    def __init__(self, scope: Loaders) -> None:
        super().__init__()
        self.scope = scope

    def load(self, key: K) -> "Future[V]":
        # A cancelled request leaves its cancelled future in the cache, for ever after.
        kept = self._cache.get(self.get_cache_key(key))
        if kept is not None and kept.cancelled():
            self.clear(key)
        return super().load(key)

    async def many(self, keys: Iterable[K | None]) -> list[V | None]:
        """The values of all keys in their order; None for a key that is None."""
        futures = [None if key is None else self.load(key) for key in keys]
        try:
            return [None if future is None else await future for future in futures]
        except Exception:
            for future in futures:  # one failure is told; the others are the same and count as seen
                if future is not None and future.done() and not future.cancelled():
                    future.exception()
            raise
