"""Documents executed by both, and how often plans were used."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import strawberry
from graphql import (
    ExecutionResult,
    OperationDefinitionNode,
    OperationType,
    create_source_event_stream,
    execute,
)
from graphql.execution import Executor
from strawberry.execution import optimized_is_awaitable

from engine.documents import Documents
from engine.engine import Engine
from engine.limits import UNLIMITED
from engine.prepared import Prepared
from tests.engine.differential.comparison import Differs, Unpropagated, compare, recording, stopped
from tests.engine.differential.documents import Document

Contexts = Callable[[], Callable[..., Any]]
"""For one execution, what makes its context, anew when the engine has to start again."""


@dataclass
class Tally:
    """`choices` are runs in which graphql-core told another error of something that became null."""

    documents: int = 0
    invalid: int = 0
    runs: int = 0
    planned: int = 0
    with_errors: int = 0
    statements: int = 0
    choices: int = 0
    fallen_back: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in vars(self).items())


class Pair:
    """An engine and graphql-core over one schema."""

    def __init__(
        self,
        schema: strawberry.Schema,
        contexts: Contexts,
        tally: Tally | None = None,
        statements: Sequence[str] = (),
        renew: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`statements` are those of SQL, as they come: plans may not need more of them.
        `renew` makes the world what it was, before each execution."""
        self.statements, self.renew = statements, renew
        self.schema, self.contexts = schema._schema, contexts
        self.engine = Engine(schema, plan_after=0)
        self.prepare = Documents(self.schema, UNLIMITED).prepare
        self.tally = tally or Tally()

    async def run(self, documents: Iterable[Document], count: int) -> None:
        """Compare until `count` valid documents. Raises Differs with what reproduces it."""
        for document in documents:
            if self.tally.documents >= count:
                return
            prepared = self.prepare(document.text)
            if prepared.errors:
                self.tally.invalid += 1
                assert self.tally.invalid < 100 + self.tally.documents, prepared.errors
                continue
            for variables in document.sets:
                try:
                    await self.compare(prepared, variables)
                except Differs as error:
                    raise Differs(f"{error}\n{document.text}\n{variables}") from None
            self.tally.documents += 1

    async def compare(self, prepared: Prepared, variables: dict[str, Any]) -> None:
        operation = prepared.operation(None)
        if operation.operation is not OperationType.SUBSCRIPTION:
            await self._compare(prepared, operation, variables, None)
            return
        for event in await self._events(prepared, variables):
            await self._compare(prepared, operation, variables, event)

    async def _events(self, prepared: Prepared, variables: dict[str, Any]) -> list[Any]:
        """What a subscription yields; an error ends it."""
        executor = Executor.build(
            self.schema, _document(prepared), None, self.contexts()(), variables,
            is_awaitable=optimized_is_awaitable,
        )  # fmt: skip
        if isinstance(executor, list):
            return [None]
        stream = create_source_event_stream(executor)
        stream = await stream if hasattr(stream, "__await__") else stream
        if isinstance(stream, ExecutionResult):
            return []
        events = []
        try:
            async for event in stream:
                events.append(event)  # noqa: PERF401
        except ValueError:
            pass
        return events

    async def _compare(
        self,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        variables: dict[str, Any],
        root: Any,
    ) -> None:
        right, due = await self._counted(self._core(prepared, variables, root))
        executed, asked = await self._counted(
            self.engine.execute(prepared, deepcopy(variables), context=self.contexts(), root=root)
        )
        planned = not isinstance(executed.plan, str)

        async def everything() -> Unpropagated:
            return await self._unpropagated(prepared, variables, root)

        try:
            same = await compare(right, executed.result, everything if planned else None)
        except Differs as error:
            raise Differs(f"{error}\nright: {right}\nfound: {executed.result}") from None
        if planned and asked > due and not stopped(right):
            raise Differs(f"{asked} statements instead of {due}")
        self.tally.runs += 1
        self.tally.planned += planned
        self.tally.with_errors += bool(right.errors)
        self.tally.statements += due
        self.tally.choices += not same
        if isinstance(executed.plan, str):
            self.tally.fallen_back[executed.plan] += 1

    async def _counted(self, execution: Coroutine[Any, Any, Any]) -> tuple[Any, int]:
        """What it answers, and with how many statements."""
        if self.renew:
            await self.renew()
        start = len(self.statements)
        return await execution, len(self.statements) - start

    async def _core(
        self, prepared: Prepared, variables: dict[str, Any], root: Any, executor: Any = None
    ) -> ExecutionResult:
        before = asyncio.all_tasks()
        result: Any = execute(
            self.schema, _document(prepared), root, self.contexts()(), deepcopy(variables),
            executor_class=executor, is_awaitable=optimized_is_awaitable,
        )  # fmt: skip
        found: ExecutionResult = await result if hasattr(result, "__await__") else result
        # What errors made superfluous goes on behind the result.
        await asyncio.gather(*(asyncio.all_tasks() - before), return_exceptions=True)
        return found

    async def _unpropagated(
        self, prepared: Prepared, variables: dict[str, Any], root: Any
    ) -> Unpropagated:
        found = Unpropagated()
        execution = self._core(prepared, variables, root, recording(found))
        found.data = (await self._counted(execution))[0].data
        return found


def _document(prepared: Prepared) -> Any:
    assert prepared.document is not None
    return prepared.document
