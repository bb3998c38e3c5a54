"""Our own schema: a planned change does the same with no more statements, and tells the same.

Each execution has a world of its own, which is always the same.
"""

from collections.abc import Iterator
from random import Random
from string import Template

import pytest
from graphql import OperationType

from resolvers.schema import schema
from tests.engine.differential.documents import Document, changes, documents
from tests.engine.differential.leftovers import LEFTOVERS
from tests.engine.differential.values import choice
from tests.resolvers.access_world import CALLS, IDS, TOMORROW, WRITTEN
from tests.resolvers.own_schema import SEED, World, pair, style

pytestmark = LEFTOVERS

GRAPHQL = schema._schema
MUTATIONS = GRAPHQL.mutation_type.fields
CANONICAL = [
    Template(text).substitute(WRITTEN)
    for call, text in CALLS.items()
    if call.partition(" ")[0] in MUTATIONS and "$file" not in text
]
ITEMS = choice(IDS["published"], IDS["draft"], "cnt_00000000000000000000000092")
INPUTS = {
    "id": choice(*IDS.values(), "cnt_00000000000000000000000091", "nonsense"),
    "ids": ITEMS,
    "ifVersion": choice(1, 1, 1, 2),
    "publishAt": choice(TOMORROW.isoformat()),
    **dict.fromkeys(("tagIds", "addTagIds", "fromIds"), choice(IDS["tag"], IDS["other_tag"])),
    "featuredImageId": choice(IDS["image"]),
    "email": choice("owner@heart.example", "new@heart.example"),
    "scopes": choice("public:read", "*"),
}


def dull(random: Random, _type: str, name: str) -> bool:
    """Files cannot be written in a document, and the rest tells little."""
    if name in ("clientMutationId", "replayed", "conflict"):
        return random.random() < 0.3
    return name != "uploadMedia"


def once(found: Iterator[Document]) -> Iterator[Document]:
    """With variables that fit: another document tells more than other values."""
    return (Document(one.text, one.sets[:1]) for one in found)


@pytest.mark.parametrize(("name", "seed"), [("owner", 1), ("editor", 2), ("admin", 3)])
async def test_everybody_changes_the_same_by_a_plan(name, seed, resources, statements, monkeypatch):
    world = World(resources.db, monkeypatch)
    both = pair(name, resources, statements, world.renew)

    async def compare(seed):
        canonical = changes(GRAPHQL, CANONICAL, seed, style(dull, size=30))
        await both.run(once(canonical), both.tally.documents + 20)
        found = documents(GRAPHQL, OperationType.MUTATION, seed, style(dull, **INPUTS))
        await both.run(once(found), both.tally.documents + 5)

    await compare(seed)
    tally = both.tally
    assert tally.planned > 0.8 * tally.runs
    assert tally.with_errors < 0.8 * tally.runs
    assert tally.statements > 5 * tally.runs

    print(f"to be had again with FUZZ_SEED={SEED}")
    await compare(SEED + seed)
    print(tally)
