"""Every limit is a setting; what exceeds it is told the limit and the value."""

import pytest

from tests.resolvers.test_sample_query import SAMPLE

# Each document is as large as it is allowed to be where the setting has the last value.
LIMITS = {
    "max_characters": ("{ __typename }" + " " * 100, 100, 114),
    "max_lines": ("{\n__typename\n}", 2, 3),
    "max_tokens": ("{ a: __typename b: __typename c: __typename }", 10, 11),
    "max_depth": ('{ user(id: "a") { id } }', 1, 2),
    "max_nesting": ('{ user(id: "a") { ... { id } } }', 2, 3),
    "max_aliases": ("{ a: __typename b: __typename }", 1, 2),
    "max_root_fields": ("{ __typename a: __typename }", 1, 2),
    "max_directives": ("{ __typename @skip(if: false) }", 0, 1),
    "max_fragments": ("{ ...F } fragment F on Query { __typename }", 0, 1),
    "max_fields": ("{ ...F ...F } fragment F on Query { __typename }", 3, 4),
    "max_repetitions": ("{ __typename __typename __typename }", 2, 3),
    "max_cost": ("{ contentItems(limit: 4) { id author { id } } }", 7, 8),
}


@pytest.mark.parametrize("setting", LIMITS)
async def test_a_document_above_a_limit_is_told_which(serve, setting):
    document, allowed, actual = LIMITS[setting]
    client = await serve(**{setting: allowed})

    answer = await client.post("/graphql", json={"query": document})

    (error,) = answer.json()["errors"]
    assert error["extensions"] == {
        "code": "QUERY_TOO_COMPLEX",
        "number": 2001,
        "limit": setting.removeprefix("max_"),
        "allowed": allowed,
        "actual": actual,
    }
    assert f"{actual}" in error["message"]
    assert f"{allowed}" in error["message"]
    assert "data" not in answer.json()


@pytest.mark.parametrize("setting", LIMITS)
async def test_a_document_at_a_limit_runs(serve, setting):
    document, _, actual = LIMITS[setting]
    client = await serve(**{setting: actual})

    answer = await client.post("/graphql", json={"query": document})

    assert "errors" not in answer.json()


async def test_a_limit_is_a_400_where_the_media_type_allows_it(serve):
    client = await serve(max_cost=15)
    answer = await client.post(
        "/graphql", json={"query": SAMPLE}, headers={"Accept": "application/graphql-response+json"}
    )

    assert answer.status_code == 400
    assert answer.json() == {
        "errors": [
            {
                "message": "The document would fetch 16 objects; 15 allowed. "
                "Ask for smaller pages (`first`, `limit`) or fewer levels.",
                "extensions": {
                    "code": "QUERY_TOO_COMPLEX",
                    "number": 2001, "limit": "cost", "allowed": 15, "actual": 16,
                },
            }
        ]
    }  # fmt: skip


async def test_the_cost_of_the_sample_query(http):
    """One user, five items, and an author and an image for each item."""
    answer = await http.post("/graphql", json={"query": SAMPLE})

    assert answer.json() == {
        "data": {"user": None},
        "extensions": {"cost": {"requested": 16, "limit": 10_000}},
    }


@pytest.mark.parametrize(("first", "requested"), [(0, 1), (7, 8), (100, 101)])
async def test_the_cost_follows_variables(http, first, requested):
    query = "query ($first: Int) { users(first: $first) { nodes { id } } }"
    answer = await http.post("/graphql", json={"query": query, "variables": {"first": first}})

    assert answer.json()["extensions"]["cost"]["requested"] == requested


async def test_a_cost_beyond_the_limit_is_refused_before_anything_is_fetched(http, statements):
    query = "query ($first: Int) { users(first: $first) { nodes { id } } }"
    answer = await http.post("/graphql", json={"query": query, "variables": {"first": 2**31}})

    assert answer.json()["errors"][0]["extensions"]["limit"] == "cost"
    assert statements == []
