"""What happens to every request: an id to find it by, and headers that keep browsers careful."""

import logging
import re
import secrets
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("thinkalike.errors")

_SAFE = re.compile(rb"[\w.:-]{1,100}")


class RequestId:
    """Takes `X-Request-ID` over or makes one, and answers with it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        id = _given(scope) or secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = id

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", id.encode())]
            await send(message)

        await self.app(scope, receive, answer)


def _given(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SAFE.fullmatch(value):
            return str(value, "ascii")
    return None


class SafeHeaders:
    """Headers that hold for every answer; what needs others states its own.

    A page with scripts has its own policy, a picture its own resource policy (which, as Fetch has
    it, is not asked where CORS is). `https`: whether clients reach us by it whatever the scheme of
    the request; browsers are then told to use nothing else for a year (RFC 6797).
    """

    HEADERS = (
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-frame-options", b"DENY"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        (b"x-xss-protection", b"0"),  # the filters of old browsers could be turned against pages
    )
    SECURE = (*HEADERS, (b"strict-transport-security", b"max-age=31536000; includeSubDomains"))

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        wanted = self.SECURE if self.https or scope.get("scheme") == "https" else self.HEADERS

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                stated = {name for name, _ in headers}
                absent = [header for header in wanted if header[0] not in stated]
                message["headers"] = [*headers, *absent]
            await send(message)

        await self.app(scope, receive, answer)


class Masked:
    """Answers for whatever fails inside with `answer`; the traceback is only in the log.

    Starlette's own handler would answer outside of all middleware, so without their headers.
    """

    def __init__(self, app: ASGIApp, answer: Callable[[Request], Response]) -> None:
        self.app = app
        self.answer = answer

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
        except Exception:
            if begun:
                raise  # too late for another answer: the server cuts the connection
            request = Request(scope)
            logger.exception("Request %s failed", request.state.request_id)
            await self.answer(request)(scope, receive, send)
