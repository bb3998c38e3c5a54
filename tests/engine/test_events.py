"""Events of subscriptions: each is executed by itself, and the source is closed at the end."""

import pytest
from graphql import ExecutionResult

from engine.engine import EVERYTHING, Mode
from tests.engine.schemas import World, counted, engine, prepare


async def subscribe(one, text, world, **variables):
    return await one.subscribe(prepare(text), variables, context=world.context)


async def test_each_event_is_executed_by_a_plan_in_a_context_of_its_own():
    one, world = engine(), World()

    events = await subscribe(one, "subscription { seen { name moons { name } } }", world)
    done = [event async for event in events]

    assert [event.result.data["seen"] for event in done] == [
        {"name": "Earth", "moons": [{"name": "Moon"}]},
        {"name": "Mars", "moons": [{"name": "Phobos"}, {"name": "Deimos"}]},
    ]
    assert [event.context for event in done] == world.contexts[1:]
    assert [context.reads for context in world.contexts] == [EVERYTHING, *[done[0].plan.reads] * 2]
    assert (counted(one), world.closed) == ((2, {}), True)


async def test_a_plan_is_made_with_the_second_event():
    one, world = engine(plan_after=1), World()

    events = await subscribe(one, "subscription { seen { name } }", world)

    assert [isinstance(event.plan, str) async for event in events] == [True, False]


async def test_events_are_executed_by_graphql_core_where_plans_are_off():
    one, world = engine(mode=Mode.OFF), World()

    events = await subscribe(one, "subscription { seen { name later } }", world)

    assert [event.result.data["seen"]["later"] async for event in events] == ["Earth", "Mars"]
    assert counted(one) == (0, {"off": 2})


async def test_the_source_is_closed_with_whoever_listens():
    one, world = engine(), World()
    events = await subscribe(one, "subscription { seen { name } }", world)

    assert (await anext(events)).result.data == {"seen": {"name": "Earth"}}
    assert not world.closed
    await events.aclose()

    assert world.closed


async def test_what_the_source_raises_ends_the_events():
    one, world = engine(), World()
    events = await subscribe(one, "subscription { seen(fail: true) { name } }", world)

    assert (await anext(events)).result.data == {"seen": {"name": "Earth"}}
    assert (await anext(events)).result.data == {"seen": {"name": "Mars"}}
    with pytest.raises(ValueError, match="clouds"):
        await anext(events)

    assert world.closed


async def test_a_subscription_with_wrong_variables_is_a_result_and_no_context_is_made():
    one, world = engine(), World()

    found = await subscribe(one, "subscription ($x: Boolean!) { seen(fail: $x) { id } }", world)

    assert isinstance(found, ExecutionResult)
    (error,) = found.errors
    assert error.message == (
        "Variable '$x' has invalid value: "
        "Expected a value of non-null type 'Boolean!' to be provided."
    )
    assert world.contexts == []


async def test_a_source_that_cannot_be_opened_is_a_result():
    found = await subscribe(engine(), "subscription { never { id } }", World())

    assert isinstance(found, ExecutionResult)
    assert [(error.message, error.path) for error in found.errors] == [("no telescope", ["never"])]
