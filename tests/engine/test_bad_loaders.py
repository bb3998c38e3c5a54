"""Loads that break their word: the right field errors, and no row gets another's value.

Wherever there are loads: in root fields, below them, in payloads of changes, in events.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import strawberry

from engine.documents import Documents
from engine.engine import Engine, Executed, Mode
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


def load_too_many_at_once(rows: list[Row], context: Context) -> Any:
    return [0, *(row.id for row in rows)]


async def load_an_exception(rows: list[Row], context: Context) -> Any:
    return ValueError("for all")


async def load_an_awaitable(rows: list[Row], context: Context) -> Any:
    return Promise()


def load_an_awaitable_at_once(rows: list[Row], context: Context) -> Any:
    return Promise()


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


async def load_a_mapping(rows: list[Row], context: Context) -> Any:
    return {row.id: row.id * 10 for row in rows}


async def load_a_set(rows: list[Row], context: Context) -> Any:
    return {row.id for row in rows}


async def load_emptying(rows: list[Row], context: Context) -> Any:
    found = []
    while rows:
        found.append(rows.pop(0).id)
    return found


async def load_emptying_too_few(rows: list[Row], context: Context) -> Any:
    rows.clear()
    return []


async def load_stop_for_one(rows: list[Row], context: Context) -> Any:
    return [StopIteration("no 2") if row.id == 2 else row.id for row in rows]


LOADS = {
    "mapping": load_a_mapping,
    "set": load_a_set,
    "emptying": load_emptying,
    "emptyingTooFew": load_emptying_too_few,
    "stop": load_stop_for_one,
    "tooFew": load_too_few,
    "tooMany": load_too_many,
    "tooManyAtOnce": load_too_many_at_once,
    "anException": load_an_exception,
    "anAwaitable": load_an_awaitable,
    "anAwaitableAtOnce": load_an_awaitable_at_once,
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
class Loaded:
    too_few: int | None = a_batched("tooFew")
    too_many: int | None = a_batched("tooMany")
    too_many_at_once: int | None = a_batched("tooManyAtOnce")
    an_exception: int | None = a_batched("anException")
    an_awaitable: int | None = a_batched("anAwaitable")
    an_awaitable_at_once: int | None = a_batched("anAwaitableAtOnce")
    nothing: int | None = a_batched("nothing")
    raising: int | None = a_batched("raising")
    at_once: int | None = a_batched("atOnce")
    exception: int | None = a_batched("exception")
    awaitable: int | None = a_batched("awaitable")
    wrong_type: int | None = a_batched("wrongType")
    generator: int | None = a_batched("generator")
    mapping: int | None = a_batched("mapping")
    set: int | None = a_batched("set")
    emptying: int | None = a_batched("emptying")
    emptying_too_few: int | None = a_batched("emptyingTooFew")
    stop: int | None = a_batched("stop")


@strawberry.type
class Thing(Loaded):
    id: int


THINGS: Any = [Row(1), Row(2), Row(3)]


@strawberry.type
class Query(Loaded):
    @strawberry.field
    def things(self) -> list[Thing]:
        return THINGS  # type: ignore[no-any-return]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def things(self) -> list[Thing]:
        return THINGS  # type: ignore[no-any-return]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def things(self) -> AsyncIterator[list[Thing]]:
        yield THINGS


schema = strawberry.Schema(Query, Mutation, Subscription)
documents = Documents(schema._schema, UNLIMITED)
ALL = [0, 1, 2]


KINDS = ["query", "mutation", "subscription"]
EACH_FAILS = {
    "tooFew": "load_too_few answered 3 parents with 2 values",
    "tooMany": "load_too_many answered 3 parents with 4 values",
    "nothing": "'NoneType' object is not iterable",
    "anException": "'ValueError' object is not iterable",
    "anAwaitable": "'Promise' object is not iterable",
    "anAwaitableAtOnce": "'Promise' object is not iterable",
    "raising": "backend down",
    "atOnce": "backend down",
}


@pytest.mark.parametrize("mode", [Mode.PLAN, Mode.OFF])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "values", "wrong", "message"),
    [
        *((name, [None] * 3, ALL, message) for name, message in EACH_FAILS.items()),
        ("exception", [1, None, 3], [1], "no 2"),
        (
            "wrongType",
            [1, None, 3],
            [1],
            "Int cannot represent non-integer value: {'not': 'a number'}",
        ),
        ("generator", [1, 2, 3], [], ""),
        ("mapping", [None] * 3, ALL, "load_a_mapping answered with 'dict', not with a list"),
        ("set", [None] * 3, ALL, "load_a_set answered with 'set', not with a list"),
        ("emptying", [1, 2, 3], [], ""),
        (
            "emptyingTooFew",
            [None] * 3,
            ALL,
            "load_emptying_too_few answered 3 parents with 0 values",
        ),
        ("stop", [1, None, 3], [1], "no 2"),
    ],
)
async def test_the_right_fields_fail_and_others_do_not(name, values, wrong, message, kind, mode):
    done = await run(f"{kind} {{ things {{ id {name} }} }}", mode)

    assert isinstance(done.plan, str) is (mode is Mode.OFF)
    assert done.result.data == {
        "things": [{"id": place + 1, name: value} for place, value in enumerate(values)]
    }
    assert [(error.message, error.path) for error in done.result.errors or ()] == [
        (message, ["things", place, name]) for place in wrong
    ]


@pytest.mark.parametrize("mode", [Mode.PLAN, Mode.OFF])
async def test_a_load_that_is_called_for_each_object_counts_them_all(mode):
    """Without a plan one that awaits nothing is asked for one object at a time."""
    done = await run("{ things { tooManyAtOnce } }", mode)

    counted = "3 parents with 4" if mode is Mode.PLAN else "1 parents with 2"
    assert done.result.data == {"things": [{"tooManyAtOnce": None}] * 3}
    assert [error.message for error in done.result.errors] == [
        f"load_too_many_at_once answered {counted} values"
    ] * 3


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_to_be_awaited_is_for_graphql_core(kind):
    done = await run(f"{kind} {{ things {{ awaitable }} }}")

    # A change is not made anew: its payload alone is completed by graphql-core.
    assert (done.plan == "an awaitable leaf") is (kind != "mutation")
    assert [thing["awaitable"] for thing in done.result.data["things"]] == [1, None, 3]
    assert [error.path for error in done.result.errors] == [["things", 1, "awaitable"]]
    assert done.result.errors[0].message.startswith("Int cannot represent non-integer value")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        *EACH_FAILS.items(),
        ("tooManyAtOnce", "load_too_many_at_once answered 1 parents with 2 values"),
        ("exception", "no 2"),
        ("wrongType", "Int cannot represent non-integer value: {'not': 'a number'}"),
    ],
)
async def test_root_fields_fail_each_for_itself(name, message):
    """Both are one call for two parents."""
    message = message.replace("3 parents with 2", "2 parents with 1")
    message = message.replace("3 parents with 4", "2 parents with 3")
    done = await run(f"{{ a: {name} generator b: {name} }}", root=Row(2))

    assert not isinstance(done.plan, str)
    assert done.result.data == {"a": None, "generator": 2, "b": None}
    assert [(one.message, one.path) for one in done.result.errors] == [
        (message, ["a"]),
        (message, ["b"]),
    ]


async def test_a_root_field_that_is_to_be_awaited_is_for_graphql_core():
    done = await run("{ a: awaitable generator }", root=Row(2))

    assert done.plan == "an awaitable leaf"
    assert done.result.data == {"a": None, "generator": 2}
    assert [error.path for error in done.result.errors] == [["a"]]


async def test_all_at_once_each_fails_for_itself():
    query = "{ things { id tooFew exception generator } more: things { exception tooFew } }"

    done = await run(query)

    assert done.result.data["things"] == [
        {"id": 1, "tooFew": None, "exception": 1, "generator": 1},
        {"id": 2, "tooFew": None, "exception": None, "generator": 2},
        {"id": 3, "tooFew": None, "exception": 3, "generator": 3},
    ]
    assert [thing["exception"] for thing in done.result.data["more"]] == [1, None, 3]
    assert len(done.result.errors) == 3 + 1 + 3 + 1


async def run(text: str, mode: Mode = Mode.PLAN, root: Any = None) -> Any:
    """The execution of an operation, of a subscription's only event."""
    engine = Engine(schema, mode=mode, plan_after=0)
    prepared = documents.prepare(text)
    if not text.startswith("subscription"):
        return await engine.execute(prepared, context=lambda _: Context(), root=root)
    events = await engine.subscribe(prepared, context=lambda _: Context())
    found: list[Executed] = [event async for event in events]  # type: ignore[union-attr]
    (done,) = found
    return done
