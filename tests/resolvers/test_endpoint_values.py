"""Arguments made to hurt, on both databases: a coded error or an answer, never a failure."""

import base64
import logging

import pytest

from tests import factories

INPUT = "BAD_USER_INPUT"
NUL = "a\0b"
FILTER = "query ($filter: ContentItemFilter) { contentItems(filter: $filter) { id } }"
NO_NUL = "Text must not contain the character U+0000"
NO_CURSOR = "This cursor is not from this list in this order; start again without it"


@pytest.fixture(autouse=True)
def quiet(caplog):
    """Nothing that a client sends is an error of ours."""
    yield
    failures = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert failures == []


@pytest.fixture
def messages(http):
    """Sends a query with variables and answers with the errors' messages."""

    async def messages(query, **variables):
        answer = await http.post("/graphql", json={"query": query, "variables": variables})
        errors = answer.json().get("errors", [])
        assert {error["extensions"]["code"] for error in errors} <= {INPUT}
        assert answer.status_code == 200
        return [error["message"] for error in errors]

    return messages


@pytest.mark.parametrize(
    "field",
    [
        "user(id: $text) { id }",
        "contentItem(id: $text) { id }",
        "media(id: $text) { id }",
        "tag(id: $text) { id }",
        "node(id: $text) { id }",
        "nodes(ids: [$text]) { id }",
        "contentItemBy(where: {id: $text}) { id }",
    ],
)
async def test_an_id_that_cannot_be_one_is_nothing(http, field):
    for text in ("", NUL, "'; DROP TABLE users; --", "é" * 100_000, "usr_", "-1"):
        answer = await http.post(
            "/graphql",
            json={"query": f"query ($text: ID!) {{ it: {field} }}", "variables": {"text": text}},
        )
        assert answer.json()["data"] == {"it": [None] if "nodes" in field else None}
        assert "errors" not in answer.json()


@pytest.mark.parametrize(
    "filter",
    [
        *({"title": {operator: NUL}} for operator in ("eq", "ne", "startsWith", "contains")),
        *({"slug": {operator: NUL}} for operator in ("eq", "ne", "startsWith")),
        *({name: {"in": ["a", NUL]}} for name in ("id", "kind", "title", "authorId")),
        *({name: {"eq": NUL}} for name in ("categoryId", "tagId")),
        {"not": {"or": [{"slug": {"eq": NUL}}]}},
    ],
    ids=str,
)
async def test_the_character_that_no_database_keeps_is_refused(messages, filter):
    assert await messages(FILTER, filter=filter) == [NO_NUL]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("contentItemBy(where: {slug: {slug: $text}}) { id }", [NO_NUL]),
        ('contentItemBy(where: {slug: {slug: "a", kind: $text}}) { id }', [NO_NUL]),
        ("mediaItems(mimeType: $text) { nodes { id } }", [NO_NUL]),
        ("users(filter: {username: {contains: $text}}) { nodes { id } }", [NO_NUL]),
        # words are taken apart, and what is no letter is between them
        ("contentItems(filter: {query: $text}) { id }", []),
        ("users(filter: {query: $text}) { nodes { id } }", []),
        ("mediaItems(query: $text) { nodes { id } }", []),
        ("tags(query: $text) { nodes { id } }", []),
        ("search(query: $text) { edges { cursor } }", []),
    ],
)
async def test_texts_with_a_nul(messages, field, expected):
    assert await messages(f"query ($text: String!) {{ {field} }}", text=NUL) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a" * 300_000,
        "a " * 150_000,
        "%_\\" * 1_000,
        '" OR NEAR(* ^ - col: (' * 500,
        "'; DROP TABLE users; --",
        "\U0010ffff\ufeff\u202e",
        "",
    ],
    ids=["long", "many words", "wildcards", "operators", "SQL", "odd", "empty"],
)
async def test_texts_of_every_sort_find_nothing(http, text):
    query = """query ($text: String!, $filter: ContentItemFilter) {
      search(query: $text) { edges { cursor } }
      tags(query: $text) { nodes { id } }
      contentItems(filter: $filter) { id }
    }"""
    variables = {"text": text, "filter": {"title": {"contains": text, "startsWith": text}}}
    answer = await http.post("/graphql", json={"query": query, "variables": variables})

    assert answer.json()["data"] == {
        "search": {"edges": []},
        "tags": {"nodes": []},
        "contentItems": [],
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("first: -1", "`first` must not be negative, but is -1"),
        ("last: -1", "`last` must not be negative, but is -1"),
        ("first: 101", "`first` is at most 100, but is 101"),
        ("last: 101", "`last` is at most 100, but is 101"),
        ("first: 1, last: 1", "Ask for `first` or for `last`, not for both"),
        ('after: ""', NO_CURSOR),
        ('after: "x"', NO_CURSOR),
        ('before: "é"', NO_CURSOR),
        (r'after: "\u0000"', NO_CURSOR),
        (f'after: "{"A" * 40_000}"', NO_CURSOR),
    ],
)
async def test_a_page_that_cannot_be(messages, arguments, message):
    assert await messages(f"{{ users({arguments}) {{ nodes {{ id }} }} }}") == [message]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("limit: -1", "`limit` must not be negative, but is -1"),
        ("limit: 101", "`limit` is at most 100, but is 101"),
        ("offset: -1", "`offset` must not be negative, but is -1"),
        ("offset: 2000000000", "`offset` is at most 10000, but is 2000000000"),
    ],
)
async def test_a_slice_that_cannot_be(messages, arguments, message):
    assert await messages(f"{{ contentItems({arguments}) {{ id }} }}") == [message]


