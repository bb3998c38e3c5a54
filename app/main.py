"""The application put together: routes, middleware in order, what is opened and closed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from app.errors import numbered
from app.http import jwks, media
from app.http.middleware import Masked, RequestId, SafeHeaders
from app.resources import Resources
from app.worker import working


def create_app(resources: Resources, *, graphql: Sequence[BaseRoute]) -> Starlette:
    """The ASGI application. `graphql` is the GraphQL door, which this package does not know."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        background = working(resources) if resources.settings.worker else nullcontext()
        async with resources.opened(), background:
            yield

    return Starlette(
        routes=[*graphql, media.route(resources.storage), jwks.route(resources.tokens)],
        middleware=[
            Middleware(RequestId),
            Middleware(SafeHeaders),
            Middleware(Masked, answer=failed),
        ],
        exception_handlers={HTTPException: refused},
        lifespan=lifespan,
    )


async def refused(request: Request, error: Exception) -> Response:
    """An HTTP error as JSON, in the shape that every error has here."""
    assert isinstance(error, HTTPException)
    code = HTTPStatus(error.status_code).name
    return _answer(request, error.status_code, error.detail, code, error.headers)


def failed(request: Request) -> Response:
    """A mistake of ours: no detail leaves the server, but the id under which it was logged."""
    return _answer(request, 500, "Internal server error", "INTERNAL_SERVER_ERROR")


def _answer(
    request: Request,
    status: int,
    message: str,
    code: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    extensions = numbered(code, requestId=request.state.request_id)
    body = {"errors": [{"message": message, "extensions": extensions}]}
    return JSONResponse(body, status, headers=headers)
