"""Lists for each parent: all, a slice, a keyset page, the size. One statement for all parents.

A list that belongs to nobody (a root field's) has the parent ROOT.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.pagination import Window, beyond
from app.selects import RESOURCES, Listing
from app.selects.members import member
from loaders.base import K, Loader, Loaders, Row, V
from loaders.pages import Page

ROOT = ""


class _ListLoader(Loader[K, V]):
    """What the loaders below share: a listing of one resource, as its actor sees it."""

    def __init__(self, scope: Loaders, listing: Listing) -> None:
        super().__init__(scope)
        self.listing = listing
        self.resource = RESOURCES[listing.resource]
        self.keys = self.resource.keys(listing.sort, scope.actor)
        # What a cursor is bound to: the list and its order.
        self.order_name = (
            f"{listing.resource} {listing.parent} {listing.filter} {','.join(map(str, self.keys))}"
        )

    def rows(self) -> Select[Any]:
        return self.resource.listed(self.scope.actor, self.listing)

    @property
    def parent(self) -> ColumnElement[Any] | None:
        name = self.listing.parent
        return None if name is None else self.resource.parents[name].column

    def order(self, *, backward: bool = False) -> list[ColumnElement[Any]]:
        postgresql = self.scope.db.dialect == "postgresql"
        return [key.ordered(backward=backward, postgresql=postgresql) for key in self.keys]

    async def grouped(self, statement: Select[Any]) -> dict[str, list[Row]]:
        groups: dict[str, list[Row]] = defaultdict(list)
        rows = await self.scope.db.fetch(statement)
        if self.parent is None:
            groups[ROOT].extend(rows)
        else:
            for row in rows:
                groups[row.parent_key].append(row)
        return groups

    def part(
        self, rows: Select[Any], parents: Sequence[str], order: list[Any], limit: int, offset: int
    ) -> Select[Any]:
        """For each parent, `limit` of its rows from `offset` on."""
        if self.parent is None:
            return rows.order_by(*order).limit(limit).offset(offset)
        if len(parents) == 1:  # an index in this order stops early, a window function cannot
            return (
                rows.where(self.parent == parents[0]).order_by(*order).limit(limit).offset(offset)
            )
        place = func.row_number().over(partition_by=self.parent, order_by=order)
        ranked = rows.where(member(self.parent, list(parents))).add_columns(place.label("place"))
        table = ranked.subquery()
        inside = table.c.place.between(offset + 1, offset + limit)
        return select(table).where(inside).order_by(table.c.place)


class AllByParent(_ListLoader[str, list[Row]]):
    """Every row of each parent: for lists that are short by nature."""

    async def batch_load_fn(self, keys: list[str]) -> list[list[Row]]:
        rows = self.rows()
        if self.parent is not None:
            rows = rows.where(member(self.parent, keys))
        groups = await self.grouped(rows.order_by(*self.order()))
        return [groups.get(key, []) for key in keys]


class SliceByParent(_ListLoader[str, list[Row]]):
    """Each parent's rows from an offset on."""

    def __init__(self, scope: Loaders, listing: Listing, limit: int, offset: int) -> None:
        super().__init__(scope, listing)
        self.limit, self.offset = limit, offset

    async def batch_load_fn(self, keys: list[str]) -> list[list[Row]]:
        part = self.part(self.rows(), keys, self.order(), self.limit, self.offset)
        groups = await self.grouped(part)
        return [groups.get(key, []) for key in keys]


class PageByParent(_ListLoader[str, Page]):
    """Each parent's page between two cursors."""

    def __init__(self, scope: Loaders, listing: Listing, window: Window) -> None:
        super().__init__(scope, listing)
        self.window = window

    async def batch_load_fn(self, keys: list[str]) -> list[Page]:
        window, rows = self.window, self.rows()
        for cursor, backward in ((window.after, False), (window.before, True)):
            if cursor is not None:
                values = self.scope.cursors.decode(self.order_name, self.keys, cursor)
                rows = rows.where(beyond(self.keys, values, backward=backward))
        order = self.order(backward=window.backward)
        groups = await self.grouped(self.part(rows, keys, order, window.size + 1, window.offset))
        return [self.page(key, groups.get(key, [])) for key in keys]

    def page(self, parent: str, rows: list[Row]) -> Page:
        window = self.window
        more = len(rows) > window.size
        nodes = rows[: window.size]
        return Page(
            nodes=nodes[::-1] if window.backward else nodes,
            has_next_page=window.before is not None if window.backward else more,
            has_previous_page=more if window.backward else window.skips,
            listing=self.listing,
            parent=parent,
            cursor_of=self.cursor_of,
        )

    def cursor_of(self, row: Row) -> str:
        values = [getattr(row, key.name) for key in self.keys]
        return self.scope.cursors.encode(self.order_name, values)


class CountByParent(_ListLoader[str, int]):
    """How many rows each parent has."""

    async def batch_load_fn(self, keys: list[str]) -> list[int]:
        rows = self.rows()
        if self.parent is None:
            counted = rows.with_only_columns(func.count(), maintain_column_froms=True)
            return [(await self.scope.db.fetch(counted))[0][0]] * len(keys)
        counted = rows.with_only_columns(self.parent, func.count(), maintain_column_froms=True)
        counted = counted.where(member(self.parent, keys)).group_by(self.parent)
        counts: dict[str, int] = dict(await self.scope.db.fetch(counted))
        return [counts.get(key, 0) for key in keys]
