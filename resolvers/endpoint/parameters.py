"""What a request asks for, whatever way it came."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from resolvers.errors import RequestError


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
            case {"version": 1, "sha256Hash": str() as hash} if len(hash) == 64:
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
    return _checked(asked)


def from_query(asked: Mapping[str, str]) -> Parameters:
    """The parameters of a GET. Raises RequestError (400)."""
    given: dict[str, Any] = dict(asked)
    for name in ("variables", "extensions"):
        if given.get(name):
            try:
                given[name] = orjson.loads(given[name])
            except orjson.JSONDecodeError as error:
                raise RequestError(400, f"`{name}` is not JSON: {error}") from None
        else:
            given[name] = None
    given["operationName"] = given.get("operationName") or None
    return _checked(given)


def _checked(asked: Mapping[str, Any]) -> Parameters:
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
