"""What an operation has read goes with it: nothing waits for the garbage collector, which would
come the more often, and look at everything there is."""

import gc
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from graphql import ExecutionResult

from tests.engine.schemas import Context, World, engine, prepare


@pytest.fixture(scope="module", autouse=True)
def apart() -> None:
    """What other tests have left is not looked through each time."""
    gc.collect()
    gc.freeze()


async def left(run: Callable[[], Awaitable[None]]) -> list[type]:
    """What of a run is held by nobody but a cycle of its own."""
    await run()  # what is made once is made the first time
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        await run()
        gc.collect()
        return [type(one) for one in gc.garbage]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def let_go(result: ExecutionResult) -> None:
    """Of the frames that errors came through, as whoever has told or logged them does: what was
    read is in these, and the errors are in what was read."""
    for one in result.errors or ():
        error: BaseException | None = one
        while error is not None:
            error.__traceback__ = None
            error = getattr(error, "original_error", None) or error.__context__


@pytest.mark.parametrize(
    "text",
    [
        "{ planets { id name size moons { name letters } } }",
        "{ planets { slowly louder } planet(id: 1) { name } found { __typename } }",
        "{ planets { moons(first: 1) { hidden awaited } } }",
        "{ planets { name broken moons { broken } } }",
        "{ lost { name } planets { name } }",
        'mutation { find(name: "x") { planet { moons { id } } changes } }',
        'mutation { fail { id } findAtOnce(name: "y") { broken } }',
        'mutation { find(name: "x") { planet { name } later } }',
    ],
)  # fmt: skip
async def test_a_planned_operation_leaves_nothing_to_collect(text):
    one, world, prepared = engine(), World(), prepare(text)
    assert not prepared.errors

    async def run() -> None:
        done = await one.execute(prepared, context=lambda reads: Context(world, reads))
        assert not isinstance(done.plan, str)
        let_go(done.result)

    assert await left(run) == []


async def test_events_leave_nothing_to_collect():
    one, world = engine(), World()
    prepared = prepare("subscription { seen { name broken moons { name } } }")

    async def run() -> None:
        events: Any = await one.subscribe(prepared, context=lambda reads: Context(world, reads))
        async for event in events:
            let_go(event.result)

    assert await left(run) == []


async def test_a_cycle_would_be_noticed():
    async def run() -> None:
        cycle: list[Any] = []
        cycle.append(cycle)

    assert await left(run) == [list]
