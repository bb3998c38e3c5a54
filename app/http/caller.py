"""Who sends a request, whatever door it comes to."""

from dataclasses import dataclass, field

from starlette.datastructures import URL
from starlette.requests import HTTPConnection

from app.auth.callers import Callers, Credentials
from app.http.client import UNNAMED, Client, client
from app.http.credentials import credentials, refresh_cookie
from app.http.remembered import remembered
from app.logs.entry import note
from app.permissions import Actor
from app.settings import Settings

PAGES = {"ws": "http", "wss": "https"}
"""The schemes that lead to what is beside a WebSocket."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, from where, and under which id the request is logged.

    `base_url` is where the client reaches us, without a slash at the end; `address`, `user_agent`
    and `client` are the client's own, as far as we can know them; `refresh_token` is a browser's
    cookie. `cookies`: whether an answer can set any, which no message of a WebSocket can.
    """

    actor: Actor
    base_url: str
    request_id: str
    address: str | None = None
    user_agent: str | None = None
    refresh_token: str | None = field(default=None, repr=False)
    client: Client = UNNAMED
    cookies: bool = True


async def caller(
    request: HTTPConnection,
    callers: Callers,
    settings: Settings,
    given: Credentials | None = None,
) -> Caller:
    """`given`: what it proves with, where that is known. Raises Unauthenticated, CrossSite,
    Unavailable."""
    scope = request.scope
    peer = scope.get("client")
    cookies = scope["type"] == "http"
    actor = await callers.actor(given or credentials(request, settings))
    note(actor=actor.user_id)
    return Caller(
        actor=actor,
        base_url=base_url(request, settings),
        request_id=scope["state"]["request_id"],
        address=peer[0] if peer else None,
        user_agent=request.headers.get("user-agent"),
        refresh_token=refresh_cookie(request, settings) if cookies else None,
        client=client(request.headers),
        cookies=cookies,
    )


def base_url(request: HTTPConnection, settings: Settings) -> str:
    if settings.public_url:
        return settings.public_url
    scope = request.scope
    root = scope.get("app_root_path", scope.get("root_path", ""))
    scheme = scope.get("scheme", "http")
    return _reached(
        request.headers.get("host", ""), PAGES.get(scheme, scheme), scope.get("server"), root
    )


@remembered
def _reached(host: str, scheme: str, server: tuple[str, int | None] | None, root: str) -> str:
    headers = [(b"host", host.encode("latin-1"))]
    told = {"scheme": scheme, "server": server, "path": root.rstrip("/") + "/", "headers": headers}
    return str(URL(scope=told)).rstrip("/")
