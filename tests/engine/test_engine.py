"""Operations executed: by plans, by graphql-core and why; in which contexts; refused; cancelled."""

import asyncio
import inspect

import pytest
from graphql import ExecutionResult, GraphQLError

from engine.engine import EVERYTHING, Mode
from tests.engine.schemas import World, counted, engine, execute

PLANETS = [{"id": "1", "name": "Earth"}, {"id": "2", "name": "Mars"}]


# --- Modes ---------------------------------------------------------------------------------------


async def test_a_text_is_planned_when_it_is_seen_again():
    one = engine(plan_after=1)

    first = await execute(one, "{ planets { id name } }")
    second = await execute(one, "{ planets { id name } }")

    assert (first.plan, counted(one)) == ("first sight", (1, {"first sight": 1}))
    assert second.plan.weight == 3
    assert first.result == second.result == ExecutionResult({"planets": PLANETS}, None)


@pytest.mark.parametrize("mode", Mode)
async def test_every_mode_answers_the_same(mode):
    one = engine(mode=mode, sample=1.0)

    done = await execute(one, "{ planets { id name } }")

    assert done.result == ExecutionResult({"planets": PLANETS}, None)


async def test_off_plans_nothing():
    one = engine(mode=Mode.OFF)

    done = await execute(one, "{ planets { id } }")

    assert (done.plan, counted(one)) == ("off", (0, {"off": 1}))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{ __schema { queryType { name } } }", "introspection"),
        ('{ __type(name: "Planet") { name } planets { id } }', "introspection"),
        ("{ planets { later } }", "an awaitable leaf"),
        ("query ($x: Boolean = true) { lost { id @skip(if: $x) } }", "a condition without a value"),
    ],
)  # fmt: skip
async def test_what_no_plan_can_do_is_done_by_graphql_core_and_counted(text, reason):
    one, right = engine(), engine(mode=Mode.OFF)
    given = {"x": None} if "$x" in text else {}

    done = await execute(one, text, **given)

    assert (done.plan, counted(one)) == (reason, (0, {reason: 1}))
    assert done.result == (await execute(right, text, **given)).result


async def test_introspection_of_the_typename_is_planned():
    one = engine()

    done = await execute(one, "{ __typename planets { __typename } }")

    assert done.result.data == {"__typename": "Query", "planets": [{"__typename": "Planet"}] * 2}
    assert counted(one) == (1, {})


# --- Contexts ------------------------------------------------------------------------------------


async def test_a_context_is_told_what_is_read():
    world = World()

    await execute(engine(), "{ planets { id moons { title: name letters } } }", world)

    (context,) = world.contexts
    assert context.reads == {"Query": None, "Planet": {"id", "name"}}


async def test_a_load_that_does_not_say_what_it_needs_is_read_whole():
    world = World()

    await execute(engine(), "{ planets { id hidden } }", world)

    assert world.contexts[0].reads == {"Query": None, "Planet": None}


async def test_what_is_executed_anew_has_a_fresh_context_that_reads_everything():
    world = World()

    done = await execute(engine(), "{ planets { moons { name } later } }", world)

    assert done.result.data["planets"][1] == {
        "moons": [{"name": "Phobos"}, {"name": "Deimos"}],
        "later": "Mars",
    }
    first, second = world.contexts
    assert (first.reads["Planet"], second.reads) == ({"id", "later", "name"}, EVERYTHING)
    assert done.context is second


async def test_what_was_given_up_is_not_tried_again():
    one, world = engine(), World()
    await execute(one, "{ planets { later } }", world)

    await execute(one, "{ planets { later } }", world)

    assert len(world.contexts) == 3
    assert counted(one) == (0, {"an awaitable leaf": 2})


async def test_coroutines_of_a_plan_that_is_given_up_are_closed():
    world = World()

    done = await execute(engine(), "{ planets { awaited laterTwin { id } } }", world)

    assert done.result.data["planets"] == [
        {"awaited": "Earth", "laterTwin": {"id": "1"}},
        {"awaited": "Mars", "laterTwin": {"id": "2"}},
    ]
    assert [inspect.getcoroutinestate(one) for one in world.opened] == [inspect.CORO_CLOSED] * 4


# --- Requests that are wrong ---------------------------------------------------------------------


@pytest.mark.parametrize("mode", [Mode.PLAN, Mode.OFF])
async def test_wrong_variables_are_told_as_graphql_core_tells_them(mode):
    one, world = engine(mode=mode), World()

    done = await execute(one, "query ($id: ID!) { planet(id: $id) { id } }", world)

    assert done.result.data is None
    assert [error.formatted for error in done.result.errors] == [
        {
            "message": "Variable '$id' has invalid value: "
            "Expected a value of non-null type 'ID!' to be provided.",
            "locations": [{"line": 1, "column": 8}],
        }
    ]
    assert one.counters.planned == 0
    assert world.contexts == [done.context]


@pytest.mark.parametrize("mode", Mode)
async def test_an_unknown_operation_is_refused_before_anything_is_done(mode):
    one, world = engine(mode=mode), World()

    with pytest.raises(GraphQLError, match="Unknown operation named 'b'"):
        await execute(one, "query a { planets { id } }", world, "b")

    assert (world.contexts, counted(one)) == ([], (0, {}))


async def test_the_named_operation_of_several_is_executed():
    text = "query a { planets { id } } query b { lost { id } }"
    one = engine()

    assert (await execute(one, text, None, "b")).result.data == {"lost": {"id": "9"}}
    assert (await execute(one, text, None, "a")).result.data == {
        "planets": [{"id": "1"}, {"id": "2"}]
    }


# --- Cancellation --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "{ planets { forEver } }",
        "{ planets { forEver slowly } }",
        "{ planets { moons { slowly awaited } forEver } }",
        "{ planet(id: 1) { awaited forEver } planets { slowly } }",
    ],
)
async def test_cancelling_ends_loads_and_closes_coroutines(text):
    one, world = engine(), World()
    running = asyncio.create_task(execute(one, text, world))
    await world.reached.wait()
    await asyncio.sleep(0)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert {inspect.getcoroutinestate(one) for one in world.opened} <= {inspect.CORO_CLOSED}
    assert counted(one) == (0, {})
