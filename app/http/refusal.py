"""What keeps a request from being answered, and how that is told."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from app.errors import UNLOGGED, AppError, numbered
from app.http.credentials import challenge

logger = logging.getLogger("thinkalike.errors")


class RequestError(Exception):
    """A request that no door takes as it is: answered with `status` and these headers."""

    def __init__(
        self,
        status: int,
        message: str,
        code: str = "BAD_REQUEST",
        details: Mapping[str, Any] | None = None,
        **headers: str,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers
        self.extensions = numbered(code, **(details or {}))

    @property
    def error(self) -> dict[str, Any]:
        """In the shape of GraphQL's errors."""
        return {"message": self.message, "extensions": self.extensions}


def error_and_headers(error: AppError, request_id: str) -> tuple[dict[str, Any], Mapping[str, str]]:
    """An error in the shape of GraphQL's, and the headers of its answer. The log has it, too, when
    it is a failure of ours."""
    if error.status >= 500 and not isinstance(error, UNLOGGED):
        logger.error("Request %s failed", request_id, exc_info=error)
    headers = challenge(error) if error.status == HTTPStatus.UNAUTHORIZED else error.headers
    return {"message": error.message, "extensions": error.extensions}, headers
