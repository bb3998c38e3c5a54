"""Relay connections (https://relay.dev/graphql/connections.htm), at the root and per parent."""

import pytest
from graphql import is_object_type

from resolvers.schema import schema
from tests import factories
from tests.resolvers.connections.asking import PAGE, PLACES

GRAPHQL = schema._schema


def ids(page):
    assert [edge["node"] for edge in page["edges"]] == page["nodes"]
    return [node["id"] for node in page["nodes"]]


@pytest.mark.parametrize("place", PLACES)
async def test_forward(page, library, place):
    rows = library[place][1]

    first = await page(place, first=3)
    assert ids(first) == rows[:3]
    assert first["totalCount"] == 7
    assert first["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": first["edges"][0]["cursor"],
        "endCursor": first["edges"][2]["cursor"],
    }

    second = await page(place, first=3, after=first["pageInfo"]["endCursor"])
    assert ids(second) == rows[3:6]
    assert second["pageInfo"]["hasNextPage"] is True
    assert second["pageInfo"]["hasPreviousPage"] is True

    third = await page(place, first=3, after=second["pageInfo"]["endCursor"])
    assert ids(third) == rows[6:]
    assert third["totalCount"] == 7
    assert third["pageInfo"]["hasNextPage"] is False
    assert third["pageInfo"]["hasPreviousPage"] is True


@pytest.mark.parametrize("place", PLACES)
async def test_backward(page, library, place):
    rows = library[place][1]

    last = await page(place, last=3)
    assert ids(last) == rows[4:]
    assert last["pageInfo"]["hasNextPage"] is False
    assert last["pageInfo"]["hasPreviousPage"] is True

    before = await page(place, last=3, before=last["pageInfo"]["startCursor"])
    assert ids(before) == rows[1:4]
    assert before["pageInfo"]["hasNextPage"] is True
    assert before["pageInfo"]["hasPreviousPage"] is True

    start = await page(place, last=3, before=before["pageInfo"]["startCursor"])
    assert ids(start) == rows[:1]
    assert start["pageInfo"]["hasNextPage"] is True
    assert start["pageInfo"]["hasPreviousPage"] is False


@pytest.mark.parametrize("place", PLACES)
async def test_after_and_before_together(page, library, place):
    rows = library[place][1]
    cursors = [edge["cursor"] for edge in (await page(place))["edges"]]

    assert ids(await page(place, after=cursors[1], before=cursors[4])) == rows[2:4]
    assert ids(await page(place, first=1, after=cursors[1], before=cursors[4])) == rows[2:3]
    assert ids(await page(place, last=1, after=cursors[1], before=cursors[4])) == rows[3:4]
    assert ids(await page(place, after=cursors[4], before=cursors[1])) == []


@pytest.mark.parametrize("place", PLACES)
async def test_an_offset_skips_what_comes_first(page, library, place):
    rows = library[place][1]

    third = await page(place, first=2, offset=4)
    assert ids(third) == rows[4:6]
    assert third["totalCount"] == 7
    assert third["pageInfo"]["hasNextPage"] is True
    assert third["pageInfo"]["hasPreviousPage"] is True
    assert ids(await page(place, after=third["pageInfo"]["endCursor"])) == rows[6:]

    start = await page(place, first=2, offset=0)
    assert start["pageInfo"]["hasPreviousPage"] is False
    rest = await page(place, offset=2, after=start["pageInfo"]["endCursor"])
    assert ids(rest) == rows[4:]
    assert rest["pageInfo"]["hasNextPage"] is False

    beyond = await page(place, offset=7)
    assert ids(beyond) == []
    assert beyond["totalCount"] == 7
    assert beyond["pageInfo"]["hasNextPage"] is False
    assert beyond["pageInfo"]["hasPreviousPage"] is True
    assert ids(await page(place, offset=None)) == rows


def test_every_connection_takes_an_offset():
    fields = [
        (f"{name}.{key}", field)
        for name, type in GRAPHQL.type_map.items()
        if is_object_type(type)
        for key, field in type.fields.items()
        if "first" in field.args
    ]
    assert len(fields) > len(PLACES)
    assert [name for name, field in fields if "offset" not in field.args] == []


