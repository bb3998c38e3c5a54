"""Random input values of a schema's types, as JSON and as GraphQL text."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNonNull,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)

Draw = Callable[[Random], Any]
Variable = Callable[[Any, str], str | None]

WRONG: list[Any] = [None, {"bad": 1}, "text", -1, 2**40, [[None]], 2.5, True, "", [1, "x"]]
"""Of most types, none of these is a value."""


def choice(*values: Any) -> Draw:
    return lambda random: random.choice(values)


SCALARS: dict[str, Draw] = {
    "Int": choice(0, 1, 2, 3, 5, -1, 2**31 - 1),
    "Float": choice(0.0, -0.0, 1, 2.5, 1e300),
    "String": choice("", "a", "b", 'quo"ted', "ünï", "<"),
    "Boolean": choice(True, False),
    "ID": choice("1", "2", "3", "4", "6", "8", "11", 5, "99"),
    "DateTime": choice(
        "2026-01-01T12:00:00+00:00", "2026-01-01T13:00:00+01:00", "2026-01-01T12:00:00"
    ),
    "Decimal": choice("1.0", "1.00", "7"),
    "JSON": choice({"a": 1}, {"a": [1, {"b": None}]}, [1, 2], "text", 1, True, {}),
}  # fmt: skip


@dataclass(frozen=True)
class Values:
    """`named` draw the values of arguments by their names, `SCALARS` by their types."""

    random: Random
    named: Mapping[str, Draw]

    def draw(self, type: GraphQLInputType, name: str) -> Any:
        if is_non_null_type(type):
            return self._draw(type.of_type, name)
        return None if self.random.random() < 0.1 else self._draw(type, name)

    def _draw(self, type: Any, name: str) -> Any:
        if is_list_type(type):
            return [self.draw(type.of_type, name) for _ in range(self.random.choice([0, 1, 2, 2]))]
        if isinstance(type, GraphQLInputObjectType):
            return self._object(type)
        if isinstance(type, GraphQLEnumType):
            return self.random.choice(list(type.values))
        draw = self.named.get(name) or SCALARS.get(type.name) or SCALARS["String"]
        return draw(self.random)

    def _object(self, type: GraphQLInputObjectType) -> dict[str, Any]:
        if type.is_one_of:
            name = self.random.choice(list(type.fields))
            return {name: self.draw(GraphQLNonNull(type.fields[name].type), name)}
        return {
            name: self.draw(field.type, name)
            for name, field in type.fields.items()
            if is_required_input_field(field) or self.random.random() < 0.25
        }


def written(type: Any, value: Any, name: str, variable: Variable) -> str:
    """A value as GraphQL text, in which `variable` may stand for any part of it."""
    if used := variable(type, name):
        return used
    if value is None:
        return "null"
    if is_non_null_type(type):
        type = type.of_type
    if is_list_type(type):
        return f"[{', '.join(written(type.of_type, one, name, variable) for one in value)}]"
    if isinstance(type, GraphQLInputObjectType):
        parts = [
            f"{key}: {written(_given(type, key), one, key, variable)}" for key, one in value.items()
        ]
        return f"{{{', '.join(parts)}}}"
    if isinstance(type, GraphQLEnumType):
        return str(value)
    return _plain(value)


def _given(type: GraphQLInputObjectType, key: str) -> Any:
    own = type.fields[key].type
    return GraphQLNonNull(own) if type.is_one_of else own


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_plain(one)}' for key, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_plain, value))}]"
    return json.dumps(value)
