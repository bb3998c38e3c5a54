"""Whether graphql-core and Strawberry still behave as plans expect: asked once, at the start."""

from functools import cache
from typing import Any

import strawberry
from graphql import ExecutionResult, FragmentDefinitionNode, OperationDefinitionNode, parse

from engine import adapter
from engine.fields import batched, needs
from engine.plan.compile import compile_plan
from engine.plan.run import run

DOCUMENT = """
query ($id: ID!, $with: Boolean! = true) {
  things(least: 1) {
    ...one
    more: name @include(if: $with)
    none @skip(if: $with)
    kind { __typename }
  }
  thing(id: $id) { strict { never } }
}
fragment one on Thing { id twins { id } }
"""
KIND = {"__typename": "Thing"}
DATA = {
    "things": [
        {"id": "1", "twins": [{"id": "1"}, {"id": "2"}], "more": "one", "kind": KIND},
        {"id": "2", "twins": [{"id": "2"}, {"id": "3"}], "more": "two", "kind": KIND},
    ],
    "thing": None,
}
ERRORS = [
    {
        "message": "Cannot return null for non-nullable field Thing.never.",
        "locations": [{"line": 9, "column": 29}],
        "path": ["thing", "strict", "never"],
    }
]


@cache
def problem() -> str | None:
    """What is not as expected; None when all is well."""
    if adapter.missing:
        return adapter.missing
    try:
        result = _run()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if result.data != DATA:
        return f"data {result.data}"
    errors = [error.formatted for error in result.errors or ()]
    return None if errors == ERRORS else f"errors {errors}"


class _Row:
    """What stands behind the things."""

    never = None

    def __init__(self, id: int, name: str) -> None:
        self.id, self.name, self.none = id, name, None

    @property
    def strict(self) -> "_Row":
        return self


_ROWS = [_Row(1, "one"), _Row(2, "two")]


@needs("id")
async def _load_twins(rows: list[Any], _context: Any) -> list[Any]:
    return [[row, _Row(row.id + 1, "")] for row in rows]


@strawberry.interface
class Kind:
    id: strawberry.ID

    @classmethod
    def resolve_type(cls, *_: Any) -> str:
        return "Thing"


@strawberry.type
class Thing(Kind):
    name: str | None
    none: str | None
    never: str
    strict: "Thing"
    twins: list["Thing"] = batched(_load_twins, description="")

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        return isinstance(value, _Row)

    @strawberry.field
    def kind(self) -> Kind:
        return self


@strawberry.type
class Query:
    @strawberry.field
    def things(self, least: int) -> list[Thing]:
        return [row for row in _ROWS if row.id >= least]  # type: ignore[misc]

    @strawberry.field
    def thing(self, id: strawberry.ID) -> Thing | None:
        return next(row for row in _ROWS if str(row.id) == id)  # type: ignore[return-value]


def _run() -> ExecutionResult:
    schema = strawberry.Schema(Query, types=[Thing])
    graphql = schema._schema
    document = parse(DOCUMENT)
    operation, fragment = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert isinstance(fragment, FragmentDefinitionNode)
    pattern = adapter.executor(graphql, operation, {"one": fragment}, hide_suggestions=False)
    definitions = operation.variable_definitions or ()
    variables = adapter.get_variable_values(graphql, definitions, {"id": "2"})
    executor = adapter.started(pattern, variables, None, None)
    running = run(compile_plan(executor, schema), executor, schema)
    try:
        running.send(None)
    except StopIteration as stop:
        result: ExecutionResult = stop.value
        return result
    raise RuntimeError("it waits where nothing is to be waited for")
