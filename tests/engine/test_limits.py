"""Each limit at its boundary: n passes, n + 1 is refused and says so exactly."""

from dataclasses import replace

import pytest
from graphql import get_introspection_query, parse

from engine.documents import Documents
from engine.limits import Limits, check_document, exceeded
from engine.shape import SATURATED, measure
from tests.engine.hostile import many
from tests.engine.library import library

LONG = Limits(tokens=100_000, characters=1_000_000)


def prepare(text, **limits):
    return Documents(library, Limits(**limits)).prepare(text)


def sizes(text):
    return measure(parse(text)).sizes


def repetitions(text):
    return measure(parse(text)).count_repetitions()


AT_THE_LIMIT = {
    "characters": ("{ user { id } }", 15),
    "lines": ("{\nuser\r\n{ id\r} }", 4),
    "tokens": ("{ user { id } } # free", 6),
    "depth": ("{ user { user { id } } }", 3),
    "nesting": ("{ user { ... { ...F } } } fragment F on User { id }", 4),
    "aliases": ("{ a: user { ...F ...F } } fragment F on User { b: id }", 3),
    "root_fields": ("{ ...F node(id: 1) { id } } fragment F on Query { user { id } }", 2),
    "directives": ("query Q @track { user @track { id @track } }", 3),
    "fragments": ("{ user { ...F ...G } } fragment F on User { id } fragment G on User { id }", 2),
    "fields": ("{ user { ...F ...F } } fragment F on User { id name }", 7),
    "repetitions": ("{ user { id id id } user { id } }", 1 + 6),
}


@pytest.mark.parametrize("limit", AT_THE_LIMIT)
def test_the_limit_itself_passes(limit):
    text, size = AT_THE_LIMIT[limit]

    assert prepare(text, **{limit: size}).errors == ()


@pytest.mark.parametrize("limit", AT_THE_LIMIT)
def test_one_more_is_refused(limit):
    text, size = AT_THE_LIMIT[limit]

    prepared = prepare(text, **{limit: size - 1})

    assert prepared.document is None
    assert [error.extensions for error in prepared.errors] == [
        {"code": "QUERY_TOO_COMPLEX", "limit": limit, "allowed": size - 1, "actual": size}
    ]


MESSAGES = {
    "characters": "is 1,002 characters long; 1,001 allowed. Pass long values as variables.",
    "lines": "has 1,002 lines; 1,001 allowed. Pass long values as variables.",
    "tokens": "has 1,002 tokens or more; 1,001 allowed. Split it into several requests.",
    "depth": "nests fields 1,002 levels deep; 1,001 allowed. Fetch the inner levels separately.",
    "nesting": "nests braces 1,002 levels deep, fragments included; 1,001 allowed."
    " Use fewer nested fragments.",
    "aliases": "uses 1,002 aliases; 1,001 allowed. Ask with a list of ids, or in several requests.",
    "root_fields": "selects 1,002 root fields in one operation; 1,001 allowed."
    " Split it into several requests.",
    "directives": "uses 1,002 directives; 1,001 allowed. Remove those it does not need.",
    "fragments": "defines 1,002 fragments; 1,001 allowed. Send only those the operation uses.",
    "fields": "selects 1,002 fields and fragments; 1,001 allowed. Split it into several requests.",
    "repetitions": "repeats fields in the same place, 1,002 pairs in all; 1,001 pairs allowed."
    " Select each field once, or in fewer fragments.",
    "cost": "would fetch 1,002 objects; 1,001 allowed."
    " Ask for smaller pages (`first`, `limit`) or fewer levels.",
}


@pytest.mark.parametrize("limit", MESSAGES)
def test_messages_say_what_was_allowed_found_and_what_to_do(limit):
    assert exceeded(limit, 1_001, 1_002).message == f"The document {MESSAGES[limit]}"


def test_every_limit_has_its_message():
    assert set(MESSAGES) == set(Limits.__dataclass_fields__)


def test_all_exceeded_limits_are_reported_at_once():
    errors = prepare("{ a: user { b: user { id } } }", depth=2, aliases=1).errors

    assert [error.extensions["limit"] for error in errors] == ["depth", "aliases"]


