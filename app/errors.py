"""Everything that can go wrong and is somebody's to know.

AppError                     has a stable code, a catalogue number and an HTTP status
├── BadInput                 an argument that cannot be used as it is
└── Unavailable              a part that we need does not answer
StartupError                 the server cannot start: one line for the operator, never a traceback

Codes are words and stay as they are; the number beside each is the catalogue's (guidelines 7.2).
"""

from http import HTTPStatus
from typing import Any, ClassVar


class AppError(Exception):
    """An error whose message is written for the caller."""

    code: ClassVar[str] = "INTERNAL_SERVER_ERROR"
    number: ClassVar[int] = 5001
    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    @property
    def extensions(self) -> dict[str, Any]:
        """What a client reads beside the message."""
        return {"code": self.code, "number": self.number, **self.details}


class BadInput(AppError):
    code = "BAD_USER_INPUT"
    number = 2001
    status = HTTPStatus.BAD_REQUEST


class Unavailable(AppError):
    code = "DATABASE_UNAVAILABLE"
    number = 5002
    status = HTTPStatus.SERVICE_UNAVAILABLE


class StartupError(Exception):
    """Why the server or a command cannot start; the message is the whole explanation."""
