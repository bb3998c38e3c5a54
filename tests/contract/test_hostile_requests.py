"""Requests made to hurt: each is answered with a GraphQL error and the right status."""

import orjson
import pytest

from app.errors import numbered
from tests.engine.hostile import HOSTILE

HELLO = b'{"query":"{ __typename }"}'
JSON = {"Content-Type": "application/json"}
ANSWER = {
    "data": {"__typename": "Query"},
    "extensions": {"cost": {"requested": 0, "limit": 10_000}},
}


def refusal(message, code="BAD_REQUEST", **more):
    return {"errors": [{"message": message, "extensions": numbered(code, **more)}]}


NO_OBJECT = "The body must be a JSON object with `query`"
A_LIST = "The body is a list: send one operation at a time"
NO_DOCUMENT = "The request names no document: send `query` or `documentId`"
PARSE = "GRAPHQL_PARSE_FAILED"
INVALID = "GRAPHQL_VALIDATION_FAILED"
NOT_JSON = "The body is not JSON: "

BODIES = {
    "number": (b"1", NO_OBJECT),
    "text": (b'"x"', NO_OBJECT),
    "null": (b"null", NO_OBJECT),
    "true": (b"true", NO_OBJECT),
    "list": (b"[1]", A_LIST),
    "empty list": (b"[]", A_LIST),
    "batch": (b"[" + HELLO + b"]", A_LIST),
    "empty object": (b"{}", NO_DOCUMENT),
    "null query": (b'{"query":null}', NO_DOCUMENT),
    "nothing": (b"", NOT_JSON),
    "cut off": (b'{"query":', NOT_JSON),
    "two values": (HELLO + HELLO, NOT_JSON),
    "NaN": (b'{"query":"{ __typename }","variables":{"a":NaN}}', NOT_JSON),
    "infinity": (b'{"query":"{ __typename }","variables":{"a":-Infinity}}', NOT_JSON),
    "invalid UTF-8": (b'{"query":"\xff"}', NOT_JSON),
    "UTF-8 of a surrogate": (b'{"query":"\xed\xa0\x80"}', NOT_JSON),
    "escaped surrogate": (rb'{"query":"\ud800"}', NOT_JSON),
    "UTF-16": (HELLO.decode().encode("utf-16"), NOT_JSON),
    "byte order mark": (b"\xef\xbb\xbf" + HELLO, NOT_JSON),
    "100,000 digits": (b'{"query":"","variables":{"a":' + b"9" * 100_000 + b"}}", NOT_JSON),
    "100,000 brackets": (b"[" * 100_000, NOT_JSON),
    "100,000 objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, NOT_JSON),
}  # fmt: skip


@pytest.mark.parametrize(("body", "message"), BODIES.values(), ids=BODIES)
async def test_a_body_that_is_no_operation(http, body, message):
    answer = await http.post("/graphql", content=body, headers=JSON)

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    error = answer.json()["errors"][0]
    assert answer.json() == refusal(error["message"])
    assert error["message"] == message or message == NOT_JSON
    assert error["message"].startswith(message)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"query": ["{ __typename }"]}, "`query` must be a string"),
        ({"query": "{ __typename }", "operationName": 1}, "`operationName` must be a string"),
        ({"query": "{ __typename }", "variables": [1]}, "`variables` must be an object"),
        ({"query": "{ __typename }", "variables": "{}"}, "`variables` must be an object"),
        ({"query": "{ __typename }", "extensions": True}, "`extensions` must be an object"),
        ({"documentId": 5}, "`documentId` must be a string"),
    ],
)
async def test_a_parameter_of_the_wrong_type(http, parameters, message):
    answer = await http.post("/graphql", json=parameters)

    assert answer.status_code == 400
    assert answer.json() == refusal(message)


async def test_of_a_key_that_is_given_twice_the_last_counts(http):
    answer = await http.post(
        "/graphql", content=b'{"query":"{","query":"{ __typename }"}', headers=JSON
    )

    assert answer.json() == ANSWER


@pytest.mark.parametrize(
    ("query", "status", "code", "message"),
    [
        ("query=%FF%zz", 200, PARSE, "Syntax Error: Unexpected character: U+FFFD."),
        ("query=%00", 200, PARSE, "Syntax Error: Unexpected character: U+0000."),
        ("%FF=1&=&&", 400, "BAD_REQUEST", NO_DOCUMENT),
        ("query=&documentId=", 400, "BAD_REQUEST", NO_DOCUMENT),
        ("query={__typename}&variables=1", 400, "BAD_REQUEST", "`variables` must be an object"),
        ("query={__typename}&extensions=[]", 400, "BAD_REQUEST", "`extensions` must be an object"),
        (
            "query=mutation{__typename}", 405, "METHOD_NOT_ALLOWED",
            "GET runs queries only: send this with POST",
        ),
        (
            "query=subscription{__typename}", 200, INVALID,
            "The subscription operation is not supported by the schema.",
        ),
    ],
)  # fmt: skip
async def test_a_get_that_cannot_run(http, query, status, code, message):
    answer = await http.get(f"/graphql?{query}")

    assert answer.status_code == status
    (error,) = answer.json()["errors"]
    assert (error["extensions"], error["message"]) == (numbered(code), message)


