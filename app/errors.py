"""Everything that can go wrong and is somebody's to know.

AppError                     has a stable code, a catalogue number and an HTTP status
├── BadInput                 an argument that cannot be used as it is
├── Unauthenticated          nobody we know is asking
│   ├── InvalidToken         … with a token or key that is forged, revoked or malformed
│   └── TokenExpired         … with a token whose time is over
├── Forbidden                somebody we know, who may not do this
├── SwitchedOff              what a feature flag has taken away, for the caller at least
├── Invalid                  what a mutation was given cannot be done: told in its payload
│   └── Conflict             … because somebody else changed the object in between
├── RateLimited              the caller has spent what there was to spend
├── Overloaded               more of this is asked for than we can do; soon again
├── TimedOut                 it took longer than anything may, and was cancelled
└── Unavailable              a part that we need does not answer
    ├── StorageUnavailable   … the one that keeps the files
    └── LimitsUnavailable    … the one that knows what callers have spent
StartupError                 the server cannot start: one line for the operator, never a traceback

Codes are words and stay as they are; the number beside each is the catalogue's (guidelines 7.2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, ClassVar

INVALID = 2001
NUMBERS = {
    "INVALID_TOKEN": 1001,
    "UNAUTHENTICATED": 1001,
    "TOKEN_EXPIRED": 1002,
    "INVALID_CREDENTIALS": 1001,
    "TOTP_REQUIRED": 1001,
    "CSRF_PREVENTED": 1003,
    "DOCUMENT_NOT_TRUSTED": 1003,
    "ORIGIN_NOT_ALLOWED": 1003,
    "FORBIDDEN": 1003,
    "INSUFFICIENT_PERMISSIONS": 1003,
    "FEATURE_DISABLED": 1003,
    "RATE_LIMIT_EXCEEDED": 1003,
    "BAD_USER_INPUT": 2001,
    "GRAPHQL_VALIDATION_FAILED": 2001,
    "OPERATION_RESOLUTION_FAILURE": 2001,
    "QUERY_TOO_COMPLEX": 2001,
    "PERSISTED_QUERY_MISMATCH": 2001,
    "BODY_TOO_LARGE": 2001,
    "BAD_REQUEST": 2002,
    "GRAPHQL_PARSE_FAILED": 2002,
    "CLIENT_GENERATED_ID": 2001,
    "INVALID_PARAMETER": 2001,
    "VALIDATION_ERROR": 2001,
    "METHOD_NOT_ALLOWED": 2002,
    "NOT_ACCEPTABLE": 2002,
    "REQUESTED_RANGE_NOT_SATISFIABLE": 2002,
    "UNSUPPORTED_MEDIA_TYPE": 2002,
    "UNSUPPORTED_MEDIA": 2002,
    "PRECONDITION_REQUIRED": 2003,
    "REQUIRED": 2003,
    "DOCUMENT_NOT_FOUND": 3001,
    "NOT_FOUND": 3001,
    "PERSISTED_QUERY_NOT_FOUND": 3001,
    "PERSISTED_QUERY_NOT_SUPPORTED": 3001,
    "NOT_UNIQUE": 3002,
    "CONFLICT": 3003,
    "IDEMPOTENCY_MISMATCH": 3003,
    "INVALID_STATE": 3003,
    "IN_USE": 3003,
    "PRECONDITION_FAILED": 3003,
    "VERSION_CONFLICT": 3003,
    "INTERNAL_SERVER_ERROR": 5001,
    "DATABASE_UNAVAILABLE": 5002,
    "STORAGE_UNAVAILABLE": 5002,
    "SERVICE_UNAVAILABLE": 5002,
    "OVERLOADED": 5002,
    "TIMEOUT": 5002,
}


def numbered(code: str, **details: Any) -> dict[str, Any]:
    """An error's extensions: its code, the number beside it, and what else there is to know."""
    return {"code": code, "number": NUMBERS.get(code, INVALID), **details}


