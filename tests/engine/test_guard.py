"""`guard`: asked once for a field of a level, whatever executes it; what it raises is an error."""

import pytest
from graphql import GraphQLError

from engine.engine import Engine, Mode
from engine.fields import guard
from tests.engine.schemas import World, build, prepare

GUARDED = [
    ("Query", "hidden"), ("Planet", "hidden"), ("Planet", "letters"), ("Planet", "louder"),
    ("Planet", "name"), ("Mutation", "find"),
]  # fmt: skip


class Guarded:
    """An engine over a schema whose guards note the contexts that they are asked for."""

    def __init__(self, mode, *, refuses=True):
        self.asked = []
        self.refuses = refuses
        schema = build()
        for type, name in GUARDED:
            guard(schema._schema.type_map[type].fields[name], self.check)
        self.engine = Engine(schema, mode=mode, plan_after=0)

    def check(self, context):
        self.asked.append(context)
        if self.refuses:
            raise GraphQLError("Not for you", extensions={"code": "REFUSED"})

    async def execute(self, text, world):
        done = await self.engine.execute(prepare(text), context=world.context)
        assert isinstance(done.plan, str) == (self.engine.mode is Mode.OFF)
        return done.result


def refused(*path, line=1, column):
    return {
        "message": "Not for you",
        "path": list(path),
        "locations": [{"line": line, "column": column}],
        "extensions": {"code": "REFUSED"},
    }


@pytest.mark.parametrize("mode", [Mode.PLAN, Mode.OFF])
async def test_a_refused_root_field_is_an_error_and_nothing_is_loaded(mode):
    one, world = Guarded(mode), World()

    result = await one.execute("{ planets { id } hidden { moons { id } } }", world)

    assert result.data == {"planets": [{"id": "1"}, {"id": "2"}], "hidden": None}
    assert [error.formatted for error in result.errors] == [refused("hidden", column=18)]
    assert (one.asked, world.loads) == (world.contexts, [])


@pytest.mark.parametrize("mode", [Mode.PLAN, Mode.OFF])
async def test_a_refused_change_is_not_made(mode):
    one, world = Guarded(mode), World()

    result = await one.execute('mutation { find(name: "Ceres") { changes } }', world)

    assert result.data is None
    assert [error.formatted for error in result.errors] == [refused("find", column=12)]
    assert world.changes == []


@pytest.mark.parametrize("mode", [Mode.PLAN, Mode.OFF])
async def test_every_object_has_the_error(mode):
    one, world = Guarded(mode), World()

    result = await one.execute("{ planets { id hidden } }", world)

    assert result.data == {"planets": [{"id": "1", "hidden": None}, {"id": "2", "hidden": None}]}
    assert [error.formatted for error in result.errors] == [
        refused("planets", place, "hidden", column=16) for place in (0, 1)
    ]
    assert world.loads == []


@pytest.mark.parametrize("name", ["letters", "louder", "name"])
async def test_errors_of_other_fields_are_those_of_graphql_core(name):
    text = f"{{ planets {{ id {name} }} }}"
    found = [await Guarded(mode).execute(text, World()) for mode in (Mode.PLAN, Mode.OFF)]
    told = [[error.formatted for error in one.errors] for one in found]

    assert [one.data for one in found] == [None, None]
    assert told[0] == told[1] == [refused("planets", 0, name, column=16)]


async def test_a_guard_is_asked_once_for_all_objects_of_a_level():
    one, world = Guarded(Mode.PLAN, refuses=False), World()

    result = await one.execute("{ planets { hidden letters louder moons { hidden } } }", world)

    assert result.data["planets"][0] == {
        "hidden": "Earth", "letters": 5, "louder": "EARTH", "moons": [{"hidden": "Moon"}],
    }  # fmt: skip
    assert one.asked == world.contexts * 4  # three fields, and one of them a level below


async def test_without_a_plan_it_is_asked_for_each_object():
    one, world = Guarded(Mode.OFF, refuses=False), World()

    await one.execute("{ planets { hidden } }", world)

    assert one.asked == world.contexts * 2
