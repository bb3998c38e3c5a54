"""What production keeps to itself, and the switch for each."""

import pytest

from app.errors import numbered
from app.setting_values import Environment

PRODUCTION = {"environment": Environment.PRODUCTION}
SCHEMA = "{ __schema { queryType { name } } }"
HIDDEN = {
    "errors": [
        {
            "message": "GraphQL introspection has been disabled, but the requested query "
            "contained the field '__schema'.",
            "locations": [{"line": 1, "column": 3}],
            "extensions": numbered("GRAPHQL_VALIDATION_FAILED"),
        },
        {
            "message": "GraphQL introspection has been disabled, but the requested query "
            "contained the field 'queryType'.",
            "locations": [{"line": 1, "column": 14}],
            "extensions": numbered("GRAPHQL_VALIDATION_FAILED"),
        },
    ]
}

# A query and its variables, each with a mistake that graphql-core has a suggestion for.
MISTAKES = {
    "field": ("{ usr(id: 1) { id } }", {}),
    "argument": ("{ user(idd: 1) { id } }", {}),
    "type": ("query ($id: IDD!) { user(id: $id) { id } }", {"id": "a"}),
    "fragment's type": ("{ ...F } fragment F on Qery { __typename }", {}),
    "enum": ("{ contentItems(sortBy: TITEL) { id } }", {}),
    "input field": ("{ contentItems(filter: {titel: {eq: 1}}) { id } }", {}),
    "enum in a variable": (
        "query ($by: ContentItemSortField) { contentItems(sortBy: $by) { id } }", {"by": "TITEL"},
    ),
    "input field in a variable": (
        "query ($f: ContentItemFilter) { contentItems(filter: $f) { id } }", {"f": {"titel": {}}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
async def test_suggestions_are_for_development_only(serve, mistake):
    query, variables = MISTAKES[mistake]
    asked = {"query": query, "variables": variables}

    open, closed = await serve(), await serve(**PRODUCTION)
    helpful = (await open.post("/graphql", json=asked)).json()["errors"][0]
    terse = (await closed.post("/graphql", json=asked)).json()["errors"][0]

    assert "Did you mean" in helpful["message"]
    assert "Did you mean" not in terse["message"]
    assert terse["message"]
    assert terse["extensions"] == helpful["extensions"]


async def test_a_misspelt_field_reads_the_same_but_for_the_suggestion(serve):
    client = await serve(**PRODUCTION)
    answer = await client.post("/graphql", json={"query": "{ usr(id: 1) { id } }"})

    assert answer.json()["errors"][0]["message"] == "Cannot query field 'usr' on type 'Query'."


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({}, True),
        (PRODUCTION, False),
        ({"introspection": False}, False),
        (PRODUCTION | {"introspection": True}, True),
    ],
)
async def test_introspection(serve, changed, shown):
    client = await serve(**changed)
    answer = await client.post("/graphql", json={"query": SCHEMA})

    if shown:
        assert answer.json()["data"] == {"__schema": {"queryType": {"name": "Query"}}}
    else:
        assert answer.json() == HIDDEN


async def test_without_introspection_typename_still_answers(serve):
    client = await serve(introspection=False)
    answer = await client.post("/graphql", json={"query": "{ __typename }"})

    assert answer.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 200),
        (PRODUCTION, 404),
        ({"graphiql": False}, 404),
        (PRODUCTION | {"graphiql": True}, 200),
    ],
)
async def test_graphiql(serve, changed, status):
    client = await serve(**changed)

    page = await client.get("/graphiql/")
    root = await client.get("/")
    browser = await client.get("/graphql", headers={"Accept": "text/html,*/*;q=0.8"})

    assert page.status_code == status
    assert root.status_code == (307 if status == 200 else 404)
    assert browser.status_code == (307 if status == 200 else 400)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 200),
        (PRODUCTION, 404),
        ({"api_docs": False}, 404),
        (PRODUCTION | {"api_docs": True}, 200),
    ],
)
@pytest.mark.parametrize("page", ["docs", "redoc"])
async def test_pages_of_the_rest_api(serve, page, changed, status):
    client = await serve(**changed)

    assert (await client.get(f"/api/{page}/")).status_code == status
    assert (await client.get(f"/api/{page}")).status_code == (307 if status == 200 else 404)
    assert (await client.get("/api/openapi.json")).status_code == 200


async def test_switches_do_not_depend_on_one_another(serve):
    client = await serve(**PRODUCTION, graphiql=True)

    assert (await client.get("/graphiql/")).status_code == 200
    assert (await client.post("/graphql", json={"query": SCHEMA})).json() == HIDDEN


async def test_who_is_lost_is_sent_to_what_is_there(serve):
    open, closed = await serve(), await serve(**PRODUCTION)
    for client in (open, closed):
        answer = await client.get("/api/v1/nothing")
        _, _, there = answer.json()["errors"][0]["detail"].partition(": see ")
        assert (await client.get(there, follow_redirects=True)).status_code == 200
