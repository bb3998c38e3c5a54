"""The arguments of a field: made once for all runs where no variable is in them, and else with as
little as their variables leave to do."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any
from uuid import UUID

from graphql import (
    FieldNode,
    GraphQLError,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
)

from engine import adapter

_FIXED = (str, int, float, NoneType, Enum, bytes, Decimal, date, time, timedelta, UUID)


def fixed(arguments: Mapping[str, Any]) -> bool:
    """Whether nobody can change them. What a scalar of somebody's is made into may be anything."""
    return all(isinstance(one, _FIXED) for one in arguments.values())


class Arguments:
    """Of one field of a plan.

    `_constant` are coerced arguments without variables. `_pattern` are those of the run that the
    plan was made in; `_slots` say which of them are a variable's value, as it is.
    """

    __slots__ = ("_constant", "_details", "_field", "_names", "_pattern", "_ready", "_slots")

    def __init__(self, definition: Any, details: Any, executor: Any, schema: Any) -> None:
        self._field, self._details = definition, details
        self._constant: dict[str, Any] | None = None
        self._pattern: dict[str, Any] | None = None
        self._slots: tuple[tuple[str, str], ...] = ()
        self._ready: dict[str, Any] | None = None
        self._names = adapter.argument_names(schema, adapter.strawberry_field(definition))
        self._prepare(details[0].node, executor)
        if self._constant is not None:
            self._ready = self._converted_once(schema)

    @property
    def constant(self) -> dict[str, Any] | None:
        """As a load takes them, where no variable is in them. Not to be changed."""
        return self._ready

    def coerced(self, executor: Any) -> dict[str, Any]:
        """By their GraphQL names. Not to be changed. Raises GraphQLError."""
        if self._constant is not None:
            return self._constant
        if self._pattern is not None:
            values = executor.variable_values.coerced
            given = self._pattern.copy()
            for name, variable in self._slots:
                value = values.get(variable)
                if value is None:  # missing and null have rules of their own
                    break
                given[name] = value
            else:
                return given
        return self._by_rule(executor)

    def python(self, executor: Any, schema: Any) -> dict[str, Any]:
        """As a load takes them. Not to be changed. Raises GraphQLError and what input types do."""
        if self._ready is not None:
            return self._ready
        given = self.coerced(executor)
        field = adapter.strawberry_field(self._field)
        if self._names is None:
            return adapter.converted(schema, field, given)
        return {python: given[name] for name, python in self._names if name in given}

    def _by_rule(self, executor: Any) -> dict[str, Any]:
        return adapter.get_argument_values(
            self._field, self._details[0].node, executor.variable_values,
            self._details[0].fragment_variable_values, executor.hide_suggestions,
        )  # fmt: skip

    def _prepare(self, node: FieldNode, executor: Any) -> None:
        try:
            given = self._by_rule(executor) if self._field.args else {}
        except GraphQLError:
            return  # told by every run, in its place
        nodes = {one.name.value: one.value for one in node.arguments or ()}
        slots = {
            name: value.name.value
            for name, value in nodes.items()
            if isinstance(value, VariableNode)
        }
        if not fixed(given):
            pass  # what a resolver may change, such as a JSON value, is made for each run
        elif not any(map(_uses_variables, nodes.values())):
            self._constant = given
        elif not any(_uses_variables(one) for name, one in nodes.items() if name not in slots):
            # No value of this run is kept, but the order of the arguments.
            self._pattern = {name: None if name in slots else one for name, one in given.items()}
            self._slots = tuple(slots.items())

    def _converted_once(self, schema: Any) -> dict[str, Any] | None:
        if not self._constant:
            return {}
        field = adapter.strawberry_field(self._field)
        if field is None:
            return None
        try:
            return adapter.converted(schema, field, self._constant)
        except Exception:  # what cannot be converted is told by every run
            return None


def _uses_variables(node: ValueNode) -> bool:
    stack = [node]
    while stack:
        value = stack.pop()
        if isinstance(value, VariableNode):
            return True
        if isinstance(value, ListValueNode):
            stack.extend(value.values)
        elif isinstance(value, ObjectValueNode):
            stack.extend(field.value for field in value.fields)
    return False
