"""The plans of operations, made on a later sight of a text, the least recently used forgotten.

What a plan depends on besides its operation are the values of the variables in its `@skip`s and
`@include`s; nothing else of a request is in it.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)

from engine import adapter
from engine.documents import TOKEN_BYTES
from engine.plan.compile import compile_plan
from engine.plan.model import NoPlanError, Plan
from engine.variables import Variables

FIELD_BYTES = 4_000
"""Memory of a compiled field."""

FIRST_SIGHT = "first sight"

SHAPES = 32
"""Plans of one operation: each condition doubles what a client may ask for."""

_CONDITIONS = {"skip", "include", "defer", "stream"}


class Known:
    """An operation and what was made for it: a plan, or why there is none, by its conditions.

    `pattern` is an executor that each run copies, `variables` coerces theirs.
    """

    def __init__(
        self, operation: OperationDefinitionNode, pattern: Any, variables: Variables, tokens: int
    ) -> None:
        self.operation, self.pattern, self.variables = operation, pattern, variables
        self.tokens = tokens
        self.conditions = conditions(operation, pattern.fragment_definitions)
        self.sights = 0
        self.given_up: str | None = None
        self.plans: dict[Any, Plan | str] = {}

    @property
    def weight(self) -> int:
        # It keeps the whole document alive, forgotten elsewhere or not.
        document = 1 + self.tokens * TOKEN_BYTES // FIELD_BYTES
        return document + sum(one.weight for one in self.plans.values() if isinstance(one, Plan))


class Plans:
    """`after` sights of an operation its plan is made: 0 is at once. `max_bytes` is an estimate."""

    def __init__(
        self,
        schema: Any,
        *,
        after: int,
        max_count: int,
        max_bytes: int,
        hide_suggestions: bool = False,
    ) -> None:
        self._schema, self._hide = schema, hide_suggestions
        self._after = after
        self._max_count, self._max_weight = max_count, max_bytes // FIELD_BYTES
        self._kept: OrderedDict[int, Known] = OrderedDict()
        self._weight = 0

    def __len__(self) -> int:
        return len(self._kept)

    def of(
        self,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        tokens: int = 0,
    ) -> Known:
        """What is known of an operation of a document of so many `tokens`."""
        known = self._kept.get(id(operation))
        if known is not None:
            self._kept.move_to_end(id(operation))
            return known
        pattern = adapter.executor(
            self._schema._schema, operation, fragments, hide_suggestions=self._hide
        )
        known = self._kept[id(operation)] = Known(
            operation,
            pattern,
            Variables(self._schema._schema, operation, hide_suggestions=self._hide),
            tokens,
        )
        self._grow(known.weight)
        return known

    def find(self, known: Known, executor: Any) -> Plan | str:
        """The plan for the executor's variables, or why graphql-core has to execute it."""
        if known.given_up is not None:
            return known.given_up
        key = tuple(map(executor.variable_values.coerced.get, known.conditions))
        found = known.plans.get(key)
        if found is not None:
            return found
        known.sights += 1
        if known.sights <= self._after:
            return FIRST_SIGHT
        if len(known.plans) >= SHAPES:
            return "too many shapes"
        try:
            made: Plan | str = compile_plan(executor, self._schema)
        except NoPlanError as reason:
            made = str(reason)
        except GraphQLError:
            made = "a condition without a value"
        known.plans[key] = made
        if isinstance(made, Plan) and self._kept.get(id(known.operation)) is known:
            self._grow(made.weight)
        return made

    def give_up(self, known: Known, reason: str) -> None:
        """Its values are not what plans expect: plan it no more."""
        before = known.weight
        known.plans, known.given_up = {}, reason
        if self._kept.get(id(known.operation)) is known:
            self._weight -= before - known.weight

    def _grow(self, weight: int) -> None:
        self._weight += weight
        while len(self._kept) > self._max_count or self._weight > self._max_weight:
            _, forgotten = self._kept.popitem(last=False)
            self._weight -= forgotten.weight


def conditions(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> tuple[str, ...]:
    """The variables that decide what is selected."""
    found: dict[str, None] = {}
    spread: set[str] = set()
    stack: list[SelectionSetNode] = [operation.selection_set]
    while stack:
        for selection in stack.pop().selections:
            found.update(dict.fromkeys(_asked_in(selection)))
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name in fragments and name not in spread:
                    spread.add(name)
                    stack.append(fragments[name].selection_set)
            elif inner := getattr(selection, "selection_set", None):
                stack.append(inner)
    return tuple(found)


def _asked_in(selection: SelectionNode) -> Iterator[str]:
    """The variables in a selection's own conditions."""
    for directive in selection.directives or ():
        if directive.name.value not in _CONDITIONS:
            continue
        for argument in directive.arguments or ():
            if isinstance(argument.value, VariableNode):
                yield argument.value.name.value
