"""Errors as clients see them: what is theirs to know, with a code; everything else masked."""

import logging
from typing import Any

from graphql import GraphQLError
from strawberry.exceptions import StrawberryInputCoercionError

from app.errors import AppError, numbered

logger = logging.getLogger("thinkalike.errors")

Formatted = dict[str, Any]


def formatted(error: GraphQLError, request_id: str) -> Formatted:
    """An error of the GraphQL response format, section 7.1.2 of the specification."""
    answer: Formatted = {"message": error.message}
    if error.locations:
        answer["locations"] = [location.formatted for location in error.locations]
    if error.path is not None:
        answer["path"] = error.path
    original = error.original_error
    if original is None or (isinstance(original, GraphQLError) and not _in_a_result(error)):
        answer["extensions"] = numbered(**{"code": "BAD_USER_INPUT", **(error.extensions or {})})
    elif isinstance(original, AppError):
        answer["extensions"] = original.extensions
        if original.status >= 500:
            _log(error, request_id)
            answer["extensions"]["requestId"] = request_id
    else:
        _log(error, request_id)
        answer |= _masked(request_id)
    _let_go(error)
    return answer


def _let_go(error: BaseException | None) -> None:
    """Of the frames that an error came through: what they have read would stay with it, in a cycle,
    until the garbage collector comes."""
    while error is not None:
        error.__traceback__ = None
        error = getattr(error, "original_error", None) or error.__context__


def _in_a_result(error: GraphQLError) -> bool:
    """Whether graphql-core refuses a value of ours, which is no node of the caller's document."""
    original = error.original_error
    if isinstance(original, StrawberryInputCoercionError):  # of a literal, and without its node
        return False
    raised = isinstance(original, GraphQLError) and not (original.nodes or original.extensions)
    return error.path is not None and raised


def log_and_mask(failure: Exception, request_id: str) -> Formatted:
    """Of a mistake of ours outside of any field."""
    logger.error("Request %s failed", request_id, exc_info=failure)
    return _masked(request_id)


def _masked(request_id: str) -> Formatted:
    """What is told of a mistake of ours: where to find it in the log."""
    extensions = numbered("INTERNAL_SERVER_ERROR", requestId=request_id)
    return {"message": "Internal server error", "extensions": extensions}


def _log(error: GraphQLError, request_id: str) -> None:
    logger.error("Request %s failed at %s", request_id, error.path, exc_info=error.original_error)
