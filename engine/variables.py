"""The variables of one operation, coerced: by graphql-core, but for plain values of plain types."""

from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLID,
    GraphQLInt,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    get_nullable_type,
    is_non_null_type,
)

from engine import adapter

MAX_ERRORS = 50

_PLAIN = {GraphQLID: str, GraphQLString: str, GraphQLBoolean: bool, GraphQLInt: int}
_MAX_INT = 2_147_483_647


class Variables:
    """`_readable` are the definitions: name, signature, the Python type whose values are taken as
    they are, and whether the variable may be left out."""

    def __init__(
        self, schema: GraphQLSchema, operation: OperationDefinitionNode, *, hide_suggestions: bool
    ) -> None:
        self._schema, self._hide = schema, hide_suggestions
        self._definitions = operation.variable_definitions or ()
        self._readable: list[tuple[str, Any, type | None, bool]] = []
        for definition in self._definitions:
            signature: Any = adapter.get_variable_signature(schema, definition)
            if isinstance(signature, GraphQLError):
                continue  # nothing is read by its name, so that the rule tells it
            exact = _PLAIN.get(get_nullable_type(signature.type))
            optional = not is_non_null_type(signature.type) and not definition.default_value
            self._readable.append((signature.name, signature, exact, optional))

    def coerced(self, values: dict[str, Any]) -> Any:
        """VariableValues, or a list of GraphQLError."""
        if len(self._readable) < len(self._definitions):
            return self._by_rule(values)
        sources: dict[str, Any] = {}
        coerced: dict[str, Any] = {}
        for name, signature, exact, optional in self._readable:
            if name in values:
                value: Any = values[name]
                if type(value) is not exact or (exact is int and not _fits(value)):
                    return self._by_rule(values)
                coerced[name] = value
                sources[name] = adapter.VariableValueSource(signature, value)
            elif optional:
                sources[name] = adapter.VariableValueSource(signature)
            else:
                return self._by_rule(values)
        return adapter.VariableValues(sources, coerced)

    def _by_rule(self, values: dict[str, Any]) -> Any:
        # A resolver may change a JSON value, and the operation be executed anew after that.
        return adapter.get_variable_values(
            self._schema, self._definitions, copied(values),
            max_errors=MAX_ERRORS, hide_suggestions=self._hide,
        )  # fmt: skip


def copied(value: Any) -> Any:
    """Lists and objects made anew, for whoever may change them."""
    if isinstance(value, dict):
        return {key: copied(one) for key, one in value.items()}
    return [copied(one) for one in value] if isinstance(value, list) else value


def _fits(number: Any) -> bool:
    return bool(-_MAX_INT - 1 <= number <= _MAX_INT)
