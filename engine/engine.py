"""Executes prepared documents: by their plan where there is one, else by graphql-core."""

import logging
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from inspect import isawaitable
from typing import Any, NamedTuple

from graphql import ExecutionResult, OperationDefinitionNode, OperationType, execute

from engine import adapter
from engine.fields import watching
from engine.plan.model import Plan, Reads, UnexpectedValueError
from engine.plan.run import run
from engine.plans import Plans
from engine.prepared import Prepared
from engine.selftest import problem
from engine.shadow import difference
from engine.trace import Trace
from engine.variables import copied

log = logging.getLogger(__name__)

EVERYTHING = Reads()


class Mode(StrEnum):
    PLAN = "plan"
    SHADOW = "shadow"
    OFF = "off"


@dataclass(slots=True)
class Counters:
    """`fallen_back` by the reason; `differing` are of those that were `compared`."""

    planned: int = 0
    fallen_back: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    differing: int = 0


class Executed(NamedTuple):
    """A result, the context that it was made in, and the plan or why there was none."""

    result: ExecutionResult
    context: Any
    plan: Plan | str


class _Asked(NamedTuple):
    """What is to be executed."""

    prepared: Prepared
    operation: OperationDefinitionNode
    variables: dict[str, Any]
    context: Callable[[Reads], Any]
    root: Any
    finished: bool


class Engine:
    """One for a schema. Used from one event loop; not safe for threads.

    SHADOW answers with graphql-core's results and runs the plans of a `sample` of queries beside,
    to compare both. `counters` say what was done.
    """

    def __init__(
        self,
        schema: Any,
        *,
        mode: Mode = Mode.PLAN,
        plan_after: int = 1,
        max_plans: int = 1_000,
        max_bytes: int = 64_000_000,
        sample: float = 0.01,
        hide_suggestions: bool = False,
    ) -> None:
        self.counters = Counters()
        self.mode = mode
        self._schema = schema
        self._sample, self._hide = sample, hide_suggestions
        self._plans = Plans(
            schema,
            after=plan_after,
            max_count=max_plans,
            max_bytes=max_bytes,
            hide_suggestions=hide_suggestions,
        )
        if mode is not Mode.OFF and (why := problem()):
            log.warning("Plans are off, since graphql-core or Strawberry has changed: %s", why)
            self.mode = Mode.OFF

    async def execute(
        self,
        prepared: Prepared,
        variables: dict[str, Any] | None = None,
        operation_name: str | None = None,
        *,
        context: Callable[[Reads], Any],
        root: Any = None,
        trace: Trace | None = None,
        finished: bool = False,
    ) -> Executed:
        """Execute one operation of a document without errors.

        `context` makes a fresh context and is told what is going to be read; it is called again
        when the operation has to be executed anew. With `finished`, the result's data may hold
        what fields that are loaded whole answer with (`batched`). Raises GraphQLError for an
        operation that is not there.
        """
        operation = prepared.operation(operation_name)
        asked = _Asked(prepared, operation, variables or {}, context, root, finished)
        if self.mode is Mode.PLAN:
            return await self._plan(asked, trace)
        if self.mode is Mode.SHADOW and random.random() < self._sample:  # noqa: S311
            return await self._compare(asked, trace)
        return await self._core(asked, self.mode, trace)

    async def subscribe(
        self,
        prepared: Prepared,
        variables: dict[str, Any] | None = None,
        operation_name: str | None = None,
        *,
        context: Callable[[Reads], Any],
    ) -> AsyncIterator[Executed] | ExecutionResult:
        """What a subscription tells, event by event, each executed in a context of its own.

        The answer is a result when there are no events to come, for the reason that it tells.
        Raises GraphQLError for an operation that is not there.
        """
        operation = prepared.operation(operation_name)
        known = self._plans.of(operation, prepared.fragments, prepared.tokens)
        values = known.variables.coerced(variables or {})
        if isinstance(values, list):
            return ExecutionResult(None, values)
        executor = adapter.started(known.pattern, values, context(EVERYTHING), None)
        source: Any = adapter.create_source_event_stream(executor)
        if isawaitable(source):
            source = await source
        if isinstance(source, ExecutionResult):
            return source
        return self._events(source, prepared, variables, operation_name, context)

    async def _events(
        self, source: Any, prepared: Prepared, variables: Any, name: str | None, context: Any
    ) -> AsyncIterator[Executed]:
        try:
            async for event in source:
                yield await self.execute(prepared, variables, name, context=context, root=event)
        finally:
            if close := getattr(source, "aclose", None):
                await close()

    async def _plan(self, asked: _Asked, trace: Trace | None) -> Executed:
        known = self._plans.of(asked.operation, asked.prepared.fragments, asked.prepared.tokens)
        values = known.variables.coerced(asked.variables)
        if isinstance(values, list):
            return Executed(ExecutionResult(None, values), asked.context(EVERYTHING), "variables")
        executor = adapter.started(known.pattern, values, None, asked.root)
        plan = self._plans.find(known, executor)
        if isinstance(plan, str):
            return await self._core(asked, plan, trace)
        executor.context_value = context = asked.context(plan.reads)
        try:
            result = await run(plan, executor, self._schema, trace, finished=asked.finished)
        except UnexpectedValueError as reason:
            self._plans.give_up(known, str(reason))
            return await self._core(asked, str(reason), trace)
        self.counters.planned += 1
        return Executed(result, context, plan)

    async def _core(self, asked: _Asked, reason: str, trace: Trace | None) -> Executed:
        self.counters.fallen_back[reason] += 1
        watching.set(trace)
        context = asked.context(EVERYTHING)
        name = asked.operation.name
        result = execute(
            self._schema._schema,
            asked.prepared.document,  # type: ignore[arg-type]
            asked.root,
            context,
            asked.variables,
            name.value if name else None,
            executor_class=getattr(adapter, "Core", None),
            is_awaitable=adapter.optimized_is_awaitable,
            hide_suggestions=self._hide,
        )
        if not isinstance(result, ExecutionResult):
            result = await result
        if batches := getattr(context, "batches", None):
            batches.clear()  # they hold the context, and it them
        return Executed(result, context, reason)

    async def _compare(self, asked: _Asked, trace: Trace | None) -> Executed:
        """By graphql-core, and a query by its plan, too."""
        # What a resolver changes, such as a JSON value, is not what the plan is asked with.
        apart = asked._replace(variables=copied(asked.variables))
        right = await self._core(apart, self.mode, trace)
        if asked.operation.operation is not OperationType.QUERY:
            return right
        try:
            planned = await self._plan(asked._replace(finished=False), None)
            if isinstance(planned.plan, str):
                return right
            found = difference(right.result, planned.result)
        except Exception as error:  # whatever there is to compare, the answer is there
            found = f"{type(error).__name__} was raised"
        self.counters.compared += 1
        if found:
            self.counters.differing += 1
            name = asked.operation.name.value if asked.operation.name else "unnamed"
            log.error("A plan of the operation %s differs: %s", name, found)
        return right
