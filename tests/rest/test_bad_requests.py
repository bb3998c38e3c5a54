"""Addresses that cannot be answered: the status, the envelope, and the parameter by its name."""

import pytest

from tests.rest.library import ADA, PUBLISHED

# It asks about the door, which is the same on both databases.
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)

ITEM = f"/content-items/{PUBLISHED}"
MANY = ",".join(["a"] * 101)

# The path, the parameter at fault (v1, v2), and a part of what is said.
UNKNOWN = [
    ("/users?x=1", "x", "There is no parameter `x` here"),
    ("/users?page[number]=1", "page[number]", "no parameter"),
    ("/users?Sort=username", "Sort", "no parameter"),
    ("/limits?x=1", "x", "known: "),
    ("/limits?page[size]=1", "page[size]", "no parameter"),
    ("/users/me?x", "x", "no parameter"),
    ("/sessions?sort=createdAt", "sort", "no parameter"),
    ("/users?%66oo=1", "foo", "`foo`"),
    ("/users?=1", "", "no parameter `` here"),
    ("/users?x=1&x=2", "x", "`x` is given twice"),
    ("/users?include=profile_image,&include=", "include", "given twice"),
]
V1 = [
    ("/users?sort=name", "sort", "Nothing is sorted by `name`, but by: created_at, username"),
    ("/users?sort=", "sort", "Nothing is sorted by ``"),
    ("/users?sort=-username", "sort", "`-username`"),
    ("/users?sort=username&order=DESC", "order", "`asc` or `desc`"),
    ("/users?order=asc", "order", "goes with `sort`"),
    ("/users?filter[role]=user", "filter[role]", "no parameter"),
    ("/users?role=king", "role", ""),
    ("/users?created_since=yesterday", "created_since", "date"),
    ("/users?created_since=2026-01-01T12:00:00", "created_since", "offset"),
    (f"/users?username={MANY}", "username", "at most 100 values"),
    ("/users?q=a%00b", "q", "U+0000"),
    ("/categories?topmost=yes", "topmost", ""),
    ("/media?kind=smell", "kind", ""),
    ("/search", "q", ""),
    ("/search?q=a&types=user,shoe", "types", ""),
    (f"{ITEM}?view_revision=one", "view_revision", ""),
    (f"{ITEM}?view_perspective=front", "view_perspective", ""),
    (f"{ITEM}?page=1", "page", "no parameter"),
    ("/users?after=x", "after", "cursor"),
    ("/users?before=x", "before", "cursor"),
]
V2 = [
    ("/users?sort=name", "sort", "Nothing is sorted by `name`, but by: createdAt, username"),
    ("/users?sort=", "sort", "Nothing is sorted by ``"),
    ("/users?sort=--username", "sort", "`-username`"),
    ("/users?sort=username,", "sort", "``"),
    ("/users?q=a", "q", "no parameter"),
    ("/users?page=1", "page", "no parameter"),
    ("/users?filter[role]=king", "filter[role]", ""),
    ("/users?filter[x]=1", "filter[x]", "no parameter"),
    ("/users?filter=x", "filter", "no parameter"),
    ("/users?filter[createdSince]=yesterday", "filter[createdSince]", "date"),
    (f"/users?filter[username]={MANY}", "filter[username]", "at most 100 values"),
    ("/users?filter[query]=a%00b", "filter[query]", "U+0000"),
    ("/categories?filter[topmost]=1", "filter[topmost]", ""),
    ("/search", "filter[query]", ""),
    (f"{ITEM}?viewRevision=one", "viewRevision", ""),
    (f"{ITEM}?viewPerspective=front", "viewPerspective", ""),
    ("/users?page[after]=x", "page[after]", "cursor"),
    ("/users?page[before]=x", "page[before]", "cursor"),
    ("/users?page[after]=x&page[before]=x", "page[before]", "not for both"),
    ("/search?filter[query]=a&page[before]=x", "page[before]", "no parameter"),
]


async def refused(api, path, parameter, said):
    answer = await api.get(path)
    assert answer.status_code == 400, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    (error,) = answer.json()["errors"]
    assert error["status"] == "400"
    assert error["code"] in ("invalid_parameter", "bad_user_input")
    assert error["source"] == {"parameter": parameter}, path
    assert said in error["detail"], path


async def test_parameters_there_are_not(v1, v2, library):
    for case in UNKNOWN:
        for api in (v1, v2):
            await refused(api, *case)


async def test_v1_names_the_parameter(v1, library):
    for case in V1:
        await refused(v1, *case)


async def test_v2_names_the_parameter(v2, library):
    for case in V2:
        await refused(v2, *case)


@pytest.mark.parametrize(
    "query", ["%FF=1", "sort=%FF", "sort=%C3%28", "&".join(f"p{n}" for n in range(101))]
)
async def test_queries_that_are_no_text_or_too_many(v1, v2, library, query):
    for api in (v1, v2):
        answer = await api.get(f"/users?{query}")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["code"] == "invalid_parameter"


@pytest.mark.parametrize("size", [10_000, 60_000])
async def test_long_queries_are_answered(v1, v2, library, size):
    text = "x" * size
    assert (await v1.get(f"/users?q={text}")).json()["data"] == []
    assert (await v2.get(f"/users?filter[query]={text}")).json()["data"] == []
    await refused(v2, f"/users?sort={text}", "sort", "Nothing is sorted by")


async def test_texts_mean_nothing_but_themselves(v1, v2, library):
    texts = ["'; DROP TABLE users; --", "%25", "_", "\\", '"', "🌳", "a*", "NEAR(", "\u202e", "+"]
    for path, name in (("/users", "q"), ("/search", "q"), ("/content-items", "title"),
                       ("/users", "username"), ("/media", "mime_type")):  # fmt: skip
        for text in texts:
            answer = await v1("GET", path, params={name: text})
            assert answer.status_code == 200, (path, text)
    assert len((await v2.get("/users")).json()["data"]) == 4


async def test_nothing_is_looked_up_for_what_is_refused(v1, library, statements):
    statements.clear()
    for path in ("/users?x=1", "/users?page=0", "/nothing", "/users?role=king"):
        assert (await v1.get(path)).status_code in (400, 404)
    assert statements == []


@pytest.mark.parametrize(("header", "value", "code"), [
    ("Authorization", "Bearer nonsense", "invalid_token"),
    ("Authorization", "Basic YTpi", "invalid_token"),
    ("X-API-Key", "nonsense", "invalid_token"),
])  # fmt: skip
async def test_who_proves_badly_is_no_guest(v1, v2, library, header, value, code):
    for api in (v1, v2):
        answer = await api.get(f"/users/{ADA}", {header: value})
        assert answer.status_code == 401
        assert answer.json()["errors"][0]["code"] == code
        assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="thinkalike"')


async def test_a_read_takes_no_notice_of_a_body(v2, library):
    answer = await v2("GET", f"/users/{ADA}", content=b"{", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 200


async def test_the_moment_that_is_told_to_be_right_is_right_as_it_stands(http):
    refused = await http.get("/api/v1/users?created_since=yesterday")
    told = refused.json()["errors"][0]["detail"].rpartition(" ")[2]

    assert (await http.get(f"/api/v1/users?created_since={told}")).status_code == 200
