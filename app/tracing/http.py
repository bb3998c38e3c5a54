"""The span around a request, and what its answer says of it."""

from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.template import template

if TYPE_CHECKING:  # an extra, which need not be there
    from app.tracing.spans import Tracing

METHODS = frozenset(
    ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE")
)
OTHER = "_OTHER"


class Traced:
    """Outermost of all layers, where there is tracing at all."""

    def __init__(self, app: ASGIApp, *, tracing: "Tracing") -> None:
        self.app = app
        self.tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else OTHER
        with self.tracing.request(method, scope.get("scheme", "http"), _given(scope)) as answered:

            async def answer(message: Message) -> None:
                if message["type"] == "http.response.start":
                    id = scope["state"]["request_id"]
                    said = answered(message["status"], template(scope), id)
                    # https://w3c.github.io/trace-context/#traceresponse-header
                    message["headers"] = [*message["headers"], (b"traceresponse", said.encode())]
                await send(message)

            await self.app(scope, receive, answer)


def _given(scope: Scope) -> dict[str, str]:
    return {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in scope["headers"]
        if name in (b"traceparent", b"tracestate")
    }
