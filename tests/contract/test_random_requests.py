"""Whatever is sent: a status below 500, a code with every error, and nothing in the log."""

import re
import string
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

once_per_test = settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
documents = st.sampled_from(["{ __typename }", "query A { __typename } query B { __typename }"])
parameters = st.fixed_dictionaries(
    {},
    optional={
        "query": documents | texts | values,
        "operationName": st.sampled_from(["A", "B"]) | values,
        "variables": values,
        "extensions": st.fixed_dictionaries({"persistedQuery": values}) | values,
        "documentId": values,
    },
)
bodies = st.binary(max_size=200) | st.one_of(parameters, values).map(orjson.dumps)

# Values that nearly fit the arguments of the schema
moments = st.datetimes(timezones=st.timezones()).map(str) | st.sampled_from(
    ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01", "now"]
)
names = st.text(string.printable + "\0%_\\\"'äß√", max_size=12)
ids = st.sampled_from(["usr_01kcz3v5g0e0080000000000aa", "cnt_", "", "\0"]) | names
fitting = st.none() | names | moments | st.booleans() | st.lists(names, max_size=3)
operators = st.dictionaries(
    st.sampled_from(
        ["eq", "ne", "in", "gt", "gte", "lt", "lte", "startsWith", "contains", "isNull", "x"]
    ),
    fitting,
    max_size=3,
)
conditions = st.dictionaries(
    st.sampled_from(
        ["id", "kind", "title", "slug", "authorId", "tagId", "createdAt", "publishedAt", "x"]
    ),
    operators,
    max_size=3,
)
filters = st.recursive(
    conditions,
    lambda inner: (
        st.dictionaries(st.sampled_from(["and", "or"]), st.lists(inner, max_size=3), max_size=2)
        | st.fixed_dictionaries({"not": inner}, optional={"query": names})
    ),
    max_leaves=6,
)
sorts = st.lists(
    st.fixed_dictionaries(
        {"field": st.sampled_from(["TITLE", "CREATED_AT", "PUBLISHED_AT", "NAME"])},
        optional={"direction": st.sampled_from(["ASC", "DESC", "UP"])},
    ),
    max_size=4,
)
sizes = st.none() | st.integers(-2, 102) | st.sampled_from([2**31, 1.0, 1.5, "1", True])
variables = st.fixed_dictionaries(
    {},
    optional={
        "id": ids,
        "ids": st.lists(ids, max_size=3),
        "filter": filters,
        "sort": sorts,
        "first": sizes,
        "last": sizes,
        "after": st.none() | names,
        "offset": sizes,
        "words": names,
    },
)
READS = """
query ($id: ID = "a", $ids: [ID!] = [], $filter: ContentItemFilter, $sort: [ContentItemSort!],
       $first: Int, $last: Int, $after: Cursor, $offset: Int, $words: String = "") {
  user(id: $id) { id }
  nodes(ids: $ids) { id }
  contentItems(filter: $filter, limit: $first, offset: $offset) { id }
  contentItemsConnection(
    filter: $filter, sort: $sort, first: $first, last: $last, after: $after
  ) { nodes { id } }
  users(first: $first, filter: {query: $words}) { nodes { id } }
  mediaItems(query: $words, mimeType: $words, after: $after) { nodes { id } }
  tags(query: $words, last: $last) { nodes { id } }
  search(query: $words, first: $first, filter: $filter) { edges { cursor } }
  categories(parentId: $id, offset: $offset) { id }
}
"""


def check(answer: Any) -> None:
    assert answer.status_code < 500
    body = answer.json()
    assert body.keys() <= {"data", "errors", "extensions"}
    assert "data" in body or body["errors"]
    for error in body.get("errors", []):
        assert re.fullmatch("[A-Z_]+", error["extensions"]["code"])
        assert error["extensions"]["code"] != "INTERNAL_SERVER_ERROR"
        assert error["message"]


@once_per_test
@given(body=bodies)
async def test_any_body(http, body):
    check(await http.post("/graphql", content=body, headers={"Content-Type": "application/json"}))


@once_per_test
@given(variables=variables)
async def test_variables_that_nearly_fit(http, variables):
    check(await http.post("/graphql", json={"query": READS, "variables": variables}))


@once_per_test
@given(
    query=st.dictionaries(st.sampled_from(["query", "variables", "extensions"]), texts, max_size=3),
    accept=texts.map(str.encode) | st.from_regex(rb"[a-z/*;=,.0-9 q-]{,30}", fullmatch=True),
)
async def test_any_get(http, query, accept):
    headers = {"Accept": re.sub(rb"[\x00-\x1f\x7f]", b"", accept)}
    answer = await http.get("/graphql", params=query, headers=headers)
    if answer.status_code != 307:
        check(answer)
