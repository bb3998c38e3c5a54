"""Cost arithmetic on the library's schema: objects 1, leaves 0, lists times their size."""

import math

import pytest

from engine.cost import sizing_variables
from engine.documents import Documents
from engine.limits import Limits
from engine.prepared import MAX_COSTS
from engine.shape import SATURATED
from tests.engine.library import library


def prepare(text):
    prepared = Documents(library, Limits()).prepare(text)
    assert prepared.errors == ()
    return prepared


def cost(text, name=None, **variables):
    prepared = prepare(text)
    return prepared.cost(prepared.operation(name), variables)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ __typename }", 0),
        ("{ found { __typename } }", 10),
        ("{ user { id name roles } }", 1),
        ("{ user { user { id } } }", 2),
        ("{ everyone { id } }", 10),
        ("{ users { id } }", 20),
        ("{ users(limit: 5) { id } }", 5),
        ("{ users(limit: 0) { user { id } } }", 0),
        ("{ users(limit: null) { id } }", 20),
        ("{ users(limit: -1) { id } }", 20),
        ("{ newest { id } }", 20),
        ("{ newest(first: 3, limit: 8) { id } }", 8),
        ("{ users(limit: 5) { user { id } } }", 5 * (1 + 1)),
        ("{ users(limit: 5) { posts(limit: 4) { author { id } } } }", 5 * (1 + 4 * (1 + 1))),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', 3),
        ('{ nodes(ids: "a") { id } }', 1),
        ("{ found { ... on User { user { id } } ... on Post { author { id } } } }", 10 * (1 + 2)),
        ("mutation { rename(id: 1) { friends { id } } }", 1 + 10),
        ("{ user { id } user { name } }", 2),
        ("{ user @skip(if: true) { id } }", 1),
        ("{ ... { user { id } } }", 1),
        ('{ __schema { types { fields { name } } } __type(name: "User") { name } }', 8_000),
    ],
)
def test_literals(text, expected):
    assert cost(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ posts(first: 3) { edges { cursor } } }", 1 + 3),
        ("{ posts(first: 3) { edges { node { id } } } }", 1 + 3 * (1 + 1)),
        ("{ posts(first: 3) { nodes { author { id } } pageInfo { hasNextPage } } }", 1 + 3 * 2 + 1),
        ("{ posts { nodes { id } } }", 1 + 7),
        ("{ user { postConnection { nodes { id } } } }", 1 + 1 + 20),
        ("{ user { postConnection(first: 2, last: 4) { nodes { id } } } }", 1 + 1 + 4),
        ("{ users(limit: 2) { postConnection(first: 3) { nodes { id } } } }", 2 * (1 + 1 + 3)),
        ("{ posts(first: 3) { ...F } } fragment F on PostConnection { nodes { id } }", 1 + 3),
        ("{ posts(first: 3) { ... { items: nodes { author { friends { id } } } } } }", 1 + 3 * 12),
    ],
)
def test_connections_hand_their_size_to_edges_and_nodes(text, expected):
    assert cost(text) == expected


def test_a_fragment_is_sized_by_the_connection_that_spreads_it():
    text = "{ a: posts(first: 2) { ...F } b: posts(first: 5) { ...F } }"

    assert cost(text + " fragment F on PostConnection { nodes { id } }") == 1 + 2 + 1 + 5


LIMITED = "query Q($n: Int) { users(limit: $n) { id } }"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"n": 3}, 3),
        ({"n": 3.0}, 3),
        ({}, 20),
        ({"n": None}, 20),
        ({"n": -1}, 20),
        ({"n": "3"}, 20),
        ({"n": True}, 20),
        ({"n": [3]}, 20 + 1),
        ({"n": {"a": 1}}, 20 + 1),
        ({"n": 2.5}, 20),
        ({"n": math.inf}, 20),
        ({"n": math.nan}, 20),
        ({"n": 10**30}, SATURATED),
        ({"n": 1e300}, SATURATED),
    ],
)
def test_variables_as_they_came(variables, expected):
    assert cost(LIMITED, **variables) == expected


def test_a_variable_has_its_own_default_before_the_arguments():
    text = "query Q($n: Int = 2) { users(limit: $n) { id } }"

    assert [cost(text), cost(text, n=3), cost(text, n=None)] == [2, 3, 20]


