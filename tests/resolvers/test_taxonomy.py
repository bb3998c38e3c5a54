"""Tags and categories as they are read."""

import pytest

from tests import factories as make
from tests.resolvers.tags import EDITOR

BELOW = """query ($after: Cursor, $id: ID!) {
    categoriesConnection(first: 2, after: $after, parentId: {eq: $id}) {
        nodes { name } totalCount pageInfo { endCursor }
    }
}"""


@pytest.fixture
async def plants(db):
    """A topmost category and what is below it, in order."""
    top = make.category("Plants", position=1)
    below = [make.category(name, top) for name in ("Fern", "Moss", "Rose")]
    await make.add(db, top, *below)
    return [row.id for row in (top, *below)]


async def test_categories_below_one_or_topmost(data, plants):
    answer = await data(
        """query ($top: ID!) {
            topmost: categoriesConnection(parentId: {isNull: true}) { nodes { id } }
            other: categoriesConnection(parentId: {ne: $top}) { nodes { id } }
            below: categoriesConnection(parentId: {in: [$top]}) { nodes { id } }
            all: categoriesConnection(parentId: {}) { nodes { id } }
            nowhere: categoriesConnection(parentId: {eq: "x"}) { totalCount }
        }""",
        top=plants[0],
    )

    assert answer["topmost"]["nodes"] == answer["other"]["nodes"] == [{"id": plants[0]}]
    assert [node["id"] for node in answer["below"]["nodes"]] == plants[1:]
    assert [node["id"] for node in answer["all"]["nodes"]] == [*plants[1:], plants[0]]
    assert answer["nowhere"]["totalCount"] == 0


async def test_a_cursor_is_of_the_categories_below_one(ask, data, plants):
    first = (await data(BELOW, id=plants[0]))["categoriesConnection"]
    cursor = first["pageInfo"]["endCursor"]
    second = (await data(BELOW, id=plants[0], after=cursor))["categoriesConnection"]

    assert [page["totalCount"] for page in (first, second)] == [3, 3]
    names = [node["name"] for page in (first, second) for node in page["nodes"]]
    assert names == ["Fern", "Moss", "Rose"]
    (error,) = (await ask(BELOW, id=plants[1], after=cursor))["errors"]
    assert error["message"].startswith("This cursor is not from this list")


async def test_one_category_by_its_id(data, plants):
    one = "query ($id: ID!) { category(id: $id) { name } }"

    assert await data(one, id=plants[1]) == {"category": {"name": "Fern"}}
    for id in ("cat_none", "usr_00000000000000000000000000", ""):
        assert await data(one, id=id) == {"category": None}


@pytest.mark.parametrize("name", ["Tag", "Category"])
async def test_changes_are_counted_and_dated(data, db, name):
    one = make.tag("Roses") if name == "Tag" else make.category("Roses")
    one.created_at = one.updated_at = make.NOON
    await make.add(db, one)
    read = f"query ($id: ID!) {{ {name.lower()}(id: $id) {{ version createdAt updatedAt }} }}"
    change = f"""mutation ($id: ID!) {{
        update{name}(input: {{id: $id, name: "Tulips", ifVersion: 1}}) {{ errors {{ code }} }}
    }}"""

    before = (await data(read, id=one.id))[name.lower()]
    await data(change, EDITOR, id=one.id)
    after = (await data(read, id=one.id))[name.lower()]

    noon = make.NOON.isoformat()
    assert before == {"version": 1, "createdAt": noon, "updatedAt": noon}
    assert (after["version"], after["createdAt"]) == (2, noon)
    assert after["updatedAt"] > noon
