"""Traces are told when there is somebody to tell them to."""

from importlib import import_module
from typing import TYPE_CHECKING

from app.errors import StartupError
from app.settings import Settings

if TYPE_CHECKING:  # an extra, which need not be there
    from app.tracing.spans import Tracing


def started(settings: Settings, system: str) -> "Tracing | None":
    """Tells spans to the collector that the settings name, if any, from now on; `system` is the
    database's kind. Raises StartupError when what that takes is not installed."""
    if settings.otel_exporter_otlp_endpoint is None:
        return None
    try:
        spans = import_module("app.tracing.spans")
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("opentelemetry"):
            raise
        raise StartupError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but OpenTelemetry is not installed: "
            "pip install 'thinkalike-content[otel]'"
        ) from None
    tracing: Tracing = spans.Tracing(settings.otel_exporter_otlp_endpoint, system)
    return tracing
