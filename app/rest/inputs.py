"""From a JSON body to a mutation's input: names are checked here, values by GraphQL's types."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from graphql import (
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    get_named_type,
)
from graphql.utilities.validate_input_value import validate_input_value

from app.http.refusal import RequestError
from app.rest.failures import Failure, Refused, SourceOf

Fields = Mapping[str, GraphQLInputField]
Naming = Callable[[str], str]

MAX_VALUES = 2_500


def parsed(body: bytes) -> Any:
    """Raises RequestError (400)."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestError(400, f"The body is not JSON: {error}") from None


def invalid(
    pointer: str, detail: str, status: int = 400, code: str = "VALIDATION_ERROR"
) -> Refused:
    """What is wrong with a body, and where (RFC 6901)."""
    return Refused.one(status, code, detail, {"pointer": pointer})


def renamed(given: Any, fields: Fields, name: Naming, pointer: str) -> dict[str, Any]:
    """An object of a body with the names of GraphQL's fields. Raises Refused for unknown ones."""
    if not isinstance(given, dict):
        raise invalid(pointer, "This must be an object")
    names = {name(field): field for field in fields}
    unknown = [one for one in given if one not in names]
    if unknown:
        known = ", ".join(names) or "none"
        raise Refused(
            Failure(
                400, "VALIDATION_ERROR", f"There is no `{one}` here; known: {known}",
                {"pointer": f"{pointer}/{escaped(one)}"},
            )
            for one in unknown[:20]
        )  # fmt: skip
    return {
        names[one]: _inner(value, fields[names[one]], name, f"{pointer}/{one}")
        for one, value in given.items()
    }


def _inner(value: Any, field: GraphQLInputField, name: Naming, pointer: str) -> Any:
    type = get_named_type(field.type)
    if not isinstance(type, GraphQLInputObjectType):
        return value
    return renamed(value, type.fields, name, pointer) if isinstance(value, dict) else value


def checked(
    variables: Mapping[str, Any], types: Mapping[str, GraphQLInputType], source_of: SourceOf
) -> None:
    """Raises Refused (400) for values that do not fit their types, all of them at once."""
    if sum(1 for _ in _values(variables)) > MAX_VALUES:
        detail = f"The request holds more than {MAX_VALUES:,} values"
        raise Refused.one(400, "QUERY_TOO_COMPLEX", detail)
    failures: list[Failure] = []
    for variable, type in types.items():

        def refuse(error: Any, path: Sequence[str | int], variable: str = variable) -> None:
            source = source_of([variable, *path])
            if source is None:  # a part of the address that nothing has
                failures.append(Failure(404, "NOT_FOUND", "Nothing is at this address"))
                return
            code = "INVALID_PARAMETER" if source and "parameter" in source else "VALIDATION_ERROR"
            failures.append(Failure(400, code, error.message, source))

        value = variables.get(variable)
        validate_input_value(value, type, refuse, hide_suggestions=True)
    if failures:
        raise Refused(failures)


def _values(given: Any) -> Iterator[Any]:
    level = [given]
    while level:
        value = level.pop()
        yield value
        if isinstance(value, dict):
            level += value.values()
        elif isinstance(value, list):
            level += value


def escaped(name: str) -> str:
    """A name as a part of a JSON pointer (RFC 6901, 3)."""
    return name.replace("~", "~0").replace("/", "~1")
