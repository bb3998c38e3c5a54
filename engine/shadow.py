"""Whether two results of one operation say the same."""

import json
from collections.abc import Iterator
from typing import Any

from graphql import ExecutionResult, GraphQLError


def difference(right: ExecutionResult, other: ExecutionResult) -> str | None:
    """Where `other` differs from `right`, without any value; None when both say the same.

    The order of errors is not compared, nor which error is told of several inside what became null.
    """
    place = _place(right.data, other.data, "data")
    if place:
        return place
    return None if _told(right) == _told(other) else "errors"


def _place(right: Any, other: Any, at: str) -> str | None:
    if type(right) is not type(other):
        return at
    if isinstance(right, dict):
        if list(right) != list(other):
            return at
        return _first(_place(one, other[key], f"{at}.{key}") for key, one in right.items())
    if isinstance(right, list):
        if len(right) != len(other):
            return at
        pairs = enumerate(zip(right, other, strict=True))
        return _first(_place(one, two, f"{at}[{number}]") for number, (one, two) in pairs)
    return None if json.dumps(right, default=str) == json.dumps(other, default=str) else at


def _first(places: Iterator[str | None]) -> str | None:
    return next(filter(None, places), None)


def _told(result: ExecutionResult) -> list[str]:
    """Errors at their own places, and the places that errors below made null."""
    return sorted({_said(error, result.data) for error in result.errors or ()})


def _said(error: GraphQLError, data: Any) -> str:
    try:
        nulled = list(_nulled(error, data))
    except (LookupError, TypeError):  # a path that it brought, to nowhere in here
        nulled = list(error.path or ())
    if nulled != list(error.path or ()):
        return json.dumps(nulled)
    return json.dumps(error.formatted, sort_keys=True, default=str)


def _nulled(error: GraphQLError, data: Any) -> Iterator[str | int]:
    """The path to what is null because of the error."""
    for key in error.path or ():
        if data is None:
            return
        yield key
        data = data[key]
