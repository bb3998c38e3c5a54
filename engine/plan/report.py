"""The second pass, taken only when some field failed: errors are located and nulls carried up.

Handling Field Errors (https://spec.graphql.org/October2021/#sec-Handling-Field-Errors). Of several
errors inside what becomes null, the first in document order is told.
"""

from typing import Any

from graphql import GraphQLError, located_error

from engine import adapter
from engine.plan.model import Failure, Field, Kind, Row, Selection, Shape, Source, State, Wholes


class Report:
    """The errors of a run, and its rows without their failures."""

    def __init__(self) -> None:
        self._collected = adapter.CollectedErrors()
        self._types: dict[int, Selection] = {}
        self._wholes: Wholes = {}

    @property
    def errors(self) -> list[GraphQLError]:
        return self._collected.errors

    def add(self, error: GraphQLError, path: Any) -> None:
        self._collected.add(error, path)

    def object(self, row: Row, selection: Selection, path: Any, state: State) -> Row:
        """The row of a step. Raises GraphQLError when it cannot be without what failed."""
        self._wholes = state.wholes or {}
        self._types = {id(row): one for rows, one in state.abstract for row in rows}
        return self._object(row, selection, path)

    def _object(self, row: Row, selection: Selection, path: Any) -> Row:
        done: Row = {}
        for field in selection.fields:
            value = row[field.key]
            whole = self._wholes.get(field) and type(value) is not Failure
            if field.source is not Source.TYPENAME and not whole:
                place = adapter.Path(path, field.key, selection.type.name)
                value = self._value(value, field.shape, field, place)
            done[field.key] = value
        return done

    def _value(self, value: Any, shape: Shape, field: Field, path: Any) -> Any:
        try:
            if type(value) is Failure:
                raise located_error(value.error, value.nodes, path.as_list())
            if value is None or shape.kind is Kind.LEAF:
                return value
            if shape.kind is Kind.LIST:
                item = shape.item
                assert item
                return [
                    self._value(one, item, field, adapter.Path(path, place, None))
                    for place, one in enumerate(value)
                ]
            selection = shape.selection or self._types[id(value)]
            return self._object(value, selection, path)
        except GraphQLError as error:
            if shape.nonnull:
                raise
            self.add(error, path)
            return None
