"""The value of one field for all objects of a level: read, resolved, or put down to be loaded.

`sources` are the objects, `outs` their rows in the response, `paths` their places there.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from engine import adapter
from engine.fields import Batch
from engine.plan.arguments import fixed
from engine.plan.complete import complete, listed, made_info
from engine.plan.model import Direct, Field, Job, Kind, Paths, Row, State

Sources = Sequence[Any]


def read_attribute(
    field: Field, sources: Sources, outs: list[Row], paths: Paths, state: State
) -> None:
    """Objects and lists that are attributes of their parents."""
    values: list[Any] = []
    for source in sources:
        try:
            values.append(getattr(source, field.attribute))
        except Exception as error:
            values.append(state.fail(error, field.nodes))
    finish(field, values, outs, below(field, paths) if field.shape.paths else None, state)


def load(field: Field, sources: Sources, outs: list[Row], paths: Paths, state: State) -> None:
    """Now, where nothing is awaited; else with whatever else this level loads."""
    job = Job(field, sources, outs, paths)
    if field.batch is None or not field.batch.at_once:
        state.loads.append(job)
        return
    try:
        values = loaded_at_once(field, field.batch, sources, state)
    except Exception as error:
        values = [error] * len(sources)
    finish_load(job, values, state)


def loaded_at_once(field: Field, batch: Batch, sources: Sources, state: State) -> list[Any]:
    arguments = state.arguments(field)
    if field.allowed is not None:
        field.allowed(state.context)
    values = batch.load(list(sources), state.context, **arguments)
    return batch.aligned(len(sources), values)


def resolve(field: Field, sources: Sources, outs: list[Row], paths: Paths, state: State) -> None:
    """Any other resolver, once for each object."""
    places = below(field, paths)
    direct = field.direct
    try:
        given = field.arguments.coerced(state.executor)
        if field.allowed is not None:
            field.allowed(state.context)
    except Exception as error:
        values: list[Any] = [state.fail(error, field.nodes) for _ in sources]
    else:
        if direct is None:
            values = _called(field, given, sources, places, state)
        else:
            values = _called_directly(field, direct, given, sources, places, state)
    waiting = [one for one in values if state.is_awaitable(one)]
    job = Job(field, values, outs, places)
    state.first = state.first or job
    if waiting:
        state.opened.extend(waiting)
        state.awaited.append(job)
    else:
        finish(field, values, outs, places if field.shape.paths else None, state)


def _called(
    field: Field, given: dict[str, Any], sources: Sources, places: Paths, state: State
) -> list[Any]:
    call = field.resolve
    assert call
    same = fixed(given)
    values: list[Any] = []
    for place, source in enumerate(sources):
        try:
            arguments = given if same or not values else field.arguments.coerced(state.executor)
            info = made_info(field, places and places[place], state)
            values.append(call(source, info, **arguments))
        except Exception as error:
            values.append(state.fail(error, field.nodes))
    return values


def _called_directly(
    field: Field,
    direct: Direct,
    given: dict[str, Any],
    sources: Sources,
    places: Paths,
    state: State,
) -> list[Any]:
    schema = state.schema
    shared = None if given else given
    same = fixed(given)
    values: list[Any] = []
    for place, source in enumerate(sources):
        try:
            arguments = shared
            if arguments is None:
                own = given if same or not values else field.arguments.coerced(state.executor)
                arguments = adapter.converted(schema, field.strawberry, own)
                if fixed(arguments):
                    shared = arguments
            arguments = {**arguments, **dict.fromkeys(direct.parents, source)}
            if direct.info:
                info = made_info(field, places and places[place], state)
                arguments[direct.info] = adapter.strawberry_info(schema, field.strawberry, info)
            call = direct.call
            values.append(call(source, **arguments) if direct.takes_self else call(**arguments))
        except Exception as error:
            values.append(state.fail(error, field.nodes))
    return values


# --- Results -------------------------------------------------------------------------------------


def below(field: Field, paths: Paths) -> Paths:
    """The field's own places under its parents'."""
    if paths is None:
        return None
    return [adapter.Path(path, field.key, field.parent.name) for path in paths]


def finish_load(job: Job, values: list[Any], state: State) -> None:
    places = below(job.field, job.paths) if job.field.shape.paths else None
    finish(job.field, values, job.outs, places, state)


def put_whole(job: Job, values: list[Any], state: State) -> None:
    """Put finished output into the rows; what is null or has failed is as ever."""
    field = job.field
    for out, value in zip(job.outs, values, strict=True):
        if state.is_awaitable(value):
            value = TypeError(f"{field.parent}.{field.name} was loaded whole as an awaitable")  # noqa: PLW2901
        usual = value is not None and not isinstance(value, Exception)
        out[field.key] = value if usual else complete([value], field.shape, field, state, None)[0]


def finish(field: Field, values: list[Any], outs: list[Row], places: Paths, state: State) -> None:
    """Complete the field's values and put them into their rows."""
    key = field.key
    if state.first and state.first.values is values and field.shape.kind is Kind.LIST:
        # Should plans give up, it is completed anew: what can be read but once is read here.
        values[:] = [
            listed(one, field, state) if isinstance(one, Iterator) else one for one in values
        ]
    done = complete(values, field.shape, field, state, places)
    for out, value in zip(outs, done, strict=True):
        out[key] = value
