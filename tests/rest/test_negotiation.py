"""Media types, methods, versions and addresses: RFC 9110, JSON:API 1.1 section 5, RFC 9457."""

import pytest

from tests.rest.library import ADA, PUBLISHED

# It asks about the door, which is the same on both databases.
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)

JSON = "application/json"
JSON_API = "application/vnd.api+json"
PROBLEM = "application/problem+json"


# What is sent, and whether v1 and v2 take it.
ACCEPTED = [
    (None, True, True),
    ("", True, True),
    ("*/*", True, True),
    ("application/*", True, True),
    ("text/html, */*;q=0.1", True, True),
    (JSON, True, False),
    (f"{JSON};charset=utf-8", True, False),
    (JSON.upper(), True, False),
    (JSON_API, False, True),
    (f'{JSON_API};profile="https://example.org/p"', False, True),
    (f'{JSON_API};ext="https://example.org/e"', False, False),
    (f"{JSON_API};charset=utf-8", False, False),
    (f"{JSON_API};charset=utf-8, {JSON_API}", False, True),
    (f'{JSON_API};ext="https://e.org/a,b", {JSON_API};q=0.1', False, True),
    (f'{JSON_API};ext="https://example.org/e", */*', True, False),
    (f"{JSON};q=0, */*", False, True),
    (f"{JSON_API};q=0, */*", True, False),
    ("application/*;q=0, */*", False, False),
    ("*/*;q=0", False, False),
    (f"{JSON};q=0.000", False, False),
    (f"{JSON};q=x", False, False),
    ("text/html", False, False),
    ("junk", False, False),
    (PROBLEM, True, True),  # which only errors come in
]


async def test_what_is_accepted(v1, v2, db):
    for accept, *taken in ACCEPTED:
        headers = {} if accept is None else {"Accept": accept}
        for api, type, takes in zip((v1, v2), (JSON, JSON_API), taken, strict=True):
            del api.http.headers["Accept"]
            answer = await api.get("/tags", **headers)
            api.http.headers["Accept"] = "*/*"
            assert answer.status_code == (200 if takes else 406), (api.prefix, accept)
            assert answer.headers["Content-Type"] == type
            assert "Accept" in answer.headers["Vary"]
            if not takes:
                (error,) = answer.json()["errors"]
                assert (error["code"], error["source"]) == ("not_acceptable", {"header": "Accept"})
                assert type in error["detail"]


async def test_several_fields_are_one_list(v2, db):
    fields = [("Accept", "text/html"), ("Accept", JSON_API)]
    answer = await v2.http.get("/api/v2/tags", headers=fields)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("accept", "type"),
    [
        (PROBLEM, PROBLEM),
        (f"{PROBLEM}, */*", PROBLEM),
        (f"{PROBLEM}, {JSON};q=0.5", PROBLEM),
        (f"{PROBLEM};q=0.5, {JSON}", JSON),
        (f"{PROBLEM};q=0, {JSON}", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
    ],
)
async def test_errors_are_problems_for_who_prefers_them(v1, db, accept, type):
    answer = await v1.get(f"/users/{ADA}", Accept=accept)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == type


async def test_a_problem_is_as_its_standard_says(v1, v2, db):
    for api in (v1, v2):
        answer = await api.get("/users?sort=x", Accept=PROBLEM)
        problem = answer.json()
        (error,) = problem.pop("errors")
        assert problem == {
            "type": "about:blank",
            "title": "Bad Request",
            "status": 400,
            "detail": error["detail"],
            "instance": f"{api.prefix}/users",
            "code": "invalid_parameter",
        }
        assert error["source"] == {"parameter": "sort"}
        assert answer.headers["Cache-Control"] == "no-store"


async def test_an_error_tells_the_request_that_it_is_of(v1, v2, db):
    for api, name in ((v1, "request_id"), (v2, "requestId")):
        answer = await api.get(f"/users/{ADA}", X_Request_ID="my-own-id")
        assert answer.headers["X-Request-ID"] == "my-own-id"
        assert answer.json() == {
            "errors": [
                {
                    "status": "404",
                    "code": "not_found",
                    "title": "Not Found",
                    "detail": "There is no such thing, or none that you may see",
                    "meta": {"number": 3001, name: "my-own-id"},
                }
            ]
        }


