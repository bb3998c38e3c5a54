"""The handshake: who may open a socket, and how many there are."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.metrics_core import Metric
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from app.http.credentials import from_this_site
from app.http.refusal import RequestError
from app.logs.entry import failed
from app.metrics.counted import OTHER
from app.metrics.families import counters, gauge
from app.resources import Resources
from resolvers.execution import Operations
from resolvers.sockets.answering import Answering
from resolvers.sockets.connection import Connection
from resolvers.sockets.protocol import PROTOCOL, Code

LATER = {"Retry-After": "10"}
"""Sockets last: a place is not free in a second, as it is among operations (app/errors)."""
COUNTED = frozenset((1000, 1001, 1002, 1005, 1006, 1007, 1009, *Code))
"""Codes of closings; clients may make up others."""


class SocketEndpoint:
    def __init__(self, operations: Operations, resources: Resources) -> None:
        self._answering = Answering(operations, resources)
        self._settings = resources.settings
        self._open = 0
        self._closed: Counter[str] = Counter()
        resources.metrics.sources["sockets"] = self._counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        try:
            self._admit(socket)
        except RequestError as refusal:
            with self._answering.noted(socket) as outcome:
                failed(refusal.extensions["code"])
                outcome.status = refusal.status
                body = {"errors": [refusal.error]}
                answer = JSONResponse(body, refusal.status, headers=refusal.headers)
                await socket.send_denial_response(answer)
            return
        self._open += 1
        try:
            code = await self._served(socket, scope, receive, send)
        finally:
            self._open -= 1
        self._closed[str(int(code)) if code in COUNTED else OTHER] += 1

    def _admit(self, connection: HTTPConnection) -> None:
        """Raises RequestError.

        No CORS keeps pages of other origins from reading what comes over a socket, so they are
        turned away here, whether or not their browser sent a cookie along.
        """
        anyone = "*" in self._settings.cors_origins
        if not anyone and not from_this_site(connection, self._settings):
            message = "Pages of this origin may not use this server"
            raise RequestError(403, message, "ORIGIN_NOT_ALLOWED")
        if self._open >= self._settings.max_sockets:
            message = "This server has as many sockets as it may; try again later"
            raise RequestError(503, message, "OVERLOADED", None, **LATER)

    async def _served(self, socket: WebSocket, scope: Scope, receive: Receive, send: Send) -> int:
        if PROTOCOL not in scope["subprotocols"]:
            await socket.accept()
            await socket.close(Code.NO_SUBPROTOCOL, "Subprotocol not acceptable")
            return Code.NO_SUBPROTOCOL
        await socket.accept(PROTOCOL)
        return await Connection(scope, receive, send, self._answering).serve()

    def _counts(self) -> Iterator[Metric]:
        yield gauge("websockets_open", "WebSockets", self._open)
        closed = [((code,), count) for code, count in self._closed.items()]
        yield counters("websockets_closed", "WebSockets that have ended", ("code",), closed)
