"""GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/): the checks of the audit
in the npm package graphql-http, under the ids that it gave them for good.

Ours are stricter: each asks for one status, one media type and one body. An expected text is the
code of the only error, anything else is the data.
"""

from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from app.errors import numbered

JSON = "application/json"
RESPONSE = "application/graphql-response+json"

HELLO = "{ __typename }"
QUERY = {"__typename": "Query"}
NAMED = "query Type($name: String!) { __type(name: $name) { name } }"
NO_TYPE = {"__type": None}
NO_DOCUMENT = "{"
NO_FIELD = "{ 8f31403dfe404bccbb0e835f2629c6a7 }"
COERCED = {"query": "query CoerceFailure($id: ID!){ __typename }", "variables": {"id": None}}

PARSE = "GRAPHQL_PARSE_FAILED"
BAD = "BAD_REQUEST"
INVALID = "GRAPHQL_VALIDATION_FAILED"
KINDS = {"object": {"obj": "ect"}, "number": 0, "boolean": False, "array": ["array"]}


@dataclass(frozen=True)
class Audit:
    id: str
    word: str
    name: str
    request: dict[str, Any]
    expected: Any
    status: int = 200
    media_type: str = JSON


def post(body: Any, accept: str | None = None, type: str | None = JSON) -> dict[str, Any]:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return {"method": "POST", "content": content, "headers": _headers(accept, type)}


def get(accept: str | None = None, **params: str) -> dict[str, Any]:
    return {"method": "GET", "params": params, "headers": _headers(accept, None)}


def _headers(accept: str | None, type: str | None) -> dict[str, str]:
    # httpx adds an Accept of its own: an empty one means the same as none.
    return {"Accept": accept or "", **({"Content-Type": type} if type else {})}


def kinds(prefix: str, parameter: str, **others: Any) -> list[Audit]:
    """A parameter with values of four wrong kinds."""
    return [
        Audit(
            f"{prefix}{number}",
            "MAY",
            f"use 400 status code on {kind} {{{parameter}}} parameter",
            post({"query": HELLO, parameter: value}),
            BAD,
            400,
        )
        for number, (kind, value) in enumerate(others.items() if others else KINDS.items())
    ]


MAPS = {"string": "string", "number": 0, "boolean": False, "array": ["array"]}
TYPED = {"query": NAMED, "variables": {"name": "sometype"}}

