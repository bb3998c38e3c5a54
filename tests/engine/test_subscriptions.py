"""Sources that fail: what comes of them is what graphql-core's own `subscribe` makes of them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, GraphQLError, subscribe

from engine.documents import Documents
from engine.engine import Engine, Mode
from engine.fields import batched
from engine.limits import UNLIMITED


@dataclass
class Context:
    batches: dict[Any, Any] = field(default_factory=dict)


@dataclass
class Row:
    id: int

    @property
    def name(self) -> str:
        if self.id == 2:
            raise ValueError("no name")
        return f"name {self.id}"


async def load_double(rows: list[Row], context: Context) -> list[Any]:
    return [ValueError("too large") if row.id == 3 else 2 * row.id for row in rows]


@strawberry.type
class Thing:
    id: int
    name: str | None
    double: int = batched(load_double, description="Of the id.")


class Source:
    """Has what an async iterable has to have, and no more; nobody can close it."""

    def __init__(self, *events: Any) -> None:
        self.events = iter(events)

    def __aiter__(self) -> "Source":
        return self

    async def __anext__(self) -> Any:
        event = next(self.events, StopAsyncIteration())
        if isinstance(event, BaseException):
            raise event
        return event


class NoIterator:
    def __aiter__(self) -> Any:
        raise ValueError("no iterator")


Things = AsyncIterator[Thing | None]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def all(self) -> Things:
        for number in range(1, 5):
            yield Row(number)  # type: ignore[misc]

    @strawberry.subscription
    async def half_way(self) -> Things:
        yield Row(1)  # type: ignore[misc]
        raise ValueError("half-way")

    @strawberry.subscription
    async def half_way_ours(self) -> Things:
        yield Row(1)  # type: ignore[misc]
        raise GraphQLError("half-way", extensions={"code": "OURS"})

    @strawberry.subscription
    async def first(self) -> Things:
        raise ValueError("at first")
        yield  # type: ignore[unreachable]

    @strawberry.subscription
    async def no_source(self) -> Things:
        raise ValueError("at once")

    @strawberry.subscription
    async def no_source_ours(self) -> Things:
        raise GraphQLError("at once", extensions={"code": "OURS"})

    @strawberry.subscription
    def no_source_yet(self) -> Things:
        raise ValueError("at once")

    @strawberry.subscription
    async def error(self) -> Things:
        return ValueError("returned")  # type: ignore[return-value]

    @strawberry.subscription
    async def nothing(self) -> Things:
        return None  # type: ignore[return-value]

    @strawberry.subscription
    def number(self) -> Things:
        return 5  # type: ignore[return-value]

    @strawberry.subscription
    async def listed(self) -> Things:
        return [Row(1)]  # type: ignore[return-value]

    @strawberry.subscription
    def bare(self) -> Things:
        return Source(Row(1), Row(2), None, ValueError("an event"))

    @strawberry.subscription
    def no_iterator(self) -> Things:
        return NoIterator()  # type: ignore[return-value]

    @strawberry.subscription
    async def odd_events(self) -> Things:
        for event in (ValueError("told"), "a text", None, GraphQLError("ours")):
            yield event  # type: ignore[misc]

    @strawberry.subscription
    async def with_argument(self, number: int) -> Things:
        yield Row(number)  # type: ignore[misc]


@strawberry.type
class Query:
    id: int = 1


schema = strawberry.Schema(Query, subscription=Subscription)
prepare = Documents(schema._schema, UNLIMITED).prepare
WITH_ARGUMENT = "withArgument"
FIELDS = [one for one in schema._schema.subscription_type.fields if one != WITH_ARGUMENT]  # type: ignore[union-attr]
TEXTS = [f"subscription {{ told: {name} {{ id name double }} }}" for name in FIELDS]


async def told(events: Any) -> list[Any]:
    """Everything that comes, and how it ends."""
    if isinstance(events, ExecutionResult):
        return ["a result", events.formatted]
    found: list[Any] = []
    try:
        async for one in events:
            result = one if isinstance(one, ExecutionResult) else one.result
            found.append(result.formatted)
    except Exception as error:
        return [*found, type(error), str(error)]
    return [*found, "the end"]


async def right(text: str, variables: dict[str, Any]) -> list[Any]:
    document: Any = prepare(text).document
    events = subscribe(schema._schema, document, None, Context(), variables)
    try:
        return await told(await events if hasattr(events, "__await__") else events)
    except Exception as error:
        return ["at once", type(error), str(error)]


async def found(mode: Mode, text: str, variables: dict[str, Any]) -> list[Any]:
    engine = Engine(schema, mode=mode, plan_after=0)
    try:
        return await told(
            await engine.subscribe(prepare(text), variables, context=lambda _: Context())
        )
    except Exception as error:
        return ["at once", type(error), str(error)]


@pytest.mark.parametrize("mode", [Mode.PLAN, Mode.OFF])
@pytest.mark.parametrize("text", TEXTS, ids=FIELDS)
async def test_it_ends_as_with_graphql_core(text, mode):
    assert await found(mode, text, {}) == await right(text, {})


@pytest.mark.parametrize("mode", [Mode.PLAN, Mode.OFF])
@pytest.mark.parametrize("variables", [{"n": 1}, {}, {"n": None}, {"n": "x"}, {"n": 3}])
@pytest.mark.parametrize("type", ["Int!", "Int"])
async def test_arguments_are_refused_as_by_graphql_core(type, variables, mode):
    default = "" if type == "Int!" else " = 4"
    text = f"subscription ($n: {type}{default}) {{ withArgument(number: $n) {{ double }} }}"

    assert await found(mode, text, variables) == await right(text, variables)


async def test_this_is_what_there_is_to_compare():
    """Else both could say nothing at all."""
    ends = {name: (await right(text, {}))[-1] for name, text in zip(FIELDS, TEXTS, strict=True)}

    assert ends["all"] == ends["oddEvents"] == "the end"
    assert (ends["halfWay"], ends["first"], ends["bare"]) == ("half-way", "at first", "an event")
    assert ends["noSource"]["errors"][0]["message"] == "at once"
    assert ends["number"]["errors"][0]["message"] == (
        "Subscription field must return AsyncIterable. Received: 5."
    )
