"""What loaders share: the operation that they serve, and one loader per question and arguments."""

from asyncio import CancelledError, Future, Task, get_running_loop, sleep
from collections.abc import Callable, Collection, Coroutine, Hashable, Iterable, Mapping
from typing import Any, TypeVar

from aiodataloader import DataLoader
from sqlalchemy import Executable

from app.db import Database, Rows
from app.pagination import Cursors
from app.permissions import Actor
from app.selects.sight import Sight, given
from loaders.batches import Batch, Wait

# A row of a read: columns as attributes. Which GraphQL type shows them is the resolvers' to say.
Row = Any

K = TypeVar("K")
V = TypeVar("V")
L = TypeVar("L", bound="Loader[Any, Any]")

# Is told of each batch: the name of its loader, and how many keys.
Counted = Callable[[str, int], None]

NOTHING_KNOWN: Mapping[str, frozenset[str]] = {}


class Scope:
    """What the loaders of one operation work with.

    `columns` are, by the name of a resource, the attributes of its rows that the operation reads;
    the rows of one that is not there are read whole. While only one asks at a time (`alone`),
    `many` does not wait for others.
    """

    def __init__(
        self,
        db: Database,
        actor: Actor,
        cursors: Cursors,
        columns: Mapping[str, frozenset[str]],
        counted: Counted | None = None,
    ) -> None:
        self.db = db
        self.counted = counted
        self.actor = actor
        self.cursors = cursors
        self.columns = columns
        self.alone = False
        # What statements are made for, and what they leave open of the actor.
        self.sight = Sight.of(actor)
        self._given = given(actor)

    def fetch(self, statement: Executable, **values: Any) -> Coroutine[Any, Any, Rows]:
        """The rows of a statement that was made for `sight`."""
        return self.db.fetch(statement, self._given | values)


class Loaders:
    """The loaders of one operation: fresh for each, so nothing outlives what its actor may see.

    They know the scope but not each other, so that what was read is freed with the last reference.
    """

    def __init__(
        self,
        db: Database,
        actor: Actor,
        cursors: Cursors,
        columns: Mapping[str, frozenset[str]] = NOTHING_KNOWN,
        counted: Counted | None = None,
    ) -> None:
        self.scope = Scope(db, actor, cursors, columns, counted)
        self._made: dict[Hashable, Loader[Any, Any]] = {}

    def __call__(self, question: type[L], *arguments: Hashable) -> L:
        """The loader of a question; the same arguments share one, and so one statement."""
        key = (question, arguments)
        loader = self._made.get(key)
        if loader is None:
            loader = self._made[key] = question(self.scope, *arguments)
        return loader  # type: ignore[return-value]


class Loader(DataLoader[K, V]):
    """Answers a list of keys with a list of values in the same order.

    All keys that are asked for in the same tick become one call of `batch_load_fn`, each key once;
    an exception that it raises goes to all who asked, one in its answer to those who asked for that
    key. What fails or is cancelled is forgotten, so that it is asked for again.
    """

    def __init__(self, scope: Scope) -> None:
        # Not aiodataloader's own: it looks at `batch_load_fn` anew for each operation.
        self.scope = scope
        # Values, where aiodataloader keeps a future for each key.
        self._cache: dict[Any, Any] = {}
        self._gathering: Batch | None = None
        self._under_way: list[Batch] = []

    def load(self, key: K) -> "Future[V]":
        """The value of one key; asked for at once, whenever it is awaited."""
        if key is None:
            raise TypeError("The key of a row is never None")
        waits = () if key in self._cache else self._ask((key,))
        task = get_running_loop().create_task(self._value(key, waits))
        task.add_done_callback(_seen)
        return task

    async def many(self, keys: Iterable[K | None]) -> list[V | None]:
        """The values of all keys in their order; None for a key that is None."""
        keys, known = list(keys), self._cache
        missing = [key for key in keys if key is not None and key not in known]
        if missing and self.scope.alone:
            await self._fetch(list(dict.fromkeys(missing)))
        elif missing:
            waits = self._ask(missing)
            try:
                for wait in waits:
                    await wait
            finally:
                for wait in waits:  # nobody waits for the rest
                    wait.cancel()
        return [None if key is None else known[key] for key in keys]

    def prime(self, key: K, value: V) -> "Loader[K, V]":
        self._cache.setdefault(key, value)
        return self

    async def _value(self, key: K, waits: Iterable[Wait]) -> V:
        for wait in waits:
            await wait
        value: V = self._cache[key]
        if isinstance(value, Exception):
            raise value
        return value

    def _ask(self, keys: Collection[K]) -> list[Wait]:
        """What to wait for until the values of these keys are known."""
        waits = []
        for batch in self._under_way:
            if not batch.left and not batch.keys.keys().isdisjoint(keys):
                waits.append(batch.wait())
                keys = [key for key in keys if key not in batch.keys]
        if keys:
            batch = self._gathering or self._gather()
            batch.keys.update(dict.fromkeys(keys))
            waits.append(batch.wait())
        return waits

    def _gather(self) -> Batch:
        """A batch for the keys from now on, until everybody who runs now has asked."""
        batch = self._gathering = Batch()
        batch.task = get_running_loop().create_task(self._answer(batch))
        return batch

    async def _answer(self, batch: Batch) -> None:
        # As long as aiodataloader gathers: those who are woken up together ask one after another.
        await sleep(0)
        self._gathering = None
        if batch.left:
            return
        self._under_way.append(batch)
        batch.begun = True
        try:
            await self._fetch(list(batch.keys))
        except Exception as error:
            batch.fail(error)
        except CancelledError:
            batch.cancel()
            raise
        else:
            batch.end()
        finally:
            self._under_way.remove(batch)

    async def _fetch(self, keys: list[K]) -> None:
        if self.scope.counted is not None:
            self.scope.counted(type(self).__name__, len(keys))
        values = await self.batch_load_fn(keys)
        self._cache.update(dict(zip(keys, values, strict=True)))


def _seen(task: "Task[Any]") -> None:
    """An error that nobody waited for is not worth a word: others were told the same."""
    if not task.cancelled():
        task.exception()
