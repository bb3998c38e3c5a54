"""Everything that can go wrong and is somebody's to know.

AppError                     has a stable code, a catalogue number and an HTTP status
├── BadInput                 an argument that cannot be used as it is
└── Unavailable              a part that we need does not answer
StartupError                 the server cannot start: one line for the operator, never a traceback

Codes are words and stay as they are; the number beside each is the catalogue's (guidelines 7.2).
"""

from http import HTTPStatus
from typing import Any, ClassVar

INVALID = 2001
NUMBERS = {
    "DOCUMENT_NOT_TRUSTED": 1003,
    "BAD_USER_INPUT": 2001,
    "GRAPHQL_VALIDATION_FAILED": 2001,
    "OPERATION_RESOLUTION_FAILURE": 2001,
    "QUERY_TOO_COMPLEX": 2001,
    "PERSISTED_QUERY_MISMATCH": 2001,
    "BODY_TOO_LARGE": 2001,
    "BAD_REQUEST": 2002,
    "GRAPHQL_PARSE_FAILED": 2002,
    "METHOD_NOT_ALLOWED": 2002,
    "NOT_ACCEPTABLE": 2002,
    "UNSUPPORTED_MEDIA_TYPE": 2002,
    "DOCUMENT_NOT_FOUND": 3001,
    "NOT_FOUND": 3001,
    "PERSISTED_QUERY_NOT_FOUND": 3001,
    "PERSISTED_QUERY_NOT_SUPPORTED": 3001,
    "INTERNAL_SERVER_ERROR": 5001,
    "DATABASE_UNAVAILABLE": 5002,
}


def numbered(code: str, **details: Any) -> dict[str, Any]:
    """An error's extensions: its code, the number beside it, and what else there is to know."""
    return {"code": code, "number": NUMBERS.get(code, INVALID), **details}


class AppError(Exception):
    """An error whose message is written for the caller."""

    code: ClassVar[str] = "INTERNAL_SERVER_ERROR"
    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR

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


class Unavailable(AppError):
    code = "DATABASE_UNAVAILABLE"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class StartupError(Exception):
    """Why the server or a command cannot start; the message is the whole explanation."""
