"""Recorded requests and their answers, which `scripts/openapi-examples` writes."""

from functools import cache
from pathlib import Path
from typing import Any

import orjson

FOLDER = Path(__file__).with_name("examples")


class Examples:
    """What is new has none yet: it must be in the document to be recorded."""

    def __init__(self, version: str) -> None:
        self._operations, self._errors = _read(version)

    def of(self, operation: str) -> dict[str, Any]:
        """`path`, `status`, `body` and `answer`, those that there are."""
        found: dict[str, Any] = self._operations.get(operation, {})
        return found

    def error(self, status: int, media_type: str) -> dict[str, Any]:
        """What to put beside the schema."""
        found = self._errors.get(str(status), {}).get(media_type)
        return {"example": found} if found else {}


@cache
def _read(version: str) -> tuple[dict[str, Any], dict[str, Any]]:
    file = FOLDER / f"{version}.json"
    found = orjson.loads(file.read_bytes()) if file.exists() else {}
    return found.get("operations", {}), found.get("errors", {})
