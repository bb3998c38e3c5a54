"""What is shown of rows and of what belongs to them: under which keys, in which order."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement

from app.selects import Listing


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it is, or a `moment` as Python's `isoformat` writes it."""

    name: str
    moment: bool = False


@dataclass(frozen=True, slots=True)
class Computed:
    """What an expression makes of some columns."""

    columns: frozenset[str]
    expression: Callable[[Any], ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Constant:
    text: str


@dataclass(frozen=True, slots=True)
class One:
    """The row of a resource whose id is in a column, if its other columns have these values."""

    resource: str
    column: str
    having: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Many:
    """The rows of a listing whose parent is the row: all, or `limit` of them from `offset` on."""

    listing: Listing
    limit: int | None = None
    offset: int = 0

    @property
    def resource(self) -> str:
        return self.listing.resource


Edge = One | Many | Computed


class Member(NamedTuple):
    key: str
    shown: Column | Constant | Edge
    below: "Tree | None" = None


@dataclass(frozen=True, eq=False)
class Tree:
    """What is shown of a row of a resource."""

    resource: str
    members: tuple[Member, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """The columns that are read of the row."""
        found = {"id"}
        for _, shown, _ in self.members:
            if isinstance(shown, Column):
                found.add(shown.name)
            elif isinstance(shown, One):
                found.add(shown.column)
            elif isinstance(shown, Computed):
                found |= shown.columns
        return frozenset(found)
