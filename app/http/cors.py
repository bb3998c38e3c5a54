"""Which pages of other origins a browser lets use this server (Fetch standard, 3.3).

Starlette's middleware answers refusals as text, tells strangers that credentials are taken, and
varies answers that are the same for all.
"""

from collections.abc import Callable, Collection, Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.vary import Header, Headers, vary

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
REQUEST_HEADERS = ", ".join(
    (
        "Apollo-Require-Preflight",
        "Authorization",
        "Content-Type",
        "GraphQL-Client-Name",
        "GraphQL-Client-Version",
        "GraphQL-Preflight",
        "Idempotency-Key",
        "If-Match",
        "If-Modified-Since",
        "If-None-Match",
        "If-Unmodified-Since",
        "Last-Event-ID",
        "Prefer",
        "X-API-Key",
        "X-Request-ID",
        "X-Requested-With",
        "apollographql-client-name",
        "apollographql-client-version",
        "traceparent",
        "tracestate",
    )
)
EXPOSED = ", ".join(
    (
        "Deprecation",
        "ETag",
        "Idempotent-Replayed",
        "Link",
        "Location",
        "Preference-Applied",
        "RateLimit",
        "RateLimit-Policy",
        "Retry-After",
        "Sunset",
        "X-Pagination-Pages",
        "X-RateLimit-Limit",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
        "X-Request-ID",
        "X-Total-Count",
    )
)
DAY = 86_400


class Cors:
    """Tells browsers that pages of `origins` may read answers, with cookies if `credentials`.

    `*` among the origins is everybody's, without cookies. `refused` answers the preflights of
    others; their requests are answered as a program's, and the browser keeps the answer to itself.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        origins: Collection[str],
        credentials: bool,
        refused: Callable[[Request], Response],
    ) -> None:
        self._app = app
        self._refused = refused
        self._anyone = "*" in origins
        self._origins = {origin.encode() for origin in origins}
        allowed = ((b"access-control-allow-credentials", b"true"),) if credentials else ()
        self._readable = (*allowed, (b"access-control-expose-headers", EXPOSED.encode()))
        self._usable = (
            *allowed,
            (b"access-control-allow-methods", METHODS.encode()),
            (b"access-control-allow-headers", REQUEST_HEADERS.encode()),
            (b"access-control-max-age", str(DAY).encode()),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"])
        origin = given.get(b"origin")
        preflight = (
            scope["method"] == "OPTIONS" and origin and b"access-control-request-method" in given
        )

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"] = list(message["headers"])
                self._allow(headers, origin, self._usable if preflight else self._readable)
            await send(message)

        if preflight:
            welcome = self._anyone or origin in self._origins
            response = Response(status_code=204) if welcome else self._refused(Request(scope))
            await response(scope, receive, answer)
        else:
            await self._app(scope, receive, answer)

    def _allow(self, headers: Headers, origin: bytes | None, what: Iterable[Header]) -> None:
        """What a method or header may not be the browser finds out: it has the lists."""
        if self._anyone:
            headers.append((b"access-control-allow-origin", b"*"))
            headers.extend(what)
            return
        vary(headers, b"Origin")
        if origin in self._origins:
            headers.append((b"access-control-allow-origin", origin))
            headers.extend(what)
