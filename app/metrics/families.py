"""Metrics of our name, made from what is counted elsewhere when somebody looks."""

from collections.abc import Iterable, Sequence

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)

from app.metrics.histogram import Histogram


def gauge(name: str, help: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"thinkalike_{name}", f"{help}.", value)


def gauges(name: str, help: str, *labels: str) -> GaugeMetricFamily:
    """Without any value yet."""
    return GaugeMetricFamily(f"thinkalike_{name}", f"{help}.", labels=labels)


def counter(name: str, help: str, value: float) -> CounterMetricFamily:
    return CounterMetricFamily(f"thinkalike_{name}", f"{help}.", value)


def counters(
    name: str, help: str, labels: Sequence[str], counts: Iterable[tuple[Sequence[str], float]]
) -> CounterMetricFamily:
    """`counts`: values of the labels, and how often they were met."""
    family = CounterMetricFamily(f"thinkalike_{name}", f"{help}.", labels=labels)
    for values, count in counts:
        family.add_metric(values, count)
    return family


def histograms(
    name: str, help: str, labels: Sequence[str], series: Iterable[tuple[Sequence[str], Histogram]]
) -> HistogramMetricFamily:
    """`series`: values of the labels, and what was observed there."""
    family = HistogramMetricFamily(f"thinkalike_{name}", f"{help}.", labels=labels)
    for values, observed in series:
        family.add_metric(values, list(observed.buckets()), observed.sum)
    return family
