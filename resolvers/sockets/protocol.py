"""Messages of `graphql-transport-ws` and what they mean, and what sockets are closed with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import orjson

from app.http.refusal import RequestError
from resolvers.endpoint.parameters import Parameters, typed

PROTOCOL = "graphql-transport-ws"
LONGEST_ID = 256
LONGEST_REASON = 123
"""Bytes (RFC 6455, 5.5.1)."""

Payload = Mapping[str, Any]


class Code(IntEnum):
    """What the protocol closes with, and those of RFC 6455's registry that we use."""

    RESTART = 1012
    TRY_LATER = 1013
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    NO_SUBPROTOCOL = 4406
    INIT_TIMEOUT = 4408
    ID_TAKEN = 4409
    INIT_TWICE = 4429
    INTERNAL = 4500


class Closing(Exception):
    """The socket is to be closed, with a code and a reason."""

    def __init__(self, code: Code, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:LONGEST_REASON].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Init:
    payload: Payload = field(repr=False)  # a token


@dataclass(frozen=True, slots=True)
class Ping:
    payload: Payload | None


@dataclass(frozen=True, slots=True)
class Pong:
    pass


@dataclass(frozen=True, slots=True)
class Subscribe:
    id: str
    asked: Parameters


@dataclass(frozen=True, slots=True)
class Complete:
    id: str


Message = Init | Ping | Pong | Subscribe | Complete


def read(text: str | None) -> Message:
    """What a client says; None is a message in bytes. Raises Closing (4400) for all that is none
    of the protocol."""
    if text is None:
        raise _bad("Messages are texts")
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _bad("Messages are JSON") from None
    if not isinstance(said, dict):
        raise _bad("Messages are JSON objects")
    match said.get("type"):
        case "connection_init":
            return Init(_payload(said) or {})
        case "ping":
            return Ping(_payload(said))
        case "pong":
            _payload(said)
            return Pong()
        case "subscribe":
            return Subscribe(_id(said), _asked(said))
        case "complete":
            return Complete(_id(said))
    raise _bad("`type` is none of a client's messages")


def acknowledged() -> bytes:
    return orjson.dumps({"type": "connection_ack"})


def pong(payload: Payload | None) -> bytes:
    """Raises Closing (4400) for a payload that can be read and not be written."""
    try:
        return orjson.dumps(
            {"type": "pong"} if payload is None else {"type": "pong", "payload": payload}
        )
    except orjson.JSONEncodeError:
        raise _bad("`payload` has too many levels") from None


def next(id: str, content: bytes) -> bytes:
    """`content` is a result, as JSON."""
    return orjson.dumps({"id": id, "type": "next", "payload": orjson.Fragment(content)})


def error(id: str, errors: Sequence[Mapping[str, Any]]) -> bytes:
    return orjson.dumps({"id": id, "type": "error", "payload": errors})


def complete(id: str) -> bytes:
    return orjson.dumps({"id": id, "type": "complete"})


def _payload(said: Payload) -> Payload | None:
    payload = said.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise _bad("`payload` must be an object")
    return payload


def _id(said: Payload) -> str:
    id = said.get("id")
    if not isinstance(id, str) or not 0 < len(id) <= LONGEST_ID:
        raise _bad(f"`id` must be a text of 1 to {LONGEST_ID} characters")
    return id


def _asked(said: Payload) -> Parameters:
    try:
        asked = typed(_payload(said) or {})
    except RequestError as refusal:
        raise _bad(refusal.message) from None
    if (
        asked.query is None
        and asked.document_id is None
        and "persistedQuery" not in asked.extensions
    ):
        raise _bad("`payload` names no document: send `query` or `documentId`")
    return asked


def _bad(reason: str) -> Closing:
    return Closing(Code.BAD_REQUEST, reason)