AUDITS = [
    # Media types
    Audit("22EB", "SHOULD", "accept graphql-response+json and match the content-type",
          post({"query": HELLO}, RESPONSE), QUERY, media_type=RESPONSE),
    Audit("4655", "MUST", "accept json and match the content-type",
          post({"query": HELLO}, JSON), QUERY),
    Audit("47DE", "SHOULD", "accept */* and use json for the content-type",
          post({"query": HELLO}, "*/*"), QUERY),
    Audit("80D8", "SHOULD", "assume json content-type when accept is missing",
          post({"query": HELLO}), QUERY),
    Audit("82A3", "MUST", "use utf-8 encoding when responding", post({"query": HELLO}), QUERY),
    Audit("BF61", "MUST", "accept utf-8 encoded request",
          post({"query": '{ __type(name: "Run🏃Swim🏊") { name } }'},
               type="application/json; charset=utf-8"), NO_TYPE),
    Audit("78D5", "MUST", "assume utf-8 in request if encoding is unspecified",
          post({"query": HELLO}), QUERY),
    # Methods
    Audit("2C94", "MUST", "accept POST requests", post({"query": HELLO}), QUERY),
    Audit("5A70", "MAY", "accept application/x-www-form-urlencoded formatted GET requests",
          get(query=HELLO), QUERY),
    Audit("9C48", "MAY NOT", "allow executing mutations on GET requests",
          get(RESPONSE, query="mutation { __typename }"), "METHOD_NOT_ALLOWED", 405, RESPONSE),
    Audit("9ABE", "SHOULD", "respond with 4xx status code without content-type on POST requests",
          post({"query": HELLO}, type=None), "UNSUPPORTED_MEDIA_TYPE", 415),
    Audit("03D4", "MUST", "accept json POST requests", post({"query": HELLO}), QUERY),
    Audit("A5BF", "MAY", "use 400 status code when request body is missing on POST",
          post(b""), BAD, 400),
    # Parameters
    Audit("423L", "MAY", "use 400 status code on missing {query} parameter",
          post({"notquery": HELLO}, RESPONSE), BAD, 400, RESPONSE),
    *kinds("LKJ", "query"),
    Audit("34A2", "SHOULD", "allow string {query} parameter when accepting graphql-response+json",
          post({"query": HELLO}, RESPONSE), QUERY, media_type=RESPONSE),
    Audit("13EE", "MUST", "allow string {query} parameter when accepting json",
          post({"query": HELLO}, JSON), QUERY),
    *kinds("6C0", "operationName"),
    Audit("8161", "SHOULD", "allow string {operationName} when accepting graphql-response+json",
          post({"operationName": "Query", "query": "query Query { __typename }"}, RESPONSE),
          QUERY, media_type=RESPONSE),
    Audit("B8B3", "MUST", "allow string {operationName} parameter when accepting json",
          post({"operationName": "Query", "query": "query Query { __typename }"}, JSON), QUERY),
    Audit("94B0", "SHOULD", "allow null {variables} when accepting graphql-response+json",
          post({"query": HELLO, "variables": None}, RESPONSE), QUERY, media_type=RESPONSE),
    Audit("0220", "MUST", "allow null {variables} parameter when accepting json",
          post({"query": HELLO, "variables": None}, JSON), QUERY),
    Audit("94B1", "SHOULD", "allow null {operationName} when accepting graphql-response+json",
          post({"query": HELLO, "operationName": None}, RESPONSE), QUERY, media_type=RESPONSE),
    Audit("0221", "MUST", "allow null {operationName} parameter when accepting json",
          post({"query": HELLO, "operationName": None}, JSON), QUERY),
    Audit("94B2", "SHOULD", "allow null {extensions} when accepting graphql-response+json",
          post({"query": HELLO, "extensions": None}, RESPONSE), QUERY, media_type=RESPONSE),
    Audit("0222", "MUST", "allow null {extensions} parameter when accepting json",
          post({"query": HELLO, "extensions": None}, JSON), QUERY),
    *kinds("476", "variables", **MAPS),
    Audit("2EA1", "SHOULD", "allow map {variables} when accepting graphql-response+json",
          post(TYPED, RESPONSE), NO_TYPE, media_type=RESPONSE),
    Audit("28B9", "MUST", "allow map {variables} parameter when accepting json",
          post(TYPED, JSON), NO_TYPE),
    Audit("D6D5", "MAY", "allow URL-encoded {variables} when accepting graphql-response+json",
          get(RESPONSE, query=NAMED, variables='{"name":"sometype"}'),
          NO_TYPE, media_type=RESPONSE),
    Audit("6A70", "MAY", "allow URL-encoded {variables} in GETs when accepting json",
          get(JSON, query=NAMED, variables='{"name":"sometype"}'), NO_TYPE),
    *kinds("58B", "extensions", **MAPS),
    Audit("428F", "SHOULD", "allow map {extensions} when accepting graphql-response+json",
          post({"query": HELLO, "extensions": {"some": "value"}}, RESPONSE),
          QUERY, media_type=RESPONSE),
    Audit("1B7A", "MUST", "allow map {extensions} parameter when accepting json",
          post({"query": HELLO, "extensions": {"some": "value"}}, JSON), QUERY),
    # Bodies that are not JSON, or lack the parameters
    Audit("B6DC", "MAY", "use 2xx, 4xx or 5xx on JSON parsing failure when accepting json",
          post(b'{ "not a JSON', JSON), BAD, 400),
    Audit("BCF8", "SHOULD", "use 400 status code on JSON parsing failure when accepting json",
          post(b'{ "not a JSON', JSON), BAD, 400),
    Audit("B7N8", "SHOULD", "use 400 on JSON parsing failure when accepting graphql-response+json",
          post(b'{ "not a JSON', RESPONSE), BAD, 400, RESPONSE),
    Audit("8764", "MAY", "use 4xx or 5xx status codes if parameters are invalid",
          post({"qeury": HELLO}), BAD, 400),
    Audit("3E3A", "MAY", "use 400 status code if parameters are invalid",
          post({"qeury": HELLO}), BAD, 400),
    # Documents that cannot run, answered as json
    Audit("572B", "SHOULD", "use 200 on document parsing failure when accepting json",
          post({"query": NO_DOCUMENT}, JSON), PARSE),
    Audit("FDE2", "SHOULD", "use 200 on document validation failure when accepting json",
          post({"query": NO_FIELD}, JSON), PARSE),
    Audit("7B9B", "SHOULD", "use 200 on variable coercion failure when accepting json",
          post(COERCED, JSON), INVALID),
    # Documents that cannot run, answered as graphql-response+json
    Audit("865D", "SHOULD", "use 4xx or 5xx on document parsing failure",
          post({"query": NO_DOCUMENT}, RESPONSE), PARSE, 400, RESPONSE),
    Audit("556A", "SHOULD", "use 400 on document parsing failure",
          post({"query": NO_DOCUMENT}, RESPONSE), PARSE, 400, RESPONSE),
    Audit("D586", "SHOULD", "not contain the data entry on document parsing failure",
          post({"query": NO_DOCUMENT}, RESPONSE), PARSE, 400, RESPONSE),
    Audit("51FE", "SHOULD", "use 4xx or 5xx on document validation failure",
          post({"query": NO_FIELD}, RESPONSE), PARSE, 400, RESPONSE),
    Audit("74FF", "SHOULD", "use 400 on document validation failure",
          post({"query": NO_FIELD}, RESPONSE), PARSE, 400, RESPONSE),
    Audit("5E5B", "SHOULD", "not contain the data entry on document validation failure",
          post({"query": NO_FIELD}, RESPONSE), PARSE, 400, RESPONSE),
    Audit("86EE", "SHOULD", "use a status code of 400 on variable coercion failure",
          post(COERCED, RESPONSE), INVALID, 400, RESPONSE),
]  # fmt: skip


