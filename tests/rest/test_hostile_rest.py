"""Requests that are made to cost much, and addresses that hold what no address should."""

import json

import pytest

from app.rest import inputs, media_types, plan
from tests.rest.library import DRAFT

TAGS = f"/content-items/{DRAFT}/relationships/tags"
TOO_MUCH = "A body holds at most 2,500 values in 50 levels"


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


@pytest.mark.parametrize(
    "body",
    [
        '{"data": [' + "0," * 400_000 + "0]}",
        json.dumps({"data": {str(number): 0 for number in range(2_500)}}),
        '{"title": ' + nested(1_000) + "}",
        nested(51),
    ],
    ids=["identifiers", "members", "deep", "a level too many"],
)
async def test_body_that_holds_too_much_is_refused_unread(v1, v2, library, body):
    for api, type in ((v1, "application/json"), (v2, "application/vnd.api+json")):
        for method, path in (("POST", TAGS), ("PATCH", f"/content-items/{DRAFT}")):
            answer = await api(
                method, path, library["ada"], content=body, headers={"Content-Type": type}
            )
            error = answer.json()["errors"][0]
            assert (answer.status_code, error["code"]) == (400, "query_too_complex")
            assert error["detail"] == TOO_MUCH


def test_body_may_hold_as_much_as_that():
    assert inputs.parsed(nested(50).encode()) != []
    assert len(inputs.parsed(json.dumps([0] * 2_499).encode())) == 2_499


@pytest.mark.parametrize("id", ["%0a", "a%0D%0aX-Evil:%201", "%E2%80%A8", "%00", "%ff"])
async def test_ids_of_odd_characters_are_unknown(v1, v2, id):
    for api in (v1, v2):
        answer = await api.get(f"/tags/{id}")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "not_found")
        assert "detail" in answer.json()["errors"][0]  # in the envelope of this door
        assert "x-evil" not in answer.headers


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", [""]),
        ("a", ["a"]),
        (",", ["", ""]),
        ("a, b", ["a", " b"]),
        ('a;x=",",b', ['a;x=","', "b"]),
        ('a,"b,c', ["a", '"b,c']),
    ],
)
def test_lists_are_split_outside_of_quotes(text, parts):
    assert media_types.split(text, ",") == parts


async def test_remembered_selections_are_bounded_for_all_routes_together(v2):
    plan._prepared.cache_clear()
    before = plan._prepared.cache_info()
    for name in ("name", "slug", "name,slug"):
        assert (await v2.get(f"/tags?fields[tags]={name}")).status_code == 200
    after = plan._prepared.cache_info()
    assert (before.currsize, after.currsize, after.maxsize) == (0, 3, 1_000)