class AppError(Exception):
    """An error whose message is written for the caller; `headers` are those of HTTP's answer."""

    code: ClassVar[str] = "INTERNAL_SERVER_ERROR"
    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    @property
    def extensions(self) -> dict[str, Any]:
        """What a client reads beside the message."""
        return numbered(self.code, **self.details)


class BadInput(AppError):
    code = "BAD_USER_INPUT"
    status = HTTPStatus.BAD_REQUEST


class Unauthenticated(AppError):
    code = "UNAUTHENTICATED"
    status = HTTPStatus.UNAUTHORIZED


class InvalidToken(Unauthenticated):
    code = "INVALID_TOKEN"


class TokenExpired(Unauthenticated):
    code = "TOKEN_EXPIRED"


class Forbidden(AppError):
    code = "INSUFFICIENT_PERMISSIONS"
    status = HTTPStatus.FORBIDDEN


class SwitchedOff(AppError):
    code = "FEATURE_DISABLED"
    status = HTTPStatus.FORBIDDEN


class ErrorCode(StrEnum):
    """What is wrong with a field of a mutation's input."""

    INVALID = "INVALID"
    REQUIRED = "REQUIRED"
    TOO_SHORT = "TOO_SHORT"
    TOO_LONG = "TOO_LONG"
    NOT_UNIQUE = "NOT_UNIQUE"
    NOT_FOUND = "NOT_FOUND"
    INVALID_STATE = "INVALID_STATE"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    IN_USE = "IN_USE"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    UNSUPPORTED_MEDIA = "UNSUPPORTED_MEDIA"
    FORBIDDEN = "FORBIDDEN"
    INVALID_CREDENTIALS = "INVALID_CREDENTIALS"
    TOTP_REQUIRED = "TOTP_REQUIRED"
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS"
    IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; `path` leads to it in the input, in our spelling (`full_name`).

    `retry_after` are the seconds after which it may be right.
    """

    code: ErrorCode
    message: str
    path: tuple[str | int, ...] = ()
    retry_after: int | None = None


class Invalid(AppError):
    """All that is wrong with what a mutation was given; nothing was changed."""

    code = "BAD_USER_INPUT"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = tuple(problems)

    @classmethod
    def one(cls, code: ErrorCode, message: str, *path: str | int) -> "Invalid":
        return cls([Problem(code, message, path)])


class Conflict(Invalid):
    """The object is not at the version that the caller saw; `expected` is below 1 for what is no
    version at all, such as an entity tag that is not ours."""

    status = HTTPStatus.CONFLICT

    def __init__(self, expected: int, actual: int) -> None:
        message = f"Expected version {expected}, but it is at {actual}: read it again"
        if expected < 1:
            message = f"It is at version {actual}, not at what you expect: read it again"
        super().__init__([Problem(ErrorCode.VERSION_CONFLICT, message, ("if_version",))])
        self.expected, self.actual = expected, actual


class RateLimited(AppError):
    """`retry_after` are the seconds after which there is enough to spend."""

    code = "RATE_LIMIT_EXCEEDED"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, message: str, retry_after: int, **details: Any) -> None:
        super().__init__(message, retryAfter=retry_after, **details)
        self.headers = {"Retry-After": str(retry_after)}


class Overloaded(AppError):
    code = "OVERLOADED"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    headers = MappingProxyType({"Retry-After": "1"})


class TimedOut(AppError):
    code = "TIMEOUT"
    status = HTTPStatus.GATEWAY_TIMEOUT


class Unavailable(AppError):
    code = "DATABASE_UNAVAILABLE"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class StorageUnavailable(Unavailable):
    code = "STORAGE_UNAVAILABLE"


class LimitsUnavailable(Unavailable):
    code = "SERVICE_UNAVAILABLE"
    headers = MappingProxyType({"Retry-After": "1"})


UNLOGGED = (Overloaded, TimedOut, LimitsUnavailable)
"""Told by other means, or so many at a time that nobody could read them."""


class StartupError(Exception):
    """Why the server or a command cannot start; the message is the whole explanation."""
