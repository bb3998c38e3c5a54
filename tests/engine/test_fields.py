"""`batched` fields under graphql-core: one call for all parents of a level."""

from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest
import strawberry

from engine.fields import BATCH, batched


@dataclass
class Context:
    batches: dict[Any, Any] = field(default_factory=dict)
    calls: list[tuple[str, list[Any], dict[str, Any]]] = field(default_factory=list)


@dataclass
class Row:
    id: int


async def load_double(
    rows: list[Row],
    context: Context,
    plus: Annotated[int | None, strawberry.argument(description="To add.")] = None,
    times: int = 2,
) -> list[Any]:
    context.calls.append(("double", [row.id for row in rows], {"plus": plus, "times": times}))
    return [row.id * times + (plus or 0) for row in rows]


def load_square(rows: list[Row], context: Context) -> list[Any]:
    context.calls.append(("square", [row.id for row in rows], {}))
    return [row.id**2 for row in rows]


async def load_some(rows: list[Row], context: Context) -> list[Any]:
    return [ValueError(f"no {row.id}") if row.id == 2 else row.id for row in rows]


def load_some_at_once(rows: list[Row], context: Context) -> list[Any]:
    return [ValueError(f"no {row.id}") if row.id == 2 else row.id for row in rows]


async def load_nothing(rows: list[Row], context: Context) -> list[Any]:
    raise RuntimeError("backend down")


async def load_too_few(rows: list[Row], context: Context) -> list[Any]:
    return [row.id for row in rows[1:]]


def load_rows(parents: list[Any], context: Context) -> list[Any]:
    return [[Row(1), Row(2), Row(3)] for _ in parents]


@strawberry.type
class Thing:
    id: int
    double: int = batched(load_double, description="Twice the id.")
    square: int = batched(load_square, description="The id squared.")
    some: int | None = batched(load_some, description="Fails for 2.")
    some_at_once: int | None = batched(load_some_at_once, description="Fails for 2.")
    nothing: int | None = batched(load_nothing, description="Always fails.")
    too_few: int | None = batched(load_too_few, description="Breaks the contract.")


@strawberry.type
class Query:
    things: list[Thing] = batched(load_rows, description="Three things.")


schema = strawberry.Schema(Query)


async def run(query: str) -> tuple[Any, Context]:
    context = Context()
    return await schema.execute(query, context_value=context), context


async def test_all_parents_are_loaded_in_one_call():
    result, context = await run("{ things { double } }")

    assert result.data == {"things": [{"double": 2}, {"double": 4}, {"double": 6}]}
    assert context.calls == [("double", [1, 2, 3], {"plus": None, "times": 2})]


async def test_arguments_are_those_of_the_load_and_part_its_calls():
    result, context = await run("{ things { double(plus: 1) more: double(plus: 5, times: 3) } }")

    assert result.data["things"][0] == {"double": 3, "more": 8}
    assert sorted(call[2]["plus"] for call in context.calls) == [1, 5]
    assert 'double(\n    """To add."""\n    plus: Int\n    times: Int! = 2\n  ): Int!' in str(
        schema
    )


async def test_an_ordinary_function_answers_at_once():
    result, context = await run("{ things { square } }")

    assert [thing["square"] for thing in result.data["things"]] == [1, 4, 9]
    assert context.batches == {}


@pytest.mark.parametrize("name", ["some", "someAtOnce"])
async def test_an_exception_in_the_list_fails_one_parent(name):
    result, _ = await run(f"{{ things {{ {name} }} }}")

    assert [thing[name] for thing in result.data["things"]] == [1, None, 3]
    assert [(error.message, error.path) for error in result.errors] == [
        ("no 2", ["things", 1, name])
    ]


async def test_a_raised_exception_fails_all_parents():
    result, _ = await run("{ things { nothing } }")

    assert [error.message for error in result.errors] == ["backend down"] * 3


async def test_a_list_of_the_wrong_length_is_an_error_and_nobody_gets_anothers_value():
    result, _ = await run("{ things { tooFew } }")

    assert [thing["tooFew"] for thing in result.data["things"]] == [None] * 3
    assert "answered 3 parents with 2 values" in result.errors[0].message


def test_the_load_can_be_found_in_the_field():
    fields = {field.name: field for field in Thing.__strawberry_definition__.fields}
    assert fields["double"].metadata[BATCH].load is load_double
