"""Fields that one statement answers with all that is selected below them, as finished JSON.

What a load can do as a part of such a statement is said beside it, by its `edge`. A selection with
anything else in it is read level by level.
"""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import orjson
from graphql import GraphQLInt, GraphQLScalarType, is_enum_type
from sqlalchemy import BigInteger, Enum, Integer, String
from sqlalchemy.types import TypeEngine

from app.models.base import Moment
from app.selects import RESOURCES
from engine.fields import Below, Choose, Load, Whole
from engine.plan.codegen import plain
from engine.plan.model import Field, Kind, Selection, Shape, Source
from loaders.trees import Column, Computed, Constant, Edge, Member, Tree
from loaders.whole import read_many, read_one
from resolvers.context import Context

MOST_MEMBERS = 50
"""Of an object: PostgreSQL's functions take a hundred arguments."""

MOST_LEVELS = 4
"""Of objects inside one another: SQLite before 3.46 parses no deeper statement."""

MOST_TREES = 16
"""Of a field below which arguments have variables: there are few sizes and orders."""

MOST_SIGHTS = 200
"""Of other values for them, of which it is known how often they were met."""

SIGHTS = 8
"""Of the same values before a tree is made of them: its statement takes as long to make as it saves
in about as many runs."""

T = TypeVar("T")
Find = Callable[[Field], Edge]


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

    async def load(tree: Tree, parents: list[Any], context: Context, id: str) -> list[Any]:
        context.resources.metrics.loaded_whole += 1
        text = await read_one(context.load.scope, tree, id, media=context.media)
        return [None if text is None else orjson.Fragment(text)] * len(parents)

    return lambda field: _choice(resource, field, load)


def many(resource: str, part_of: Callable[..., Any]) -> Whole:
    """A list, of which `part_of` the field's arguments says which part: a `Many`."""

    async def load(tree: Tree, parents: list[Any], context: Context, **arguments: Any) -> list[Any]:
        context.resources.metrics.loaded_whole += 1
        text = await read_many(context.load.scope, tree, part_of(**arguments), media=context.media)
        return [orjson.Fragment(text)] * len(parents)

    return lambda field: None if _filters(field) else _choice(resource, field, load)


def _choice(resource: str, field: Field, load: Callable[..., Any]) -> Choose | None:
    """What chooses a tree for each run; None when no statement answers all that is selected."""
    try:
        trees = Trees(resource, field.shape)
    except Unfit:
        return None

    def choose(below: Below) -> Load | None:
        tree = trees.of(below)
        return None if tree is None else partial(load, tree)

    return choose


class Trees:
    """What is selected of the rows of a resource, by what its edges are in a run. Raises Unfit.

    One that depends on variables is made once the same was asked for often enough, and forgotten
    when that is not asked for any more.
    """

    def __init__(self, resource: str, shape: Shape) -> None:
        self._resource, self._shape = resource, shape
        self._varied: dict[Field, Callable[..., Edge]] = {}
        self._made: OrderedDict[tuple[Edge, ...], Tree] = OrderedDict()
        self._met: OrderedDict[tuple[Edge, ...], int] = OrderedDict()  # how often
        first = _tree(resource, shape, MOST_LEVELS, self._edge)
        self._only = None if self._varied else first

    def of(self, below: Below) -> Tree | None:
        """None for what is not met often, and where arguments below are wrong."""
        if self._only is not None:
            return self._only
        try:
            edges = tuple(of(**below(field)) for field, of in self._varied.items())
        except Exception:
            return None  # is told where the field is loaded, if it is
        tree = self._made.get(edges)
        if tree is not None:
            self._made.move_to_end(edges)
        elif self._met.get(edges, 0) < SIGHTS:
            self._met[edges] = self._met.pop(edges, 0) + 1
            _bound(self._met, MOST_SIGHTS)
        else:
            del self._met[edges]
            tree = self._made[edges] = self._with(edges)
            _bound(self._made, MOST_TREES)
        return tree

    def _with(self, edges: tuple[Edge, ...]) -> Tree:
        chosen = dict(zip(self._varied, edges, strict=True))

        def find(field: Field) -> Edge:
            return chosen.get(field) or self._edge(field)

        return _tree(self._resource, self._shape, MOST_LEVELS, find)

    def _edge(self, field: Field) -> Edge:
        """As it always is, or, where that depends on the run, would be without arguments."""
        of = getattr(field.batch and field.batch.load, "edge", None)
        if of is None or _filters(field):
            raise Unfit
        arguments = field.arguments.constant
        if arguments is None:
            self._varied[field] = of
        try:
            found: Edge = of(**arguments or {})
        except Exception:
            raise Unfit from None
        return found


def _bound(known: OrderedDict[Any, Any], most: int) -> None:
    """Forget what was not used for longest, where that is one too many."""
    if len(known) > most:
        known.popitem(last=False)


def _filters(field: Field) -> bool:
    """Whether each request may want another statement: making one takes longer than it saves."""
    return any(argument.name.value == "filter" for argument in field.nodes[0].arguments or ())


def _tree(resource: str, shape: Shape, levels: int, find: Find) -> Tree:
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
    members = (_member(resource, field, selection, levels, find) for field in selection.fields)
    return Tree(resource, tuple(members))


def _member(resource: str, field: Field, selection: Selection, levels: int, find: Find) -> Member:
    if field.allowed is not None:
        raise Unfit
    if field.source is Source.TYPENAME:
        return Member(field.key, Constant(selection.type.name))
    if field.source is Source.ATTRIBUTE and field.shape.kind is Kind.LEAF:
        return Member(field.key, _column(resource, field.attribute, field.shape))
    shown = find(field)
    if isinstance(shown, Computed):
        return Member(field.key, shown)
    if field.shape.nonnull and field.shape.kind is not Kind.LIST:
        raise Unfit  # nothing promises that the row is there
    return Member(field.key, shown, _tree(shown.resource, field.shape, levels - 1, find))


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
