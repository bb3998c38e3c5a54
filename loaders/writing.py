"""From trees to SQL that writes JSON.

What is visible is decided where it is for every read: all rows come of the same selects.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Label,
    ScalarSelect,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.models.base import Moment
from app.selects import RESOURCES
from app.selects.sight import Sight
from loaders.statements import Listed, keys
from loaders.trees import Column, Computed, Constant, Many, One, Tree

Element = ColumnElement[Any]


def writer(listed: Listed) -> "Writer":
    return (_PostgreSQL if listed.postgresql else _SQLite)(listed.sight)


class Writer(ABC):
    """SQL expressions for JSON; what differs between databases is a subclass's."""

    postgresql: bool

    def __init__(self, sight: Sight) -> None:
        self.sight = sight

    def object(self, tree: Tree, rows: FromClause) -> tuple[Element, FromClause]:
        """The object of each of the `rows`, and these joined with what it shows of others."""
        joined: FromClause = rows
        pairs: list[Element] = []
        for key, shown, below in tree.members:
            match shown:
                case Column(name, moment):
                    value = self.moment(rows.c[name]) if moment else rows.c[name]
                case Computed(_, expression):
                    value = expression(rows.c)
                case Constant(text):
                    value = _quoted(text)
                case One():
                    value, joined = self.one(shown, below, rows, joined)
                case Many(listing, limit, offset):
                    assert below
                    listed = Listed(listing, self.sight, below.names, self.postgresql)
                    first = _number(offset) if offset else None
                    value = self.nested(self.array(listed, below, limit, first, rows))
            pairs += (_quoted(key), value)
        return self.built(pairs), joined

    def one(
        self, edge: One, tree: Tree | None, rows: FromClause, joined: FromClause
    ) -> tuple[Element, FromClause]:
        assert tree
        visible = RESOURCES[edge.resource].visible(self.sight, tree.names).subquery()
        having = [visible.c[name] == value for name, value in edge.having]
        object, below = self.object(tree, visible)
        there = and_(visible.c.id == rows.c[edge.column], *having)
        value = case((visible.c.id.is_not(None), self.nested(object)), else_=None)
        return self.nested(value), joined.outerjoin(below, there)

    def array(
        self,
        listed: Listed,
        tree: Tree,
        limit: int | None,
        offset: Element | None,
        parent: FromClause | None = None,
    ) -> ScalarSelect[Any]:
        """All objects of a listing, those of one parent row where there is one."""
        rows = self.rows(listed, parent)
        if limit is not None:
            sorts = self.order(listed, rows.selected_columns)
            rows = rows.order_by(*sorts).limit(_number(limit))
            rows = rows if offset is None else rows.offset(offset)
        found = rows.subquery()
        object, joined = self.object(tree, found)
        return self.gathered(object, joined, self.order(listed, found.c))

    def rows(self, listed: Listed, parent: FromClause | None) -> Select[Any]:
        """The rows of a listing, with what they are sorted by."""
        rows = listed.rows.add_columns(*_marks(listed))
        if parent is not None and listed.parent is not None:
            rows = rows.where(listed.parent == parent.c.id).correlate(parent)
        return rows

    def order(self, listed: Listed, columns: Any) -> list[Element]:
        marked = [
            replace(key, column=columns[f"sort_{n}"])
            for n, key in enumerate(keys(listed.listing, listed.sight))
        ]
        return [key.ordered(backward=False, postgresql=self.postgresql) for key in marked]

    @abstractmethod
    def built(self, pairs: Sequence[Element]) -> Element: ...

    @abstractmethod
    def nested(self, json: Element) -> Element: ...

    @abstractmethod
    def moment(self, column: Element) -> Element: ...

    @abstractmethod
    def gathered(
        self, object: Element, rows: FromClause, sorts: Sequence[Element]
    ) -> ScalarSelect[Any]: ...


class _PostgreSQL(Writer):
    postgresql = True

    def rows(self, listed: Listed, parent: FromClause | None) -> Select[Any]:
        link = listed.resource.parents[listed.listing.parent or ""] if parent is not None else None
        if parent is None or link is None or link.link is None or link.item is None:
            return super().rows(listed, parent)
        # Left to itself, PostgreSQL reads a small table anew for each parent: OFFSET keeps it from
        # it, so that what links lead to is looked up (50 items with tags: 1.4 ms instead of 3.1).
        marks = _marks(listed)
        own = [mark for mark in marks if mark.element.table is not link.link]
        alone = listed._replace(listing=listed.listing._replace(parent=None))
        linked = alone.rows.add_columns(*own).where(listed.resource.table.c.id == link.item)
        there = linked.correlate(link.link).offset(_number(0)).lateral()
        rest = [mark for mark in marks if mark not in own]
        found = select(*there.c, *rest).select_from(link.link.join(there, true()))
        return found.where(link.column == parent.c.id).correlate(parent)

    def built(self, pairs: Sequence[Element]) -> Element:
        return func.json_build_object(*pairs)

    def nested(self, json: Element) -> Element:
        return json

    def moment(self, column: Element) -> Element:
        form = _quoted('YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
        return func.replace(
            func.to_char(func.timezone(_quoted("UTC"), cast(column, Moment)), form),
            _quoted(".000000"),
            _quoted(""),
        )

    def gathered(
        self, object: Element, rows: FromClause, sorts: Sequence[Element]
    ) -> ScalarSelect[Any]:
        every = func.json_agg(aggregate_order_by(object, *sorts))
        return (
            select(func.coalesce(every, literal_column("'[]'::json")))
            .select_from(rows)
            .scalar_subquery()
        )


class _SQLite(Writer):
    postgresql = False

    def built(self, pairs: Sequence[Element]) -> Element:
        return func.json_object(*pairs)

    def nested(self, json: Element) -> Element:
        return func.json(json)  # or it is taken for a text

    def moment(self, column: Element) -> Element:
        text = func.replace(cast(column, Text), _quoted(" "), _quoted("T"))
        return func.replace(text, _quoted(".000000"), _quoted("")).concat(_quoted("+00:00"))

    def gathered(
        self, object: Element, rows: FromClause, sorts: Sequence[Element]
    ) -> ScalarSelect[Any]:
        # An aggregate other than min, max and count takes rows in the order of its subquery.
        item = select(object.label("item")).select_from(rows).order_by(*sorts).subquery()
        return select(func.json_group_array(func.json(item.c.item))).scalar_subquery()


def _marks(listed: Listed) -> list[Label[Any]]:
    order = keys(listed.listing, listed.sight)
    return [key.column.label(f"sort_{n}") for n, key in enumerate(order)]


def _number(number: int) -> ColumnElement[int]:
    return literal_column(str(number), Integer())


def _quoted(text: str) -> Element:
    """A text in the statement itself; of ours, or a name of GraphQL."""
    assert "'" not in text
    return literal_column(f"'{text}'", Text())
