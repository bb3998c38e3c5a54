"""Whether a plan's result is the right one, as strictly as graphql-core's own results allow.

Data has to be the same, byte by byte. Errors have to be the same, too, except inside what an error
made null: there graphql-core tells whichever came first. For that case it executes the operation
once more without making anything null, which tells all errors there are; what is to be null, and
which error is the first in document order, follows from them.
"""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import ExecutionResult, GraphQLError, is_non_null_type, located_error
from graphql.execution.executor import Executor, to_nodes

Path = tuple[str | int, ...]


# A plan asks at once for what stands at several places, graphql-core for one place.
_COUNTS = re.compile(r"answered \d+ parents with \d+ values")


class Differs(AssertionError):  # noqa: N818 - a finding, not a failure
    """A plan's result is not what it should be."""


@dataclass
class Unpropagated:
    """Everything an operation could say, and the places that must not be null."""

    data: Any = None
    errors: dict[Path, GraphQLError] = field(default_factory=dict)
    nonnull: set[Path] = field(default_factory=set)
    told: list[GraphQLError] = field(default_factory=list)

    def propagated(self) -> ExecutionResult:
        """Handling Field Errors (https://spec.graphql.org/October2021/#sec-Handling-Field-Errors)."""
        try:
            return ExecutionResult(self._walk(self.data, ()), self.told or None)
        except GraphQLError as error:
            return ExecutionResult(None, [*self.told, error])

    def _walk(self, value: Any, path: Path) -> Any:
        try:
            if value is None and path in self.errors:
                raise self.errors[path]
            if isinstance(value, dict):
                return {key: self._walk(one, (*path, key)) for key, one in value.items()}
            if isinstance(value, list):
                return [self._walk(one, (*path, place)) for place, one in enumerate(value)]
        except GraphQLError as error:
            if not path or path in self.nonnull:
                raise
            self.told.append(error)
            return None
        return value


def recording(found: Unpropagated) -> type[Executor[Any]]:
    """graphql-core's executor, that makes nothing null and notes what it would have."""

    class Recording(Executor[Any]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.error_propagation = False

        def complete_value(
            self, return_type: Any, details: Any, info: Any, path: Any, *rest: Any
        ) -> Any:
            if is_non_null_type(return_type):
                found.nonnull.add(tuple(path.as_list()))
            return super().complete_value(return_type, details, info, path, *rest)

        def handle_field_error(self, error: Any, return_type: Any, details: Any, path: Any) -> None:
            place = tuple(path.as_list())
            if is_non_null_type(return_type):
                found.nonnull.add(place)
            found.errors.setdefault(place, located_error(error, to_nodes(details), list(place)))
            super().handle_field_error(error, return_type, details, path)

    return Recording


async def compare(
    right: ExecutionResult,
    planned: ExecutionResult,
    everything: Callable[[], Awaitable[Unpropagated]] | None,
) -> bool:
    """Whether errors are the same, too, or else another choice. Raises Differs.

    `everything` is None where both results are graphql-core's.
    """
    if text(right.data) != text(planned.data):
        raise Differs("data")
    if sorted(said(right)) == sorted(said(planned)):
        return True
    if everything is None:
        raise Differs("errors")
    all_there_are = await everything()
    due = all_there_are.propagated()
    if not set(said(right)) <= set(said(ExecutionResult(None, [*all_there_are.errors.values()]))):
        raise Differs("graphql-core's own errors")
    if text(due.data) != text(planned.data):
        raise Differs("data without a choice")
    if said(due) != said(planned):
        raise Differs(f"errors; due in this order: {said(due)}")
    return False


def text(data: Any) -> str:
    return json.dumps(data, default=repr)


def said(result: ExecutionResult) -> list[str]:
    """The errors, whole, but for how many parents a load was asked for."""
    return [
        _COUNTS.sub("answered parents with values", json.dumps(error.formatted, default=repr))
        for error in result.errors or ()
    ]


def stopped(result: ExecutionResult) -> bool:
    """Whether an error made more than its own field null: then graphql-core leaves work undone."""
    return any(not _is_own(error, result.data) for error in result.errors or ())


def _is_own(error: GraphQLError, data: Any) -> bool:
    for key in error.path or ():
        if data is None:
            return False
        data = data[key]
    return error.path is not None
