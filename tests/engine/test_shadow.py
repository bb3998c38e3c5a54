"""Shadow mode: graphql-core's answer, the plan's beside it, and what is said of a difference."""

import logging

import pytest
from graphql import ExecutionResult, GraphQLError

from engine import engine as engine_module
from engine.engine import Mode
from engine.shadow import difference
from tests.engine.schemas import World, engine, prepare

RIGHT = {"user": {"name": "ada", "tags": [{"id": "1"}, {"id": "2"}], "age": 3}, "ok": True}


def tagged(tags):
    return RIGHT | {"user": RIGHT["user"] | {"tags": tags}}


def result(data, *errors):
    return ExecutionResult(data, list(errors) or None)


def error(message, *path, **extensions):
    return GraphQLError(message, path=list(path), extensions=extensions)


@pytest.mark.parametrize(
    ("found", "place"),
    [
        (RIGHT, None),
        (None, "data"),
        ({"ok": True, "user": RIGHT["user"]}, "data"),
        ({"user": RIGHT["user"]}, "data"),
        (RIGHT | {"ok": 1}, "data.ok"),
        (RIGHT | {"user": None}, "data.user"),
        (RIGHT | {"user": RIGHT["user"] | {"name": "eve"}}, "data.user.name"),
        (RIGHT | {"user": RIGHT["user"] | {"age": 3.0}}, "data.user.age"),
        (tagged([{"id": "1"}]), "data.user.tags"),
        (tagged([{"id": "1"}, {"id": "3"}]), "data.user.tags[1].id"),
        (tagged([{"id": "1"}, None]), "data.user.tags[1]"),
        (tagged(({"id": "1"}, {"id": "2"})), "data.user.tags"),
    ],
)  # fmt: skip
def test_the_first_place_that_differs_is_told(found, place):
    assert difference(result(RIGHT), result(found)) == place


A, B = error("no a", "a"), error("no b", "b", code="X")
NULLS = {"a": None, "b": None}


@pytest.mark.parametrize(
    ("right", "found", "differs"),
    [
        ([A, B], [B, A], False),
        ([A], [], True),
        ([], [A], True),
        ([A], [error("other", "a")], True),
        ([B], [error("no b", "b", code="Y")], True),
        ([A], [error("no a", "b")], True),
    ],
)
def test_errors_are_compared_whole_but_not_their_order(right, found, differs):
    told = difference(result(NULLS, *right), result(NULLS, *found))
    assert told == ("errors" if differs else None)


def test_of_errors_inside_what_became_null_any_may_be_told():
    data = {"a": {"b": None}}
    first, second = error("one", "a", "b", 0, "c"), error("two", "a", "b", 1, "c")

    assert difference(result(data, first), result(data, second)) is None
    assert difference(result(data, first), result(data, first, second)) is None
    assert difference(result(data, first), result(data, error("x", "a", "b"))) == "errors"


@pytest.mark.parametrize("path", [("elsewhere",), ("a", "b", 5), ("a", 0), ("a", "c", "d")])
def test_an_error_may_bring_a_path_of_its_own(path):
    data, brought = {"a": {"b": [1], "c": 2}}, error("one", *path)

    assert difference(result(data, brought), result(data, brought)) is None
    assert difference(result(data, brought), result(data, error("two", *path))) == "errors"


# --- The mode ------------------------------------------------------------------------------------


async def execute(one, text, world=None):
    return await one.execute(prepare(text), context=(world or World()).context)


def shadow(**options):
    return engine(mode=Mode.SHADOW, **{"sample": 1.0, **options})


@pytest.fixture
def told(caplog):
    caplog.set_level(logging.WARNING, "engine")
    return lambda: [(record.levelname, record.getMessage()) for record in caplog.records]


async def test_queries_are_executed_twice_in_contexts_of_their_own(told):
    one, world = shadow(), World()

    done = await execute(one, "{ planets { name moons { name } } }", world)

    assert done.context is world.contexts[0]
    assert world.loads == [("moons", [1, 2])] * 2
    assert (one.counters.compared, one.counters.differing, told()) == (1, 0, [])
    assert (one.counters.planned, dict(one.counters.fallen_back)) == (1, {"shadow": 1})


async def test_a_part_of_the_queries_is_compared(monkeypatch):
    one, drawn = shadow(sample=0.25), iter([0.24, 0.25, 0.9, 0.0])
    monkeypatch.setattr(engine_module.random, "random", lambda: next(drawn))

    for _ in range(4):
        await execute(one, "{ planets { id } }")

    assert (one.counters.compared, dict(one.counters.fallen_back)) == (2, {"shadow": 4})


async def test_changes_are_made_once_and_not_compared():
    one, world = shadow(), World()

    await execute(one, 'mutation { find(name: "Ceres") { changes } }', world)

    assert world.changes == ["Ceres"]
    assert (one.counters.compared, one.counters.planned) == (0, 0)


async def test_what_has_no_plan_is_not_compared(told):
    one = shadow()

    done = await execute(one, "{ __schema { queryType { name } } }")

    assert done.result.data == {"__schema": {"queryType": {"name": "Query"}}}
    assert (one.counters.compared, told()) == (0, [])


async def test_a_difference_is_answered_rightly_counted_and_logged_without_values(
    monkeypatch, told
):
    async def wrong(*_, **__):
        return result({"planets": [{"name": "Earth"}, {"name": "Secret"}]})

    monkeypatch.setattr(engine_module, "run", wrong)
    one = shadow()

    done = await execute(one, "query Names { planets { name } }")

    assert done.result.data == {"planets": [{"name": "Earth"}, {"name": "Mars"}]}
    assert (one.counters.compared, one.counters.differing) == (1, 1)
    assert told() == [("ERROR", "A plan of the operation Names differs: data.planets[1].name")]


async def test_what_a_plan_raises_is_a_difference(monkeypatch, told):
    async def broken(*_, **__):
        raise KeyError("Secret")

    monkeypatch.setattr(engine_module, "run", broken)
    one = shadow()

    done = await execute(one, "{ planets { name } }")

    assert done.result.data == {"planets": [{"name": "Earth"}, {"name": "Mars"}]}
    assert (one.counters.compared, one.counters.differing) == (1, 1)
    assert told() == [("ERROR", "A plan of the operation unnamed differs: KeyError was raised")]


async def test_what_cannot_be_compared_is_a_difference(monkeypatch, told):
    def broken(*_):
        raise KeyError("Secret")

    monkeypatch.setattr(engine_module, "difference", broken)
    one = shadow()

    done = await execute(one, "{ planets { name } }")

    assert done.result.data == {"planets": [{"name": "Earth"}, {"name": "Mars"}]}
    assert told() == [("ERROR", "A plan of the operation unnamed differs: KeyError was raised")]
