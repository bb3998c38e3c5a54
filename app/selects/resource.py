"""What a resource offers to read: its columns, who sees which rows, filters, orders and parents."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table, select

from app.models.base import Moment
from app.pagination import Direction, Key
from app.selects import filters
from app.selects.filters import Field, Filter
from app.selects.sight import Seer

Sort = tuple[tuple[str, Direction], ...]
Column = ColumnElement[Any]
Names = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Parent:
    """What a row belongs to: a column of its own, or of a link table whose `item` is the row."""

    column: Column
    link: Table | None = None
    item: Column | None = None


class Listing(NamedTuple):
    """A list as plain, hashable data: whose, filtered how, in which order."""

    resource: str
    filter: Filter = ()
    sort: Sort = ()
    parent: str | None = None


@dataclass(frozen=True)
class Resource:
    """`columns` and `rows` say, for an actor, what of which rows exists at all.

    `filled` names the sorts that have a value in all of them, `always` the columns that every read
    of rows needs.
    """

    name: str
    prefix: str
    table: Table
    columns: Callable[[Seer], tuple[Column, ...]]
    rows: Callable[[Seer], tuple[ColumnElement[bool], ...]]
    filters: Mapping[str, Field] = field(default_factory=dict)
    sorts: Mapping[str, Column] = field(default_factory=dict)
    parents: Mapping[str, Parent] = field(default_factory=dict)
    filled: Callable[[Seer], frozenset[str]] = lambda _actor: frozenset()
    default_sort: Sort = (("created_at", Direction.DESC),)
    always: frozenset[str] = frozenset({"id"})

    def visible(self, actor: Seer, names: Names = None) -> Select[Any]:
        """The rows that exist for `actor`, in no order; whole, or the columns with these names.

        Names that are of no column are ignored.
        """
        columns = self.columns(actor)
        if names is not None:
            wanted = names | self.always
            columns = tuple(column for column in columns if column.key in wanted)
        return select(*columns).where(*self.rows(actor))

    def listed(self, actor: Seer, listing: Listing, names: Names = None) -> Select[Any]:
        """The visible rows of a listing, in no order; with a parent, each with its `parent_key`."""
        rows = self.visible(actor, names)
        if listing.parent is not None:
            parent = self.parents[listing.parent]
            if parent.link is not None and parent.item is not None:
                rows = rows.join(parent.link, parent.item == self.table.c.id)
            rows = rows.add_columns(parent.column.label("parent_key"))
        if listing.filter:
            rows = rows.where(filters.where(listing.filter, self.filters))
        return rows

    def is_chosen(self, listing: Listing) -> bool:
        """Whether values that somebody chose, which its text does not show, decide how many rows a
        listing has."""
        return any(
            not isinstance(self.filters.get(name), filters.OneOf) for name, _ in listing.filter
        )

    def keys(self, sort: Sort, actor: Seer) -> tuple[Key, ...]:
        """The columns of an order, made total by the id."""
        filled = self.filled(actor)
        keys = [self._key(name, way, name in filled) for name, way in sort or self.default_sort]
        if keys[-1].name != "id":
            keys.append(Key("id", self.table.c.id, descending=keys[-1].descending))
        return tuple(keys)

    def _key(self, name: str, direction: Direction, filled: bool) -> Key:
        column = self.sorts[name]
        return Key(
            name=column.key or name,
            column=column,
            descending=direction is Direction.DESC,
            nullable=bool(getattr(column, "nullable", False)),
            filled=filled,
            moment=isinstance(column.type, Moment),
        )
