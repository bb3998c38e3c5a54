"""One operation of a document that may be run: by the engine, in its turn and within its time; and
counted, traced and noted for those who watch."""

import asyncio
import logging
from functools import partial
from typing import Any

from graphql import OperationDefinitionNode

from app.errors import TimedOut
from app.http.caller import Caller
from app.resources import Resources
from engine.engine import Engine, Executed, Mode
from engine.plan.model import Reads
from engine.prepared import Prepared
from engine.trace import Trace
from resolvers import explaining
from resolvers.answers import Answer, answered
from resolvers.context import Context
from resolvers.measured import counts, executed, measured
from resolvers.runs import Run
from resolvers.schema import schema
from resolvers.tracing import Spans

logger = logging.getLogger(__name__)


class Runner:
    def __init__(self, resources: Resources) -> None:
        settings = resources.settings
        self._engine = Engine(
            schema,
            mode=Mode(settings.engine),
            plan_after=settings.engine_plan_after,
            max_plans=settings.document_cache,
            sample=settings.engine_sample,
            hide_suggestions=settings.production,
        )
        self._resources = resources
        self._metrics, self._tracing = resources.metrics, resources.tracing
        self._metrics.sources["engine"] = partial(counts, self._engine.counters)
        explaining.watch(resources.db)

    async def run(
        self,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        variables: dict[str, Any],
        caller: Caller,
        cost: dict[str, int],
        *,
        label: str,
        explains: bool = False,
        finished: bool = False,
    ) -> Answer:
        """`label` is its name in the metrics, of which there are few; `cost` is told with the
        answer, as is its plan with `explains`. Raises Overloaded, TimedOut.
        """
        self._resources.usage.count(caller.client, prepared.coordinates(operation))
        trace = Spans(self._tracing) if self._tracing else Trace() if explains else None
        slow = self._resources.settings.slow_operation
        watched = Run(self._metrics.slowest, slow, prepared, operation, trace)
        ran = self._in_time(watched, prepared, operation, variables, caller, finished=finished)
        done = await measured(self._metrics, label, ran)
        executed(done.plan)
        answer = answered(done.result, done.context, cost)
        if explains and trace is not None:
            answer.body["extensions"]["plan"] = explaining.told(done.plan, trace)
        return answer

    async def _in_time(
        self,
        watched: Run,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        variables: dict[str, Any],
        caller: Caller,
        *,
        finished: bool,
    ) -> Executed:
        def context(reads: Reads) -> Context:
            return Context.of(caller, self._resources, reads)

        name = operation.name.value if operation.name else None
        run = self._engine.execute if self._tracing is None else self._traced
        seconds = self._resources.settings.operation_timeout
        try:
            async with asyncio.timeout(seconds) as deadline, self._resources.gate:
                with watched:
                    done = await run(
                        prepared,
                        variables,
                        name,
                        context=context,
                        trace=watched.trace,
                        finished=finished,
                    )
                    watched.plan = done.plan
        except TimeoutError:
            if not deadline.expired():
                raise
            told = name or "without a name"
            logger.warning("Request %s: operation %s was cancelled", caller.request_id, told)
            raise TimedOut(f"This took longer than {seconds:g} s and was cancelled") from None
        return done

    async def _traced(
        self, prepared: Prepared, variables: dict[str, Any], name: str | None, **how: Any
    ) -> Executed:
        """What the engine does, inside of a span."""
        assert self._tracing
        kind = prepared.operation(name).operation.value
        with self._tracing.operation(kind, name) as fail:
            done = await self._engine.execute(prepared, variables, name, **how)
            if done.result.errors:
                first = done.result.errors[0]
                fail(type(first.original_error or first).__name__)
        return done
