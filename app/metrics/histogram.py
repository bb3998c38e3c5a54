"""Observed values as Prometheus counts them: how many lie within each bound, and their sum.

Its client's own histograms take locks, for threads, and five times as long: each request observes
four values (ADR 43).
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from prometheus_client.utils import floatToGoString


class Histogram:
    """Not safe for threads."""

    __slots__ = ("_bounds", "_counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """A value that equals a bound lies within it."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self.sum += value

    @property
    def count(self) -> int:
        return sum(self._counts)

    def add(self, other: "Histogram") -> None:
        """What another of the same bounds observed, too."""
        self._counts = [own + more for own, more in zip(self._counts, other._counts, strict=True)]
        self.sum += other.sum

    def buckets(self) -> Iterator[tuple[str, int]]:
        """Each bound as Prometheus writes it, and how many lie within; the last is without end."""
        within = 0
        for bound, count in zip((*self._bounds, float("inf")), self._counts, strict=True):
            within += count
            yield floatToGoString(bound), within  # type: ignore[no-untyped-call]
