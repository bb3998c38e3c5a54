"""Filters as plain data, and what each operator means in SQL.

A filter is hashable: (("title", (("contains", "rose"),)), ("not", (("kind", (("eq", "page"),)),))).
All its conditions must hold; `and`, `or` and `not` hold filters again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal, not_, or_, true

from app import text
from app.errors import BadInput

Filter = tuple[tuple[str, Any], ...]
Condition = ColumnElement[bool]
Field = Callable[[Any], Condition]
Operator = Callable[[ColumnElement[Any], Any], Condition]
Convert = Callable[[str, Any], Any]

MAX_CONDITIONS = 50
MAX_VALUES = 100


def where(filter: Filter, fields: Mapping[str, Field]) -> Condition:
    """The condition that a filter stands for.

    Raises BadInput for more than MAX_CONDITIONS conditions.
    """
    if (found := _conditions(filter)) > MAX_CONDITIONS:
        raise BadInput(f"A filter has at most {MAX_CONDITIONS} conditions, this one has {found}")
    return _where(filter, fields)


def _conditions(filter: Filter) -> int:
    total = 0
    for name, operand in filter:
        if name in ("and", "or"):
            total += sum(max(_conditions(part), 1) for part in operand)
        else:
            total += max(_conditions(operand), 1) if name == "not" else 1
    return total


def _where(filter: Filter, fields: Mapping[str, Field]) -> Condition:
    return and_(true(), *(_condition(name, operand, fields) for name, operand in filter))


def _condition(name: str, operand: Any, fields: Mapping[str, Field]) -> Condition:
    if name == "and":
        return and_(true(), *(_where(part, fields) for part in operand))
    if name == "or":
        return or_(false(), *(_where(part, fields) for part in operand))
    if name == "not":  # NULL means "does not hold", so its opposite holds
        return not_(func.coalesce(_where(operand, fields), false()))
    return fields[name](operand)


def phrase(column: ColumnElement[str], **operators: Operator) -> Field:
    """A column of `text.key`s: comparisons ignore case and accents. `operators` replace ours."""
    return lambda operand: _operators(column, operand, _folded, OPERATORS | operators)


def name(column: ColumnElement[str]) -> Field:
    """A column compared exactly as it is: ids, slugs, kinds."""
    return lambda operand: _operators(column, operand, lambda _operator, value: str(value))


def moment(column: ColumnElement[datetime]) -> Field:
    return lambda operand: _operators(column, operand, _utc)


@dataclass(frozen=True, slots=True, eq=False)
class OneOf:
    """A column of an enumeration. Its values are so few that they are in the statement's text: for
    each selection of them PostgreSQL has a plan."""

    column: ColumnElement[Any]

    def __call__(self, values: tuple[Any, ...]) -> Condition:
        some = sorted(set(_bounded("the list", values)))
        type = self.column.type
        return self.column.in_([literal(value, type, literal_execute=True) for value in some])


def _operators(
    column: ColumnElement[Any],
    operand: Filter,
    convert: Convert,
    operators: Mapping[str, Operator] | None = None,
) -> Condition:
    operators = operators or OPERATORS
    return and_(
        true(),
        *(
            operators[operator](column, _converted(operator, value, convert))
            for operator, value in operand
        ),
    )


def _folded(operator: str, value: str) -> str:
    # A part of a text may begin or end with a space.
    return text.fold(value) if operator in ("starts_with", "contains") else text.key(value)


def _utc(operator: str, value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise BadInput(f"`{operator}` must be in the years 1 to 9999 of UTC") from None


def _converted(operator: str, value: Any, convert: Convert) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, tuple):
        return [_converted(operator, one, convert) for one in _bounded(f"`{operator}`", value)]
    if isinstance(value, str) and "\0" in value:
        raise BadInput("Text must not contain the character U+0000")
    return convert(operator, value)


def _bounded(what: str, values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(values) > MAX_VALUES:
        raise BadInput(f"{what} holds at most {MAX_VALUES} values, this one has {len(values)}")
    return values


def _starts_with(column: ColumnElement[str], prefix: str) -> Condition:
    # A range, because both databases answer it from an ordinary index on binary text.
    if not prefix:
        return true()
    return and_(column >= prefix, column < prefix + "\U0010ffff")


def _contains(column: ColumnElement[str], part: str) -> Condition:
    return column.contains(part, autoescape=True)


def _is_null(column: ColumnElement[Any], null: bool) -> Condition:
    return column.is_(None) if null else column.is_not(None)


OPERATORS: dict[str, Operator] = {
    "eq": lambda column, value: column == value,
    "ne": lambda column, value: column.is_distinct_from(value),
    "in": lambda column, values: column.in_(values),
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
    "starts_with": _starts_with,
    "contains": _contains,
    "is_null": _is_null,
}
