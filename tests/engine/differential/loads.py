"""The batched fields of the nasty schema: loads that answer, fail in part, and break their word.

None depends on what else it is asked together with: graphql-core asks in other groups.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry
from graphql import GraphQLError
from strawberry.scalars import JSON

from engine.fields import batched
from tests.engine.differential.context import Context
from tests.engine.differential.inputs import Choice, Level, Part, Status, consume, written
from tests.engine.differential.rows import ARTICLES, PERSONS, Later, Lying

Person = Annotated["Person", strawberry.lazy("tests.engine.differential.types")]
Thing = Annotated["Thing", strawberry.lazy("tests.engine.differential.types")]
Node = Annotated["Node", strawberry.lazy("tests.engine.differential.types")]
Parents = list[Any]


def _friend(row: Any) -> Any:
    return PERSONS[(row.id * 5 + 1) % len(PERSONS)]


async def load_friend(rows: Parents, context: Context) -> list[Any]:
    return [_friend(row) for row in rows]


def load_neighbour(rows: Parents, context: Context) -> list[Any]:
    return [ARTICLES[(row.id + 1) % 17] if row.id % 4 else None for row in rows]


async def load_friends(
    rows: Parents, context: Context, count: int = 2, skip: int | None = None
) -> Any:
    """A generator, of lists of sorts."""
    makers = (list, tuple, Lying, iter)
    return (
        makers[row.id % 4]([_friend(row), *PERSONS[skip or 0 : (skip or 0) + count]])
        for row in rows
    )


async def load_things(rows: Parents, context: Context, limit: int = 3) -> list[Any]:
    return [[*row.others, _friend(row)][:limit] if row.id != 6 else None for row in rows]


async def load_node(rows: Parents, context: Context) -> list[Any]:
    return [row.others[-1] if row.others else "no row" for row in rows]


async def load_said(
    rows: Parents,
    context: Context,
    text: str | None = None,
    number: int = 1,
    ratio: float = 0.0,
    flag: bool | None = None,
    amount: Decimal | None = None,
    at: datetime | None = None,
    status: Status = Status.DRAFT,  # type: ignore[valid-type]
    levels: list[Level] | None = None,  # type: ignore[valid-type]
    id: strawberry.ID | None = None,
) -> list[Any]:
    given = (text, number, ratio, flag, amount, at, status, levels, id)
    return [f"{row.id} {written(list(given))}" for row in rows]


async def load_told(
    rows: Parents,
    context: Context,
    part: Part | None = None,
    parts: list[Part | None] | None = None,
    choice: Choice | None = None,
    numbers: list[list[int | None]] | None = None,
) -> list[Any]:
    return [f"{row.id} {written([part, parts, numbers])} {choice}" for row in rows]


async def load_consumed(rows: Parents, context: Context, details: JSON | None = None) -> list[Any]:
    text = consume(details, context)
    return [text for _ in rows]


async def load_some(rows: Parents, context: Context) -> list[Any]:
    return [ValueError(f"no {row.id}") if row.id % 3 == 0 else row.id for row in rows]


def load_some_at_once(rows: Parents, context: Context) -> list[Any]:
    return [KeyError(row.id) if row.id % 4 == 0 else row.id for row in rows]


async def load_some_friend(rows: Parents, context: Context) -> list[Any]:
    errors = (ValueError("hidden"), GraphQLError("ours", extensions={"code": "OURS"}), None)
    return [errors[row.id % 3] if row.id % 5 < 2 else _friend(row) for row in rows]


async def load_some_friends(rows: Parents, context: Context) -> list[Any]:
    return [
        [_friend(row), ValueError("an item") if row.id % 2 else None, "not a row"] for row in rows
    ]


_PLACED = GraphQLError("placed", path=["elsewhere"], extensions={"seen": 1})


async def load_none(
    rows: Parents, context: Context, hard: bool = True, placed: bool = False
) -> Any:
    if hard:
        raise _PLACED if placed else RuntimeError("backend down")
    return [None for _ in rows]


async def load_too_few(rows: Parents, context: Context) -> list[Any]:
    return [row.id for row in rows[1:]]


def load_too_many(rows: Parents, context: Context) -> list[Any]:
    return [0, *(row.id for row in rows)]


async def load_no_list(rows: Parents, context: Context, number: int | None = None) -> Any:
    return number


async def load_awaitable(rows: Parents, context: Context) -> list[Any]:
    return [Later(row.id) if row.id % 2 else row.id for row in rows]


def load_awaitable_friend(rows: Parents, context: Context) -> list[Any]:
    return [Later(_friend(row)) for row in rows]


def a_batched(load: Any) -> Any:
    return batched(load, description=load.__doc__ or load.__name__)


@strawberry.type
class Loaded:
    """Made of the same row as what it is read from."""

    id: int
    friend: Person = a_batched(load_friend)
    neighbour: Thing | None = a_batched(load_neighbour)
    friends: list[Person | None] | None = a_batched(load_friends)
    things: list[Thing | None] | None = a_batched(load_things)
    node: Node | None = a_batched(load_node)
    said: str | None = a_batched(load_said)
    told: str | None = a_batched(load_told)
    consumed: str | None = a_batched(load_consumed)
    some: int | None = a_batched(load_some)
    some_at_once: int | None = a_batched(load_some_at_once)
    some_friend: Person | None = a_batched(load_some_friend)
    some_friends: list[Person | None] | None = a_batched(load_some_friends)
    none: int | None = a_batched(load_none)
    none_at_all: list[Person] | None = a_batched(load_none)
    too_few: int | None = a_batched(load_too_few)
    too_many: int | None = a_batched(load_too_many)
    no_list: int | None = a_batched(load_no_list)
    strict_some: int = a_batched(load_some)
    strict_some_at_once: int = a_batched(load_some_at_once)
    strict_friend: Person = a_batched(load_some_friend)
    strict_friends: list[Person] = a_batched(load_some_friends)
    strict_things: list[Thing] | None = a_batched(load_things)
    strict_none: int = a_batched(load_none)
    strict_too_few: int = a_batched(load_too_few)
    later_number: int | None = a_batched(load_awaitable)
    later_friend: Person | None = a_batched(load_awaitable_friend)
