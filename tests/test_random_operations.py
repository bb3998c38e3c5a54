"""Random documents over the whole schema, as everybody: no masked error, and nothing in the log."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    is_required_input_field,
)
from graphql.language import ast
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema, nodes

from app.permissions import GUEST, Actor, Role
from resolvers.execution import GRAPHQL
from tests import factories as make

EXAMPLES = 2  # as everybody, on each database
PREFIXES = {"tag": "Tag", "cat": "Category", "med": "Media", "usr": "User"}

everybody = ("guest", "author", "editor", "admin")
roots = [
    name
    for root in (GRAPHQL.query_type, GRAPHQL.mutation_type)
    if root is not None
    for name in root.fields
]


def literal(value: str) -> ast.StringValueNode:
    return nodes.String(value)


SCALARS: dict[str, st.SearchStrategy[ast.ValueNode]] = {
    "DateTime": st.sampled_from(
        ["2026-01-01T00:00:00Z", "2999-01-01T00:00:00+23:59", "0001-01-01T00:00:00+14:00"]
    ).map(literal),
    "URL": st.just("https://example.org/x").map(literal),
    "Cursor": st.sampled_from(["", "YQ", "x" * 50]).map(literal),
    "HTML": st.just("<p>x</p>").map(literal),
    "ByteSize": st.integers(-1, 2**40).map(nodes.Int),
    "JSON": st.just("{}").map(literal),
    "Upload": st.just("file").map(literal),
}


def documents(root: str, known: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Operations of one root field, whose ids are mostly of something that is there."""
    ids = st.sampled_from(known).map(literal) | st.text(max_size=30).map(literal)
    return from_schema(GRAPHQL, fields=[root], custom_scalars={**SCALARS, "ID": ids})


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing that a client sends is an error of ours."""
    yield
    failures = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert failures == []


@pytest.fixture
async def world(db: Any) -> dict[str, Any]:
    """A small database, and the actors of `everybody`."""
    author, stranger, admin = make.user(email="a@example.org"), make.user(), make.user(role="ADMIN")
    tag, category, image = make.tag("Roses"), make.category("Garden"), make.image()
    items = [
        make.item(author, status=status, body="Text", category_id=category.id)
        for status in ("DRAFT", "PUBLISHED", "ARCHIVED")
    ]
    rows = (author, stranger, admin, tag, category, image, *items)
    await make.add(db, *rows, tags={items[0]: [tag]})
    return {
        "ids": [row.id for row in rows],
        "guest": GUEST,
        "author": Actor(author.id, Role.USER),
        "editor": Actor(stranger.id, Role.EDITOR),
        "admin": Actor(admin.id, Role.ADMIN),
    }


@pytest.mark.parametrize("root", roots)
@settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
@given(drawn=st.data())
async def test_no_document_finds_a_mistake_of_ours(
    ask: Any, world: dict[str, Any], root: str, drawn: st.DataObject
) -> None:
    for who in everybody:
        document = drawn.draw(documents(root, tuple(world["ids"])))
        body = await ask(document, world[who])

        codes = {error["extensions"]["code"] for error in body.get("errors", ())}
        assert not codes & {"INTERNAL_SERVER_ERROR", "DATABASE_UNAVAILABLE"}, (who, document)


def some(type: Any, ids: list[str]) -> str:
    """A value of a type that is likely to be of use."""
    type = getattr(type, "of_type", type)
    if isinstance(type, GraphQLList):
        return f"[{some(type.of_type, ids)}]"
    if isinstance(type, GraphQLEnumType):
        return list(type.values)[-1]
    if isinstance(type, GraphQLInputObjectType):
        given = {n: f for n, f in type.fields.items() if is_required_input_field(f)}
        return "{" + ", ".join(f"{n}: {some(f.type, ids)}" for n, f in given.items()) + "}"
    plain = {"ID": f'"{ids[0]}"', "Int": "1", "Boolean": "true"}
    return plain.get(type.name, '"2999-01-01T00:00:00Z"')


@pytest.mark.parametrize("root", GRAPHQL.mutation_type.fields)  # type: ignore[union-attr]
async def test_null_is_no_mistake_of_ours(ask: Any, world: dict[str, Any], root: str) -> None:
    input = GRAPHQL.mutation_type.fields[root].args["input"].type.of_type  # type: ignore[union-attr]
    needed = {n: f for n, f in input.fields.items() if is_required_input_field(f)}
    nullable = [n for n, f in input.fields.items() if not isinstance(f.type, GraphQLNonNull)]
    prefix = next((p for p, word in PREFIXES.items() if word in root), "cnt")
    ids = [id for id in world["ids"] if id.startswith(prefix)]
    for null in nullable:
        given = {n: some(f.type, ids) for n, f in needed.items()} | {null: "null"}
        fields = ", ".join(f"{name}: {value}" for name, value in given.items())
        document = f"mutation {{ {root}(input: {{ {fields} }}) {{ errors {{ code }} }} }}"
        body = await ask(document, world["admin"])
        codes = {error["extensions"]["code"] for error in body.get("errors", ())}
        assert not codes & {"INTERNAL_SERVER_ERROR", "DATABASE_UNAVAILABLE"}, document
