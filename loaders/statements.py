"""The statements behind lists, each built once for what it depends on.

Who is asking, the parents' ids, where a page begins are parameters. The size is not: PostgreSQL
would plan anew each time. There are few sizes.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    bindparam,
    func,
    literal_column,
    select,
)

from app.db import planned_anew
from app.pagination import Key, beyond
from app.selects import RESOURCES, Listing, Resource
from app.selects.members import member
from app.selects.resource import Names
from app.selects.sight import Sight

KEPT = 1_000
KEPT_FILTERED = 50  # what people filter by is rarely the same, and may be large

B = TypeVar("B", bound=Callable[..., Any])

PARENT = bindparam("parent", type_=String(), required=True)
OFFSET = bindparam("offset", type_=Integer(), required=True)


class Listed(NamedTuple):
    """A listing as all with the same sight see it, with these columns of its rows."""

    listing: Listing
    sight: Sight
    names: Names
    postgresql: bool

    @property
    def resource(self) -> Resource:
        return RESOURCES[self.listing.resource]

    @property
    def parent(self) -> ColumnElement[Any] | None:
        name = self.listing.parent
        return None if name is None else self.resource.parents[name].column

    @property
    def chosen(self) -> bool:
        """Whether a value decides how many rows there are: a filter's, which tag it is, or whose
        the rows with some status are."""
        listing = self.listing
        if listing.parent is None:
            return self.resource.is_chosen(listing)
        return bool(listing.filter) or self.resource.parents[listing.parent].link is not None

    @property
    def rows(self) -> Select[Any]:
        return self.resource.listed(self.sight, self.listing, self.names)

    def order(self, *, backward: bool = False) -> list[ColumnElement[Any]]:
        return [
            key.ordered(backward=backward, postgresql=self.postgresql)
            for key in keys(self.listing, self.sight)
        ]


def kept(build: B) -> B:
    """Remember what `build` made of its arguments, which begin with something listed."""

    def made(listed: Listed, *arguments: Any) -> Any:
        statement = build(listed, *arguments)
        return planned_anew(statement) if listed.chosen else statement

    plain, filtered = lru_cache(KEPT)(made), lru_cache(KEPT_FILTERED)(made)

    def built(listed: Listed, *arguments: Any) -> Any:
        return (filtered if listed.listing.filter else plain)(listed, *arguments)

    return built  # type: ignore[return-value]


@lru_cache(KEPT)
def keys(listing: Listing, sight: Sight) -> tuple[Key, ...]:
    return RESOURCES[listing.resource].keys(listing.sort, sight)


@lru_cache(KEPT)
def everything(listed: Listed) -> Select[Any]:
    """All rows of the parents with `ids`: of lists that are short by nature."""
    rows = listed.rows
    if listed.parent is not None:
        rows = rows.where(member(listed.parent))
    return rows.order_by(*listed.order())


class Bound(NamedTuple):
    """One end of a page: which of the values of the row there are NULL."""

    name: str
    backward: bool
    nulls: tuple[bool, ...]

    def condition(self, keys: tuple[Key, ...]) -> ColumnElement[bool]:
        values = [
            None if null else bindparam(f"{self.name}_{n}", type_=key.column.type, required=True)
            for n, (key, null) in enumerate(zip(keys, self.nulls, strict=True))
        ]
        return beyond(keys, values, backward=self.backward)


@kept
def part(
    listed: Listed,
    many: bool,
    limit: int,
    skips: bool = False,
    backward: bool = False,
    bounds: tuple[Bound, ...] = (),
) -> Select[Any]:
    """`limit` rows of one `parent`, or of each with one of `ids`; from `offset` on, if it skips."""
    rows, order = listed.rows, listed.order(backward=backward)
    sorted_by = keys(listed.listing, listed.sight)
    for bound in bounds:
        rows = rows.where(bound.condition(sorted_by))
    if many and listed.parent is not None:
        return _part_of_each(rows, listed.parent, order, limit, skips)
    if listed.parent is not None:  # an index in this order stops early, a window function cannot
        rows = rows.where(listed.parent == PARENT)
    rows = rows.order_by(*order).limit(_literal(limit))
    rows = rows.offset(OFFSET) if skips else rows
    # How many rows are beyond an end is nothing to go by where some of them have no value.
    beyond_null = bounds and any(key.nullable and not key.filled for key in sorted_by)
    return planned_anew(rows) if beyond_null else rows


def _part_of_each(
    rows: Select[Any], parent: ColumnElement[Any], order: list[Any], limit: int, skips: bool
) -> Select[Any]:
    place = func.row_number().over(partition_by=parent, order_by=order)
    table = rows.where(member(parent)).add_columns(place.label("place")).subquery()
    first: Any = OFFSET if skips else _literal(0)
    inside = (table.c.place > first, table.c.place <= first + _literal(limit))
    return select(table).where(*inside).order_by(table.c.place)


@kept
def count(listed: Listed) -> Select[Any]:
    """How many rows there are; of each parent with one of `ids`: the parent, and how many."""
    rows, parent = listed.rows, listed.parent
    if parent is None:
        return rows.with_only_columns(func.count(), maintain_column_froms=True)
    counted = rows.with_only_columns(parent, func.count(), maintain_column_froms=True)
    return counted.where(member(parent)).group_by(parent)


def _literal(number: int) -> ColumnElement[int]:
    return literal_column(str(number), Integer())
