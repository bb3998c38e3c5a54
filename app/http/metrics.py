"""`/metrics`, for who may see it: no secrets are in it, but how much is done, and how badly."""

import asyncio
import secrets
from ipaddress import ip_address

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.http import caching
from app.metrics.exposition import CONTENT_TYPE, text
from app.metrics.readings import of_all
from app.metrics.workers import Workers
from app.resources import Resources

PATH = "/metrics"
LOCAL = frozenset(("localhost", "127.0.0.1", "::1"))
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-real-ip")


def route(resources: Resources, workers: Workers) -> Route:
    token = resources.settings.metrics_token

    async def answer(request: Request) -> Response:
        if token:
            _require(request, token.get_secret_value())
        elif not _local(request):
            raise HTTPException(403, "Metrics are for this machine, or for who has a token")
        parts, common = await asyncio.gather(workers.told(), of_all(resources))
        content = await asyncio.to_thread(text, parts, common)
        return Response(content, headers={**caching.NO_STORE, "Content-Type": CONTENT_TYPE})

    return Route(PATH, answer, methods=["GET"])


def _require(request: Request, token: str) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    fits = secrets.compare_digest(given.strip().encode(), token.encode())
    if scheme.lower() != "bearer" or not fits:
        raise HTTPException(401, "Send the metrics token", {"WWW-Authenticate": "Bearer"})


def _local(request: Request) -> bool:
    """Whether this comes from a program on this machine that does not pass on another's request."""
    passed_on = any(name in request.headers for name in FORWARDED)
    if request.url.hostname not in LOCAL:  # a proxy's, or a page's whose name leads here
        return False
    try:
        return not passed_on and ip_address(request.client.host).is_loopback  # type: ignore[union-attr]
    except (AttributeError, ValueError):
        return False
