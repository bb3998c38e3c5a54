"""One document, ready to run, or the errors that keep it from running."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
)

from engine.coordinates import coordinates
from engine.cost import cost, sizes
from engine.errors import OPERATION_RESOLUTION_FAILURE

MAX_COSTS = 64
"""Costs remembered per document; a client that asks for ever new page sizes pays each time."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """What `Documents.prepare` answers. `document` is None exactly when there are `errors`."""

    text: str
    document: DocumentNode | None
    errors: tuple[GraphQLError, ...]
    fragments: Mapping[str, FragmentDefinitionNode]
    schema: GraphQLSchema = field(repr=False)
    sizing: tuple[str, ...] = ()
    """The variables that size lists."""
    _costs: dict[object, int] = field(default_factory=dict, init=False, repr=False)
    _coordinates: dict[int, frozenset[str]] = field(default_factory=dict, init=False, repr=False)

    @property
    def tokens(self) -> int:
        """The size of the document, comments aside; 0 when there is none."""
        return self.document.token_count or 0 if self.document else 0

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run. Raises GraphQLError (OPERATION_RESOLUTION_FAILURE).

        Of several operations one must be named: never silently the first
        (https://spec.graphql.org/October2021/#GetOperation()).
        """
        definitions = self.document.definitions if self.document else ()
        operations = [d for d in definitions if isinstance(d, OperationDefinitionNode)]
        if not operations:
            raise _unresolved("The document has no operation to run.")
        if name is None and len(operations) > 1:
            raise _unresolved("Must provide operation name: the document has several operations.")
        for operation in operations:
            if name is None or (operation.name and operation.name.value == name):
                return operation
        raise _unresolved(f"Unknown operation named '{name:.100}'.")

    def cost(
        self, operation: OperationDefinitionNode, variable_values: Mapping[str, object]
    ) -> int:
        """Objects the operation may fetch (`engine.cost`), from its variables as they came."""
        given = [(name, variable_values[name]) for name in self.sizing if name in variable_values]
        key = (id(operation), *((name, sizes(value)) for name, value in given))
        if key not in self._costs:
            if len(self._costs) >= MAX_COSTS:
                del self._costs[next(iter(self._costs))]
            self._costs[key] = cost(self.schema, operation, self.fragments, dict(given))
        return self._costs[key]

    def coordinates(self, operation: OperationDefinitionNode) -> frozenset[str]:
        """The fields and arguments that the operation asks for (`engine.coordinates`)."""
        known = self._coordinates.get(id(operation))
        if known is None:
            known = coordinates(self.schema, operation, self.fragments)
            self._coordinates[id(operation)] = known
        return known


def _unresolved(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": OPERATION_RESOLUTION_FAILURE})
