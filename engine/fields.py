"""`batched`: a field whose loader receives all parents of a level at once.

    author: User | None = batched(load_author, description="Who wrote it.")

    async def load_author(items: list[Any], context: Context) -> list[Any]: ...

`load` takes the parents, the operation's context and the field's arguments, and answers with one
value for each parent, in their order; an exception in that list fails one parent, a raised one
all. Nothing is awaited where `load` is an ordinary function. Under graphql-core the field is a
DataLoader field; the context has to offer a dictionary `batches`, fresh for each operation.
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import strawberry
from strawberry.dataloader import DataLoader

LOAD = "engine.load"

Load = Callable[..., Awaitable[list[Any]]] | Callable[..., list[Any]]


class BatchContext(Protocol):
    batches: dict[Any, DataLoader[Any, Any]]


def batched(load: Load, *, description: str, **options: Any) -> Any:
    """A Strawberry field that `load` resolves for all parents of a level in one call.

    Its arguments are the parameters of `load` after the parents and the context; `options` are
    those of `strawberry.field`.
    """
    resolver = _one_by_one(load) if not inspect.iscoroutinefunction(load) else _together(load)
    _sign(resolver, load)
    return strawberry.field(
        resolver=resolver, description=description, metadata={LOAD: load}, **options
    )


def _together(load: Load) -> Callable[..., Any]:
    def resolver(root: Any, info: strawberry.Info[BatchContext, Any], **arguments: Any) -> Any:
        # One node of the document has the same arguments for every parent.
        key = (load, id(info._raw_info.field_nodes[0]))
        context = info.context
        loader = context.batches.get(key)
        if loader is None:

            async def load_all(parents: list[Any]) -> list[Any]:
                return _aligned(load, parents, await load(parents, context, **arguments))  # type: ignore[misc]

            loader = context.batches[key] = DataLoader(load_fn=load_all, cache=False)
        return loader.load(root)

    return resolver


def _one_by_one(load: Load) -> Callable[..., Any]:
    def resolver(root: Any, info: strawberry.Info[BatchContext, Any], **arguments: Any) -> Any:
        value = _aligned(load, [root], load([root], info.context, **arguments))[0]
        if isinstance(value, Exception):
            raise value
        return value

    return resolver


def _aligned(load: Load, parents: list[Any], values: Any) -> list[Any]:
    if len(values) != len(parents):
        raise RuntimeError(f"{load} answered {len(parents)} parents with {len(values)} values")
    return list(values)


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
