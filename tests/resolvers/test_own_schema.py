"""Our own schema: plans read the same with no more statements, for everybody."""

import pytest
from graphql import OperationType

from resolvers.schema import schema
from tests.engine.differential.documents import Document, documents
from tests.engine.differential.leftovers import LEFTOVERS
from tests.engine.differential.values import choice
from tests.resolvers.access_world import restore
from tests.resolvers.own_schema import ITEM, KNOWN, SEED, fill, pair, style

pytestmark = LEFTOVERS

CURSORS = "{ contentItemsConnection(first: 2) { pageInfo { startCursor endCursor } } }"
USUAL = [
    Document(text, [{"ids": [*KNOWN, "nonsense"]}])
    for text in [
        "{ contentItems(limit: 50) { ...item } }" + ITEM,
        """{ contentItemsConnection(first: 3, sort: [{field: TITLE, direction: ASC}]) {
            edges { cursor node { ...item } } pageInfo { hasNextPage endCursor } totalCount
        } }"""
        + ITEM,
        """{ users(first: 3) { nodes {
            id username email role contentItemsConnection(first: 2) { totalCount nodes { ...item } }
        } } }"""
        + ITEM,
        """{ categories {
            name children { name } usageCount path { name }
            contentItemsConnection(first: 2) { nodes { title category { name } } }
        } }""",
        """query ($ids: [ID!]!) {
            nodes(ids: $ids) { __typename id ...item ... on User { username } }
        }"""
        + ITEM,
        """{ search(query: "words", first: 5) {
            edges { node { __typename ... on ContentItem { title author { username } } } }
        } }""",
    ]
]


@pytest.mark.parametrize(
    ("name", "seed"), [("guest", 1), ("owner", 2), ("editor", 3), ("admin", 4)]
)
async def test_everybody_gets_the_same_from_a_plan(name, seed, resources, statements, data):
    await restore(resources.db)
    await fill(resources.db)
    page = (await data(CURSORS))["contentItemsConnection"]["pageInfo"]
    cursors = choice(*page.values(), "nonsense")
    both = pair(name, resources, statements)

    for document in USUAL:
        assert both.prepare(document.text).errors == ()
    await both.run(USUAL * 2, 2 * len(USUAL))
    assert both.tally.planned == both.tally.runs
    asked = style(after=cursors, before=cursors)

    async def compare(seed):
        found = documents(schema._schema, OperationType.QUERY, seed, asked)
        await both.run(found, both.tally.documents + 30)

    await compare(seed)
    tally = both.tally
    assert tally.planned > 0.75 * tally.runs
    assert tally.with_errors < 0.7 * tally.runs
    assert tally.statements > 0.5 * tally.runs

    print(f"to be had again with FUZZ_SEED={SEED}")
    await compare(SEED + seed)
    print(tally)
