"""The cache of plans: when they are made, what they depend on, and what is forgotten."""

from itertools import product

import pytest

from engine import adapter
from engine.plan import compile
from engine.plan.model import Plan
from engine.plans import FIELD_BYTES, FIRST_SIGHT, SHAPES, Plans, conditions
from tests.engine.schemas import prepare, schema

PLENTY = 1_000_000_000


def cache(after=0, max_count=100, max_bytes=PLENTY):
    return Plans(schema, after=after, max_count=max_count, max_bytes=max_bytes)


def known_of(plans, text):
    prepared = prepare(text)
    assert prepared.errors == ()
    return plans.of(prepared.operation(None), prepared.fragments)


def find(plans, text, **variables):
    known = known_of(plans, text)
    definitions = known.operation.variable_definitions or ()
    values = adapter.get_variable_values(schema._schema, definitions, variables)
    return plans.find(known, adapter.started(known.pattern, values, None, None))


# --- When ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_plan_is_made_after_so_many_sights_and_kept(after):
    plans = cache(after)

    early = [find(plans, "{ planets { id } }") for _ in range(after)]
    made = find(plans, "{ planets { id } }")

    assert early == [FIRST_SIGHT] * after
    assert isinstance(made, Plan)
    assert find(plans, "{ planets { id } }") is made


def test_each_operation_is_seen_by_itself():
    plans = cache(1)

    assert find(plans, "{ planets { id } }") == FIRST_SIGHT
    assert find(plans, "{ planets { name } }") == FIRST_SIGHT


def test_why_there_is_no_plan_is_remembered():
    plans = cache()

    assert find(plans, "{ __schema { description } }") == "introspection"
    assert find(plans, "{ __schema { description } }") == "introspection"
    assert known_of(plans, "{ __schema { description } }").weight == 1


def test_an_operation_that_is_too_large_when_compiled_has_no_plan(monkeypatch):
    monkeypatch.setattr(compile, "MAX_FIELDS", 3)

    assert isinstance(find(cache(), "{ planets { id name } }"), Plan)
    assert find(cache(), "{ planets { id name size } }") == "too many fields"


# --- What a plan depends on ----------------------------------------------------------------------

CONDITIONS = """
query ($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: Boolean!, $id: ID!, $e: Boolean = true) {
  planet(id: $id) @include(if: $a) { id @skip(if: $a) ...named ...named }
  ... @skip(if: $b) { planets { moons(first: 2) { id @include(if: true) } } }
  ...root @include(if: $c)
}
fragment named on Planet { name moons { ...deeper } }
fragment deeper on Planet { id @include(if: $d) name @skip(if: $e) }
fragment root on Query { lost { id } }
"""


def test_conditions_are_the_variables_of_skip_and_include_wherever_they_stand():
    prepared = prepare(CONDITIONS)

    assert prepared.errors == ()
    found = conditions(prepared.operation(None), prepared.fragments)
    assert sorted(found) == ["a", "b", "c", "d", "e"]


def test_values_of_conditions_make_plans_of_their_own_and_other_values_do_not():
    plans = cache()
    text = """query ($with: Boolean!, $id: ID!) {
      planet(id: $id) { id name @include(if: $with) }
    }"""

    with_name = find(plans, text, **{"with": True, "id": "1"})
    without = find(plans, text, **{"with": False, "id": "1"})

    assert find(plans, text, **{"with": True, "id": "2"}) is with_name
    assert find(plans, text, **{"with": False, "id": "2"}) is without
    assert (with_name.weight, without.weight) == (3, 2)
    assert with_name.reads == {"Query": None, "Planet": {"id", "name"}}
    assert without.reads == {"Query": None, "Planet": {"id"}}


def test_only_so_many_shapes_of_an_operation_are_planned():
    plans = cache()
    names = "abcdef"
    text = "query ({}) {{ planets {{ id {} }} }}".format(
        ", ".join(f"${name}: Boolean!" for name in names),
        " ".join(f"{name}: name @include(if: ${name})" for name in names),
    )
    sets = [dict(zip(names, values, strict=True)) for values in product([True, False], repeat=6)]

    found = [find(plans, text, **values) for values in sets]

    assert [isinstance(one, Plan) for one in found] == [True] * SHAPES + [False] * 32
    assert set(found[SHAPES:]) == {"too many shapes"}
    assert find(plans, text, **sets[0]) is found[0]


