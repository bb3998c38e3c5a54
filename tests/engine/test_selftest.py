"""With other releases of graphql-core or Strawberry than plans know, the server answers without."""

import logging
import subprocess
import sys

import pytest
from graphql.execution.executor import Executor

from engine import adapter, selftest
from engine.engine import Mode
from tests.engine.schemas import World, engine, prepare


@pytest.fixture(autouse=True)
def asked_anew():
    selftest.problem.cache_clear()
    yield
    selftest.problem.cache_clear()


@pytest.fixture
def warnings(caplog):
    caplog.set_level(logging.WARNING, "engine")
    return lambda: [record.getMessage() for record in caplog.records]


def test_all_is_well_with_these_releases(warnings):
    assert selftest.problem() is None
    assert engine().mode is Mode.PLAN
    assert warnings() == []


CHANGES = {
    "a name is gone": ("missing", "cannot import name 'collect_fields'"),
    "a function takes other arguments": ("collect_fields", lambda schema: None),
    "arguments are others": ("get_argument_values", lambda *_: {"least": 2, "id": "2"}),
    "paths are something else": ("Path", lambda *_: None),
    "errors are not collected": ("CollectedErrors", list),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("mode", [Mode.PLAN, Mode.SHADOW])
async def test_a_change_turns_plans_off_with_one_warning_and_the_server_answers(
    monkeypatch, warnings, change, mode
):
    monkeypatch.setattr(adapter, *CHANGES[change])

    one = engine(mode=mode)

    assert one.mode is Mode.OFF
    (warning,) = warnings()
    assert warning.startswith("Plans are off, since graphql-core or Strawberry has changed: ")
    monkeypatch.undo()
    done = await one.execute(prepare("{ planets { name } }"), context=World().context)
    assert done.result.data == {"planets": [{"name": "Earth"}, {"name": "Mars"}]}
    assert (done.plan, one.counters.fallen_back) == ("off", {"off": 1})


def test_another_behaviour_of_the_executor_is_noticed(monkeypatch):
    monkeypatch.setattr(Executor, "complete_leaf_value", lambda *_: "another")

    assert selftest.problem().startswith("data {'things': [{'id': 'another'")


def test_another_text_of_errors_is_noticed(monkeypatch):
    monkeypatch.setattr(selftest, "ERRORS", [])

    assert selftest.problem().startswith("errors [{'message': 'Cannot return null")


def test_where_plans_are_off_nobody_asks(monkeypatch, warnings):
    monkeypatch.setattr(adapter, "missing", "gone")

    assert engine(mode=Mode.OFF).mode is Mode.OFF
    assert warnings() == []


# In a process of its own, since the engine is imported but once.
WITHOUT = """
import asyncio, sys
import graphql, strawberry
import {module}
del {module}.{name}
from tests.engine.schemas import World, engine, prepare
one = engine()
done = asyncio.run(one.execute(prepare("{{ planets {{ name }} }}"), context=World().context))
print(one.mode, done.result.data, done.result.errors)
"""


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("graphql.execution.collect_fields", "FragmentDetails"),
        ("graphql.execution.collect_fields", "collect_subfields"),
        ("strawberry.execution", "optimized_is_awaitable"),
        ("strawberry.types.arguments", "convert_arguments"),
    ],
)
def test_a_name_that_is_gone_keeps_nobody_from_importing(module, name):
    code = WITHOUT.format(module=module, name=name)

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stdout == "off {'planets': [{'name': 'Earth'}, {'name': 'Mars'}]} None\n", (
        done.stderr
    )
    assert "Plans are off" in done.stderr
    assert name in done.stderr
