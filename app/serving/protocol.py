"""HTTP/1.1 within bounds: what a client may send beside bodies, and how long it may take over it.

httptools has no limit of its own and uvicorn sets none for it: a head that never ends would be
kept in memory, and a client that says nothing, or a byte a minute, would keep its place for ever.
"""

import asyncio
from http import HTTPStatus
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from app.errors import numbered
from app.serving.joined import Joined

MAX_HEAD = 65_536
"""Bytes of a request's line and headers together, of its trailers, or between parts of a body."""
PACE = 2_000
"""Bytes a second; who sends or takes this much is never too slow."""


class Bounded(HttpToolsProtocol):
    """`patience`: seconds that a client may take over a head, and over a body or an answer beside
    one for each `PACE` bytes of it. Seconds in which it waits for us do not count."""

    def __init__(self, *args: Any, patience: float, **others: Any) -> None:
        super().__init__(*args, **others)
        self._patience = patience
        self._idle = 0  # bytes since the last that were of use
        self._whole = True  # the request
        self._since = 0.0
        self._got = 0  # bytes of the body, since then
        self._running: RequestResponseCycle | None = None
        self._sending: asyncio.TimerHandle | None = None
        self._taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._received()
        self._taken()
        if self._running is not None:
            _silence(self._running)  # uvicorn does that with the latest of several requests only
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._idle += len(data)
        super().data_received(data)
        if self._idle > MAX_HEAD:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too large")
        elif self._sending is None and self._is_awaited():
            self._expect()

    def on_message_begin(self) -> None:
        self._whole = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._idle = 0
        self._received()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._idle = 0
        self._got += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._idle, self._whole = 0, True
        self._received()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._received()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        self._taken()
        super().resume_writing()
        self._let_end()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._let_end()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._let_end()

    def send_400_response(self, msg: str) -> None:
        self._refuse(HTTPStatus.BAD_REQUEST, msg)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        if cycle.scope["method"] != "HEAD":  # no body follows
            cycle.transport = Joined(cycle.transport, self.loop)  # type: ignore[assignment]
        super()._start_asgi_task(cycle, app)

    def _is_awaited(self) -> bool:
        """Whether it is the client's turn, on a connection that is still ours."""
        answered = self.cycle is None or self.cycle.response_complete
        return (answered or not self._whole) and self in self.connections

    def _expect(self) -> None:
        self._since, self._got = self.loop.time(), 0
        self._sending = self.loop.call_later(self._patience, self._late)

    def _received(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None

    def _late(self) -> None:
        left = self._since + self._patience + self._got / PACE - self.loop.time()
        if self.flow.read_paused or (self.cycle and self.cycle.waiting_for_100_continue):
            self._expect()
        elif left > 0:
            self._sending = self.loop.call_later(left, self._late)
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "The request took too long to arrive")

    def _watch(self) -> None:
        unsent = self.transport.get_write_buffer_size()
        self._taking = self.loop.call_later(self._patience, self._stuck, unsent)

    def _taken(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def _stuck(self, before: int) -> None:
        if before - self.transport.get_write_buffer_size() < PACE * self._patience:
            self.transport.abort()
        else:
            self._watch()

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        """Answer instead of the application, when it has not begun to, and hang up."""
        if self.transport.is_closing():
            return
        running = self._running
        if running is not None and not running.response_complete:
            if running.response_started or running is not self.cycle:
                self.transport.abort()
                return
            _silence(running)
        self.transport.write(refusal(status, message, self.server_state.default_headers))
        self.transport.close()
        self._let_end()

    def _let_end(self) -> None:
        """What is unsent when we hang up is the client's to take, within the same time."""
        if self._taking is None and self.transport.is_closing():
            self._watch()


def _silence(cycle: RequestResponseCycle) -> None:
    """Have the application read that the client is gone, and nothing it writes be sent."""
    cycle.disconnected = True
    cycle.message_event.set()


def refusal(status: HTTPStatus, message: str, headers: list[tuple[bytes, bytes]]) -> bytes:
    """A whole response, in the shape that every error has here."""
    body = orjson.dumps({"errors": [{"message": message, "extensions": numbered(status.name)}]})
    own = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
    ]
    lines = [name + b": " + value + b"\r\n" for name, value in (*headers, *own)]
    return b"".join([STATUS_LINE[status], *lines, b"\r\n", body])
