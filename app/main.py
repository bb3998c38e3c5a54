"""The application put together: routes, middleware in order, what is opened and closed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from app.errors import numbered
from app.health import Health
from app.http import jwks, media, metrics
from app.http.compression import Compression
from app.http.cors import Cors
from app.http.middleware import Answered, Labels
from app.http.noted import Noted
from app.logs.entry import failed as failed_with
from app.metrics.readings import readings
from app.metrics.workers import Workers
from app.ops import door as ops
from app.resources import Resources
from app.tracing.http import Traced
from app.worker import working


class Application(Starlette):
    """Starlette, without its own two layers around the routes, which `Answered` stands in for."""

    def build_middleware_stack(self) -> ASGIApp:
        app: ASGIApp = self.router
        for layer, args, kwargs in reversed(self.user_middleware):
            app = layer(app, *args, **kwargs)
        return app


def create_app(resources: Resources, *, doors: Sequence[BaseRoute]) -> Starlette:
    """The ASGI application; requests come in by `doors`, of which this package knows REST only."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        background = working(resources) if resources.settings.worker else nullcontext()
        async with resources.opened(), resources.usage.kept(), background:
            yield

    health, workers = Health.of(resources), Workers(resources.metrics)
    resources.metrics.sources["resources"] = partial(readings, resources)
    app = Application(
        routes=[
            *doors,  # first, as routes are tried one by one
            media.route(resources.storage),
            jwks.route(resources.tokens),
            *health.routes(),
            *ops.routes(resources, health, workers),
            *([metrics.route(resources, workers)] if resources.settings.metrics else []),
        ],
        middleware=[*traced(resources), *middleware(resources)],
        lifespan=lifespan,
    )
    app.state.health = health  # whoever ends the process says so before
    app.state.workers = workers  # whoever starts several says so
    return app


def traced(resources: Resources) -> list[Middleware]:
    """What is around all else, where traces are told."""
    return [Middleware(Traced, tracing=resources.tracing)] if resources.tracing else []


def middleware(resources: Resources) -> list[Middleware]:
    """What happens to every answer, outermost first."""
    settings = resources.settings
    origins, cookies = settings.cors_origins, settings.session_cookies
    cors = Middleware(Cors, origins=origins, credentials=cookies, refused=stranger)
    return [
        Middleware(Labels, https=(settings.public_url or "").startswith("https:")),
        Middleware(Noted, metrics=resources.metrics, log=settings.access_log),
        *([cors] if origins else []),  # answers preflights itself
        Middleware(Compression, cookies=cookies, origins=origins),
        # Innermost, so that answers to failures get all of the above.
        Middleware(Answered, refused=refused, failed=failed),
    ]


def refused(request: Request, error: HTTPException) -> Response:
    """An HTTP error as JSON, in the shape that every error has here."""
    status = HTTPStatus(error.status_code)
    code = "UNAUTHENTICATED" if status is HTTPStatus.UNAUTHORIZED else status.name
    return _answer(request, error.status_code, error.detail, code, error.headers)


def failed(request: Request) -> Response:
    """A mistake of ours: no detail leaves the server, but the id under which it was logged."""
    return _answer(request, 500, "Internal server error", "INTERNAL_SERVER_ERROR")


def stranger(request: Request) -> Response:
    """To the preflight of a page that may not use this server."""
    message = "Pages of this origin may not use this server"
    return _answer(request, 403, message, "ORIGIN_NOT_ALLOWED")


def _answer(
    request: Request,
    status: int,
    message: str,
    code: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    failed_with(code)
    extensions = numbered(code, requestId=request.state.request_id)
    body = {"errors": [{"message": message, "extensions": extensions}]}
    return JSONResponse(body, status, headers={"Cache-Control": "no-store", **(headers or {})})