@pytest.mark.parametrize(
    "path",
    ["/limits", f"/users/{ADA}", f"/content-items/{PUBLISHED}", "/users", "/nothing", "/users/me"],
)
async def test_head_is_get_without_a_body(v1, v2, library, path):
    for api in (v1, v2):
        same = {"X-Request-ID": "the-same"}
        shown, head = await api.get(path, same), await api("HEAD", path, same)
        assert head.content == b""
        assert head.status_code == shown.status_code
        assert head.headers == shown.headers


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/users", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("/users/me", {"GET", "HEAD", "OPTIONS"}),
        (f"/users/{ADA}", {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}),
        (f"/content-items/{PUBLISHED}/publish", {"POST", "OPTIONS"}),
        (
            f"/content-items/{PUBLISHED}/relationships/tags",
            {"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"},
        ),
        ("/limits", {"GET", "HEAD", "OPTIONS"}),
    ],
)
async def test_every_other_method_is_not_allowed(v1, v2, db, path, allowed):
    every = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"}
    for api in (v1, v2):
        answer = await api("OPTIONS", path)
        assert (answer.status_code, answer.content) == (204, b"")
        assert set(answer.headers["Allow"].split(", ")) == allowed
        for method in sorted(every - allowed):
            answer = await api(method, path)
            assert answer.status_code == 405
            assert set(answer.headers["Allow"].split(", ")) == allowed
            if method != "HEAD":
                assert answer.json()["errors"][0]["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", f"/content-items/{PUBLISHED}/relationships/revisions", {"GET"}),
        ("POST", f"/content-items/{PUBLISHED}/relationships/author", {"GET", "PATCH"}),
        ("DELETE", f"/users/{ADA}/relationships/preferences", {"GET"}),
    ],
)
async def test_v2_forbids_to_change_a_relationship_in_a_way_that_nobody_may(
    v1, v2, library, method, path, allowed
):
    """JSON:API 1.1, updating relationships: 403 for what is not supported."""
    for api, expected in ((v1, (405, "method_not_allowed")), (v2, (403, "forbidden"))):
        answer = await api(method, path, library["ada"])
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == expected
        assert set(answer.headers["Allow"].split(", ")) == allowed | {"HEAD", "OPTIONS"}
    assert (await v2("PUT", path, library["ada"])).status_code == 405


@pytest.mark.parametrize(
    "path", ["/api/v3/users", "/api/v0", "/api/", "/api/V1/users", "/api/v1.0/tags"]
)
async def test_there_is_no_such_version(http, db, path):
    answer = await http.get(path)
    assert answer.status_code == 404
    (error,) = answer.json()["errors"]
    assert error["detail"] == "There is no such version; there are: /api/v1, /api/v2"


NOWHERE = [
    "", "/", "/nothing", "/users/", "//users", f"/users//{ADA}", f"/users/{ADA}/", "/Users",
    f"/users/{ADA}/nothing", f"/users/{ADA}/relationships/nothing", "/users%2Fme",
    f"/users/{ADA}%2fpreferences", "/users" + "/x" * 5_000, "/users/../tags/",
]  # fmt: skip


async def test_nothing_is_at_this_address(v1, v2, library):
    for path in NOWHERE:
        for api in (v1, v2):
            for method in ("GET", "OPTIONS", "POST"):
                answer = await api(method, path)
                assert answer.status_code == 404, path
                assert answer.json()["errors"][0]["detail"].startswith("Nothing is at this address")


IDS = [
    "x", "me%00", "%00", "%FF", "%F0%9F%8C%B3", "x" * 10_000, PUBLISHED, ADA.upper(), ADA + "x",
    "1", "null", "..%20", "%25", "'", "*",
]  # fmt: skip


async def test_ids_of_nothing(v1, v2, library):
    for id in IDS:
        for api in (v1, v2):
            for path in (f"/users/{id}", f"/users/{id}/media", f"/users/{id}/relationships/media"):
                answer = await api.get(path)
                assert (answer.status_code, answer.json()["errors"][0]["code"]) == (
                    404,
                    "not_found",
                )


NUMBERS = ["x", "0", "-1", "1.0", "99", "3000000000", "99999999999999", "٣"]


async def test_numbers_of_nothing(v2, library):
    for number in NUMBERS:
        answer = await v2.get(f"/content-items/{PUBLISHED}/revisions/{number}", library["ada"])
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "not_found")
