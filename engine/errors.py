"""The codes of errors found before execution, and errors made fit to be kept."""

from graphql import GraphQLError

GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"

MAX_MESSAGE = 500
"""Characters of a message: it may quote a name from the document, as long as the document."""


def coded(error: GraphQLError, code: str) -> GraphQLError:
    """A copy with a code and the same locations, that keeps no document or traceback alive."""
    message = error.message
    if len(message) > MAX_MESSAGE:
        message = message[:MAX_MESSAGE] + "…"
    copy = GraphQLError(message, extensions={"code": code})
    # Given positions it would count the lines of the text again.
    copy.locations = error.locations
    return copy