async def test_a_cursor_is_of_use_where_it_came_from_only(db, http, messages):
    ada, bob = factories.user(), factories.user()
    await factories.add(db, ada, bob)
    page = "{ pageInfo { endCursor } nodes { id } }"
    answer = await http.post("/graphql", json={"query": f"{{ users(first: 1) {page} }}"})
    cursor = answer.json()["data"]["users"]["pageInfo"]["endCursor"]
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    forged = base64.urlsafe_b64encode(raw[:12] + b"[0,0]").decode().rstrip("=")
    other = "sort: [{field: USERNAME}], "

    def after(cursor, order=""):
        return f'{{ users({order}after: "{cursor}") {page} }}'

    assert await messages(after(cursor)) == []
    for wrong in (cursor[:-2], cursor[2:], cursor + "AAAA", forged, cursor.swapcase()):
        assert await messages(after(wrong)) == [NO_CURSOR]
    assert await messages(after(cursor, other)) == [NO_CURSOR]
    assert await messages(after(cursor).replace("users", "mediaItems")) == [NO_CURSOR]


@pytest.mark.parametrize(
    ("filter", "message"),
    [
        (
            {"or": [{"kind": {"eq": "a"}}] * 51},
            "A filter has at most 50 conditions, this one has 51",
        ),
        ({"kind": {"in": ["a"] * 101}}, "`in` holds at most 100 values, this one has 101"),
        ({"status": ["DRAFT"] * 101}, "the list holds at most 100 values, this one has 101"),
    ],
    ids=["conditions", "values", "statuses"],
)
async def test_a_filter_that_asks_too_much(messages, filter, message):
    assert await messages(FILTER, filter=filter) == [message]


@pytest.mark.parametrize("levels", [10, 24])
@pytest.mark.parametrize("word", ["and", "or", "not"])
async def test_a_filter_that_is_nested_too_deeply(messages, levels, word):
    filter = {"kind": {"eq": "a"}}
    for _ in range(levels):
        filter = {word: filter}

    assert await messages(FILTER, filter=filter) == ["A filter nests at most 10 levels"]


async def test_a_filter_written_into_the_document_far_down_is_refused_too(db, messages):
    ada = factories.user()
    await factories.add(db, ada, factories.item(ada))
    filter = "{not: " * 150 + "{}" + "}" * 150
    down = "contentItems(limit: 1) { author { "
    query = f"{{ {down} {down} contentItems(filter: {filter}) {{ id }} }} }} }} }} }}"

    assert await messages(query) == ["A filter nests at most 10 levels"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            ["TITLE", "CREATED_AT", "UPDATED_AT", "PUBLISHED_AT"],
            "`sort` has at most 3 keys, but 4 are given",
        ),
        (["TITLE", "TITLE"], "`sort` names the same field twice"),
    ],
)
async def test_an_order_that_cannot_be(messages, fields, message):
    query = "query ($by: [ContentItemSort!]) { contentItemsConnection(sort: $by) { nodes { id } } }"

    assert await messages(query, by=[{"field": field} for field in fields]) == [message]


