"""The engine by itself, without HTTP and without a database: `python -m benches.engine [--quick]`
prints its figures as JSON. In a process of its own, for the memory that it measures."""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benches import stub
from benches.memory import kept
from benches.queries import QUERIES, Query
from engine import adapter
from engine.documents import Documents
from engine.engine import Engine, Mode
from engine.limits import UNLIMITED
from engine.plan.model import Plan
from engine.plans import Plans
from engine.prepared import Prepared
from resolvers.schema import schema

VARIABLES = {"id": "usr_1"}
BATCHES = 7
MOST_TO_COMPILE = 1_500.0
MOST_GROWTH = 5_000_000


def measured(documents: int, seconds: float) -> dict[str, Any]:
    """CPU in microseconds, memory in bytes. `compilation` is of the plans of our whole schema."""
    modes = (Mode.PLAN, Mode.OFF)
    compilation = {query.name: compiled(query, seconds) for query in QUERIES}
    memory = kept_after(documents)
    return {
        "execution": {
            query.name: {mode.value: executed(query, mode, seconds) for mode in modes}
            for query in QUERIES
        },
        "compilation": compilation,
        "most_to_compile": MOST_TO_COMPILE,
        "documents": documents,
        "memory": memory,
        "most_growth": MOST_GROWTH,
    }


def executed(query: Query, mode: Mode, seconds: float) -> float:
    """CPU of one execution, variables' coercion and the event loop included; JSON is not."""
    engine = Engine(stub.schema, mode=mode, plan_after=0)
    prepared = Documents(stub.schema._schema, UNLIMITED).prepare(query.text)

    async def execute(times: int) -> None:
        for _ in range(times):
            await once(engine, prepared, VARIABLES if query.by_user else {})

    with asyncio.Runner() as runner:
        return best(lambda times: runner.run(execute(times)), seconds)


async def once(engine: Engine, prepared: Prepared, variables: dict[str, Any]) -> None:
    """Raises what went wrong, also where graphql-core had to help out."""
    done = await engine.execute(prepared, variables, context=lambda _: stub.Context())
    if done.result.errors:
        raise done.result.errors[0]
    assert engine.mode is Mode.OFF or isinstance(done.plan, Plan), done.plan


def compiled(query: Query, seconds: float) -> float:
    """CPU of making a plan of a document that is parsed and validated."""
    core = schema._schema
    prepared = Documents(core, UNLIMITED).prepare(query.text)
    operation = prepared.operation(None)
    asked = VARIABLES if query.by_user else {}
    values = adapter.get_variable_values(core, operation.variable_definitions or (), asked)

    def compile(times: int) -> None:
        for _ in range(times):
            plans = Plans(schema, after=0, max_count=1, max_bytes=1_000_000)
            known = plans.of(operation, prepared.fragments)
            plan = plans.find(known, adapter.started(known.pattern, values, None, None))
            assert isinstance(plan, Plan), plan

    return best(compile, seconds)


def kept_after(documents: int) -> list[int]:
    """Memory at the start, at half and at the end of so many documents, each another one.

    The caches hold a tenth of them: at half they have been full for long.
    """
    most = documents // 10
    cache = Documents(stub.schema._schema, UNLIMITED, max_count=most)
    engine = Engine(stub.schema, plan_after=0, max_plans=most)
    told = []

    async def run(numbers: range) -> None:
        for number in numbers:
            text = (
                f"query Distinct {{ a{number}: contentItems(limit: 2) {{ id author {{ id }} }} }}"
            )
            await once(engine, cache.prepare(text), {})

    with asyncio.Runner() as runner:
        for numbers in (range(0), range(documents // 2), range(documents // 2, documents)):
            runner.run(run(numbers))
            gc.collect()
            told.append(kept(Path("/proc/self")))
    return told


def best(run: Callable[[int], None], seconds: float) -> float:
    """Microseconds of CPU of one, in the best of some batches, which take so long together."""
    start = time.process_time()
    run(3)
    each = (time.process_time() - start) / 3
    times = max(1, int(seconds / BATCHES / each))
    found = []
    for _ in range(BATCHES):
        start = time.process_time()
        run(times)
        found.append((time.process_time() - start) / times)
    return min(found) * 1e6


if __name__ == "__main__":
    quick = "--quick" in sys.argv
    print(json.dumps(measured(*((1_000, 0.2) if quick else (10_000, 2.0)))))
