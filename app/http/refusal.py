"""What is wrong with a request before anything of it is done."""

from collections.abc import Mapping
from typing import Any

from app.errors import numbered


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
