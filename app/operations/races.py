"""What the database refuses although our own checks let it pass: somebody else was faster."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError

from app.errors import ErrorCode, Invalid, Problem

T = TypeVar("T")

TRIES = 3
RESTRICTED = ("23503", "23001")  # by what is named, by what names it

_TAKEN = {
    "users.username_key": ("username", "This name is taken"),
    "users.email_key": ("email", "This address is taken"),
    "content_items.slug": ("slug", "Another item of this kind has this slug"),
    "tags.slug": ("slug", "Another tag has this slug"),
    "categories.slug": ("slug", "Another category has this slug"),
    "media.sha256": ("file", "This file is there already"),
}
_SQLITE = re.compile(r"UNIQUE constraint failed: (?:\w+\.\w+, )*(\w+\.\w+)$")


def refusal(error: DBAPIError) -> Invalid | None:
    """The error as the caller's to correct; None when it is a mistake of ours."""
    if _driver(error, "sqlstate") == "22021":
        return Invalid.one(ErrorCode.INVALID, "Text must not contain the character U+0000")
    if not isinstance(error, IntegrityError):
        return None
    problem = _duplicate(error) or _missing(error)
    return Invalid([problem]) if problem else None


async def again_after_deadlock(transaction: Callable[[], Awaitable[T]]) -> T:
    """Run a transaction, and again when the database undid it to let another one go on."""
    for _ in range(TRIES - 1):
        try:
            return await transaction()
        except DBAPIError as error:
            if not may_be_tried_again(error):
                raise
    return await transaction()


def may_be_tried_again(error: DBAPIError) -> bool:
    """Whether the database undid this transaction to let another one go on."""
    return _driver(error, "sqlstate") in ("40P01", "40001")


def _duplicate(error: IntegrityError) -> Problem | None:
    column = _column(error)
    if column not in _TAKEN:
        return None
    field, message = _TAKEN[column]
    return Problem(ErrorCode.NOT_UNIQUE, message, (field,))


def _column(error: IntegrityError) -> str | None:
    if found := _SQLITE.search(str(error.orig)):
        return found[1]
    name = str(_driver(error, "constraint_name"))
    return next((c for c in _TAKEN if name.endswith(c.replace(".", "_"))), None) or next(
        (c for c in _TAKEN if name == f"ix_{c.split('.')[0]}_kind_{c.split('.')[1]}"), None
    )


def _missing(error: IntegrityError) -> Problem | None:
    missing = "FOREIGN KEY" in str(error.orig) or _driver(error, "sqlstate") in RESTRICTED
    message = "Something that this names, or is named by, has just changed: try again"
    return Problem(ErrorCode.INVALID_STATE, message) if missing else None


def _driver(error: DBAPIError, attribute: str) -> Any:
    """What asyncpg says; SQLAlchemy's own error stands in between."""
    return getattr(error.orig, attribute, None) or getattr(
        getattr(error.orig, "__cause__", None), attribute, None
    )
