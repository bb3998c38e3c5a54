"""What a plan tells of its run: levels, loads, notes, and its outline."""

import asyncio

import pytest

from engine.trace import Trace, note, outline
from tests.engine.schemas import World, engine, prepare


async def traced(text):
    trace = Trace()
    done = await engine().execute(prepare(text), context=World().context, trace=trace)
    assert done.result.errors is None
    return done.plan, trace


def told(trace):
    return [(one.level, one.fields, one.load, one.parents) for one in trace.loads]


async def test_each_load_is_told_with_its_level_fields_and_parents():
    _, trace = await traced("{ planets { id moons { id moons { id } } } }")

    assert told(trace) == [
        (1, ["Query.planets"], "load_planets", 1),
        (2, ["Planet.moons"], "load_moons", 2),
        (3, ["Planet.moons"], "load_moons", 3),
    ]
    assert [0 <= one.seconds < 60 for one in trace.loads] == [True] * 3


async def test_the_same_load_of_several_places_is_one_and_of_other_arguments_another():
    _, trace = await traced("""{
      planets { moons { id } again: moons { name } one: moons(first: 1) { id } letters }
      planet(id: 1) { moons { id } }
    }""")

    assert told(trace) == [
        (1, ["Query.planets"], "load_planets", 1),
        (1, ["Planet.moons"], "load_moons", 1),
        (2, ["Planet.moons"], "load_moons", 4),
        (2, ["Planet.moons"], "load_moons", 2),
    ]


async def test_resolvers_that_are_awaited_are_loads_too_and_others_are_not():
    _, trace = await traced("{ planets { louder slowly } }")

    assert told(trace) == [
        (1, ["Query.planets"], "load_planets", 1),
        (2, ["Planet.slowly"], "resolver", 2),
    ]


async def test_fields_of_a_mutation_have_levels_of_their_own():
    _, trace = await traced(
        'mutation { a: find(name: "A") { planet { hidden } } b: find(name: "B") { changes } }'
    )

    assert [(one.level, one.fields) for one in trace.loads] == [
        (1, ["Mutation.find"]),
        (2, ["Planet.hidden"]),
        (3, ["Mutation.find"]),
    ]


class _Field:
    def __init__(self, name):
        self.name, self.batch = name, None
        self.parent = type("Parent", (), {"name": "Query"})


async def test_notes_belong_to_the_load_that_is_under_way_even_beside_another():
    trace = Trace()
    met = asyncio.Barrier(2)

    async def load(name):
        end = trace.begin([_Field(name)], 1)
        await met.wait()
        note(name, 0.5)
        end()
        note("nobody's", 1.0)

    note("nobody's", 1.0)
    await asyncio.gather(load("a"), load("b"))

    assert [(one.fields, one.notes) for one in trace.loads] == [
        (["Query.a"], [("a", 0.5)]),
        (["Query.b"], [("b", 0.5)]),
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "{ planets { id title: name louder letters moons { __typename size } } }",
            [
                "Query: -",
                "  planets (loaded for all by load_planets)",
                "    Planet: id title",
                "      louder (resolved one by one)",
                "      letters (loaded for all by load_letters)",
                "      moons (loaded for all by load_moons)",
                "        Planet: size",
            ],
        ),
        (
            'mutation { a: find(name: "A") { changes } b: findAtOnce(name: "B") { id } }',
            [
                "Mutation: -",
                "  a (resolved one by one)",
                "    Found: changes",
                "Mutation: -",
                "  b (resolved one by one)",
                "    Planet: id",
            ],
        ),
        (
            "{ found { __typename ... on Planet { id } ... on Star { name planets { id } } } }",
            [
                "Query: -",
                "  found (resolved one by one)",
                "    Planet: id",
                "    Star: name planets",
                "        Planet: id",
            ],
        ),
    ],
)
async def test_the_outline_says_what_is_read_and_how(text, lines):
    plan, _ = await traced(text)
    assert outline(plan, {}) == lines