async def test_an_offset_costs_nothing(ask, library):
    costs = [
        (await ask(f"{{ users(first: 5{offset}) {{ nodes {{ id }} }} }}"))["extensions"]["cost"]
        for offset in ("", ", offset: 10000")
    ]
    assert costs[0] == costs[1]


async def test_a_page_of_nothing_says_whether_there_is_something(page):
    empty = await page("contentItems", first=0)

    assert empty == {
        "edges": [],
        "nodes": [],
        "pageInfo": {
            "hasNextPage": True,
            "hasPreviousPage": False,
            "startCursor": None,
            "endCursor": None,
        },
        "totalCount": 7,
    }
    assert (await page("contentItems", last=0))["pageInfo"]["hasPreviousPage"] is True


async def test_an_empty_list(data):
    answer = await data(f"{{ users {{ {PAGE} }} }}")

    assert answer["users"]["nodes"] == []
    assert answer["users"]["totalCount"] == 0
    assert answer["users"]["pageInfo"]["hasNextPage"] is False


async def test_sizes(db, data):
    ada = factories.user()
    await factories.add(db, ada, *(factories.item(ada) for _ in range(101)))
    sized = "query($first: Int) { contentItemsConnection(first: $first) { nodes { id } } }"

    for first, size in ((None, 20), (100, 100), (1, 1)):
        answer = await data(sized, first=first)
        assert len(answer["contentItemsConnection"]["nodes"]) == size


async def test_the_default_order_is_the_same_as_saying_it(data, library):
    newest = "contentItemsConnection(first: 2) { nodes { id } pageInfo { endCursor } }"
    cursor = (await data(f"{{ {newest} }}"))["contentItemsConnection"]["pageInfo"]["endCursor"]

    answer = await data(
        """query($after: Cursor) {
            left: contentItemsConnection(after: $after) { nodes { id } }
            said: contentItemsConnection(
                after: $after, sort: [{field: CREATED_AT, direction: DESC}]
            ) { nodes { id } }
        }""",
        after=cursor,
    )

    assert answer["said"] == answer["left"]
    assert len(answer["said"]["nodes"]) == 6


@pytest.mark.parametrize("place", PLACES)
async def test_counting_happens_only_when_asked_for(page, statements, place):
    await page(place, "nodes { id }", offset=1)
    parents = 1 if PLACES[place][0] else 0
    assert len(statements) == parents + 1
    assert not any("count(" in statement for statement in statements)

    statements.clear()
    await page(place, "totalCount")
    assert len([s for s in statements if "count(" in s]) == 1

    statements.clear()
    await page(place)
    assert len(statements) == parents + 2


@pytest.mark.parametrize("parent", ["users", "tags"])
async def test_pages_and_counts_of_many_parents_are_two_statements(
    data, library, statements, parent
):
    statements.clear()

    answer = await data(f"""{{ {parent} {{ nodes {{
        contentItemsConnection(first: 2, sort: [{{field: TITLE}}]) {{ {PAGE} }}
    }} }} }}""")

    pages = [node["contentItemsConnection"] for node in answer[parent]["nodes"]]
    assert sorted(page["totalCount"] for page in pages) == [0, 0, 0, 0, 0, 1, 7]
    assert sorted(len(page["nodes"]) for page in pages if page["totalCount"]) == [1, 2]
    assert len(statements) == 3  # the parents, their pages, their counts


async def test_numbered_pages_of_many_parents_are_one_statement(data, library, statements):
    statements.clear()

    answer = await data("""{ tags { nodes {
        contentItemsConnection(first: 2, offset: 5, sort: [{field: TITLE}]) { nodes { title } }
    } } }""")

    pages = [tag["contentItemsConnection"]["nodes"] for tag in answer["tags"]["nodes"]]
    assert pages == [[{"title": "Title 5"}, {"title": "Title 6"}]] + [[]] * 6
    assert len(statements) == 2


async def test_a_row_that_comes_between_pages_does_not_move_them(db, page, library):
    rows = library["contentItems"][1]
    first = await page("contentItems", first=3)
    user = factories.user()
    await factories.add(db, user, factories.item(user, title="Title"))

    second = await page("contentItems", first=3, after=first["pageInfo"]["endCursor"])

    assert ids(second) == rows[3:6]
    assert second["totalCount"] == 8
