"""What is wrong with a body, told all at once: status, code, words and place of each problem."""

import pytest

from tests.resolvers.access_world import IDS
from tests.rest.writing import problems

# It asks about the door, which is the same on both databases.
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)

ITEM = f"/content-items/{IDS['published']}"


def item(version, attributes):
    if version == "v1":
        return attributes
    return {"data": {"type": "content-items", "attributes": attributes}}


@pytest.fixture
async def refused(as_, dump):
    """Send a body that must be refused, as an editor, and change nothing."""

    async def refused(content, method="POST", path="/content-items", by="editor", **options):
        before = await dump()
        answer = await as_(by).raw(method, path, content, **options)
        assert answer.is_client_error
        assert await dump() == before
        return answer

    return refused


async def test_the_envelope_is_that_of_the_guidelines(refused, api):
    answer = await refused(item(api.version, {"title": 3}), headers={"X-Request-ID": "mine"})

    id_name = "request_id" if api.version == "v1" else "requestId"
    pointer = "/title" if api.version == "v1" else "/data/attributes/title"
    assert answer.status_code == 400
    assert answer.headers["X-Request-ID"] == "mine"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == {
        "errors": [
            {
                "status": "400",
                "code": "validation_error",
                "title": "Validation Error",
                "detail": "This must be a string",
                "source": {"pointer": pointer},
                "meta": {"number": 2001, id_name: "mine"},
            }
        ]
    }


async def test_problem_details_on_request(refused, api):
    content = item(api.version, {"title": 3})

    answer = await refused(content, headers={"Accept": "application/problem+json"})

    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    errors = problem.pop("errors")
    assert problem == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "This must be a string",
        "instance": f"/api/{api.version}/content-items",
        "code": "validation_error",
    }
    assert errors[0]["source"] == {"pointer": api.pointer("title")}


WRONG = {
    "title": 3, "kind": [1], "slug": True, "publish": "yes",
    "body": {"value": 1, "format": "WORD"}, "summary": {},
}  # fmt: skip


async def test_all_types_that_are_wrong_are_told_in_plain_words(refused, api):
    answer = await refused(item(api.version, WRONG))

    told = {error["source"]["pointer"]: error["detail"] for error in answer.json()["errors"]}
    assert told == {
        api.pointer("title"): "This must be a string",
        api.pointer("kind"): "This must be a string",
        api.pointer("slug"): "This must be a string",
        api.pointer("summary"): "This must be a string",
        api.pointer("publish"): "This must be true or false",
        api.pointer("body", "value"): "This must be a string",
        api.pointer("body", "format"): "This must be one of: MARKDOWN, HTML, PLAIN",
    }


@pytest.mark.parametrize(
    ("attributes", "path", "detail"),
    [
        ({}, [], "`title` is needed here"),
        ({"title": None}, ["title"], "This is needed, and cannot be null"),
        ({"title": "x", "body": "text"}, ["body"], "This must be an object"),
        ({"title": "x", "body": {}}, ["body"], "`value` is needed here"),
        ({"title": "x", "body": {"html": ""}}, ["body", "html"],
         "There is no `html` here; known: value, format"),
    ],
)  # fmt: skip
async def test_what_is_missing_null_or_unknown(refused, api, attributes, path, detail):
    answer = await refused(item(api.version, attributes))

    whole = "" if api.version == "v1" else "/data/attributes"
    pointer = api.pointer(*path) if path else whole
    assert problems(answer) == [("400", "validation_error", pointer)]
    assert answer.json()["errors"][0]["detail"] == detail


async def test_no_words_of_graphql_reach_who_uses_rest(refused, as_, api):
    bodies = [{}, WRONG, {"title": None}, {"title": "x", "body": []}, {"title": [[]]}]
    answers = [await refused(item(api.version, one)) for one in bodies]

    text = "".join(answer.text for answer in answers)
    assert [word for word in ("Input", "non-null", "represent", "enum", "!") if word in text] == []


async def test_all_unknown_names_at_once(refused, api):
    answer = await refused(item(api.version, {"title": "x", "a/b": 1, "c~d": 2}))

    root = api.pointer("x").removesuffix("/x")
    assert problems(answer) == [
        ("400", "validation_error", f"{root}/a~1b"),
        ("400", "validation_error", f"{root}/c~0d"),
    ]


async def test_an_unknown_name_hides_nothing_else(refused, api):
    answer = await refused(item(api.version, {"x": 1, "body": {"html": ""}}))

    assert [place for *_, place in problems(answer)] == [
        api.pointer("x"),
        api.pointer("body", "html"),
    ]


@pytest.mark.parametrize("api", ["v1"], indirect=True)  # at v2 ids are relationships
async def test_each_id_that_is_none_is_pointed_at(refused, api):
    answer = await refused({"title": "x", "tag_ids": ["tag_x", 3, 4], "category_id": 5})

    assert [place for *_, place in problems(answer)] == ["/tag_ids/1", "/tag_ids/2", "/category_id"]


