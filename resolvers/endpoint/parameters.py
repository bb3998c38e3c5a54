"""What a request asks for, whatever way it came."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.http.refusal import RequestError
from engine.errors import QUERY_TOO_COMPLEX

MAX_LEVELS = 50
MAX_VALUES = 2_500
"""How much variables may hold; an object counts OBJECT beside its fields, as it takes ten times as
long to check as a text: 60 µs, so that a body full of `{}` would take 20 s. One document may use
the same variables in thirty root fields, and each use converts them again."""
OBJECT = 10

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of GraphQL over HTTP, of the right types; the rest is not checked yet."""

    query: str | None = None
    operation_name: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    extensions: dict[str, Any] = field(default_factory=dict)
    document_id: str | None = None

    @property
    def hash(self) -> str | None:
        """The SHA-256 of an automatic persisted query. Raises RequestError for a malformed one."""
        persisted = self.extensions.get("persistedQuery")
        if persisted is None:
            return None
        match persisted:
            case {"version": 1, "sha256Hash": str() as hash} if _SHA256.fullmatch(hash):
                return hash.lower()
        raise RequestError(400, "`extensions.persistedQuery` must be {version: 1, sha256Hash}")


def from_body(body: bytes) -> Parameters:
    """The parameters of a POST. Raises RequestError (400) for anything but a fitting object."""
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestError(400, f"The body is not JSON: {error}") from None
    if isinstance(asked, list):
        raise RequestError(400, "The body is a list: send one operation at a time")
    if not isinstance(asked, dict):
        raise RequestError(400, "The body must be a JSON object with `query`")
    return bounded(typed(asked))


def from_query(asked: Mapping[str, str]) -> Parameters:
    """The parameters of a GET. Raises RequestError (400)."""
    given: dict[str, Any] = {name: text for name, text in asked.items() if text}
    for name in given.keys() & {"variables", "extensions"}:
        try:
            given[name] = orjson.loads(given[name])
        except orjson.JSONDecodeError as error:
            raise RequestError(400, f"`{name}` is not JSON: {error}") from None
    return bounded(typed(given))


def typed(asked: Mapping[str, Any]) -> Parameters:
    """Raises RequestError (400) for a parameter of another type."""
    return Parameters(
        _typed(asked, "query", str, "a string"),
        _typed(asked, "operationName", str, "a string"),
        _typed(asked, "variables", dict, "an object") or {},
        _typed(asked, "extensions", dict, "an object") or {},
        _typed(asked, "documentId", str, "a string"),
    )


def _typed(asked: Mapping[str, Any], name: str, type: type, words: str) -> Any:
    value = asked.get(name)
    if value is not None and not isinstance(value, type):
        raise RequestError(400, f"`{name}` must be {words}")
    return value


def bounded(asked: Parameters) -> Parameters:
    """The same; raises RequestError (400) when to check variables against their types would take
    too long."""
    level: list[Any] = [asked.variables]
    levels = values = 0
    while level:
        levels += 1
        values += sum(len(value) + OBJECT * isinstance(value, dict) for value in level)
        if levels > MAX_LEVELS:
            raise _too_much("levels", MAX_LEVELS, levels)
        if values > MAX_VALUES:
            raise _too_much("values", MAX_VALUES, values)
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, dict | list)
        ]
    return asked


def _too_much(limit: str, allowed: int, actual: int) -> RequestError:
    message = f"`variables` holds {actual:,} {limit}; {allowed:,} allowed"
    details = {"limit": f"variable_{limit}", "allowed": allowed, "actual": actual}
    return RequestError(400, message, QUERY_TOO_COMPLEX, details)