@pytest.mark.parametrize("name", ["variables", "extensions"])
async def test_a_get_whose_parameter_is_not_json(http, name):
    answer = await http.get("/graphql", params={"query": "{ __typename }", name: "{"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"].startswith(f"`{name}` is not JSON: ")


async def test_empty_parameters_of_a_get_are_as_good_as_missing(http):
    answer = await http.get(
        "/graphql?query={__typename}&variables=&extensions=&operationName=&documentId="
    )

    assert answer.json() == ANSWER


@pytest.mark.parametrize(
    "type",
    [
        "text/plain",
        "text/plain; application/json",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "",
        ";",
        "application/jsonp",
    ],
)
async def test_what_a_foreign_page_can_send_without_asking_is_refused(http, type):
    answer = await http.post("/graphql", content=HELLO, headers={"Content-Type": type})

    assert answer.status_code == 415
    assert answer.json() == refusal("Send application/json", "UNSUPPORTED_MEDIA_TYPE")


async def test_forms_that_any_page_can_send_are_refused(http):
    form = await http.post("/graphql", data={"query": "{ __typename }"})
    upload = await http.post(
        "/graphql", files={"operations": ("a.json", HELLO, "application/json")}
    )

    assert (form.status_code, upload.status_code) == (415, 403)


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "", "utf-8x"])
async def test_another_charset_is_refused(http, charset):
    type = {"Content-Type": f"application/json; charset={charset}"}
    answer = await http.post("/graphql", content=HELLO, headers=type)

    assert answer.status_code == 415
    assert answer.json() == refusal("Send UTF-8", "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "type",
    [
        "APPLICATION/JSON",
        "application/json;",
        'application/json;charset="UTF-8"',
        "application/json ; Charset=utf8",
        "application/json; foo=bar",
        "application/json; charset=utf-8; foo=bar",
    ],
)
async def test_json_in_other_spellings_is_accepted(http, type):
    answer = await http.post("/graphql", content=HELLO, headers={"Content-Type": type})

    assert answer.json() == ANSWER


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
async def test_other_methods_are_not_allowed(http, method):
    answer = await http.request(method, "/graphql", content=HELLO, headers=JSON)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST"
    assert answer.json() == refusal(f"{method} is not allowed", "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize("query", ["query={__typename}", "query={", "query=mutation{__typename}"])
async def test_head_is_answered_like_get(http, query):
    get, head = await http.get(f"/graphql?{query}"), await http.head(f"/graphql?{query}")

    assert head.status_code == get.status_code
    assert head.headers | {"x-request-id": ""} == get.headers | {"x-request-id": ""}


@pytest.mark.parametrize("host", ["[", "a b", "é", "a:b", "a:99999999", "@/?#", ""])
async def test_any_host_is_harmless(http, host):
    answer = await http.post("/graphql", content=HELLO, headers={**JSON, "Host": host.encode()})

    assert answer.json() == ANSWER


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_document_is_refused(http, name):
    accept = {"Accept": "application/graphql-response+json"}
    answer = await http.post("/graphql", json={"query": HOSTILE[name]()}, headers=accept)

    assert answer.status_code == 400
    codes = {error["extensions"]["code"] for error in answer.json()["errors"]}
    assert len(codes) == 1
    assert codes < {
        "QUERY_TOO_COMPLEX",
        "GRAPHQL_VALIDATION_FAILED",
        "OPERATION_RESOLUTION_FAILURE",
    }
    assert len(answer.content) < 20_000


def nested(opening, closing, levels):
    return opening * levels + b"{}" + closing * levels


@pytest.mark.parametrize(
    ("value", "limit", "allowed", "actual"),
    [
        (nested(b'{"not":', b"}", 500), "variable_levels", 50, 51),
        (nested(b'{"and":[', b"]}", 250), "variable_levels", 50, 51),
        (nested(b"[", b"]", 900), "variable_levels", 50, 51),
        (b'{"or":[' + b",".join([b"{}"] * 300_000) + b"]}", "variable_values", 2_500, 300_022),
        (
            b'{"kind":{"in":[' + b",".join([b"1"] * 20_000) + b"]}}", "variable_values", 2_500,
            20_033,
        ),
    ],
)  # fmt: skip
async def test_variables_that_would_take_long_to_check(http, value, limit, allowed, actual):
    query = b"query ($filter: ContentItemFilter) { contentItems(filter: $filter) { id } }"
    body = b'{"query":"' + query + b'","variables":{"filter":' + value + b"}}"

    answer = await http.post("/graphql", content=body, headers=JSON)

    assert answer.status_code == 400
    words = limit.removeprefix("variable_")
    assert answer.json() == refusal(
        f"`variables` holds {actual:,} {words}; {allowed:,} allowed",
        "QUERY_TOO_COMPLEX", limit=limit, allowed=allowed, actual=actual,
    )  # fmt: skip


async def test_variables_at_the_limit_are_fine(http):
    query = "query ($filter: ContentItemFilter) { contentItems(filter: $filter) { id } }"
    filter = orjson.loads(nested(b'{"not":', b"}", 47))

    answer = await http.post("/graphql", json={"query": query, "variables": {"filter": filter}})

    assert [error["message"] for error in answer.json()["errors"]] == [
        "A filter nests at most 10 levels"
    ]
