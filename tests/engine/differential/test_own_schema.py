"""The product's own schema: plans read the same rows with as many statements, for everybody."""

from random import Random

import pytest
from graphql import OperationType

from app.http.caller import Caller
from app.models import Category, ContentStatus, Tag
from engine.engine import EVERYTHING
from resolvers.context import Context
from resolvers.schema import schema
from tests import factories as make
from tests.engine.differential.documents import Document, Style, documents
from tests.engine.differential.running import Pair
from tests.engine.differential.values import choice
from tests.resolvers.access_world import CALLERS, IDS, rows

pytestmark = pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")

KNOWN = [IDS[name] for name in ("published", "owner", "image", "tag", "category")]
ID = choice(*KNOWN * 4, *IDS.values(), "usr_00000000000000000000000000", "nonsense")
SMALL = choice(1, 2, 3, 3, 5, 5, 0, 101)
CURSORS = "{ contentItemsConnection(first: 2) { pageInfo { startCursor endCursor } } }"
WORDS = choice("words", "item", "own", "published", "2026-01-01T12:10:00+00:00", "image/png")
NAMED = {
    **dict.fromkeys(("id", "ids", "eq", "in", "authorId", "categoryId", "tagId"), ID),
    **dict.fromkeys(("first", "last", "limit"), SMALL),
    "offset": choice(0, 0, 0, 1, 2, -1),
    "query": WORDS,
    "revision": choice(1, 2, 3),
}  # fmt: skip


def wanted(_random: Random, _type: str, name: str) -> bool:
    """What remains of a rate is another with each request."""
    return name != "limits"


ITEM = """ fragment item on ContentItem {
    id title slug summary status createdAt publishedAt version
    viewerCan { update publish delete }
    author { id username fullName contentItems(limit: 2, sortBy: TITLE) { id author { id } } }
    featuredImage { id url width height altText uploadedBy { username } }
    tags { id name usageCount }
    category { name parent { name } path { slug } }
}"""
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


async def fill(db):
    """The world of the access matrix, and enough items for pages, with tags and images."""
    world = rows()
    owner = world[0]
    tags = [row for row in world if isinstance(row, Tag)]
    items = [
        make.item(
            owner,
            title=f"Item {number}",
            body="words",
            slug=f"own-{number}",
            category_id=IDS["category"] if number % 2 else None,
            featured_image_id=IDS["image"] if number % 3 else None,
            status=ContentStatus.ARCHIVED if number == 4 else ContentStatus.PUBLISHED,
        )
        for number in range(6)
    ]
    child = make.category("Child", next(row for row in world if isinstance(row, Category)))
    await make.add(
        db, *world, child, *items,
        tags={item: tags[: number % 3] for number, item in enumerate(items)},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "seed"), [("guest", 1), ("owner", 2), ("editor", 3), ("admin", 4)]
)
async def test_everybody_gets_the_same_from_a_plan(name, seed, resources, statements, data):
    await fill(resources.db)
    page = (await data(CURSORS))["contentItemsConnection"]["pageInfo"]
    cursors = choice(*page.values(), "nonsense")
    style = Style(wanted, {**NAMED, "after": cursors, "before": cursors}, size=16, depth=6)
    caller = Caller(CALLERS[name], "http://content.example", "test")
    pair = Pair(
        schema,
        lambda: lambda reads=EVERYTHING: Context.of(caller, resources, reads),
        statements=statements,
    )

    for document in USUAL:
        assert pair.prepare(document.text).errors == ()
    await pair.run(USUAL * 2, 2 * len(USUAL))
    assert pair.tally.planned == pair.tally.runs
    await pair.run(documents(schema._schema, OperationType.QUERY, seed, style), 50 + 2 * len(USUAL))

    tally = pair.tally
    print(tally)
    assert tally.planned > 0.75 * tally.runs
    assert tally.with_errors < 0.7 * tally.runs
    assert tally.statements > 0.5 * tally.runs
