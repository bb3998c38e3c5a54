"""What an operation came to, for whatever door."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphql import ExecutionResult, GraphQLError

from app.http.caller import Caller
from resolvers.context import Context
from resolvers.errors import formatted


@dataclass(frozen=True, slots=True)
class Answer:
    """`ran` says whether execution began: GraphQL over HTTP has other statuses before it. What is
    `confidential` is kept by no cache."""

    body: dict[str, Any]
    ran: bool
    cookies: Sequence[dict[str, Any]] = ()
    confidential: bool = False


def refused(errors: tuple[GraphQLError, ...], caller: Caller) -> Answer:
    return Answer({"errors": [formatted(error, caller.request_id) for error in errors]}, ran=False)


def answered(result: ExecutionResult, context: Context, cost: dict[str, int]) -> Answer:
    errors = [formatted(error, context.request_id) for error in result.errors or ()]
    ran = result.data is not None or any("path" in error for error in errors)
    body: dict[str, Any] = {"data": result.data} if ran else {}
    if errors:
        body["errors"] = errors
    body["extensions"] = {"cost": cost}
    return Answer(body, ran, context.cookies, context.confidential)
