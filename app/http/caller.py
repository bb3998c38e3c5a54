"""Who sends a request, whatever door it comes to."""

from dataclasses import dataclass, field

from starlette.requests import Request

from app.auth.callers import Callers
from app.http.credentials import credentials, refresh_cookie
from app.permissions import Actor
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, from where, and under which id the request is logged.

    `base_url` is where the client reaches us, without a slash at the end; `address` and
    `user_agent` are the client's own, as far as we can know them; `refresh_token` is a browser's
    cookie.
    """

    actor: Actor
    base_url: str
    request_id: str
    address: str | None = None
    user_agent: str | None = None
    refresh_token: str | None = field(default=None, repr=False)


async def caller(request: Request, callers: Callers, settings: Settings) -> Caller:
    """Raises Unauthenticated, CrossSite, Unavailable."""
    return Caller(
        actor=await callers.actor(credentials(request, settings)),
        base_url=base_url(request, settings),
        request_id=request.state.request_id,
        address=request.client.host if request.client else None,
        user_agent=request.headers.get("user-agent"),
        refresh_token=refresh_cookie(request, settings),
    )


def base_url(request: Request, settings: Settings) -> str:
    return settings.public_url or str(request.base_url).rstrip("/")
