"""The stored documents: one operation for each route, and the fragments that make it whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLInputType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    parse,
    print_ast,
    type_from_ast,
)

FOLDER = Path(__file__).with_name("documents")

REFUSAL = """
fragment Refusal on Payload {
  errors { message code path retryAfter }
  replayed
  ... on VersionedPayload { conflict { actual } }
}
"""
VERSION, UPDATED = "_version", "_updatedAt"
"""Aliases of what is read for the headers of an answer."""

PAGE_INFO = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
IDEMPOTENT = " @idempotent(key: $idempotencyKey)"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a stored document, and where in its answer what is.

    `spread` names the fragment that REST puts in: `Resource`, `Page` (of a connection), `Hits` (of
    a search) or, for what is only done, none. `way` leads there, past the `root` field first;
    `position` is the type at the end. `besides` are fields next to it, which are told as `meta`.
    """

    name: str
    text: str
    mutation: bool
    variables: Mapping[str, GraphQLInputType]
    root: str
    way: tuple[str, ...]
    spread: str | None
    position: str
    many: bool
    besides: tuple[str, ...]

    @property
    def conditional(self) -> bool:
        """Whether it can be told which version is to be changed."""
        input: Any = self.variables.get("input") and get_named_type(self.variables["input"])
        return bool(input) and "ifVersion" in input.fields

    @property
    def idempotent(self) -> str:
        """The text for who sends a key: what was done under it is not done again."""
        head, brace, rest = self.text.partition("input: $input)")
        head = head.replace("(", "($idempotencyKey: String!, ", 1)
        return head + brace + IDEMPOTENT + rest


@cache
def texts() -> Mapping[str, OperationDefinitionNode]:
    """All stored operations by their names."""
    return {
        operation.name.value: operation
        for file in sorted(FOLDER.glob("*.graphql"))
        for operation in parse(file.read_text(), no_location=True).definitions
        if isinstance(operation, OperationDefinitionNode) and operation.name
    }


def read(schema: GraphQLSchema, name: str, text: str | None = None) -> Operation:
    """The operation of this name in the files, or that of a text. Raises KeyError."""
    node = _operation(text) if text else texts()[name]
    mutation = node.operation is OperationType.MUTATION
    type = schema.mutation_type if mutation else schema.query_type
    assert type
    (root,) = node.selection_set.selections
    assert isinstance(root, FieldNode)
    way, spread, position, many = _find(schema, node.selection_set, type)
    return Operation(
        name=name,
        text=print_ast(node),
        mutation=mutation,
        variables={
            definition.variable.name.value: type_from_ast(schema, definition.type)  # type: ignore[misc]
            for definition in node.variable_definitions or ()
        },
        root=root.name.value,
        way=way,
        spread=spread,
        position=position,
        many=many,
        besides=tuple(_besides(root)) if mutation else (),
    )


def _operation(text: str) -> OperationDefinitionNode:
    (node,) = parse(text, no_location=True).definitions
    assert isinstance(node, OperationDefinitionNode)
    return node


def _find(
    schema: GraphQLSchema, selections: SelectionSetNode, type: GraphQLObjectType, many: bool = False
) -> tuple[tuple[str, ...], str | None, str, bool]:
    for node in selections.selections:
        if isinstance(node, FragmentSpreadNode) and node.name.value != "Refusal":
            return (), node.name.value, type.name, many
    for node in selections.selections:
        if isinstance(node, FieldNode) and node.selection_set:
            field = type.fields[node.name.value].type
            inner: Any = get_named_type(field)
            way, spread, position, many = _find(
                schema, node.selection_set, inner, "[" in str(field)
            )
            return (node.name.value, *way), spread, position, many
    return (), None, type.name, many


def _besides(root: FieldNode) -> Iterator[str]:
    assert root.selection_set
    for node in root.selection_set.selections:
        if isinstance(node, FieldNode) and node.selection_set is None:
            yield node.name.value


def fragment(name: str, type: str, text: str) -> str:
    return f"\nfragment {name} on {type} {{ {text} }}\n"
