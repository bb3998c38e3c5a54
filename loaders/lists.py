"""Lists for each parent: all, a slice, a keyset page, the size. One statement for all parents.

A list that belongs to nobody (a root field's) has the parent ROOT.
"""

from collections import defaultdict
from functools import partial
from typing import Any

from sqlalchemy import Select

from app.pagination import Cursors, Key, Window
from app.selects import Listing
from app.selects.sight import Sight
from loaders import statements
from loaders.base import K, Loader, Row, Scope, V
from loaders.pages import Page
from loaders.statements import Bound, Listed

ROOT = ""


class _ListLoader(Loader[K, V]):
    """What the loaders below share: a listing of one resource, as its actor sees it."""

    def __init__(self, scope: Scope, listing: Listing) -> None:
        super().__init__(scope)
        self.listing = listing
        self.postgresql = scope.db.dialect == "postgresql"

    def listed(self, more: frozenset[str] = frozenset()) -> Listed:
        """The listing with the columns that are read of it, and `more`."""
        names = self.scope.columns.get(self.listing.resource)
        if names is not None and more:
            names |= more
        return Listed(self.listing, self.scope.sight, names, self.postgresql)

    async def grouped(self, statement: Select[Any], keys: list[str], **values: Any) -> list[Any]:
        """The rows of each parent."""
        if self.listing.parent is None:
            rows = list(await self.scope.fetch(statement, **values))
            return [rows] * len(keys)
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in await self.scope.fetch(statement, ids=keys, parent=keys[0], **values):
            groups[row.parent_key].append(row)
        return [groups.get(key, []) for key in keys]


class AllByParent(_ListLoader[str, list[Row]]):
    """Every row of each parent: for lists that are short by nature."""

    async def batch_load_fn(self, keys: list[str]) -> list[list[Row]]:
        return await self.grouped(statements.everything(self.listed()), keys)


class SliceByParent(_ListLoader[str, list[Row]]):
    """Each parent's rows from an offset on."""

    def __init__(self, scope: Scope, listing: Listing, limit: int, offset: int) -> None:
        super().__init__(scope, listing)
        self.limit, self.offset = limit, offset

    async def batch_load_fn(self, keys: list[str]) -> list[list[Row]]:
        part = statements.part(self.listed(), len(keys) > 1, self.limit, self.offset > 0)
        return await self.grouped(part, keys, offset=self.offset)


class PageByParent(_ListLoader[str, Page]):
    """Each parent's page between two cursors."""

    def __init__(self, scope: Scope, listing: Listing, window: Window) -> None:
        super().__init__(scope, listing)
        self.window = window
        self.keys = statements.keys(listing, scope.sight)
        self.order_name = _order_name(listing, scope.sight)

    async def batch_load_fn(self, keys: list[str]) -> list[Page]:
        window = self.window
        bounds, values = self.bounds()
        listed = self.listed(frozenset(key.name for key in self.keys))
        part = statements.part(
            listed, len(keys) > 1, window.size + 1, window.offset > 0, window.backward, bounds
        )
        groups = await self.grouped(part, keys, offset=window.offset, **values)
        return [self.page(key, rows) for key, rows in zip(keys, groups, strict=True)]

    def bounds(self) -> tuple[tuple[Bound, ...], dict[str, Any]]:
        """Which ends the page has, and the values of the rows there by their parameters' names."""
        bounds: list[Bound] = []
        values: dict[str, Any] = {}
        ends = (("after", self.window.after, False), ("before", self.window.before, True))
        for name, cursor, backward in ends:
            if cursor is not None:
                there = self.scope.cursors.decode(self.order_name, self.keys, name, cursor)
                bounds.append(Bound(name, backward, tuple(value is None for value in there)))
                values |= {f"{name}_{n}": value for n, value in enumerate(there)}
        return tuple(bounds), values

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
            # Of what it needs, without the loader that keeps the page.
            cursor_of=partial(_cursor_of, self.scope.cursors, self.order_name, self.keys),
        )


class CountByParent(_ListLoader[str, int]):
    """How many rows each parent has."""

    async def batch_load_fn(self, keys: list[str]) -> list[int]:
        counted = statements.count(self.listed()._replace(names=None))
        rows = await self.scope.fetch(counted, ids=keys)
        if self.listing.parent is None:
            return [rows[0][0]] * len(keys)
        counts: dict[str, int] = dict(rows)
        return [counts.get(key, 0) for key in keys]


def _order_name(listing: Listing, sight: Sight) -> str:
    """What a cursor is bound to: the list and its order."""
    keys = ",".join(map(str, statements.keys(listing, sight)))
    return f"{listing.resource} {listing.parent} {listing.filter} {keys}"


def _cursor_of(cursors: Cursors, order_name: str, keys: tuple[Key, ...], row: Row) -> str:
    return cursors.encode(order_name, [getattr(row, key.name) for key in keys])