@pytest.mark.parametrize("audit", AUDITS, ids=lambda audit: f"{audit.id} {audit.word} {audit.name}")
async def test_audit(http, audit):
    answer = await http.request(url="/graphql", **audit.request)

    assert answer.status_code == audit.status
    assert answer.headers["Content-Type"] == f"{audit.media_type}; charset=utf-8"
    body = orjson.loads(answer.content.decode("utf-8"))
    if isinstance(audit.expected, str):
        assert [error["extensions"]["code"] for error in body["errors"]] == [audit.expected]
        assert "data" not in body
    else:
        assert body["data"] == audit.expected
        assert "errors" not in body


def test_there_are_as_many_audits_as_in_the_reference():
    assert len({audit.id for audit in AUDITS}) == len(AUDITS) == 61


# The audit's own invalid document begins a name with a digit, and its variable is not used: both
# fail before what they are meant to show.


@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (RESPONSE, 400)])
async def test_a_document_that_does_not_fit_the_schema(http, accept, status):
    answer = await http.request(url="/graphql", **post({"query": "{ nothing }"}, accept))

    assert answer.status_code == status
    assert answer.json() == {
        "errors": [
            {
                "message": "Cannot query field 'nothing' on type 'Query'.",
                "locations": [{"line": 1, "column": 3}],
                "extensions": numbered("GRAPHQL_VALIDATION_FAILED"),
            }
        ]
    }


@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (RESPONSE, 400)])
async def test_a_variable_that_does_not_fit_its_type(http, accept, status):
    asked = {"query": NAMED, "variables": {"name": None}}

    answer = await http.request(url="/graphql", **post(asked, accept))

    assert answer.status_code == status
    assert answer.json() == {
        "errors": [
            {
                "message": "Variable '$name' has invalid value: "
                "Expected value of non-null type 'String!' not to be None.",
                "locations": [{"line": 1, "column": 12}],
                "extensions": numbered("BAD_USER_INPUT"),
            }
        ],
        "extensions": {"cost": {"requested": 4_000, "limit": 10_000}},
    }


async def test_an_error_during_execution_is_200_with_the_data_around_it(http):
    asked = {"query": '{ __typename contentItemBy(where: {slug: {slug: "\0"}}) { id } }'}
    asked["query"] = asked["query"].replace("\0", "\\u0000")

    answer = await http.request(url="/graphql", **post(asked, RESPONSE))

    assert answer.status_code == 200
    assert answer.json()["data"] == {"__typename": "Query", "contentItemBy": None}
    assert [error["path"] for error in answer.json()["errors"]] == [["contentItemBy"]]
