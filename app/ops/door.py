"""`/ops/`, a page that anybody may have and that holds nothing, and what it shows, at `/ops/data`,
for admins."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from app.errors import AppError
from app.health import Health
from app.http import caching
from app.http.allowance import add_rate_limits, allowance
from app.http.caller import caller
from app.http.pages import StaticPage
from app.http.refusal import error_and_headers
from app.logs.entry import failed
from app.metrics.workers import Workers
from app.ops.report import report
from app.permissions import Permission
from app.resources import Resources

PATH = "/ops/"
DATA = "/ops/data"
FILES = Path(__file__).with_name("page")
SOURCES = ("script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'")


def routes(resources: Resources, health: Health, workers: Workers) -> list[BaseRoute]:
    async def answer(request: Request) -> Response:
        try:
            who = await caller(request, resources.callers, resources.settings)
            if purse := allowance(request, who, resources.limiter):
                await purse.take(1)
            who.actor.require(Permission.SERVER_WATCH)
            shown = await report(resources, health, workers)
        except AppError as error:
            response = _refusal(error, request)
        else:
            response = JSONResponse(shown, headers=caching.NO_STORE)
        add_rate_limits(request, response)
        return response

    page = StaticPage(PATH, FILES, SOURCES, "The page is missing from this installation.\n")
    return [Route(DATA, answer, methods=["GET"]), *page.routes()]


def _refusal(error: AppError, request: Request) -> Response:
    failed(error.extensions["code"])
    body, headers = error_and_headers(error, request.state.request_id)
    return JSONResponse({"errors": [body]}, error.status, {**caching.NO_STORE, **headers})
