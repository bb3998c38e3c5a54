"""The cache: what it keeps, what it forgets, and what it answers."""

from collections.abc import Mapping
from dataclasses import FrozenInstanceError

import pytest
from graphql import GraphQLError, build_schema

from engine.documents import Documents, weight
from engine.limits import Limits
from tests.engine.hostile import many
from tests.engine.library import library

A, B, C = "{ user { id } }", "{ user { name } }", "{ user { roles } }"


def documents(**options):
    return Documents(library, Limits(), **options)


def codes(prepared):
    return [error.extensions["code"] for error in prepared.errors]


def messages(prepared):
    return [error.message for error in prepared.errors]


def test_a_document_is_prepared_once():
    cache = documents()

    assert cache.prepare(A) is cache.prepare(A)
    assert cache.prepare(A) is not cache.prepare(B)


def test_a_prepared_document_cannot_be_changed():
    prepared = documents().prepare("{ user { ...F } } fragment F on User { id }")

    with pytest.raises(FrozenInstanceError):
        prepared.text = "other"
    assert isinstance(prepared.fragments, Mapping)
    assert list(prepared.fragments) == ["F"]
    with pytest.raises(TypeError):
        prepared.fragments["G"] = None


@pytest.mark.parametrize(
    ("text", "code", "message", "location"),
    [
        ("{ user ", "GRAPHQL_PARSE_FAILED", "Syntax Error: Expected Name, found <EOF>.", (1, 8)),
        ("", "GRAPHQL_PARSE_FAILED", "Syntax Error: Unexpected <EOF>.", (1, 1)),
        (
            "{ user { nothing } }",
            "GRAPHQL_VALIDATION_FAILED",
            "Cannot query field 'nothing' on type 'User'.",
            (1, 10),
        ),
    ],
)
def test_failures_have_a_code_and_a_place_and_are_kept(text, code, message, location):
    cache = documents()

    prepared = cache.prepare(text)

    assert cache.prepare(text) is prepared
    assert (codes(prepared), messages(prepared)) == ([code], [message])
    assert prepared.errors[0].locations == [location]
    assert (prepared.document, prepared.errors[0].nodes) == (None, None)


def test_a_text_with_a_lone_surrogate_fails_like_any_other():
    assert codes(documents().prepare("{ \ud800 }")) == ["GRAPHQL_PARSE_FAILED"]


def test_words_in_a_string_do_not_pass_for_a_limit():
    prepared = documents().prepare('"Document contains more than 5 tokens"')

    assert codes(prepared) == ["GRAPHQL_PARSE_FAILED"]


def test_long_messages_are_cut():
    [message] = messages(documents().prepare("{ user { %s } }" % ("n" * 5_000)))

    assert len(message) == 501


def test_errors_stop_at_some_number():
    prepared = documents().prepare("{{ user {{ {} }} }}".format(many("n#", 100)))

    assert len(prepared.errors) == 21
    assert messages(prepared)[-1] == (
        "Too many validation errors, error limit reached. Validation aborted."
    )
    assert set(codes(prepared)) == {"GRAPHQL_VALIDATION_FAILED"}


def test_validation_that_exhausts_its_budget_is_too_complex(monkeypatch):
    monkeypatch.setattr("engine.validation.WORK", 3)

    [error] = documents().prepare("{ user { id id id } }").errors

    assert error.extensions == {
        "code": "QUERY_TOO_COMPLEX",
        "limit": "work",
        "allowed": 3,
        "actual": 4,
    }


# Bounds


def test_the_least_recently_used_is_forgotten():
    cache = documents(max_count=2)
    for text in (A, B, A, C):
        cache.prepare(text)

    assert [text in cache for text in (A, B, C)] == [True, False, True]
    assert len(cache) == 2


def test_failures_are_bounded_too():
    cache = documents(max_count=2)
    for number in range(5):
        cache.prepare(f"{{ nothing{number}")

    assert len(cache) == 2


def test_bytes_are_bounded():
    one, two, three = (weight(documents().prepare(text)) for text in (A, B, C))
    cache = documents(max_bytes=one + two + three - 1)
    for text in (A, B, C):
        cache.prepare(text)

    assert [text in cache for text in (A, B, C)] == [False, True, True]

    cache.prepare(A)
    assert [text in cache for text in (A, B, C)] == [True, False, True]