async def test_what_does_not_make_sense_is_told_at_once(refused, as_, api):
    answer = await as_("editor").send(
        "POST", "/content-items", title="", slug="A B", summary="x" * 2_001, publish=True,
        tagIds=["tag_x", IDS["tag"], "tag_y"], categoryId="cat_x",
    )  # fmt: skip

    missing = "422" if api.version == "v1" else "404"  # JSON:API wants it of relationships
    assert answer.status_code == (422 if api.version == "v1" else 400)
    assert sorted(problems(answer)) == sorted([
        ("422", "required", api.pointer("title")),
        ("422", "too_long", api.pointer("summary")),
        ("422", "invalid", api.pointer("slug")),
        ("422", "required", api.pointer("body")),
        (missing, "not_found", api.pointer("categoryId")),
        (missing, "not_found", api.pointer("tagIds", 0)),
        (missing, "not_found", api.pointer("tagIds", 2)),
    ])  # fmt: skip


async def test_errors_of_several_statuses_have_the_status_of_their_kind(as_, api, dump):
    before = await dump()

    answer = await as_("owner").send(
        "POST", "/api-keys", name="", scopes=["users:assign_role", "public:read", "nonsense"]
    )

    assert answer.status_code == 400
    assert sorted(problems(answer)) == [
        ("403", "forbidden", api.pointer("scopes", 0)),
        ("422", "invalid", api.pointer("scopes", 2)),
        ("422", "required", api.pointer("name")),
    ]
    assert await dump() == before


NOT_JSON = {
    "half an object": b"{",
    "NaN": b'{"title": NaN}',
    "a lone surrogate": b'{"title": "\\ud800"}',
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "bytes that are no UTF-8": b'{"title": "\xff"}',
    "a number without end": b'{"title": ' + b"9" * 5_000 + b"}",
    "100,000 levels": b"[" * 100_000,
    "two objects": b"{}{}",
}


@pytest.mark.parametrize("content", NOT_JSON.values(), ids=NOT_JSON)
async def test_what_is_no_json(refused, content):
    answer = await refused(content)

    assert problems(answer) == [("400", "bad_request", None)]
    assert answer.json()["errors"][0]["detail"].startswith("The body is not JSON: ")
    assert answer.json()["errors"][0]["meta"]["number"] == 2002


async def test_nothing_where_a_body_is_needed(refused):
    answer = await refused(b"")

    assert problems(answer) == [("400", "bad_request", None)]
    assert answer.json()["errors"][0]["detail"] == "A body is needed here"


@pytest.mark.parametrize("content", [b"[]", b"1", b'"{}"', b"null", b"true"])
async def test_what_is_no_object(refused, content):
    assert problems(await refused(content)) == [("400", "validation_error", "")]


async def test_many_levels_and_many_values(refused, api):
    deep = await refused(item(api.version, {"title": "x", "body": [[[[[]]]]]}))
    many = await refused(item(api.version, {"title": [1] * 3_000}))

    assert problems(deep) == [("400", "validation_error", api.pointer("body"))]
    assert problems(many) == [("400", "query_too_complex", None)]


async def test_not_more_than_a_hundred_problems(refused, as_):
    answer = await as_("editor").send("POST", "/content-items", title="x", tagIds=[None] * 500)

    assert len(answer.json()["errors"]) == 100


async def test_of_a_name_that_comes_twice_the_last_counts(as_, api):
    content = b'{"title": "first", "title": "last"}'
    if api.version == "v2":
        content = b'{"data": {"type": "content-items", "attributes": %s}}' % content

    answer = await as_("editor").raw("POST", "/content-items", content)

    assert answer.json()["data"]["attributes"]["title"] == "last"


@pytest.mark.parametrize("type", ["", "text/plain", "multipart/form-data; boundary=x", "a;b"])
async def test_bodies_of_other_types(refused, type):
    answer = await refused(b"{}", headers={"Content-Type": type})

    assert problems(answer) == [("415", "unsupported_media_type", "Content-Type")]


async def test_types_of_the_other_version_and_charsets(refused, as_, api):
    other = "application/vnd.api+json" if api.version == "v1" else "application/json"
    charset = {"v1": "application/json; charset=latin-1", "v2": 'application/vnd.api+json; ext="x"'}
    for type in (other, charset[api.version]):
        answer = await refused(b"{}", headers={"Content-Type": type})
        assert problems(answer) == [("415", "unsupported_media_type", "Content-Type")]


async def test_encoded_bodies(refused):
    answer = await refused(b"{}", headers={"Content-Encoding": "gzip"})

    assert problems(answer) == [("415", "unsupported_media_type", None)]
    assert answer.headers["Accept-Encoding"] == "identity"


async def test_large_bodies(refused, api):
    answer = await refused(item(api.version, {"title": "x" * 1_000_001}))

    assert problems(answer) == [("413", "body_too_large", None)]
    assert answer.json()["errors"][0]["detail"] == "The body is larger than 1000000 bytes"


async def test_a_body_where_none_is_taken(refused):
    for method, path in [("POST", f"{ITEM}/publish"), ("DELETE", ITEM)]:
        assert problems(await refused(b"{}", method, path)) == [("400", "bad_request", None)]


async def test_parameters_that_a_write_does_not_take(refused):
    answer = await refused(None, "DELETE", f"{ITEM}?force=true")

    assert problems(answer) == [("400", "invalid_parameter", "force")]


async def test_an_address_that_leads_nowhere(refused, as_):
    for id in ("x", "cnt_x", f"{IDS['published']}0", "a%00b", "%F0%9F%8D%8E"):
        answer = await as_("editor").send("PATCH", f"/content-items/{id}", title="New")
        assert problems(answer) == [("404", "not_found", None)]