def test_the_full_introspection_query_passes():
    text = get_introspection_query(
        descriptions=True,
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )

    assert prepare(text).errors == ()
    assert sizes(text)["depth"] == 15


def test_thirty_components_may_each_ask_for_the_same_fields():
    fragments = many("fragment F# on User { __typename id name user { id name } }", 30)

    assert prepare(f"{{ user {{ {many('...F#', 30)} }} }} {fragments}").errors == ()


def test_every_operation_counts():
    text = "query A { user { user { id } } } query B { a: user { id } }"

    assert sizes(text) == {
        "fragments": 0,
        "directives": 0,
        "depth": 3,
        "nesting": 3,
        "root_fields": 1,
        "aliases": 1,
        "fields": 5,
    }


def test_fragments_nobody_spreads_count():
    unused = "fragment F on User { a: id ...G } fragment G on User { user { b: id } }"

    assert sizes("{ user { id } } " + unused) == {
        "fragments": 2,
        "directives": 0,
        "depth": 2,
        "nesting": 3,
        "root_fields": 1,
        "aliases": 2,
        "fields": 6,
    }


def test_a_fragment_hidden_by_another_of_its_name_counts():
    text = "{ user { ...F } } fragment F on User { a: id ...G } fragment F on User { id }"

    assert sizes(text + " fragment G on User { b: id }")["aliases"] == 2


def test_directives_count_wherever_they_stand():
    text = """
      query Q($a: Int @x) @x { user @x { ...F @x ... @x { id } } }
      fragment F on User @x { id }
    """

    assert sizes(text)["directives"] == 6


def test_depth_goes_through_fragments_from_where_they_are_spread():
    text = "{ user { user { ...F } } } fragment F on User { ... on User { user { id } } }"

    assert sizes(text)["depth"] == 4


def test_numbers_saturate():
    chain = " ".join(
        f"fragment F{i} on User {{ a: id ...F{i + 1} ...F{i + 1} }}" for i in range(99)
    )

    found = sizes("{ ...F0 } " + chain)

    assert (found["fields"], found["aliases"]) == (SATURATED, SATURATED)


def test_unknown_fragments_are_left_to_validation():
    assert sizes("{ ...Nowhere }")["fields"] == 1
    [error] = prepare("{ ...Nowhere }").errors
    assert error.message == "Unknown fragment 'Nowhere'."


def test_a_cycle_has_no_size_and_is_reported():
    text = "{ user { ...A } } fragment A on User { user { ...B } } fragment B on User { ...A }"

    shape, errors = check_document(parse(text), Limits())

    assert (shape.cyclic, shape.sizes, errors) == (True, {"fragments": 2, "directives": 0}, [])
    [error] = prepare(text).errors
    assert error.message == "Cannot spread fragment 'A' within itself via 'B'."


def test_repetitions_are_counted_where_execution_merges():
    assert repetitions("{ user { id } user { id } }") == 2
    assert repetitions("{ user { id } b: user { id } }") == 0
    assert repetitions("{ user { ... { id } ... on User { id } } }") == 1
    assert repetitions("{ user { x: id x: name } }") == 1


def test_a_fragment_repeats_nothing_by_itself():
    text = "{ user { ...F ...F user { ...F } } } fragment F on User { id name }"

    assert repetitions(text) == 0


def test_repetitions_meet_across_fragments():
    text = "{ user { ...F ...G } } fragment F on User { user { id } } fragment G on User { %s }"

    assert repetitions(text % "user { id }") == 2
    assert repetitions(text % "user { name }") == 1


def test_repetitions_are_counted_only_in_a_document_within_the_other_limits():
    text = "{{ user {{ {} }} }}".format(many("id", 200))

    _, refused = check_document(parse(text), replace(LONG, fields=100))
    _, counted = check_document(parse(text), LONG)

    assert [error.extensions["limit"] for error in refused] == ["fields"]
    assert [error.extensions["actual"] for error in counted] == [19_900]
