"""From a JSON body to a mutation's input: names are checked here, values by GraphQL's types."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, reduce
from operator import getitem
from typing import Any, TypeVar

import orjson
from graphql import (
    GraphQLEnumType,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    get_named_type,
    get_nullable_type,
    is_list_type,
)
from graphql.utilities.validate_input_value import validate_input_value

from app.http.refusal import RequestError
from app.rest import values
from app.rest.failures import Failure, Refused, SourceOf

Fields = Mapping[str, GraphQLInputField]
Naming = Callable[[str], str]

T = TypeVar("T")

MAX_LEVELS = 50
MAX_VALUES = 2_500
MAX_ECHOED = 100  # characters of what nobody knows
"""What a body may hold: a megabyte of `0,0,0` where objects belong would take 4 s to refuse."""

# What values of GraphQL's types are in JSON; other scalars say it themselves.
KINDS = {
    "Boolean": "true or false",
    # In an address a `+` would be read as a space.
    "DateTime": "a date and time with its offset, such as 2026-01-31T12:00:00Z",
    "Float": "a number",
    "ID": "an id, which is a string",
    "Int": "a whole number, of 32 bits at most",
    "String": "a string",
}

_MISSING = re.compile(r"to include required field '(\w+)'")


def parsed(body: bytes) -> Any:
    """Raises RequestError (400) for what is not JSON, or holds too much to be checked."""
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestError(400, f"The body is not JSON: {error}") from None
    level, levels, values = [given], 0, 0
    while level:
        levels, values = levels + 1, values + len(level)
        if levels > MAX_LEVELS or values > MAX_VALUES:
            detail = f"A body holds at most {MAX_VALUES:,} values in {MAX_LEVELS} levels"
            raise RequestError(400, detail, "QUERY_TOO_COMPLEX")
        level = [one for value in level for one in _inside(value)]
    return given


def invalid(
    pointer: str, detail: str, status: int = 400, code: str = "VALIDATION_ERROR"
) -> Refused:
    """What is wrong with a body, and where (RFC 6901)."""
    return Refused.one(status, code, detail, {"pointer": pointer})


def each(readings: Iterable[Callable[[], T]]) -> list[T]:
    """What they all read. Raises Refused that tells everything that any of them refuses."""
    read: list[T] = []
    failures: list[Failure] = []
    for reading in readings:
        try:
            read.append(reading())
        except Refused as refused:
            failures += refused.failures
    if failures:
        raise Refused(failures)
    return read


def identifiers(
    given: Any, pointer: str, read: Callable[[Any, str], str], *, many: bool
) -> list[str] | str | None:
    """The ids that `read` finds in a list of resource identifiers, or in one of them, or null.
    Raises Refused."""
    if many != isinstance(given, list):
        wanted = "a list of resource identifiers" if many else "a resource identifier, or null"
        raise invalid(pointer, f"This must be {wanted}")
    if many:
        return each(partial(read, one, f"{pointer}/{index}") for index, one in enumerate(given))
    return None if given is None else read(given, pointer)


def renamed(given: Any, fields: Fields, name: Naming, pointer: str) -> dict[str, Any]:
    """An object of a body with the names of GraphQL's fields. Raises Refused for unknown ones."""
    if not isinstance(given, dict):
        raise invalid(pointer, "This must be an object")
    names = {name(field): field for field in fields}

    def read(one: str, value: Any) -> tuple[str, Any]:
        if one not in names:
            one, known = one[:MAX_ECHOED], ", ".join(names) or "none"
            place = f"{pointer}/{escaped(one)}"
            raise invalid(place, f"There is no `{one}` here; known: {known}")
        return names[one], _inner(value, fields[names[one]], name, f"{pointer}/{one}")

    return dict(each(partial(read, *pair) for pair in given.items()))


def _inner(value: Any, field: GraphQLInputField, name: Naming, pointer: str) -> Any:
    type = get_named_type(field.type)
    if not isinstance(type, GraphQLInputObjectType):
        return _plain(value, field.type, pointer)
    return renamed(value, type.fields, name, pointer) if isinstance(value, dict) else value


def _plain(value: Any, type: GraphQLInputType, pointer: str) -> Any:
    """GraphQL takes one for a list of one, and numbers for ids: JSON says what it means."""
    if is_list_type(get_nullable_type(type)) and not isinstance(value, list | None):
        raise invalid(pointer, "This must be a list")
    if get_named_type(type) is not GraphQLID:
        return value
    if isinstance(value, list):
        return each(partial(_id, one, f"{pointer}/{index}") for index, one in enumerate(value))
    return _id(value, pointer)


def _id(value: Any, pointer: str) -> Any:
    if isinstance(value, int):
        raise invalid(pointer, f"This must be {KINDS['ID']}")
    return value


def checked(
    variables: Mapping[str, Any], types: Mapping[str, GraphQLInputType], source_of: SourceOf
) -> None:
    """Raises Refused (400) for values that do not fit their types, all of them at once."""
    failures: list[Failure] = []
    for variable, type in types.items():

        def refuse(error: Any, path: Sequence[str | int], variable: str = variable) -> None:
            way = [variable, *path]
            failures.append(_failure(error.message, way, variables, types, source_of))

        value = variables.get(variable)
        validate_input_value(value, type, refuse, hide_suggestions=True)
    if failures:
        raise Refused(failures)


def _failure(
    message: str,
    way: Sequence[str | int],
    variables: Mapping[str, Any],
    types: Mapping[str, GraphQLInputType],
    source_of: SourceOf,
) -> Failure:
    """What does not fit at the end of a way into the variables."""
    source = source_of(way)
    if source is None:  # a part of the address that nothing has
        return Failure(404, "NOT_FOUND", "Nothing is at this address")
    code = "INVALID_PARAMETER" if "parameter" in source else "VALIDATION_ERROR"
    if missing := _MISSING.search(message):
        inner = source_of([*way, missing[1]]) or {}
        name = "".join(inner.values()).rpartition("/")[2]
        return Failure(400, code, f"`{name}` is needed here", source)
    given: Any = reduce(getitem, way[1:], variables.get(str(way[0])))  # type: ignore[arg-type]
    place = ".".join(part for part in way if isinstance(part, str))
    return Failure(400, code, _wanted(values.type_at(types, place), given) or message, source)


def _wanted(type: GraphQLInputType, given: Any) -> str | None:
    """What a value must be, for who never saw GraphQL."""
    named = get_named_type(type)
    if given is None:
        return "This is needed, and cannot be null"
    if isinstance(named, GraphQLInputObjectType) and not isinstance(given, dict):
        return "This must be an object"
    if isinstance(named, GraphQLEnumType):
        return f"This must be one of: {', '.join(named.values)}"
    return f"This must be {KINDS[named.name]}" if named.name in KINDS else None


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def escaped(name: str) -> str:
    """A name as a part of a JSON pointer (RFC 6901, 3)."""
    return name.replace("~", "~0").replace("/", "~1")
