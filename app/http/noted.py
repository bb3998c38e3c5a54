"""Every request in the log and in the metrics, when it has ended."""

import logging
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import NUMBERS
from app.http.template import template
from app.logs.entry import Entry, current
from app.metrics.counted import OTHER, Metrics

logger = logging.getLogger("thinkalike.requests")

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
QUIET = frozenset(("/health/live", "/health/ready", "/metrics", "/ops/data"))
"""Routes that machines ask again and again."""

REFUSED = (401, 403, 429)

_NOTHING: dict[str, int] = {}


class Noted:
    """Below the layer that gives requests their ids. Paths may hold what is secret, so that only
    routes are told; `log` says whether there is a line for each request."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, log: bool) -> None:
        self.app = app
        self.metrics = metrics
        self.log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        entry: Entry = {"request_id": scope["state"]["request_id"]}
        status = size = 0

        async def watched(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
            await send(message)

        token, began = current.set(entry), time.perf_counter()
        self.metrics.in_flight += 1
        try:
            await self.app(scope, receive, watched)
        except Exception:
            status = 500  # begun, and cut off
            raise
        finally:
            self.metrics.in_flight -= 1
            current.reset(token)
            self._ended(scope, entry, status, size, time.perf_counter() - began)

    def _ended(self, scope: Scope, entry: Entry, status: int, size: int, seconds: float) -> None:
        """`status` is 0 when there was no answer: whoever asked had left."""
        route, method = template(scope) or OTHER, scope["method"]
        method = method if method in METHODS else OTHER
        self.metrics.requests(route, method, f"{status // 100}xx", seconds=seconds)
        count(self.metrics, entry)
        quiet = route in QUIET
        if not quiet:
            self.metrics.pulse.beat(seconds)
        if quiet and status not in REFUSED:
            return
        if self.log:
            client = scope.get("client")
            tell(entry, method, route, status, size, seconds, client[0] if client else None)


def count(metrics: Metrics, entry: Entry) -> None:
    """The errors that a caller was told."""
    for code, number in entry.get("errors", _NOTHING).items():
        metrics.errors(code if code in NUMBERS else OTHER, number)


def tell(
    entry: Entry,
    method: str,
    route: str,
    status: int,
    size: int,
    seconds: float,
    address: str | None,
) -> None:
    """A line in the log."""
    if not logger.isEnabledFor(logging.INFO):
        return
    told: dict[str, Any] = {
        **entry,
        "method": method,
        "route": route,
        "status": status,
        "duration_ms": round(seconds * 1_000, 2),
        "bytes": size,
        "address": address,
    }
    # Whose file and line it is would take a third of the time, and nobody asks.
    said = (method, route, status)
    record = logging.LogRecord(logger.name, logging.INFO, "", 0, "%s %s %d", said, None)
    record.entry = told
    logger.handle(record)
