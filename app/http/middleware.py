"""What happens to every request: an id to find it by, headers that keep browsers careful, and an
answer, whatever fails.

Every layer is one more call for each request and each message: there are as few as can be.
"""

import logging
import random
import re
from collections.abc import Callable, Sequence
from operator import itemgetter

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.vary import Header

logger = logging.getLogger("thinkalike.errors")

STARTS = frozenset(("http.response.start", "websocket.http.response.start"))

_SAFE = re.compile(rb"[\w.:-]{1,100}")


class Labels:
    """Writes on every answer the id that it is found by, and headers that browsers go by.

    `X-Request-ID` is taken over or made. Of the headers, what needs others states its own: a page
    with scripts has its own policy, a picture its own resource policy (which, as Fetch has it, is
    not asked where CORS is). `https`: whether clients reach us by it whatever the scheme of the
    request; browsers are then told to use nothing else for a year (RFC 6797).
    """

    CAREFUL = (
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-frame-options", b"DENY"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        (b"x-xss-protection", b"0"),  # the filters of old browsers could be turned against pages
    )
    SECURE = (*CAREFUL, (b"strict-transport-security", b"max-age=31536000; includeSubDomains"))

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        # No secret, so it need not come from the system.
        id = _given(scope) or f"{random.getrandbits(64):016x}"
        scope.setdefault("state", {})["request_id"] = id
        wanted = self.SECURE if self.https or scope.get("scheme") == "https" else self.CAREFUL

        async def answer(message: Message) -> None:
            if message["type"] in STARTS:
                headers = message["headers"]
                label = (b"x-request-id", id.encode())
                message["headers"] = [*headers, *_absent(wanted, headers), label]
            await send(message)

        await self.app(scope, receive, answer)


def _given(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SAFE.fullmatch(value):
            return str(value, "ascii")
    return None


_name = itemgetter(0)
_STATABLE = frozenset(name for name, _ in Labels.SECURE)


def _absent(wanted: Sequence[Header], headers: Sequence[Header]) -> Sequence[Header]:
    stated = set(map(_name, headers))
    if stated.isdisjoint(_STATABLE):  # as nearly always
        return wanted
    return [header for header in wanted if header[0] not in stated]


class Answered:
    """Answers with `refused` what HTTP refuses, and with `failed` for whatever fails inside, whose
    traceback is only in the log.

    Does what two layers of Starlette's do, the outer of which answers outside of all middleware, so
    without their headers.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        refused: Callable[[Request, HTTPException], Response],
        failed: Callable[[Request], Response],
    ) -> None:
        self.app = app
        self.refused = refused
        self.failed = failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if begun:
                raise  # too late for another answer: the server cuts the connection
            request = Request(scope)
            await self._instead(request, error)(scope, receive, send)

    def _instead(self, request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return self.refused(request, error)
        logger.exception("Request %s failed", request.state.request_id)
        return self.failed(request)
