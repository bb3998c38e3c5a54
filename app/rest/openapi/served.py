"""The documents as they are served, to guests, too: made when they are first asked for."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from app.http import conditions
from app.rest.dialect import Dialect
from app.rest.failures import Failure, envelope
from app.rest.names import snake
from app.rest.openapi.access import Permissions
from app.rest.openapi.components import Node
from app.rest.openapi.document import Deprecations, document, whole

ALLOWED = {"Allow": "GET, HEAD, OPTIONS", "Cache-Control": "no-store"}
KEPT = {"Cache-Control": "public, no-cache"}


def routes(
    dialects: Sequence[Dialect], permissions: Permissions, deprecations: Deprecations
) -> list[BaseRoute]:
    """`/api/openapi.json` with all versions, and one for each."""
    made: Mapping[str, Callable[[], Node]] = {
        "/api/openapi.json": lambda: whole(dialects, permissions, deprecations),
        **{
            f"/api/{one.version}/openapi.json": lambda one=one: document(
                one, permissions, deprecations
            )  # type: ignore[misc]
            for one in dialects
        },
    }
    return [Route(path, Served(make)) for path, make in made.items()]


class Served:
    def __init__(self, make: Callable[[], Node]) -> None:
        self._make = make

    @cached_property
    def _content(self) -> bytes:
        return orjson.dumps(self._make())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.answer(Request(scope))(scope, receive, send)

    def answer(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(None, 204, ALLOWED)
        if request.method not in ("GET", "HEAD"):
            detail = f"{request.method} is not allowed here, but {ALLOWED['Allow']}"
            failure = Failure(405, "METHOD_NOT_ALLOWED", detail)
            told = envelope([failure], request.state.request_id, snake)
            return JSONResponse(told, 405, ALLOWED)
        headers = {**KEPT, "ETag": conditions.etag(self._content)}
        if conditions.unchanged(request.headers, headers["ETag"]):
            return Response(None, 304, headers)
        return Response(self._content, 200, headers, media_type="application/json")
