"""The types of the nasty schema: what a row is depends on whom one asks."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Union
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from engine.fields import by_value
from tests.engine.differential import rows
from tests.engine.differential.inputs import Count, Exact, Level, Loud, Status
from tests.engine.differential.loads import Loaded
from tests.engine.differential.resolvers import Resolved


@strawberry.type
class Leaves:
    id: int
    fragile: str | None
    text: str | None
    number: int | None
    ratio: float | None
    flag: bool | None
    code: strawberry.ID | None
    status: Status | None  # type: ignore[valid-type]
    level: Level | None  # type: ignore[valid-type]
    at: dt.datetime | None
    day: dt.date | None
    clock: dt.time | None
    amount: Decimal | None
    token: UUID | None
    details: JSON | None
    loud: Loud | None
    exact: Exact | None
    count: Count | None
    failed: str | None
    guarded: str | None = strawberry.field(name="watched")
    missing: str | None
    later: str | None
    strict_text: str
    strict_number: int
    strict_fragile: str = strawberry.field(name="strictFragile")
    strict_status: Status = strawberry.field(name="strictStatus")  # type: ignore[valid-type]


@strawberry.type
class Lists:
    id: int
    numbers: list[int | None] | None
    matrix: list[list[int | None] | None] | None
    generated: list[int | None] | None
    strict_numbers: list[int] | None
    strict_matrix: list[list[int]] | None
    others: list["Thing | None"] | None
    persons: list["Person"] | None
    strict_others: list["Thing"] | None
    strict_generated: list[int] | None
    some_later: list[int | None] | None = strawberry.field(name="laterNumbers")


@strawberry.interface
class Node:
    """Its types say themselves which objects are theirs."""

    id: strawberry.ID


@strawberry.interface
class Named:
    """Told by the value alone; 5 is of no type, and articles are not named."""

    name: str | None
    resolve_type = staticmethod(by_value(lambda value: type(value).__name__))


@strawberry.type
class Person(Node, Named):
    leaves: Leaves
    lists: Lists
    loaded: Loaded
    resolved: Resolved
    persons: list["Person"]
    is_type_of = staticmethod(by_value(lambda value: isinstance(value, rows.Person)))


@strawberry.type
class Article(Node):
    title: str | None = strawberry.field(name="name")
    leaves: Leaves | None
    lists: Lists | None
    loaded: Loaded | None
    resolved: Resolved | None

    @classmethod
    def is_type_of(cls, value: Any, info: Any) -> bool:
        if getattr(value, "id", 0) == 11:
            raise ValueError(f"nobody knows of {info.path.as_list()}")
        return isinstance(value, rows.Article)


@strawberry.type
class Label(Node, Named):
    """Refuses some of its rows, and those at another place in a list."""

    resolved: Resolved | None
    loaded: Loaded | None

    @classmethod
    def is_type_of(cls, value: Any, info: Any) -> bool:
        return isinstance(value, rows.Label) and info.path.key != 2 and value.id != 4


@strawberry.type
class Stranger(Named):
    number: int | None

    @classmethod
    async def is_type_of(cls, value: Any, info: Any) -> bool:
        return isinstance(value, rows.Stranger)


Thing = Annotated[Union[Person, Article, Label], strawberry.union("Thing")]  # noqa: UP007
Odd = Annotated[Union[Person, Article], strawberry.union("Odd")]  # noqa: UP007

_NAMES = ("Person", "Article", "Label", "Nobody", None, 5, "Thing", "Person")


def odd_name(value: Any, info: Any, _type: Any) -> Any:
    """The `resolve_type` of Odd, which is wrong in most ways there are."""
    if value.id == 4:
        raise ValueError(f"odd {info.field_name}")
    return _NAMES[value.id % len(_NAMES)]
