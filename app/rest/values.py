"""From the text of a parameter to a value of GraphQL's, and into its place among the variables."""

import re
from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInt,
    GraphQLList,
    get_named_type,
    get_nullable_type,
)

_WHOLE = re.compile(r"-?\d{1,10}", re.ASCII)
_BOOLEANS = {"true": True, "false": False}


def type_at(variables: Mapping[str, GraphQLInputType], place: str) -> GraphQLInputType:
    """The type of what stands at `filter.authorId.in`. Raises KeyError."""
    first, *rest = place.split(".")
    type = variables[first]
    for name in rest:
        owner = get_named_type(type)
        assert isinstance(owner, GraphQLInputObjectType)
        type = owner.fields[name].type
    return type


def value(type: GraphQLInputType, text: str) -> Any:
    """What cannot be read stays a text, which GraphQL then refuses by its type."""
    bare = get_nullable_type(type)
    if isinstance(bare, GraphQLList):
        return [value(bare.of_type, part) for part in text.split(",") if part]
    if bare is GraphQLInt and _WHOLE.fullmatch(text):
        return int(text)
    if bare is GraphQLBoolean:
        return _BOOLEANS.get(text, text)
    if isinstance(bare, GraphQLEnumType):
        return text.upper()  # `status=draft`, as addresses are written
    return text


def put(variables: dict[str, Any], place: str, value: Any) -> None:
    *way, last = place.split(".")
    for name in way:
        variables = variables.setdefault(name, {})
    variables[last] = value
