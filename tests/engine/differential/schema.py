"""The nasty schema."""

from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.directive import DirectiveLocation

from engine.fields import guard
from tests.engine.differential.context import Context
from tests.engine.differential.inputs import CONFIG
from tests.engine.differential.roots import Mutation, Query, Subscription
from tests.engine.differential.types import Label, Stranger, odd_name


@strawberry.directive(locations=[DirectiveLocation.FIELD])
def note(value: str, text: str | None = None, numbers: list[int] | None = None) -> str:
    """Says nothing to anybody; its variables do not change what is selected."""
    return value


def _for_some(context: Context) -> None:
    if context.viewer % 2:
        raise GraphQLError("Not for odd viewers", extensions={"code": "GUARDED"})


def _build() -> strawberry.Schema:
    schema = strawberry.Schema(
        Query,
        Mutation,
        Subscription,
        directives=[note],
        types=[Label, Stranger],
        config=CONFIG,
    )
    types: Any = schema._schema.type_map
    types["Odd"].resolve_type = odd_name
    for type, field in GUARDED:
        guard(types[type].fields[field], _for_some)
    return schema


GUARDED = [
    ("Leaves", "watched"), ("Loaded", "someAtOnce"), ("Loaded", "node"), ("Resolved", "byRoot"),
    ("Resolved", "louder"), ("Mutation", "changeAtOnce"), ("Query", "persons"),
]  # fmt: skip

nasty = _build()
