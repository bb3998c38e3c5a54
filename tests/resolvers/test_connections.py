"""Relay connections (https://relay.dev/graphql/connections.htm), at the root and per parent."""

import base64

import pytest
from graphql import is_object_type

from app.pagination import Cursors
from resolvers.schema import schema
from tests import factories

GRAPHQL = schema._schema
PAGE = """
    edges { cursor node { id } }
    nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
"""
ARGUMENTS = "first: $first, after: $after, last: $last, before: $before, offset: $offset"
VARIABLES = "$first: Int, $after: Cursor, $last: Int, $before: Cursor, $offset: Int"

# Where a connection is, around `connection(ARGUMENTS) { … }`; the rows are in this order.
PLACES = {
    "contentItems": (
        "",
        "contentItemsConnection",
        'sort: [{field: TITLE}], filter: {title: {startsWith: "title"}}',
    ),
    "users": ("", "users", "sort: [{field: USERNAME}]"),
    "tags": ("", "tags", ""),
    "mediaItems": ("", "mediaItems", 'mimeType: "image/"'),
    "categories": ("", "categoriesConnection", ""),
    "User": ("user", "contentItemsConnection", "sort: [{field: TITLE}]"),
    "Tag": ("tag", "contentItemsConnection", "sort: [{field: TITLE}]"),
    "Category": (
        "node",
        "contentItemsConnection",
        "sort: [{field: CREATED_AT, direction: DESC}, {field: TITLE}]",
    ),
}


@pytest.fixture
async def library(db):
    """Seven of everything, each list in the order of its PLACES."""
    users = [factories.user(username=f"user {n}") for n in range(7)]
    tags = [factories.tag(f"tag {n}") for n in range(7)]
    images = [factories.image() for _ in range(7)]
    category = factories.category("Plants", position=1)
    plants = [factories.category(f"Plant {n}", category, position=n % 3) for n in range(6)]
    tree = [plants[0], plants[3], plants[1], plants[4], category, plants[2], plants[5]]
    items = [
        factories.item(
            users[0], title=f"Title {n}", created_at=factories.NOON, category_id=category.id
        )
        for n in range(7)
    ]
    # Something of everything that is in none of the lists below a parent.
    other = factories.item(users[1], title="Zzz", created_at=factories.NOON)
    await factories.add(
        db,
        *(*users, *tags, *images, category, *plants, *items, other),
        tags={item: [tags[0]] for item in items} | {other: [tags[1]]},
    )
    return {
        "contentItems": (None, [row.id for row in items]),
        "users": (None, [row.id for row in users]),
        "tags": (None, [row.id for row in tags]),
        "mediaItems": (None, [row.id for row in reversed(images)]),
        "categories": (None, [row.id for row in tree]),
        "User": (users[0].id, [row.id for row in items]),
        "Tag": (tags[0].id, [row.id for row in items]),
        "Category": (category.id, [row.id for row in items]),
    }


def query(place, selection=PAGE, more=""):
    parent, connection, order = PLACES[place]
    field = f"{connection}({ARGUMENTS}, {order} {more}) {{ {selection} }}"
    if not parent:
        return f"query({VARIABLES}) {{ {field} }}"
    field = f"... on {place} {{ {field} }}"
    return f"query({VARIABLES}, $id: ID!) {{ {parent}(id: $id) {{ {field} }} }}"


@pytest.fixture
def page(data, library):
    """Read one page of a place in PLACES."""

    async def page(place, selection=PAGE, **arguments):
        parent, connection, _ = PLACES[place]
        id = library[place][0]
        answer = await data(query(place, selection), **arguments, **({"id": id} if id else {}))
        return answer[parent][connection] if parent else answer[connection]

    return page


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


