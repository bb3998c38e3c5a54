"""Loads that break their word: the right field errors, and no row gets another's value."""

from dataclasses import dataclass, field
from typing import Any

import pytest
import strawberry

from engine.documents import Documents
from engine.engine import Engine
from engine.fields import batched
from engine.limits import UNLIMITED


@dataclass
class Context:
    batches: dict[Any, Any] = field(default_factory=dict)


@dataclass
class Row:
    id: int


class Promise:
    """An awaitable that nobody has to await."""

    def __await__(self):
        yield from ()
        return 99


async def load_too_few(rows: list[Row], context: Context) -> Any:
    return [row.id for row in rows[1:]]


async def load_too_many(rows: list[Row], context: Context) -> Any:
    return [0, *(row.id for row in rows)]


async def load_nothing(rows: list[Row], context: Context) -> Any:
    return None


async def load_raising(rows: list[Row], context: Context) -> Any:
    raise RuntimeError("backend down")


def load_raising_at_once(rows: list[Row], context: Context) -> Any:
    raise RuntimeError("backend down")


async def load_exception_for_one(rows: list[Row], context: Context) -> Any:
    return [ValueError("no 2") if row.id == 2 else row.id for row in rows]


async def load_awaitable_for_one(rows: list[Row], context: Context) -> Any:
    return [Promise() if row.id == 2 else row.id for row in rows]


async def load_wrong_type_for_one(rows: list[Row], context: Context) -> Any:
    return [{"not": "a number"} if row.id == 2 else row.id for row in rows]


async def load_a_generator(rows: list[Row], context: Context) -> Any:
    return (row.id for row in rows)


LOADS = {
    "tooFew": load_too_few,
    "tooMany": load_too_many,
    "nothing": load_nothing,
    "raising": load_raising,
    "atOnce": load_raising_at_once,
    "exception": load_exception_for_one,
    "awaitable": load_awaitable_for_one,
    "wrongType": load_wrong_type_for_one,
    "generator": load_a_generator,
}


def a_batched(name: str) -> Any:
    return batched(LOADS[name], description=name, name=name)


@strawberry.type
class Thing:
    id: int
    too_few: int | None = a_batched("tooFew")
    too_many: int | None = a_batched("tooMany")
    nothing: int | None = a_batched("nothing")
    raising: int | None = a_batched("raising")
    at_once: int | None = a_batched("atOnce")
    exception: int | None = a_batched("exception")
    awaitable: int | None = a_batched("awaitable")
    wrong_type: int | None = a_batched("wrongType")
    generator: int | None = a_batched("generator")


@strawberry.type
class Query:
    @strawberry.field
    def things(self) -> list[Thing]:
        return [Row(1), Row(2), Row(3)]  # type: ignore[list-item]


schema = strawberry.Schema(Query)
documents = Documents(schema._schema, UNLIMITED)
ALL = [0, 1, 2]


@pytest.mark.parametrize(
    ("name", "values", "wrong", "message"),
    [
        ("tooFew", [None] * 3, ALL, "load_too_few answered 3 parents with 2 values"),
        ("tooMany", [None] * 3, ALL, "load_too_many answered 3 parents with 4 values"),
        ("nothing", [None] * 3, ALL, "'NoneType' object is not iterable"),
        ("raising", [None] * 3, ALL, "backend down"),
        ("atOnce", [None] * 3, ALL, "backend down"),
        ("exception", [1, None, 3], [1], "no 2"),
        (
            "wrongType",
            [1, None, 3],
            [1],
            "Int cannot represent non-integer value: {'not': 'a number'}",
        ),
        ("generator", [1, 2, 3], [], ""),
    ],
)
async def test_the_right_fields_fail_and_others_do_not(name, values, wrong, message):
    planned = await run(name)

    assert not isinstance(planned.plan, str)
    assert planned.result.data == {
        "things": [{"id": place + 1, name: value} for place, value in enumerate(values)]
    }
    assert [(error.message, error.path) for error in planned.result.errors or ()] == [
        (message, ["things", place, name]) for place in wrong
    ]


async def test_what_is_to_be_awaited_is_for_graphql_core():
    executed = await run("awaitable")

    assert executed.plan == "an awaitable leaf"
    assert [thing["awaitable"] for thing in executed.result.data["things"]] == [1, None, 3]
    assert [error.path for error in executed.result.errors] == [["things", 1, "awaitable"]]
    assert executed.result.errors[0].message.startswith("Int cannot represent non-integer value")


async def test_all_at_once_each_fails_for_itself():
    query = "{ things { id tooFew exception generator } more: things { exception tooFew } }"
    engine = Engine(schema, plan_after=0)

    done = await engine.execute(documents.prepare(query), context=lambda _: Context())

    assert done.result.data["things"] == [
        {"id": 1, "tooFew": None, "exception": 1, "generator": 1},
        {"id": 2, "tooFew": None, "exception": None, "generator": 2},
        {"id": 3, "tooFew": None, "exception": 3, "generator": 3},
    ]
    assert [thing["exception"] for thing in done.result.data["more"]] == [1, None, 3]
    assert len(done.result.errors) == 3 + 1 + 3 + 1


async def run(name: str) -> Any:
    engine = Engine(schema, plan_after=0)
    prepared = documents.prepare(f"{{ things {{ id {name} }} }}")
    return await engine.execute(prepared, context=lambda _: Context())
