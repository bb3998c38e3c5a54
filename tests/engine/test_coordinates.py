"""What of a schema an operation asks for."""

import pytest
from graphql import build_schema

from engine.documents import Documents
from engine.limits import UNLIMITED

SCHEMA = build_schema("""
    type Query { pet(name: String, kind: Kind): Pet node: Node any: Any }
    type Mutation { feed(input: Food!): Dog }
    interface Node { id: ID }
    interface Pet implements Node { id: ID name: String }
    type Dog implements Pet & Node { id: ID name: String friends(first: Int): [Pet!] }
    type Cat implements Pet & Node { id: ID name: String lives: Int }
    union Any = Dog | Cat
    enum Kind { DOG CAT }
    input Food { amount: Int more: Food }
""")


def asked(text, name=None):
    prepared = Documents(SCHEMA, UNLIMITED).prepare(text)
    assert prepared.errors == ()
    found = prepared.coordinates(prepared.operation(name))
    assert prepared.coordinates(prepared.operation(name)) is found
    return sorted(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{ __typename __schema { description } }", []),
        ("{ a: node { id } b: node { id } }", ["Node.id", "Query.node"]),
        (
            '{ pet(name: "Rex") { name ... on Dog { id } } }',
            ["Dog.id", "Pet.name", "Query.pet", "Query.pet(name:)"],
        ),
        (
            "query ($no: Boolean = false) { node { ... @include(if: $no) { id } } }",
            ["Node.id", "Query.node"],
        ),
        (
            """{ any { ...F } node { ...F } }
            fragment F on Dog { friends(first: 1) { ...G } } fragment G on Cat { lives }""",
            ["Cat.lives", "Dog.friends", "Dog.friends(first:)", "Query.any", "Query.node"],
        ),
        (
            "mutation ($food: Food!) { feed(input: $food) { id } }",
            ["Dog.id", "Mutation.feed", "Mutation.feed(input:)"],
        ),
    ],
)
def test_fields_and_arguments_are_named_by_the_type_they_are_asked_of(text, found):
    assert asked(text) == found


def test_each_operation_of_a_document_has_its_own():
    text = "query A { node { id } } query B { any { __typename } }"
    assert asked(text, "A") == ["Node.id", "Query.node"]
    assert asked(text, "B") == ["Query.any"]