# --- Bounds --------------------------------------------------------------------------------------


def test_the_operation_that_was_not_asked_for_longest_is_forgotten():
    plans = cache(max_count=2)
    first, second = find(plans, "{ a: planets { id } }"), find(plans, "{ b: planets { id } }")
    assert find(plans, "{ a: planets { id } }") is first

    find(plans, "{ c: planets { id } }")

    assert len(plans) == 2
    assert find(plans, "{ a: planets { id } }") is first
    assert find(plans, "{ b: planets { id } }") is not second


def test_a_plan_weighs_its_fields():
    plans = cache()
    text = "{ planets { id ...more } } fragment more on Planet { name id }"

    assert find(plans, text).weight == 3
    assert known_of(plans, text).weight == 4
    assert find(plans, "{ planets { moons { id letters } } lost { __typename } }").weight == 6


def test_bytes_are_bounded_and_what_is_forgotten_weighs_nothing():
    plans = cache(max_bytes=9 * FIELD_BYTES)  # three of these, with one for each operation

    kept = []
    for number in range(50):
        find(plans, f"{{ a{number}: planets {{ id }} }}")
        kept.append(len(plans))

    assert kept == [1, 2, *[3] * 48]


def test_an_operation_heavier_than_the_cache_runs_by_a_plan_that_is_not_kept():
    plans = cache(max_bytes=3 * FIELD_BYTES)

    assert isinstance(find(plans, "{ planets { id name size } }"), Plan)
    assert len(plans) == 0


# --- Giving up -----------------------------------------------------------------------------------


def test_what_was_given_up_has_no_plan_in_any_shape_that_was_met():
    plans = cache()
    text = "query ($with: Boolean!) { planets { id name @include(if: $with) } }"
    find(plans, text, **{"with": True})
    find(plans, text, **{"with": False})

    plans.give_up(known_of(plans, text), "an awaitable leaf")

    assert find(plans, text, **{"with": True}) == "an awaitable leaf"
    assert find(plans, text, **{"with": False}) == "an awaitable leaf"
    assert known_of(plans, text).weight == 1


def test_plans_that_were_given_up_make_room():
    plans = cache(max_bytes=9 * FIELD_BYTES)
    for number in range(7):
        text = f"{{ a{number}: planets {{ id }} }}"
        find(plans, text)
        plans.give_up(known_of(plans, text), "an awaitable leaf")

    assert len(plans) == 7


def test_giving_up_what_is_forgotten_changes_no_weight():
    plans = cache(max_bytes=6 * FIELD_BYTES)
    known = known_of(plans, "{ a: planets { id } }")
    find(plans, "{ a: planets { id } }")
    find(plans, "{ b: planets { id } }")
    find(plans, "{ c: planets { id } }")

    plans.give_up(known, "an awaitable leaf")
    find(plans, "{ d: planets { id } }")

    assert len(plans) == 2


def test_a_large_document_that_is_seen_once_weighs_too():
    plans = cache(after=1, max_bytes=10 * FIELD_BYTES)
    texts = [f"{{ planets {{ id n{number}: name }} }}" for number in range(5)]
    for text in texts:
        prepared = prepare(text)
        plans.of(prepared.operation(None), prepared.fragments, tokens=40)

    assert len(plans) == 2


def test_no_value_of_a_run_is_kept():
    plans = cache()
    text = "query ($id: ID!) { planet(id: $id) { id } }"

    made = find(plans, text, id="a secret")

    assert isinstance(made, Plan)
    (field,) = made.steps[0].fields
    assert field.arguments._pattern == {"id": None}


def test_what_was_given_up_is_not_planned_in_another_shape():
    plans = cache()
    text = "query ($with: Boolean!) { planets { id name @include(if: $with) } }"
    find(plans, text, **{"with": True})

    plans.give_up(known_of(plans, text), "an awaitable value")

    assert find(plans, text, **{"with": False}) == "an awaitable value"