FORWARD = "`offset` goes forward: with `first` and `after` only"
BAD_SIZES = [
    ({"first": 101}, "`first` is at most 100, but is 101", "first"),
    ({"first": -1}, "`first` must not be negative, but is -1", "first"),
    ({"last": 101}, "`last` is at most 100, but is 101", "last"),
    ({"last": -1}, "`last` must not be negative, but is -1", "last"),
    ({"first": 1, "last": 1}, "Ask for `first` or for `last`, not for both", "last"),
    ({"offset": -1}, "`offset` must not be negative, but is -1", "offset"),
    ({"offset": 10_001}, "`offset` is at most 10000, but is 10001", "offset"),
    ({"offset": 1, "last": 1}, FORWARD, "offset"),
    ({"offset": 1, "before": "x"}, FORWARD, "offset"),
]


@pytest.mark.parametrize("place", PLACES)
async def test_a_size_that_cannot_be_is_a_clear_error(ask, library, statements, place):
    id = {"id": library[place][0]} if library[place][0] else {}
    for arguments, message, argument in BAD_SIZES:
        answer = await ask(query(place), **arguments, **id)

        (error,) = answer["errors"]
        assert error["message"] == message
        assert error["extensions"] == {
            "code": "BAD_USER_INPUT",
            "number": 2001,
            "argument": argument,
        }
    assert not any("LIMIT" in statement or "count(" in statement for statement in statements)


FOREIGN = "This cursor is not from this list in this order; start again without it"


def forged(order, *values):
    return Cursors(b"another secret").encode(order, values)


async def test_a_cursor_of_another_list_or_order_is_a_clear_error(data, ask, library):
    answer = await data("""{
        users(first: 1) { pageInfo { endCursor } }
        byTitle: contentItemsConnection(first: 1, sort: [{field: TITLE}]) { pageInfo { endCursor } }
        newest: contentItemsConnection(first: 1) { pageInfo { endCursor } }
    }""")
    users, by_title, newest = (answer[name]["pageInfo"]["endCursor"] for name in answer)
    tampered = base64.urlsafe_b64encode(base64.urlsafe_b64decode(users + "==")[:-1] + b"0]")
    of_items = """query($after: Cursor, $sort: [ContentItemSort!]) {
        contentItemsConnection(after: $after, sort: $sort) { nodes { id } }
    }"""
    title, down = {"field": "TITLE"}, {"field": "TITLE", "direction": "DESC"}
    for cursor, sort in [
        (users, None), (by_title, None), (newest, [title]), (by_title, [down]),
        (by_title, [title, {"field": "CREATED_AT"}]), (tampered.decode(), None),
        (forged("content,created_at DESC,id DESC", 1, "x"), None),
        ("", None), ("x", None), ("é", None), ("\0", None), ("A" * 10_000, None), ("=", None),
    ]:  # fmt: skip
        body = await ask(of_items, after=cursor, sort=sort)
        assert [error["message"] for error in body["errors"]] == [FOREIGN], cursor
        assert body["errors"][0]["extensions"] == {
            "code": "BAD_USER_INPUT", "number": 2001, "argument": "cursor",
        }  # fmt: skip


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


async def test_one_bad_cursor_for_many_parents_is_told_once_each_and_logged_never(
    ask, library, caplog
):
    answer = await ask("""{
        users { nodes { contentItemsConnection(after: "x") { nodes { id } } } }
    }""")

    assert {error["message"] for error in answer["errors"]} == {FOREIGN}
    assert caplog.records == []


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


async def test_a_sort_has_three_different_keys_at_most(ask):
    of = "query($sort: [ContentItemSort!]) { contentItemsConnection(sort: $sort) { totalCount } }"
    fields = ["TITLE", "CREATED_AT", "UPDATED_AT", "PUBLISHED_AT"]
    for sort, message in (
        ([{"field": field} for field in fields], "`sort` has at most 3 keys, but 4 are given"),
        ([{"field": "TITLE"}, {"field": "TITLE", "direction": "DESC"}],
         "`sort` names the same field twice"),
    ):  # fmt: skip
        (error,) = (await ask(of, sort=sort))["errors"]
        assert error["message"] == message
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
