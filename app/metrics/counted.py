"""What is counted as it happens. Labels have few values each: routes, codes, names of our own."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.metrics_core import Metric

from app.db.reading import Done
from app.metrics.pulse import Pulse
from app.metrics.slowest import Slowest

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
KEYS = (1, 2, 5, 10, 20, 50, 100, 500)
STATEMENTS = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
OTHER = "other"

Source = Callable[[], Iterable[Metric]]

# Prometheus has no use for them, and they would double what is sent.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """One process's. `sources` read, when somebody looks, what others count."""

    def __init__(self) -> None:
        self.sources: dict[str, Source] = {}
        self.in_flight = 0
        self.pulse = Pulse()
        self.slowest = Slowest()
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self.requests = Timed(
            self._counter("http_requests", "Requests that have ended", "route", "method", "status"),
            self._histogram(
                "http_request_duration_seconds",
                "From the head of a request to the end of its answer",
                SECONDS,
                "route",
                "method",
            ),
        )
        self.operations = Timed(
            self._counter(
                "graphql_operations",
                "GraphQL operations; `operation` names a trusted or stored document",
                "operation",
                "outcome",
            ),
            self._histogram(
                "graphql_operation_duration_seconds",
                "Execution of GraphQL operations, with the wait for a place",
                SECONDS,
                "operation",
            ),
        )
        self._errors = self._counter("errors", "Errors that callers were told", "code")
        self._batches = self._histogram(
            "loader_batch_keys", "Keys that a loader asked for at once", KEYS, "loader"
        )
        self._batch: dict[str, Callable[[float], None]] = {}
        whole = "Fields that one statement answered with all below them"
        self.loaded_whole: Callable[[], None] = self._counter("engine_loaded_whole", whole).inc
        statements = self._histogram(
            "sql_statement_duration_seconds", "SQL statements", SECONDS, "statement"
        )
        self._statement: dict[str, Done] = {
            word[:4]: statements.labels(word.lower()).observe for word in STATEMENTS
        }
        self._other_statement: Done = statements.labels(OTHER).observe

    def alone(self) -> bool:
        """Whether one request is under way, at most."""
        return self.in_flight < 2

    def errors(self, code: str, count: int) -> None:
        self._errors.labels(code).inc(count)

    def batch(self, loader: str, keys: int) -> None:
        if loader not in self._batch:
            self._batch[loader] = self._batches.labels(loader).observe
        self._batch[loader](keys)

    def statement(self, sql: str, _parameters: Any, /) -> Done:
        """Observes the database."""
        return self._statement.get(sql[:4], self._other_statement)

    def collect(self) -> Iterator[Metric]:
        """All of it, as it is now."""
        yield from self._registry.collect()
        for source in self.sources.values():
            yield from source()

    def _counter(self, name: str, help: str, *labels: str) -> Counter:
        return Counter(f"thinkalike_{name}", f"{help}.", labels, registry=self._registry)

    def _histogram(
        self, name: str, help: str, bounds: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(
            f"thinkalike_{name}", f"{help}.", labels, registry=self._registry, buckets=bounds
        )


class Timed:
    """How often by all labels, how long by all but the last, which says how it ended."""

    def __init__(self, count: Counter, seconds: Histogram) -> None:
        self._count, self._seconds = count, seconds
        # The library's own look-up takes as long as all the rest.
        self._known: dict[tuple[str, ...], tuple[Callable[[], None], Done]] = {}

    def __call__(self, *labels: str, seconds: float) -> None:
        known = self._known.get(labels)
        if known is None:
            count, took = self._count.labels(*labels), self._seconds.labels(*labels[:-1])
            known = self._known[labels] = (count.inc, took.observe)
        known[0]()
        known[1](seconds)
