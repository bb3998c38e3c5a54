"""Operations in the metrics and in the log's line of their request."""

import time
from collections.abc import Awaitable, Iterator

from graphql import OperationDefinitionNode
from prometheus_client.metrics_core import Metric

from app.errors import Overloaded, TimedOut
from app.logs.entry import note
from app.metrics.counted import Metrics
from app.metrics.families import counter, counters
from engine.engine import Counters, Executed

LONGEST = 100


def name_of(operation: OperationDefinitionNode) -> str | None:
    return operation.name.value[:LONGEST] if operation.name else None


async def measured(metrics: Metrics, label: str, execution: Awaitable[Executed]) -> Executed:
    """What an execution comes to, counted under a name of which there are few."""
    began, outcome = time.perf_counter(), "failed"
    try:
        done = await execution
        outcome = "errors" if done.result.errors else "refused" if done.context.refused else "ok"
    except TimedOut:
        outcome = "timeout"
        raise
    except Overloaded:
        outcome = "turned_away"
        raise
    finally:
        metrics.operations[label, outcome].observe(time.perf_counter() - began)
    return done


def executed(plan: object) -> None:
    """Note how: by a plan, or else why not."""
    note(engine=plan if isinstance(plan, str) else "plan")


def counts(found: Counters) -> Iterator[Metric]:
    """What the engine counts."""
    yield counter("engine_planned", "Operations that a plan executed", found.planned)
    yield counter("engine_compared", "Queries that were executed both ways", found.compared)
    yield counter("engine_differing", "Of those, the ones with two answers", found.differing)
    yield counters(
        "engine_fallen_back",
        "Operations that were executed field by field",
        ("reason",),
        [((reason,), count) for reason, count in found.fallen_back.items()],
    )
