"""From the values of one field, of all objects of a level, to their output.

Completing Values (https://spec.graphql.org/October2021/#sec-Value-Completion), with graphql-core's
functions for leaves and runtime types.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from types import NoneType
from typing import Any

from graphql import GraphQLError

from engine import adapter
from engine.plan.model import (
    Failure,
    Field,
    Kind,
    Paths,
    Selection,
    Shape,
    State,
    UnexpectedValueError,
)

Values = Sequence[Any]

MOST_SEEN = 64
"""Python types that a shape remembers: those of rows may be made anew for ever."""


def complete(values: Values, shape: Shape, field: Field, state: State, paths: Paths) -> list[Any]:
    """One output for each value; `paths` are the values' own, or None where nobody asks."""
    if shape.kind is Kind.LEAF:
        usual = shape.plain
        return [v if type(v) is usual else complete_leaf(v, shape, field, state) for v in values]
    if not values:  # or else what is below would be loaded for nobody
        return []
    types = set(map(type, values))
    if types <= shape.seen or _all_usual(types, shape):
        return _COMPLETE[shape.kind](values, shape, field, state, paths)
    if types - shape.seen == _ONLY_NULLS and not shape.nonnull:
        places = [place for place, value in enumerate(values) if value is not None]
        live = [values[place] for place in places]
        done = complete(live, shape, field, state, _at(paths, places))
        return _put_back(done, places, [None] * len(values))
    return _sorted_out(values, shape, field, state, paths)


def complete_leaf(value: Any, shape: Shape, field: Field, state: State) -> Any:
    if value is None or value is adapter.Undefined:
        return null(shape, field, state)
    if type(value) is Failure:
        return value
    if isinstance(value, Exception):
        return state.fail(value, field.nodes)
    if state.is_awaitable(value):
        raise UnexpectedValueError("an awaitable leaf")
    try:
        return state.executor.complete_leaf_value(shape.type, value)
    except Exception as error:
        return state.fail(error, field.nodes)


def null(shape: Shape, field: Field, state: State) -> Failure | None:
    return state.fail(TypeError(field.null), field.nodes) if shape.nonnull else None


_ONLY_NULLS = {NoneType}


# --- Nulls, errors and odd values ----------------------------------------------------------------


def _all_usual(types: set[type], shape: Shape) -> bool:
    """Whether values of these types need no second look; remembers those that do not."""
    usual = {one for one in types - shape.seen if _is_usual(one, shape)}
    if len(shape.seen) < MOST_SEEN:
        shape.seen |= usual
    return types <= shape.seen | usual


def _is_usual(one: type, shape: Shape) -> bool:
    if one is NoneType or one is Failure or one is type(adapter.Undefined):
        return False
    if issubclass(one, Exception) or hasattr(one, "__await__"):
        return False
    # A generator may be what `@types.coroutine` made: an awaitable.
    return one in _LISTS if shape.kind is Kind.LIST else one is not _GENERATOR


# What iterates as it is indexed; a subclass may do otherwise.
_LISTS = (list, tuple)
_GENERATOR = type(_ for _ in ())


def _sorted_out(
    values: Values, shape: Shape, field: Field, state: State, paths: Paths
) -> list[Any]:
    """Take out what is null, wrong or odd, complete the rest together, put it back."""
    outs: list[Any] = [None] * len(values)
    live: list[Any] = []
    places: list[int] = []
    for place, value in enumerate(values):
        if value is None or value is adapter.Undefined:
            outs[place] = null(shape, field, state)
        elif type(value) is Failure:
            outs[place] = value
        elif isinstance(value, Exception):
            outs[place] = state.fail(value, field.nodes)
        elif state.is_awaitable(value):
            raise UnexpectedValueError("an awaitable value")
        elif shape.kind is Kind.LIST and type(value) not in _LISTS:
            found = listed(value, field, state)
            if type(found) is Failure:
                outs[place] = found
            else:
                live.append(found)
                places.append(place)
        else:
            live.append(value)
            places.append(place)
    if live:
        done = _COMPLETE[shape.kind](live, shape, field, state, _at(paths, places))
        _put_back(done, places, outs)
    return outs


def listed(value: Any, field: Field, state: State) -> list[Any] | Failure:
    if state.executor.is_async_iterable(value):
        raise UnexpectedValueError("an async iterable")
    if not adapter.is_iterable(value):
        message = (
            f"Expected Iterable, but did not find one for field '{field.parent}.{field.name}'."
        )
        return state.fail(GraphQLError(message), field.nodes)
    try:
        return list(value)
    except Exception as error:
        return state.fail(error, field.nodes)


