"""Runs a plan: a level's loads together, each once, then the next level's."""

from asyncio import gather
from collections.abc import Sequence
from enum import Enum
from itertools import chain
from types import NoneType
from typing import Any

from graphql import ExecutionResult, GraphQLError

from engine import adapter
from engine.plan.model import (
    Failure,
    Field,
    Job,
    Plan,
    Selection,
    State,
    UnexpectedValueError,
    Wholes,
)
from engine.plan.report import Report
from engine.plan.resolve import finish, finish_load, put_whole

_EXACT = (str, int, NoneType, Enum)
Group = list[tuple[Job, dict[str, Any]]]


async def run(
    plan: Plan, executor: Any, schema: Any, trace: Any = None, *, finished: bool = False
) -> ExecutionResult:
    """The result of an operation. Raises UnexpectedValueError, unless the plan is serial."""
    data: dict[str, Any] = {}
    report = Report()
    wholes: Wholes = {}
    if trace is not None:
        trace.wholes = wholes
    for step in plan.steps:
        state = State(executor, schema, trace, wholes if finished else None)
        try:
            row = await _step(step, plan, state, report)
        except GraphQLError as error:
            report.add(error, None)
            return ExecutionResult(None, report.errors)
        except BaseException:
            _close(state)
            raise
        data.update(row)
    return ExecutionResult(data, report.errors or None)


async def _step(step: Selection, plan: Plan, state: State, report: Report) -> dict[str, Any]:
    """The rows of a step, its errors reported. Raises GraphQLError when nothing remains."""
    root = state.executor.root_value
    try:
        (row,) = step.read([root], state, [None] if step.paths else None)
        await _drain(state)
    except UnexpectedValueError:
        if not plan.serial or state.first is None:
            raise
        _close(state)
        return {step.fields[0].key: await _completed(state.first, state, report)}
    return report.object(row, step, None, state) if state.failed else row


async def _completed(job: Job, state: State, report: Report) -> Any:
    """A change is done once: its value is completed by graphql-core, not its field run again."""
    executor, field = state.executor, job.field
    (value,) = job.values
    path = job.paths[0] if job.paths else adapter.Path(None, field.key, field.parent.name)
    type = field.definition.type
    try:
        info = executor.build_resolve_info(field.definition, field.nodes, field.parent, path)
        done = executor.complete_value(type, field.details, info, path, value, None)
        value = await done if state.is_awaitable(done) else done
    except Exception as error:
        executor.handle_field_error(error, type, field.details, path)
        value = None
    finally:
        report.errors.extend(executor.collected_errors.errors)
        executor.collected_errors.errors.clear()
    return value


async def _drain(state: State) -> None:
    while state.loads or state.awaited:
        if state.trace is not None:
            state.trace.level += 1
        loads, state.loads = state.loads, []
        awaited, state.awaited = state.awaited, []
        groups = _grouped(loads, state) if loads else []
        if len(groups) == 1 and not awaited:
            await _load_alone(groups[0], state)
        elif len(awaited) == 1 and not groups:
            await _await(awaited[0], state)
        else:
            # Together, so that loaders below see the whole level in one turn of the event loop.
            await adapter.gather_with_cancel(
                *(_load(group, state) for group in groups), *(_await(job, state) for job in awaited)
            )


def _grouped(jobs: list[Job], state: State) -> list[Group]:
    """Jobs by their load and its arguments, whatever branch or alias they are in."""
    groups: dict[Any, Group] = {}
    for job in jobs:
        field = job.field
        try:
            arguments = state.arguments(field)
            if field.allowed is not None:
                field.allowed(state.context)
            key = field if state.whole(field) else _key(field, arguments)
        except Exception as error:
            finish_load(job, [error] * len(job.values), state)
            continue
        groups.setdefault(key, []).append((job, arguments))
    return list(groups.values())


def _key(field: Field, arguments: dict[str, Any]) -> Any:
    """Equal for the same question. What may be equal but not the same is a field's own: 0.0 and
    -0.0, an instant in two time zones."""
    if not arguments:
        return field.batch
    if not all(isinstance(one, _EXACT) for one in arguments.values()):
        return field
    return (field.batch, *((name, type(one), one) for name, one in arguments.items()))


async def _load(group: Group, state: State) -> None:
    """One call for every parent."""
    job, arguments = group[0]
    batch, whole = job.field.batch, state.whole(job.field)
    assert batch
    parents = list(chain.from_iterable(job.values for job, _ in group))
    count = len(parents)  # the list is the load's from then on
    fields = [job.field for job, _ in group]
    started = state.trace and state.trace.begin(fields, count, whole=whole is not None)
    try:
        load = whole or batch.load
        values = batch.aligned(count, await load(parents, state.context, **arguments))  # type: ignore[misc]
    except Exception as error:
        values = [error] * count
    finally:
        if started is not None:
            started()
    put = finish_load if whole is None else put_whole
    end = 0
    for job, _ in group:
        start, end = end, end + len(job.values)
        put(job, values[start:end], state)


async def _load_alone(group: Group, state: State) -> None:
    """A load beside which nothing runs, for a context that wants to know that."""
    if not state.tells_alone:
        return await _load(group, state)
    state.context.alone = True
    try:
        await _load(group, state)
    finally:
        state.context.alone = False
    return None


async def _await(job: Job, state: State) -> None:
    """The awaitables among a job's values, all at once."""
    values, field = job.values, job.field
    places = [place for place, one in enumerate(values) if _waits(one, state)]
    started = state.trace and state.trace.begin([field], len(places))
    try:
        found = await _settled([values[place] for place in places])
    finally:
        if started is not None:
            started()
    for place, one in zip(places, found, strict=True):
        values[place] = state.fail(one, field.nodes) if isinstance(one, Exception) else one
    finish(field, values, job.outs, job.paths if field.shape.paths else None, state)


def _waits(value: Any, state: State) -> bool:
    return type(value) is not Failure and state.is_awaitable(value)


async def _settled(awaitables: Sequence[Any]) -> list[Any]:
    if len(awaitables) == 1:
        try:
            return [await awaitables[0]]
        except Exception as error:
            return [error]
    found = await gather(*awaitables, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, Exception):
            raise one
    return found


def _close(state: State) -> None:
    """Coroutines that nobody is going to await."""
    for one in state.opened:
        if hasattr(one, "close"):
            one.close()
