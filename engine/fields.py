"""Fields that are resolved for all parents of a level at once.

    author: User | None = batched(load_author, description="Who wrote it.")

    @needs("author_id")
    async def load_author(items: list[Any], context: Context) -> list[Any]: ...

`load` takes the parents, the operation's context and the field's arguments, and answers with one
value for each parent, in their order; an exception in that list fails one parent, a raised one
all. Nothing is awaited where `load` is an ordinary function. Under graphql-core the field is a
DataLoader field; the context has to offer a dictionary `batches`, fresh for each operation.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Set
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar

import strawberry
from graphql import GraphQLField, GraphQLResolveInfo
from strawberry.dataloader import DataLoader

BATCH = "engine.batch"
GUARD = "engine.guard"

Load = Callable[..., Awaitable[list[Any]]] | Callable[..., list[Any]]
Check = Callable[[Any], None]
# What tells the arguments that a compiled field has in a run.
Below = Callable[[Any], dict[str, Any]]
# What chooses, for a run, the load of a field's finished output.
Choose = Callable[[Below], Load | None]
# From a compiled field to that.
Whole = Callable[[Any], Choose | None]
T = TypeVar("T")


class BatchContext(Protocol):
    """`alone`, where a context has it, is true while a load runs and nothing else of the operation
    does: it need not wait for others that ask for the same."""

    batches: dict[Any, DataLoader[Any, Any]]


class Watcher(Protocol):
    """A trace, for loads of an operation that has no plan."""

    def started(self, fields: list[str], name: str, parents: int, /) -> Callable[[], None]: ...


watching: ContextVar[Watcher | None] = ContextVar("watching", default=None)


def needs(*attributes: str) -> Callable[[T], T]:
    """Say which attributes of the parents a load reads, so that no others have to be fetched."""

    def decorate(load: T) -> T:
        load.needs = frozenset(attributes)  # type: ignore[attr-defined]
        return load

    return decorate


class Batch:
    """A load; `needs` are the attributes of the parents that it reads, None when not known.

    `whole` may offer another one, for what a plan selects below the field: see `batched`.
    """

    def __init__(self, load: Load, whole: Whole | None = None) -> None:
        self.load, self.whole = load, whole
        self.needs: frozenset[str] | None = getattr(load, "needs", None)
        self.at_once = not inspect.iscoroutinefunction(load)

    def aligned(self, parents: int, values: Any) -> list[Any]:
        """The values, one for each of so many parents. Raises RuntimeError, TypeError."""
        if isinstance(values, Mapping | Set | str | bytes):  # whose items are in no order of theirs
            name = type(values).__name__
            raise TypeError(f"{self.load.__qualname__} answered with {name!r}, not with a list")
        found = list(values)
        if len(found) != parents:
            raise RuntimeError(
                f"{self.load.__qualname__} answered {parents} parents with {len(found)} values"
            )
        return found


def batched(load: Load, *, description: str, whole: Whole | None = None, **options: Any) -> Any:
    """A Strawberry field that `load` resolves for all parents of a level in one call.

    Its arguments are the parameters of `load` after the parents and the context; `options` are
    those of `strawberry.field`.

    Of a field of the query type, `whole` is handed the compiled field with all that is selected
    below it, and may answer with a function that chooses a load for each run: of the same
    arguments, but its values are finished output, say, JSON that a database wrote. The one that
    chooses is given `below`, which tells the arguments of a field below, or raises what is wrong
    with them; where it answers None, the field is loaded as ever. The output has to be what the
    field would be otherwise, nulls and all, and is used where whoever executes the operation takes
    it (`Engine.execute`).
    """
    batch = Batch(load, whole)
    resolver = _one_by_one(batch) if batch.at_once else _together(batch)
    _sign(resolver, load)
    return strawberry.field(
        resolver=resolver, description=description, metadata={BATCH: batch}, **options
    )


def guard(field: GraphQLField, check: Check) -> None:
    """Let `check` see the context before the field does anything, once for all objects of a level;
    what it raises is the field's error."""
    resolve = field.resolve
    assert resolve

    def guarded(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        check(info.context)
        return resolve(source, info, **arguments)

    field.resolve = guarded
    field.extensions = {**field.extensions, GUARD: (guarded, check, resolve)}


def by_value(decide: Callable[[Any], T]) -> Callable[..., T]:
    """A `resolve_type` or `is_type_of` that looks at the value alone: no Info is made for it."""

    def decided(value: Any, *_: Any) -> T:
        return decide(value)

    decided.by_value = decide  # type: ignore[attr-defined]
    return decided


def _together(batch: Batch) -> Callable[..., Any]:
    def resolver(root: Any, info: strawberry.Info[BatchContext, Any], **arguments: Any) -> Any:
        # One node of the document has the same arguments for every parent.
        key = (batch, id(info._raw_info.field_nodes[0]))
        context = info.context
        loader = context.batches.get(key)
        if loader is None:
            place = f"{info._raw_info.parent_type.name}.{info._raw_info.field_name}"

            async def load_all(parents: list[Any]) -> list[Any]:
                trace = watching.get()
                count = len(parents)  # the list is the load's now
                end = trace.started([place], batch.load.__name__, count) if trace else None
                try:
                    values = await batch.load(parents, context, **arguments)  # type: ignore[misc]
                finally:
                    if end is not None:
                        end()
                return [_settable(one) for one in batch.aligned(count, values)]

            loader = context.batches[key] = DataLoader(load_fn=load_all, cache=False)
        return loader.load(root)

    return resolver


def _settable(value: Any) -> Any:
    """A future does not take this one exception, and whoever awaits it would wait for ever."""
    return RuntimeError(str(value)) if isinstance(value, StopIteration) else value


def _one_by_one(batch: Batch) -> Callable[..., Any]:
    def resolver(root: Any, info: strawberry.Info[BatchContext, Any], **arguments: Any) -> Any:
        value = batch.aligned(1, batch.load([root], info.context, **arguments))[0]
        if isinstance(value, Exception):
            raise value
        return value

    return resolver


def _sign(resolver: Callable[..., Any], load: Load) -> None:
    """Give the resolver the arguments of `load`, which Strawberry reads from its signature."""
    _parents, _context, *arguments = inspect.signature(load, eval_str=True).parameters.values()
    root, info, _ = inspect.signature(resolver).parameters.values()
    parameters = [root, info, *(_argument(parameter) for parameter in arguments)]
    resolver.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    resolver.__name__ = load.__name__
    resolver.__module__ = load.__module__


def _argument(parameter: inspect.Parameter) -> inspect.Parameter:
    # An argument that may be left out has no default in the schema, rather than `= null`.
    default = strawberry.UNSET if parameter.default is None else parameter.default
    return parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, default=default)