def _put_back(done: Iterable[Any], places: Iterable[int], outs: list[Any]) -> list[Any]:
    for place, out in zip(places, done, strict=True):
        outs[place] = out
    return outs


def _at(paths: Paths, places: Iterable[int]) -> Paths:
    return None if paths is None else [paths[place] for place in places]


# --- Lists ---------------------------------------------------------------------------------------


def _lists(values: Values, shape: Shape, field: Field, state: State, paths: Paths) -> list[Any]:
    """All items of all lists are completed together."""
    item = shape.item
    assert item
    below = None
    if item.paths and paths is not None:
        below = [
            adapter.Path(path, place, None)
            for path, value in zip(paths, values, strict=True)
            for place in range(len(value))
        ]
    if len(values) == 1:
        return [complete(values[0], item, field, state, below)]
    flat = complete(list(chain.from_iterable(values)), item, field, state, below)
    outs, end = [], 0
    for value in values:
        start, end = end, end + len(value)
        outs.append(flat[start:end])
    return outs


# --- Objects -------------------------------------------------------------------------------------


def _objects(values: Values, shape: Shape, field: Field, state: State, paths: Paths) -> list[Any]:
    selection = shape.selection
    assert selection
    return _selected(values, selection, field, state, paths)


def _selected(
    values: Values, selection: Selection, field: Field, state: State, paths: Paths
) -> list[Any]:
    """Rows of objects that are of the selection's type, errors for those that say they are not."""
    check = selection.check
    if check is None or _all_are(getattr(check, "by_value", None), values):
        return selection.read(values, state, paths)
    outs = [
        _mismatch(check, value, selection, field, paths and paths[place], state)
        for place, value in enumerate(values)
    ]
    places = [place for place, out in enumerate(outs) if out is None]
    rows = selection.read([values[place] for place in places], state, _at(paths, places))
    return _put_back(rows, places, outs)


def _all_are(check: Any, values: Values) -> bool:
    """By their values alone; what the check raises is told by the one value that makes it."""
    try:
        return check is not None and all(map(check, values))
    except Exception:
        return False


def _mismatch(
    check: Any, value: Any, selection: Selection, field: Field, path: Any, state: State
) -> Failure | None:
    try:
        is_one = check(value, made_info(field, path, state))
    except Exception as error:
        return state.fail(error, field.nodes)
    if state.is_awaitable(is_one):
        raise UnexpectedValueError("an awaitable is_type_of")
    return None if is_one else state.fail(_not_of(selection, value, field), field.nodes)


def _not_of(selection: Selection, value: Any, field: Field) -> GraphQLError:
    found = adapter.inspect(value)
    return GraphQLError(f"Expected value of type '{selection.type}' but got: {found}.", field.nodes)


def _abstract(values: Values, shape: Shape, field: Field, state: State, paths: Paths) -> list[Any]:
    """Objects by their runtime type, each type's together."""
    outs: list[Any] = [None] * len(values)
    groups: dict[str, list[int]] = {}
    decide = shape.type.resolve_type or state.executor.type_resolver
    by_value = getattr(decide, "by_value", None)
    for place, value in enumerate(values):
        path = paths and paths[place]
        try:
            name = by_value(value) if by_value else None
            if name not in shape.possible:
                name = _runtime_type(decide, value, shape, field, path, state)
            groups.setdefault(name, []).append(place)
        except UnexpectedValueError:
            raise
        except Exception as error:
            outs[place] = state.fail(error, field.nodes)
    for name, places in groups.items():
        selection = shape.possible[name]
        live = [values[place] for place in places]
        rows = _selected(live, selection, field, state, _at(paths, places))
        state.abstract.append((rows, selection))
        _put_back(rows, places, outs)
    return outs


def _runtime_type(
    decide: Any, value: Any, shape: Shape, field: Field, path: Any, state: State
) -> str:
    """The name of the type. Raises UnexpectedValueError, and what graphql-core raises."""
    info = made_info(field, path, state)
    name = decide(value, info, shape.type)
    if state.is_awaitable(name):
        raise UnexpectedValueError("an awaitable resolve_type")
    valid = state.executor.ensure_valid_runtime_type(name, shape.type, field.details, info, value)
    found: str = valid.name
    return found


def made_info(field: Field, path: Any, state: State) -> Any:
    """What a resolver is told of its field: GraphQLResolveInfo, whatever item of a list it is."""
    while path is not None and type(path.key) is int:
        path = path.prev
    return state.executor.build_resolve_info(field.definition, field.nodes, field.parent, path)


_COMPLETE = {Kind.LIST: _lists, Kind.OBJECT: _objects, Kind.ABSTRACT: _abstract}
