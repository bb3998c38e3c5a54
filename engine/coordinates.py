"""What of a schema an operation asks for, as schema coordinates: `Query.items`, and for arguments
that are given `Query.items(limit:)` (https://spec.graphql.org/draft/#sec-Schema-Coordinates)."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)


def coordinates(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
) -> frozenset[str]:
    """Of a valid operation, whatever its `@skip`s and `@include`s; introspection is left out."""
    found: set[str] = set()
    seen: set[str] = set()

    def walk(type: Any, selections: SelectionSetNode) -> None:
        for node in selections.selections:
            if isinstance(node, FieldNode):
                if not node.name.value.startswith("__"):
                    take(type, node)
                continue
            below: Any = node
            if isinstance(node, FragmentSpreadNode):
                if node.name.value in seen:
                    continue
                seen.add(node.name.value)
                below = fragments[node.name.value]
            condition = below.type_condition
            walk(schema.type_map[condition.name.value] if condition else type, below.selection_set)

    def take(type: Any, node: FieldNode) -> None:
        place = f"{type.name}.{node.name.value}"
        found.add(place)
        found.update(f"{place}({argument.name.value}:)" for argument in node.arguments or ())
        if node.selection_set:
            walk(get_named_type(type.fields[node.name.value].type), node.selection_set)

    walk(schema.get_root_type(operation.operation), operation.selection_set)
    return frozenset(found)
