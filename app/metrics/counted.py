"""What is counted as it happens. Labels have few values each: routes, codes, names of our own."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from prometheus_client import ProcessCollector
from prometheus_client.metrics_core import Metric

from app.db.reading import Done
from app.metrics.families import counter, counters, histograms
from app.metrics.histogram import Histogram
from app.metrics.pulse import Pulse
from app.metrics.slowest import Slowest

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
KEYS = (1, 2, 5, 10, 20, 50, 100, 500)
STATEMENTS = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
OTHER = "other"

Source = Callable[[], Iterable[Metric]]


class Timed(defaultdict[tuple[str, ...], Histogram]):
    """Seconds by labels, the last of which says how it ended."""

    def __init__(self) -> None:
        super().__init__(partial(Histogram, SECONDS))

    def counts(self) -> Iterator[tuple[Sequence[str], int]]:
        """How often, by all labels."""
        for labels, observed in self.items():
            yield labels, observed.count

    def however_ended(self) -> Iterable[tuple[Sequence[str], Histogram]]:
        """How long, by all labels but the last."""
        found = defaultdict[tuple[str, ...], Histogram](self.default_factory)
        for labels, observed in self.items():
            found[labels[:-1]].add(observed)
        return found.items()


class Metrics:
    """One process's. `sources` read, when somebody looks, what others count.

    `requests` are timed by route, method and class of status, `operations` by name and outcome.
    """

    def __init__(self) -> None:
        self.sources: dict[str, Source] = {}
        self.in_flight = 0
        self.pulse = Pulse()
        self.slowest = Slowest()
        self.requests, self.operations = Timed(), Timed()
        self.errors: Counter[str] = Counter()
        self.loaded_whole = 0
        self._batches = defaultdict[str, Histogram](partial(Histogram, KEYS))
        self._statements = {word: Histogram(SECONDS) for word in (*STATEMENTS, OTHER)}
        self._done = {word[:4]: self._statements[word].observe for word in STATEMENTS}
        self._other_done = self._statements[OTHER].observe
        self._process = ProcessCollector(registry=None)

    def alone(self) -> bool:
        """Whether one request is under way, at most."""
        return self.in_flight < 2

    def batch(self, loader: str, keys: int) -> None:
        self._batches[loader].observe(keys)

    def statement(self, sql: str, _parameters: Any, /) -> Done:
        """Observes the database."""
        return self._done.get(sql[:4], self._other_done)

    def collect(self) -> Iterator[Metric]:
        """All of it, as it is now."""
        yield from self._process.collect()
        yield from self._requests()
        yield from self._operations()
        yield counters(
            "errors",
            "Errors that callers were told",
            ("code",),
            (((code,), count) for code, count in self.errors.items()),
        )
        yield from self._reads()
        for source in self.sources.values():
            yield from source()

    def _requests(self) -> Iterator[Metric]:
        labels, ended = ("route", "method"), "Requests that have ended"
        yield counters("http_requests", ended, (*labels, "status"), self.requests.counts())
        took = "From the head of a request to the end of its answer"
        durations = self.requests.however_ended()
        yield histograms("http_request_duration_seconds", took, labels, durations)

    def _operations(self) -> Iterator[Metric]:
        ran = "GraphQL operations; `operation` names a trusted or stored document"
        counts = self.operations.counts()
        yield counters("graphql_operations", ran, ("operation", "outcome"), counts)
        took = "Execution of GraphQL operations, with the wait for a place"
        durations = self.operations.however_ended()
        yield histograms("graphql_operation_duration_seconds", took, ("operation",), durations)

    def _reads(self) -> Iterator[Metric]:
        asked = "Keys that a loader asked for at once"
        batches = (((name,), observed) for name, observed in self._batches.items())
        yield histograms("loader_batch_keys", asked, ("loader",), batches)
        whole = "Fields that one statement answered with all below them"
        yield counter("engine_loaded_whole", whole, self.loaded_whole)
        statements = (((word.lower(),), each) for word, each in self._statements.items())
        name = "sql_statement_duration_seconds"
        yield histograms(name, "SQL statements", ("statement",), statements)