async def test_more_ids_than_a_page(messages):
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    assert await messages(query, ids=["a"] * 101) == ["`ids` is at most 100, but is 101"]


@pytest.mark.parametrize(
    ("moment", "accepted"),
    [
        ("2026-01-31T12:00:00+00:00", True),
        ("2026-01-31T12:00:00.123456Z", True),
        ("0001-01-01T00:00:00+00:00", True),
        ("9999-12-31T23:59:59+00:00", True),
        (None, True),
        ("0001-01-01T00:00:00+23:59", False),
        ("9999-12-31T23:59:59-23:59", False),
        ("2026-01-31", False),
        ("2026-01-31T12:00:00", False),
        ("2026-01-31T12:00:00+99:00", False),
        ("2026-13-31T12:00:00Z", False),
        ("now", False),
        ("", False),
        (1_700_000_000, False),
        (True, False),
        ({}, False),
    ],
)
async def test_moments(messages, moment, accepted):
    query = "query ($moment: DateTime) { contentItems(filter: {createdAt: {gt: $moment}}) { id } }"
    told = await messages(query, moment=moment)

    assert len(told) == (0 if accepted else 1)


@pytest.mark.parametrize(
    ("type", "field", "value"),
    [
        ("Int", "users(first: $value) { nodes { id } }", -(2**31) - 1),
        ("Int", "users(first: $value) { nodes { id } }", -(2**40)),
        ("Int", "users(first: $value) { nodes { id } }", 1.5),
        ("Int", "users(first: $value) { nodes { id } }", "1"),
        ("Int", "users(first: $value) { nodes { id } }", True),
        ("Int", "users(first: $value) { nodes { id } }", [1]),
        ("ID!", "user(id: $value) { id }", None),
        ("ID!", "user(id: $value) { id }", 1.5),
        ("ID!", "user(id: $value) { id }", True),
        ("ID!", "user(id: $value) { id }", ["a"]),
        ("ID!", "user(id: $value) { id }", {}),
        ("[ID!]!", "nodes(ids: $value) { id }", [None]),
        ("[ID!]!", "nodes(ids: $value) { id }", [["a"]]),
        ("String!", "search(query: $value) { edges { cursor } }", 1),
        ("String!", "search(query: $value) { edges { cursor } }", ["a"]),
        ("Cursor", "users(after: $value) { nodes { id } }", 1),
        ("ContentItemSortField", "contentItems(sortBy: $value) { id }", "title"),
        ("ContentItemSortField", "contentItems(sortBy: $value) { id }", 1),
        ("ContentItemFilter", "contentItems(filter: $value) { id }", "a"),
        ("ContentItemFilter", "contentItems(filter: $value) { id }", [{}]),
        ("ContentItemFilter", "contentItems(filter: $value) { id }", {"nothing": 1}),
        ("ContentItemLookup!", "contentItemBy(where: $value) { id }", {}),
        ("ContentItemLookup!", "contentItemBy(where: $value) { id }", {"id": None}),
        ("ContentItemLookup!", "contentItemBy(where: $value) { id }", {"id": "a", "slug": None}),
    ],
)
async def test_a_variable_of_the_wrong_type(messages, type, field, value):
    (message,) = await messages(f"query ($value: {type}) {{ {field} }}", value=value)

    assert message


async def test_one_value_is_a_list_of_one_where_a_list_is_expected(http):
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    answer = await http.post("/graphql", json={"query": query, "variables": {"ids": "a"}})

    assert answer.json()["data"] == {"nodes": [None]}


@pytest.mark.parametrize(
    "query",
    [
        f"{{ nodes(ids: [{'9' * 5_000}]) {{ id }} }}",
        f"query ($id: ID = {'9' * 5_000}) {{ node(id: $id) {{ id }} }}",
        f"query ($ids: [ID!] = {'9' * 45_000}) {{ nodes(ids: $ids) {{ id }} }}",
    ],
    ids=["literal", "default", "default of a list"],
)
async def test_numbers_of_any_length_are_ids(messages, query):
    assert await messages(query) == []
