"""From GraphQL's types to JSON Schema (2020-12)."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    SelectionNode,
    is_required_input_field,
)

from app.rest.attributes import Name
from app.rest.openapi.bounds import bounds, never_null
from app.rest.openapi.components import Components, Node

SCALARS: Mapping[str, Node] = {
    "ID": {"type": "string"},
    "String": {"type": "string"},
    "Boolean": {"type": "boolean"},
    "Int": {"type": "integer", "format": "int32"},
    "Float": {"type": "number"},
    "ByteSize": {"type": "integer", "format": "int64", "minimum": 0},
    "DateTime": {"type": "string", "format": "date-time"},
    "URL": {"type": "string", "format": "uri"},
    "HTML": {"type": "string", "contentMediaType": "text/html"},
    "Cursor": {"type": "string"},
    "Upload": {"type": "string", "format": "binary"},
    "JSON": {},
}


class Schemas:
    """Schemas in a dialect's spelling of names."""

    def __init__(self, components: Components, name: Name) -> None:
        self.components = components
        self._name = name

    def value(self, type: Any) -> Node:
        """Of what is sent: null where GraphQL takes null."""
        if isinstance(type, GraphQLNonNull):
            return self.present(type.of_type)
        return nullable(self.present(type))

    def present(self, type: Any) -> Node:
        """Of what is sent and is not null."""
        if isinstance(type, GraphQLList):
            return {"type": "array", "items": self.value(type.of_type)}
        if isinstance(type, GraphQLInputObjectType):
            return self.components.schema(
                type.name, lambda: described(self.input(type, type.fields), type.description)
            )
        return self._leaf(type)

    def input(self, owner: GraphQLInputObjectType, fields: Mapping[str, GraphQLInputField]) -> Node:
        """Of an object with these fields of `owner`, and no others."""
        return closed(
            {self._name(name): self.field(owner, name) for name in fields},
            [self._name(name) for name, field in fields.items() if is_required_input_field(field)],
        )

    def field(self, owner: GraphQLInputObjectType, name: str, *, present: bool = False) -> Node:
        """Of a field, or of what it is when it is not null."""
        field = owner.fields[name]
        bare = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        present = present or never_null(owner.name, name)
        schema = self.present(bare) if present else self.value(field.type)
        schema = described(schema | bounds(owner.name, name), field.description)
        if field.default is not None and field.default.value is not None:
            schema["default"] = _plain(field.default.value)
        return schema

    def selected(self, owner: Any, nodes: Iterable[SelectionNode]) -> Node:
        """Of an object that is answered with: what is selected of it."""
        properties: Node = {}
        for node in nodes:
            assert isinstance(node, FieldNode)
            field = owner.fields[node.name.value]
            shown = (node.alias or node.name).value
            properties[shown] = described(self.answered(field.type, node), field.description)
        return {"type": "object", "required": list(properties), "properties": properties}

    def answered(self, type: Any, node: FieldNode) -> Node:
        if isinstance(type, GraphQLNonNull):
            return self._answered(type.of_type, node)
        return nullable(self._answered(type, node))

    def _answered(self, type: Any, node: FieldNode) -> Node:
        if isinstance(type, GraphQLList):
            return {"type": "array", "items": self.answered(type.of_type, node)}
        if node.selection_set:
            return self.selected(type, node.selection_set.selections)
        return self._leaf(type)

    def _leaf(self, type: Any) -> Node:
        if isinstance(type, GraphQLEnumType):
            return self.components.schema(type.name, lambda: _enum(type))
        assert isinstance(type, GraphQLScalarType)
        return dict(SCALARS[type.name])


def _enum(type: GraphQLEnumType) -> Node:
    meanings = [f"- `{name}`: {value.description}" for name, value in type.values.items()]
    text = "\n".join([f"{type.description}\n", *meanings])
    return {"type": "string", "enum": list(type.values), "description": text}


def _plain(value: Any) -> Any:
    return getattr(value, "name", value)


def described(schema: Node, text: str | None) -> Node:
    return {**schema, "description": text} if text else dict(schema)


def nullable(schema: Node) -> Node:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]} if "type" in schema else schema


def closed(properties: Mapping[str, Node], required: Iterable[str] = ()) -> Node:
    """Of an object without any other properties."""
    names = list(required)
    return {
        "type": "object",
        **({"required": names} if names else {}),
        "properties": dict(properties),
        "additionalProperties": False,
    }


def opened(properties: Mapping[str, Node], *optional: str) -> Node:
    """Of an object that we answer with, which may get more properties one day."""
    return {
        "type": "object",
        "required": [name for name in properties if name not in optional],
        "properties": dict(properties),
    }
