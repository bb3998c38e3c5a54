"""Mutations: changes are made once and one after the other, whatever becomes of their answers."""

import inspect

import pytest
from graphql import ExecutionResult

from engine.engine import Mode
from tests.engine.schemas import World, counted, engine, execute


@pytest.mark.parametrize("mode", Mode)
async def test_changes_are_made_one_after_the_other(mode):
    one, world = engine(mode=mode, sample=1.0), World()
    text = """mutation {
      a: find(name: "Ceres") { changes planet { id louder letters } }
      b: findAtOnce(name: "Eris") { name slowly }
      c: find(name: "Sedna") { changes }
    }"""

    done = await execute(one, text, world)

    assert done.result == ExecutionResult(
        {
            "a": {
                "changes": ["Ceres"],
                "planet": {"id": "1", "louder": "CERES", "letters": 5},
            },
            "b": {"name": "Eris", "slowly": "Eris"},
            "c": {"changes": ["Ceres", "Eris", "Sedna"]},
        },
        None,
    )
    assert world.changes == ["Ceres", "Eris", "Sedna"]


async def test_a_change_whose_answer_no_plan_can_read_is_made_once():
    one, world = engine(), World()
    text = """mutation {
      a: find(name: "Ceres") { later changes planet { name later } }
      b: findAtOnce(name: "Eris") { later broken }
    }"""

    done = await execute(one, text, world)

    assert done.result.data == {
        "a": {
            "later": "Ceres",
            "changes": ["Ceres"],
            "planet": {"name": "Ceres", "later": "Ceres"},
        },
        "b": {"later": "Eris", "broken": None},
    }
    assert [(error.message, error.path) for error in done.result.errors] == [
        ("Eris is broken", ["b", "broken"])
    ]
    assert world.changes == ["Ceres", "Eris"]
    assert counted(one) == (1, {})


async def test_a_change_that_fails_does_not_keep_the_next_from_being_made():
    one, world = engine(), World()
    text = """mutation {
      a: find(name: "Ceres") { planet { strict: name } }
      b: fail { id }
      c: find(name: "Sedna") { changes }
    }"""

    done = await execute(one, text, world)

    assert done.result.data == {
        "a": {"planet": {"strict": "Ceres"}},
        "b": None,
        "c": {"changes": ["Ceres", "Sedna"]},
    }
    assert [(error.message, error.path) for error in done.result.errors] == [("too far", ["b"])]


async def test_coroutines_of_an_answer_that_no_plan_can_read_are_closed():
    world = World()
    text = 'mutation { findAtOnce(name: "Eris") { awaited laterTwin { id } } }'

    done = await execute(engine(), text, world)

    assert done.result.data == {"findAtOnce": {"awaited": "Eris", "laterTwin": {"id": "7"}}}
    assert [inspect.getcoroutinestate(one) for one in world.opened] == [inspect.CORO_CLOSED] * 2
