"""What a request may spend, and what its answer tells of it."""

from http import HTTPStatus

from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.http.caller import Caller
from app.limits.limiter import Allowance, Limiter

KEPT = "allowance"  # in the request's state, for whatever the answer comes to be


def allowance(request: HTTPConnection, who: Caller, limiter: Limiter) -> Allowance | None:
    """None for as much as it likes."""
    found = request.scope["state"][KEPT] = limiter.allowance(who.actor, who.address)
    return found


def forgive(request: HTTPConnection) -> None:
    """What we could not do costs nothing."""
    found: Allowance | None = request.scope["state"].get(KEPT)
    if found:
        found.give_back(found.taken)


def add_rate_limits(request: HTTPConnection, response: Response) -> None:
    """Say what is left, when something was spent."""
    found: Allowance | None = request.scope["state"].get(KEPT)
    if found:
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            forgive(request)
        response.raw_headers += found.headers()
