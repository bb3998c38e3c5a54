"""Every request in the log and in the metrics, when it has ended."""

import logging
import time
from collections.abc import Mapping
from contextvars import Token
from typing import Any, Self

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import NUMBERS
from app.http.template import template
from app.logs.entry import Entry, current
from app.logs.record import record
from app.metrics.counted import OTHER, Metrics

logger = logging.getLogger("thinkalike.requests")

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
QUIET = frozenset(("/health/live", "/health/ready", "/metrics", "/ops/data"))
"""Routes that machines ask again and again."""

REFUSED = (401, 403, 429)


class Noted:
    """Below the layer that gives requests their ids. `log` says whether there is a line for each
    request."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, log: bool) -> None:
        self.app = app
        self.metrics = metrics
        self.log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with Outcome(scope, self.metrics, log=self.log) as outcome:

            async def watched(message: Message) -> None:
                if message["type"] == "http.response.start":
                    outcome.status = message["status"]
                else:
                    outcome.size += len(message.get("body", b""))
                await send(message)

            try:
                await self.app(scope, receive, watched)
            except Exception:
                outcome.status = 500  # begun, and cut off
                raise


class Outcome:
    """What comes of a request, or of what a socket asks, which is one: noted when this is left.

    `status` is what HTTP answers, or would; 0 when whoever asked did not wait for it. Paths may
    hold what is secret, so that only routes are told.
    """

    __slots__ = ("_began", "_entry", "_log", "_metrics", "_scope", "_token", "size", "status")

    def __init__(self, scope: Scope, metrics: Metrics, *, log: bool) -> None:
        self.status = self.size = 0
        self._scope = scope
        self._metrics = metrics
        self._log = log
        self._entry: Entry = {"request_id": scope["state"]["request_id"]}

    def __enter__(self) -> Self:
        self._token: Token[Entry | None] = current.set(self._entry)
        self._began = time.perf_counter()
        self._metrics.in_flight += 1
        return self

    def __exit__(self, *_: object) -> None:
        seconds = time.perf_counter() - self._began
        self._metrics.in_flight -= 1
        current.reset(self._token)
        scope, route, method = self._scope, template(self._scope) or OTHER, "WEBSOCKET"
        if scope["type"] == "http":
            method = scope["method"] if scope["method"] in METHODS else OTHER
            self._metrics.requests[route, method, f"{self.status // 100}xx"].observe(seconds)
        if codes := self._entry.get("errors"):
            self._count_errors(codes)
        quiet = route in QUIET
        if not quiet:
            self._metrics.pulse.beat(seconds)
        if self._log and (not quiet or self.status in REFUSED):
            self._write_line(method, route, seconds)

    def _count_errors(self, codes: Mapping[str, int]) -> None:
        for code, number in codes.items():
            self._metrics.errors[code if code in NUMBERS else OTHER] += number

    def _write_line(self, method: str, route: str, seconds: float) -> None:
        if not logger.isEnabledFor(logging.INFO):
            return
        client = self._scope.get("client")
        facts: dict[str, Any] = {
            **self._entry,
            "method": method,
            "route": route,
            "status": self.status,
            "duration_ms": round(seconds * 1_000, 2),
            "bytes": self.size,
            "address": client[0] if client else None,
        }
        logger.handle(record(logger.name, f"{method} {route} {self.status}", facts))
