"""What is read when somebody looks: counts that others keep, and how things are at the moment."""

import asyncio
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version

from prometheus_client.metrics_core import Metric
from sqlalchemy import and_, func, select

from app.errors import Unavailable
from app.jobs import NEVER
from app.metrics.families import counter, counters, gauge, gauges
from app.metrics.workers import PATIENCE
from app.models import Job
from app.resources import Resources


def readings(resources: Resources) -> Iterator[Metric]:
    """Of this process."""
    yield _build()
    yield gauge("http_requests_in_flight", "Requests under way", resources.metrics.in_flight)
    yield gauge("asyncio_tasks", "Tasks of the event loop", len(asyncio.all_tasks()))
    yield from _database(resources)
    yield from _limits(resources)


def connections(count: int) -> Iterator[Metric]:
    yield gauge("http_connections", "Connections of clients", count)


def _database(resources: Resources) -> Iterator[Metric]:
    connections = gauges("database_connections", "Connections to the database", "pool", "state")
    limit = gauges("database_connections_limit", "Connections at most", "pool")
    waiting = gauges("database_waiting", "Who waits for a connection", "pool")
    for name, pool in resources.db.pools().items():
        connections.add_metric([name, "in_use"], pool.in_use)
        connections.add_metric([name, "idle"], pool.idle)
        limit.add_metric([name], pool.limit)
        waiting.add_metric([name], pool.waiting)
    yield from (connections, limit, waiting)


def _limits(resources: Resources) -> Iterator[Metric]:
    yield counters(
        "rate_limit_decisions",
        "Whether callers could spend what they asked for",
        ("plan", "decision"),
        resources.limiter.decisions.items(),
    )
    gate = resources.gate
    operations = gauges("graphql_operations_under_way", "Operations that run, or wait to", "state")
    operations.add_metric(["running"], gate.inside)
    operations.add_metric(["waiting"], len(gate.waiting))
    yield operations
    away = "Operations that too many others kept from running"
    yield counter("operations_turned_away", away, gate.turned_away)


async def of_all(resources: Resources) -> list[Metric]:
    """What is the same whichever process is asked. Nothing of it while the database is away."""
    now = datetime.now(UTC)
    due = and_(Job.due_at <= now, Job.due_at < NEVER)
    counted = select(
        func.count().filter(due),
        func.count().filter(Job.due_at > now, Job.due_at < NEVER),
        func.count().filter(Job.due_at == NEVER),
        func.min(Job.due_at).filter(due),
    )
    try:
        async with asyncio.timeout(PATIENCE):
            ((ready, later, given_up, oldest),) = await resources.db.fetch(counted)
    except (Unavailable, TimeoutError):
        return []
    jobs = gauges("jobs", "Jobs in the queue", "state")
    for state, count in (("due", ready), ("later", later), ("given_up", given_up)):
        jobs.add_metric([state], count)
    late = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    return [jobs, gauge("jobs_oldest_due_seconds", "For how long a job has been due", late)]


@cache
def _build() -> Metric:
    build = gauges("build_info", "What runs", "version", "python")
    build.add_metric([version("thinkalike-content"), platform.python_version()], 1)
    return build