def test_a_document_larger_than_the_cache_is_answered_and_forgotten():
    cache = documents(max_bytes=1)

    assert cache.prepare(A).errors == ()
    assert len(cache) == 0


def test_tokens_weigh_more_than_text():
    short, long = (
        documents().prepare("{{ user {{ {} }} }}".format(many("id", 50))),
        documents().prepare("{ user { id %s } }" % (" " * 5_000)),
    )

    assert weight(short) > 2 * weight(long)


def test_a_text_too_long_is_not_kept():
    cache = Documents(library, Limits(characters=14))

    assert codes(cache.prepare(A)) == ["QUERY_TOO_COMPLEX"]
    assert len(cache) == 0


# Operations

TWO = "query One { user { id } } query Two { user { name } }"


@pytest.mark.parametrize(
    ("text", "name", "found"), [(A, None, None), (TWO, "Two", "Two"), ("query Q " + A, None, "Q")]
)
def test_an_operation_is_found(text, name, found):
    operation = documents().prepare(text).operation(name)

    assert (operation.name and operation.name.value) == found


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (TWO, None, "Must provide operation name: the document has several operations."),
        (TWO, "Three", "Unknown operation named 'Three'."),
        (TWO, "", "Unknown operation named ''."),
        (A, "One", "Unknown operation named 'One'."),
        (A, "x" * 1_000, f"Unknown operation named '{'x' * 100}'."),
        ("{ nothing }", None, "The document has no operation to run."),
    ],
)
def test_an_operation_is_not_found(text, name, message):
    with pytest.raises(GraphQLError) as caught:
        documents().prepare(text).operation(name)

    assert caught.value.message == message
    assert caught.value.extensions == {"code": "OPERATION_RESOLUTION_FAILURE"}


def test_a_document_of_fragments_alone_does_not_validate():
    assert messages(documents().prepare("fragment F on User { id }")) == [
        "Fragment 'F' is never used."
    ]


# Suggestions and introspection

MISSPELT = {
    "field": "{ user { nam } }",
    "type": "{ node(id: 1) { ... on Use { id } } }",
    "field of another type": "{ node(id: 1) { title } }",
    "argument": "{ user(idd: 1) { id } }",
    "directive argument": '{ user { id @track(not: "a") } }',
    "enum value": "{ users(filter: {status: DRAF}) { id } }",
    "enum value as text": '{ users(filter: {status: "DRAFT"}) { id } }',
    "input field": "{ users(filter: {titl: null}) { id } }",
    "input field of a default": "query Q($f: Filter = {titl: null}) { users(filter: $f) { id } }",
}


@pytest.mark.parametrize("text", MISSPELT.values(), ids=MISSPELT)
def test_suggestions_help_unless_hidden(text):
    shown, hidden = documents().prepare(text), documents(hide_suggestions=True).prepare(text)

    assert "Did you mean" in " ".join(messages(shown))
    assert "Did you mean" not in " ".join(messages(hidden))
    assert len(hidden.errors) == len(shown.errors) > 0


def test_suggestions_are_for_few_errors_in_a_small_document():
    few, several = (
        "{{ user {{ {} }} }}".format(many("nam#", 3)),
        "{{ user {{ {} }} }}".format(many("nam#", 4)),
    )
    large = "{{ user {{ nam {} }} }}".format(many("id", 88)) + many("query Q# { user { id } }", 80)

    assert "Did you mean" in messages(documents().prepare(few))[0]
    assert "Did you mean" not in " ".join(messages(documents().prepare(several)))
    assert "Did you mean" not in " ".join(messages(documents().prepare(large)))


def test_introspection_can_be_switched_off():
    text = "{ __schema { queryType { name } } }"

    assert documents().prepare(text).errors == ()
    refused = messages(documents(introspection=False).prepare(text))
    assert refused[0].startswith("GraphQL introspection has been disabled")
    assert documents(introspection=False).prepare("{ __typename }").errors == ()


def test_an_invalid_schema_is_refused_at_once():
    with pytest.raises(TypeError, match="Query root type must be provided"):
        Documents(build_schema("type Post { id: ID }"), Limits())