def test_a_variable_of_ids_counts_by_its_length():
    text = "query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    assert [cost(text, ids=["a", "b"]), cost(text, ids="a"), cost(text, ids=7)] == [2, 1, 1]
    assert cost(text, ids=[]) == 0
    assert cost(text) == 10


def test_costs_saturate():
    inner = "friends { posts(limit: 1000000) { author { friends { id } } } }"

    assert cost(f"{{ users(limit: 1000000) {{ {inner} }} }}") == SATURATED


def test_each_fragment_is_reckoned_once():
    chain = " ".join(f"fragment F{i} on User {{ ...F{i + 1} ...F{i + 1} }}" for i in range(40))
    text = f"{{ user {{ ...F0 }} }} {chain} fragment F40 on User {{ user {{ id }} }}"
    prepared = Documents(library, Limits(fields=SATURATED)).prepare(text)

    assert prepared.cost(prepared.operation(None), {}) == SATURATED


def test_only_the_operation_asked_for_costs():
    text = "query A { users { ...F } } query B { user { ...F } } fragment F on User { id }"

    assert [cost(text, "A"), cost(text, "B")] == [20, 1]


def test_sizing_variables_are_found_everywhere():
    text = """
      query Q($a: Int, $b: Int, $c: Int, $d: Filter, $ids: [ID!]!) {
        users(limit: $a, filter: $d) { ...F } nodes(ids: $ids) { ... { id } }
      }
      fragment F on User { ... on User { postConnection(first: $b, last: $c) { nodes { id } } } }
    """

    assert prepare(text).sizing == ("a", "b", "c", "d", "ids")
    assert sizing_variables(prepare(text).document) == ("a", "b", "c", "d", "ids")


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ("{}", 1),
        ("{ not: {} }", 2),
        ('{ tags: [["a"], ["b"]] }', 4),
        ('{ title: "a", not: { title: "b" } }', 2),
    ],
)
def test_objects_and_lists_in_arguments_cost_for_each_parent(filter, expected):
    literal = f"{{ users(limit: 3) {{ posts(limit: 2, filter: {filter}) {{ id }} }} }}"

    assert cost(literal) == 3 * (1 + expected + 2)


def test_a_variable_costs_what_is_in_it_wherever_it_is_used():
    text = """
      query Q($f: Filter, $g: [[[String]]]) {
        user { id posts(limit: 1, filter: $f) { id } }
        users(limit: 2, filter: { tags: $g }) { posts(limit: 1, filter: $f) { id } }
      }
    """
    assert cost(text, f={"not": {}}, g=[[]] * 8) == (1 + 2 + 1) + (10 + 2 * (1 + 2 + 1))


def test_the_memo_knows_sizes_and_nothing_else(monkeypatch):
    prepared = prepare("query Q($n: Int, $id: ID) { users(limit: $n) { id } user(id: $id) { id } }")
    operation = prepared.operation("Q")
    reckoned = []
    monkeypatch.setattr("engine.prepared.cost", lambda *a: reckoned.append(a[3]) or len(reckoned))

    costs = [
        prepared.cost(operation, {"n": 1, "id": "a"}),
        prepared.cost(operation, {"n": 1.0, "id": "longer"}),
        prepared.cost(operation, {"n": 2}),
        prepared.cost(operation, {}),
        prepared.cost(operation, {"n": None}),
        prepared.cost(operation, {"n": 1}),
    ]

    assert costs == [1, 1, 2, 3, 4, 5]
    assert reckoned == [{"n": 1, "id": "a"}, {"n": 2}, {}, {"n": None}, {"n": 1}]


def test_the_memo_is_bounded(monkeypatch):
    prepared = prepare(LIMITED)
    operation = prepared.operation("Q")
    reckoned = []
    monkeypatch.setattr("engine.prepared.cost", lambda *a: reckoned.append(a[3]["n"]) or 1)

    for n in [*range(MAX_COSTS + 1), MAX_COSTS, 0]:
        prepared.cost(operation, {"n": n})

    assert reckoned == [*range(MAX_COSTS + 1), 0]
