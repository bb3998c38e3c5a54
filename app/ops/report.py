"""What the operator's page shows, as JSON: of the process that answers, and counts of all."""

import asyncio
import os
import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from app.health import Health
from app.metrics.exposition import Plain, plain
from app.metrics.pulse import Pulse
from app.metrics.readings import of_all
from app.metrics.slowest import Operation
from app.metrics.workers import Workers
from app.resources import Resources

PERCENTS = (50, 95, 99)


async def report(resources: Resources, health: Health, workers: Workers) -> dict[str, Any]:
    """Times of operations and requests are milliseconds."""
    metrics, gate = resources.metrics, resources.gate
    findings, parts, common = await asyncio.gather(
        health.findings(), workers.told(), of_all(resources)
    )
    return {
        "process": {
            "pid": os.getpid(),
            "worker": workers.own,
            "workers": len(parts),
            "version": version("thinkalike-content"),
            "python": platform.python_version(),
            "uptime_seconds": int(metrics.pulse.uptime),
        },
        "health": {
            "status": health.status(findings),
            "checks": {name: one.shown for name, one in findings.items()},
        },
        "requests": {"in_flight": max(0, metrics.in_flight - 1), **_requests(metrics.pulse)},
        "operations_under_way": {
            "running": gate.inside,
            "waiting": len(gate.waiting),
            "places": gate.places,
        },
        "pools": {name: asdict(pool) for name, pool in resources.db.pools().items()},
        "totals": _totals(parts.values()),
        "jobs": _jobs(plain(common)),
        "slowest": [_operation(one) for one in metrics.slowest.shown()],
    }


def _requests(pulse: Pulse) -> dict[str, Any]:
    seconds, latency = pulse.seconds(), pulse.latency(*PERCENTS)
    named = {f"p{n}": _ms(one) for n, one in zip(PERCENTS, latency, strict=True)} if latency else {}
    return {"per_minute": sum(seconds), "seconds": seconds, "latency_ms": named}


def _totals(parts: Iterable[Plain]) -> dict[str, Any]:
    """Since each process began."""
    families = [family for part in parts for family in part]
    return {
        "requests": _sums(families, "http_requests", "status"),
        "errors": _sums(families, "errors", "code"),
        "planned": sum(_sums(families, "engine_planned").values()),
        "fallen_back": _sums(families, "engine_fallen_back", "reason"),
        "limits": _sums(families, "rate_limit_decisions", "plan", "decision"),
        "turned_away": sum(_sums(families, "operations_turned_away").values()),
    }


def _jobs(families: Plain) -> dict[str, float]:
    """Nothing while the database is away."""
    oldest = _sums(families, "jobs_oldest_due_seconds")
    return {
        **_sums(families, "jobs", "state"),
        **({"oldest_due_seconds": oldest[""]} if oldest else {}),
    }


def _sums(families: Plain, name: str, *labels: str) -> Mapping[str, float]:
    """The values of a family by some of its labels, all others together."""
    sums: Counter[str] = Counter()
    for family, _help, kind, samples in families:
        if family == f"thinkalike_{name}":
            sample = f"{family}_total" if kind == "counter" else family
            for sampled, of, value in samples:
                if sampled == sample:
                    sums[" ".join(of[label] for label in labels)] += int(value)
    return sums


def _operation(one: Operation) -> dict[str, Any]:
    return {
        "name": one.name,
        "hash": one.hash,
        "runs": one.runs,
        "total_ms": _ms(one.total),
        "mean_ms": _ms(one.total / max(1, one.runs)),
        "slowest_ms": _ms(one.slowest),
        "last_ms": _ms(one.last),
        "text": one.text,
        "executed": one.executed,
        "outline": one.outline,
        "seen_ms": _ms(one.seen),
        "statements": one.statements,
    }


def _ms(seconds: float) -> float:
    return round(seconds * 1_000, 2)
