"""Fields that one statement answers with all that is selected below them, as finished JSON.

What a load can do as a part of such a statement is said beside it, by its `edge`. A selection with
anything else in it is read level by level.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from graphql import GraphQLInt, GraphQLScalarType, is_enum_type
from sqlalchemy import BigInteger, Enum, Integer, String
from sqlalchemy.types import TypeEngine

from app.models.base import Moment
from app.selects import RESOURCES
from engine.fields import Load, Whole
from engine.plan.codegen import plain
from engine.plan.model import Field, Kind, Selection, Shape, Source
from loaders.trees import Column, Computed, Constant, Edge, Member, Tree
from loaders.whole import read_many, read_one
from resolvers.context import Context

MOST_MEMBERS = 50
"""Of an object: PostgreSQL's functions take a hundred arguments."""

MOST_LEVELS = 4
"""Of objects inside one another: SQLite before 3.46 parses no deeper statement."""

T = TypeVar("T")


class Unfit(Exception):  # noqa: N818 - no error: it is read in another way
    """What no single statement answers."""


def edge(of: Callable[..., Edge]) -> Callable[[T], T]:
    """Say what a load is in a statement, for the field's arguments; what it raises is left to the
    load itself."""

    def decorate(load: T) -> T:
        load.edge = of  # type: ignore[attr-defined]
        return load

    return decorate


def one(resource: str) -> Whole:
    """A row by its `id`."""

    def whole(field: Field) -> Load | None:
        tree = tree_of(resource, field.shape)
        if tree is None:
            return None

        async def load(parents: list[Any], context: Context, id: str) -> list[Any]:
            context.resources.metrics.loaded_whole()
            text = await read_one(context.load.scope, tree, id, media=context.media)
            return [None if text is None else orjson.Fragment(text)] * len(parents)

        return load

    return whole


def many(resource: str, part_of: Callable[..., Any]) -> Whole:
    """A list, of which `part_of` the field's arguments says which part: a `Many`."""

    def whole(field: Field) -> Load | None:
        tree = tree_of(resource, field.shape)
        if tree is None or _filters(field):
            return None

        async def load(parents: list[Any], context: Context, **arguments: Any) -> list[Any]:
            context.resources.metrics.loaded_whole()
            text = await read_many(
                context.load.scope, tree, part_of(**arguments), media=context.media
            )
            return [orjson.Fragment(text)] * len(parents)

        return load

    return whole


def _filters(field: Field) -> bool:
    """Whether each request may want another statement: making one takes longer than it saves."""
    return any(argument.name.value == "filter" for argument in field.nodes[0].arguments or ())


def tree_of(resource: str, shape: Shape) -> Tree | None:
    """What is selected of the rows of a resource; None when a statement cannot answer all of it."""
    try:
        return _tree(resource, shape, MOST_LEVELS)
    except Unfit:
        return None


def _tree(resource: str, shape: Shape, levels: int) -> Tree:
    if not levels:
        raise Unfit
    if shape.kind is Kind.LIST:
        assert shape.item
        if not shape.nonnull or not shape.item.nonnull:
            raise Unfit
        shape = shape.item
    selection = shape.selection
    if shape.kind is not Kind.OBJECT or selection is None or selection.check is not None:
        raise Unfit
    if len(selection.fields) > MOST_MEMBERS:
        raise Unfit
    members = (_member(resource, field, selection, levels) for field in selection.fields)
    return Tree(resource, tuple(members))


def _member(resource: str, field: Field, selection: Selection, levels: int) -> Member:
    if field.allowed is not None:
        raise Unfit
    if field.source is Source.TYPENAME:
        return Member(field.key, Constant(selection.type.name))
    if field.source is Source.ATTRIBUTE and field.shape.kind is Kind.LEAF:
        return Member(field.key, _column(resource, field.attribute, field.shape))
    edge = _edge(field)
    if isinstance(edge, Computed):
        return Member(field.key, edge)
    if field.shape.nonnull and field.shape.kind is not Kind.LIST:
        raise Unfit  # nothing promises that the row is there
    return Member(field.key, edge, _tree(edge.resource, field.shape, levels - 1))


def _edge(field: Field) -> Edge:
    of = getattr(field.batch and field.batch.load, "edge", None)
    arguments = field.arguments.constant
    if of is None or arguments is None:
        raise Unfit
    try:
        found: Edge = of(**arguments)
    except Exception:
        raise Unfit from None
    return found


def _column(resource: str, name: str, shape: Shape) -> Column:
    column = RESOURCES[resource].table.c.get(name)
    if column is None or (shape.nonnull and column.nullable):
        raise Unfit
    if isinstance(column.type, Moment) and shape.type.name == "DateTime":
        return Column(name, moment=True)
    if _alike(column.type, shape.type):
        return Column(name)
    raise Unfit


def _alike(stored: TypeEngine[Any], type: Any) -> bool:
    """Whether the database's JSON of a value is what GraphQL shows of it."""
    if isinstance(stored, Enum):
        return is_enum_type(type) and set(stored.enums) <= set(type.values)
    if isinstance(stored, String):
        return isinstance(type, GraphQLScalarType) and plain(type) is str
    if isinstance(stored, BigInteger):
        return plain(type) is int
    return isinstance(stored, Integer) and (type is GraphQLInt or plain(type) is int)
