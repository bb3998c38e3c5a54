"""Metrics as they travel: between processes as plain values, to Prometheus as its text."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

# Of each family its name, what it is, its type, and samples: name, labels and value.
Plain = list[list[Any]]


def plain(families: Iterable[Metric]) -> Plain:
    return [
        [family.name, family.documentation, family.type, [sample[:3] for sample in family.samples]]
        for family in families
    ]


def text(parts: Mapping[str, Plain], of_all: Iterable[Metric]) -> bytes:
    """Of several processes, each of which becomes a label `worker`: one that was started anew
    counts from 0, which Prometheus understands of a series, not of their sum."""
    families: dict[str, Metric] = {family.name: family for family in of_all}
    for worker, part in parts.items():
        for name, help, type, samples in part:
            family = families.setdefault(name, Metric(name, help, type))
            for sample, labels, value in samples:
                family.add_sample(sample, {**labels, "worker": worker}, value)
    return generate_latest(_Families(families.values()))


class _Families(Collector):
    def __init__(self, families: Iterable[Any]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        yield from self._families
