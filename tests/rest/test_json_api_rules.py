"""The checker of JSON:API finds what is wrong, and nothing in what is right."""

import copy

import pytest

from tests.rest.json_api import violations

USER = {"type": "users", "id": "1", "attributes": {"userName": "ada"}, "links": {"self": "/u/1"}}
ITEM = {
    "type": "content-items",
    "id": "2",
    "attributes": {"title": "One"},
    "relationships": {
        "author": {
            "data": {"type": "users", "id": "1"},
            "links": {"self": "/i/2/relationships/author", "related": "/i/2/author"},
        },
        "category": {"data": None},
        "tags": {"links": {"related": {"href": "/i/2/tags", "meta": {"count": 3}}}},
    },
}
DOCUMENT = {
    "jsonapi": {"version": "1.1"},
    "data": [ITEM],
    "included": [USER],
    "links": {"self": "/i", "first": "/i", "prev": None, "next": "/i?page[after]=x"},
    "meta": {"total": 1},
}
ERROR = {"status": "422", "code": "invalid", "source": {"pointer": "/data/attributes/title"}}
ERRORS = {"jsonapi": {"version": "1.1"}, "errors": [ERROR]}
IDENTIFIERS = {"data": [{"type": "tags", "id": "1"}], "links": {"self": "/a", "related": "/b"}}


def changed(document, path, value):
    document = copy.deepcopy(document)
    *way, last = path
    place = document
    for step in way:
        place = place[step]
    place[last] = value
    return document


@pytest.mark.parametrize(
    "document", [DOCUMENT, ERRORS, IDENTIFIERS, {"data": None}, {"data": []}, {"meta": {}}]
)
def test_what_is_right_passes(document):
    assert violations(document) == []


@pytest.mark.parametrize(
    ("document", "path", "value", "expected"),
    [
        (DOCUMENT, ["errors"], [ERROR], "both data and errors"),
        (DOCUMENT, ["pages"], 1, "/pages is not of the standard"),
        (DOCUMENT, ["links", "last"], 3, "/links/last is no link"),
        (DOCUMENT, ["links", "more"], "/x", "/links/more is not of the standard"),
        (DOCUMENT, ["meta"], [], "/meta is no object"),
        (DOCUMENT, ["jsonapi", "version"], "1.0", "/jsonapi/version is 1.0"),
        (DOCUMENT, ["data", 0, "id"], 2, "/data/0/id is 2"),
        (DOCUMENT, ["data", 0, "type"], "a/b", "/data/0/type is not a member name: a/b"),
        (DOCUMENT, ["data", 0, "title"], "", "/data/0/title is not of the standard"),
        (DOCUMENT, ["data", 0, "attributes", "id"], "2", "/data/0 has a field id"),
        (DOCUMENT, ["data", 0, "attributes", "tags"], [], "/data/0 has two fields tags"),
        (DOCUMENT, ["data", 0, "attributes", "a.b"], 1, "/data/0/attributes has a bad name: 'a.b'"),
        (
            DOCUMENT, ["data", 0, "relationships", "tags"], {},
            "/data/0/relationships/tags has neither links nor data nor meta",
        ),
        (
            DOCUMENT, ["data", 0, "relationships", "tags", "links"], {},
            "/data/0/relationships/tags/links has neither self nor related",
        ),
        (
            DOCUMENT, ["data", 0, "relationships", "author", "data"], None,
            "('users', '1') is included, but nothing refers to it",
        ),
        (DOCUMENT, ["included"], [USER, USER], "('users', '1') comes 2 times"),
        (ERRORS, ["errors"], [], "errors is no list with something in it"),
        (ERRORS, ["errors", 0, "status"], 422, "/errors/0/status is no string"),
        (ERRORS, ["errors", 0, "status"], "200", "/errors/0/status is 200"),
        (ERRORS, ["errors", 0, "source", "pointer"], "title", "/errors/0/source/pointer is title"),
        (ERRORS, ["errors", 0, "number"], 1, "/errors/0/number is not of the standard"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(document, path, value, expected):
    assert expected in violations(changed(document, path, value))
