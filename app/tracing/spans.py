"""Spans, named by OpenTelemetry's semantic conventions (1.37), and their way to a collector.

No attribute holds what people wrote or who they are: routes instead of addresses, names of
operations instead of documents, SQL without its values, types of errors instead of messages.
Sampling, batching, headers and what the process is called are the SDK's own variables (OTEL_…).
"""

import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from typing import Any

from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    Span,
    SpanKind,
    StatusCode,
    format_span_id,
    format_trace_id,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

PACKAGE = "thinkalike-content"
GRACE = 5.0
"""Seconds that the last spans may take at the end, if the collector does not answer."""

Told = Mapping[str, str | int | Sequence[str]]
# The status, the route and the request's id; what the span is called, for `traceresponse`.
Answered = Callable[[int, str | None, str], str]

_CONTEXT = TraceContextTextMapPropagator()


class Tracing:
    """Tells spans to the collector at `endpoint` (OTLP over HTTP), from a thread of its own; what
    it does not take is lost, and in the log. `system` is the database's kind."""

    def __init__(self, endpoint: str, system: str) -> None:
        own = {SERVICE_NAME: "thinkalike", "service.version": version(PACKAGE)}
        chosen = OTELResourceDetector().detect().attributes  # an operator's names go before
        self._exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")
        self._provider = TracerProvider(resource=Resource.create({**own, **chosen}))
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer(PACKAGE, own["service.version"])
        self._system = system

    def flush(self) -> None:
        """Waits until what has ended is told."""
        self._provider.force_flush()

    async def close(self) -> None:
        ending = asyncio.create_task(asyncio.to_thread(self._provider.shutdown))
        await asyncio.wait((ending,), timeout=GRACE)
        if not ending.done():
            self._exporter.shutdown()  # type: ignore[no-untyped-call]  # does not try again
        await ending

    @contextmanager
    def request(self, method: str, scheme: str, headers: Mapping[str, str]) -> Iterator[Answered]:
        """Around all that is done for a request, below the span of who sent it when `headers` say
        so (https://www.w3.org/TR/trace-context/); to be told how it is answered."""
        told = {"http.request.method": method, "url.scheme": scheme}
        name = "HTTP" if method.startswith("_") else method
        with self._current(name, told, SpanKind.SERVER, _CONTEXT.extract(headers)) as span:
            yield partial(_answered, span, name)

    @contextmanager
    def operation(self, type: str, name: str | None) -> Iterator[Callable[[str], None]]:
        """Around the execution of an operation; to be told the type of its first error."""
        told = {
            "graphql.operation.type": type,
            **({"graphql.operation.name": name} if name else {}),
        }
        with self._current(type, told) as span:
            yield partial(failed, span)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Around `parse` or `validate`."""
        with self._current(f"graphql.{name}", {}):
            yield

    def load(self, name: str, fields: Sequence[str], parents: int) -> Callable[[], None]:
        """A load for all parents of a level begins; the answer is to be called at its end."""
        told = {"graphql.load.function": name, "graphql.load.fields": fields}
        span = self._tracer.start_span(
            "graphql.load", attributes={**told, "graphql.load.parents": parents}
        )
        token = attach(set_span_in_context(span))

        def end() -> None:
            detach(token)
            span.end()

        return end

    def statement(self, sql: str, parameters: Any) -> Callable[[float], None] | None:  # noqa: ARG002
        """Observes the database; what is done for no request is not told."""
        if not get_current_span().is_recording():
            return None
        verb = sql.lstrip("( ").split(None, 1)[0].upper()
        told = {"db.system.name": self._system, "db.operation.name": verb, "db.query.text": sql}
        span = self._tracer.start_span(verb, kind=SpanKind.CLIENT, attributes=told)
        before = sys.exception()

        def end(_seconds: float) -> None:
            error = sys.exception()
            if error is not None and error is not before:
                failed(span, type(error).__name__)
            span.end()

        return end

    @contextmanager
    def _current(
        self,
        name: str,
        told: Told,
        kind: SpanKind = SpanKind.INTERNAL,
        context: Context | None = None,
    ) -> Iterator[Span]:
        # The SDK would write down the message of an exception, and where it was raised.
        with self._tracer.start_as_current_span(
            name, context, kind, told, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield span
            except BaseException as error:
                failed(span, type(error).__name__)
                raise


def _answered(span: Span, name: str, status: int, route: str | None, request_id: str) -> str:
    span.set_attribute("http.response.status_code", status)
    span.set_attribute("http.response.header.x-request-id", [request_id])
    if route is not None:
        span.set_attribute("http.route", route)
        span.update_name(f"{name} {route}")
    if status >= 500:
        failed(span, str(status))
    own = span.get_span_context()
    ids = f"{format_trace_id(own.trace_id)}-{format_span_id(own.span_id)}"
    return f"00-{ids}-{own.trace_flags:02x}"


def failed(span: Span, type: str) -> None:
    span.set_status(StatusCode.ERROR)
    span.set_attribute("error.type", type)
