"""Fields that a load of their own answers whole: finished output that nobody looks into."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError

from engine.documents import Documents
from engine.engine import Engine, Mode
from engine.fields import batched, guard
from engine.limits import UNLIMITED
from engine.plan.model import Kind
from engine.trace import Trace, outline

BOOKS = [SimpleNamespace(title="Solaris"), SimpleNamespace(title="Fiasco")]


@dataclass
class Context:
    answer: Any = "finished"
    calls: list[str] = field(default_factory=list)
    allowed: bool = True
    batches: dict[Any, Any] = field(default_factory=dict)


async def load_books(parents: list[Any], context: Context, first: int = 2) -> list[Any]:
    context.calls.append(f"rows {first}")
    return [BOOKS[:first] for _ in parents]


def whole(found: Any) -> Any:
    """Whole where titles are all that is selected, or the first of more."""
    shape = found.shape.item if found.shape.kind is Kind.LIST else found.shape
    more = [one for one in shape.selection.fields if one.name == "more"]
    if {one.name for one in shape.selection.fields} - {"more"} != {"title"}:
        return None

    async def load(parents: list[Any], context: Context, first: int = 2) -> list[Any]:
        context.calls.append(f"whole {first}")
        if isinstance(context.answer, BaseException):
            raise context.answer
        return [context.answer] * len(parents)

    def choose(below: Any) -> Any:
        try:
            return load if all(below(one) == {"first": 1} for one in more) else None
        except GraphQLError:
            return None

    return choose


@strawberry.type
class Book:
    title: str

    @strawberry.field
    def pages(self) -> int:
        return 200

    @strawberry.field
    def query(self) -> "Query":
        return Query()

    more: list["Book"] = batched(load_books, whole=whole, description="Not of the query type.")


@strawberry.type
class Query:
    books: list[Book] = batched(load_books, whole=whole, description="May not be null.")
    some: list[Book] | None = batched(load_books, whole=whole, description="May be null.")
    kept: list[Book] | None = batched(load_books, whole=whole, description="Guarded.")


def build() -> strawberry.Schema:
    schema = strawberry.Schema(Query)

    def check(context: Context) -> None:
        if not context.allowed:
            raise GraphQLError("Not for you")

    query = schema._schema.query_type
    assert query
    guard(query.fields["kept"], check)
    return schema


SCHEMA = build()
TITLES = [{"title": "Solaris"}, {"title": "Fiasco"}]


async def execute(text, context=None, *, mode=Mode.PLAN, trace=None, finished=True, **variables):
    context = context or Context()
    prepared = Documents(SCHEMA._schema, UNLIMITED).prepare(text)
    assert prepared.errors == ()
    done = await Engine(SCHEMA, mode=mode, plan_after=0, sample=1.0).execute(
        prepared, variables, context=lambda _: context, trace=trace, finished=finished
    )
    errors = [(error.message, error.path) for error in done.result.errors or ()]
    return done.result.data, errors, context.calls


async def test_what_it_answers_stands_in_the_response_as_it_is():
    data, errors, calls = await execute("{ books(first: 1) { title } again: some { title } }")

    assert (data, errors) == ({"books": "finished", "again": "finished"}, [])
    assert calls == ["whole 1", "whole 2"]


async def test_each_alias_is_asked_for_what_is_below_it():
    data, _, calls = await execute("{ a: some { title } b: some { title pages } }")

    assert data == {"a": "finished", "b": [{"title": t["title"], "pages": 200} for t in TITLES]}
    assert sorted(calls) == ["rows 2", "whole 2"]


async def test_arguments_may_be_variables():
    _, _, calls = await execute("query ($n: Int!) { books(first: $n) { title } }", n=1)

    assert calls == ["whole 1"]


@pytest.mark.parametrize(
    ("first", "called"),
    [(1, ["whole 1"]), (2, ["rows 1", "rows 2"]), (None, ["rows 1", "rows 2"])],
)
async def test_what_is_chosen_goes_by_the_arguments_below_in_each_run(first, called):
    text = "query ($n: Int = 2) { books(first: 1) { title more(first: $n) { title } } }"
    prepared = Documents(SCHEMA._schema, UNLIMITED).prepare(text)
    engine = Engine(SCHEMA, mode=Mode.PLAN, plan_after=0)

    for _ in range(2):
        context = Context()
        variables = {} if first is None else {"n": first}
        done = await engine.execute(
            prepared, variables, context=lambda _, made=context: made, finished=True
        )
        rows = [{"title": "Solaris", "more": TITLES}]
        assert done.result.data == {"books": "finished" if first == 1 else rows}
        assert context.calls == called


async def test_what_is_wrong_with_arguments_below_is_told_where_they_are():
    text = "query ($n: Int = 1) { some(first: 1) { title more(first: $n) { title } } }"

    data, errors, calls = await execute(text, n=None)

    assert data == {"some": None}
    ((message, path),) = errors
    assert "'$n' provided to non-null type 'Int!'" in message
    assert (path, calls) == (["some", 0, "more"], ["rows 1"])


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("{ books { title } }", {"finished": False}),
        ("{ books { title } }", {"mode": Mode.OFF}),
        ("{ books { title } }", {"mode": Mode.SHADOW}),
        ("{ books { title: __typename } }", {}),
    ],
)
async def test_rows_are_loaded_where_output_is_not_wanted_or_not_offered(text, options):
    data, errors, calls = await execute(text, **options)

    assert (len(data["books"]), errors, {*calls}) == (2, [], {"rows 2"})


async def test_only_fields_of_the_query_type_are_loaded_whole():
    data, _, calls = await execute("{ books(first: 1) { pages more { title } } }")

    assert data == {"books": [{"pages": 200, "more": TITLES}]}
    assert calls == ["rows 1", "rows 2"]


async def test_a_field_that_two_branches_share_is_answered_in_both():
    text = """{ a: books(first: 1) { ...below } b: books { ...below } }
    fragment below on Book { query { some { title } } }"""

    data, errors, _ = await execute(text)

    found = {"query": {"some": "finished"}}
    assert (data, errors) == ({"a": [found], "b": [found, found]}, [])


async def test_an_awaitable_is_no_output():
    async def later() -> str:
        return "finished"

    answer = later()
    data, errors, _ = await execute("{ some { title } }", Context(answer))
    answer.close()

    assert data == {"some": None}
    assert errors == [("Query.some was loaded whole as an awaitable", ["some"])]


async def test_null_is_null_where_it_may_be():
    assert await execute("{ some { title } }", Context(None)) == (
        {"some": None},
        [],
        ["whole 2"],
    )


async def test_null_where_it_may_not_be_is_an_error():
    data, errors, _ = await execute("{ books { title } }", Context(None))

    assert (data, errors) == (
        None,
        [("Cannot return null for non-nullable field Query.books.", ["books"])],
    )


async def test_what_it_raises_is_the_error_of_its_field_alone():
    data, errors, _ = await execute(
        "{ some { title } other: some { pages } }", Context(ValueError("no ink"))
    )

    assert data == {"some": None, "other": [{"pages": 200}] * 2}
    assert errors == [("no ink", ["some"])]


async def test_what_failed_beside_it_is_reported_without_a_look_into_it():
    context = Context(allowed=False)

    data, errors, _ = await execute("{ books { title } kept { title } }", context)

    assert (data, errors) == (
        {"books": "finished", "kept": None},
        [("Not for you", ["kept"])],
    )


async def test_it_is_guarded_like_the_field():
    context = Context(allowed=False)

    assert await execute("{ kept { title } }", context) == (
        {"kept": None},
        [("Not for you", ["kept"])],
        [],
    )


async def test_a_trace_says_so():
    trace = Trace()
    prepared = Documents(SCHEMA._schema, UNLIMITED).prepare("{ books { title } some { pages } }")
    done = await Engine(SCHEMA, plan_after=0).execute(
        prepared, context=lambda _: Context(), trace=trace, finished=True
    )

    assert sorted((load.fields, load.load) for load in trace.loads) == [
        (["Query.books"], "loaded whole, with all below"),
        (["Query.some"], "load_books"),
    ]
    assert outline(done.plan, trace.wholes) == [
        "Query: -",
        "  books (loaded whole, with all below)",
        "  some (loaded for all by load_books)",
        "    Book: -",
        "      pages (resolved one by one)",
    ]
