"""Sizes, cursors and orders that a connection refuses."""

import base64

import pytest

from app.pagination import Cursors
from tests.resolvers.connections.asking import PLACES, query

FORWARD = "`offset` goes forward: with `first` and `after` only"
BAD_SIZES = [
    ({"first": 101}, "`first` is at most 100, but is 101", "first"),
    ({"first": -1}, "`first` must not be negative, but is -1", "first"),
    ({"last": 101}, "`last` is at most 100, but is 101", "last"),
    ({"last": -1}, "`last` must not be negative, but is -1", "last"),
    ({"first": 1, "last": 1}, "Ask for `first` or for `last`, not for both", "last"),
    ({"offset": -1}, "`offset` must not be negative, but is -1", "offset"),
    ({"offset": 10_001}, "`offset` is at most 10000, but is 10001", "offset"),
    ({"offset": 1, "last": 1}, FORWARD, "offset"),
    ({"offset": 1, "before": "x"}, FORWARD, "offset"),
]


@pytest.mark.parametrize("place", PLACES)
async def test_a_size_that_cannot_be_is_a_clear_error(ask, library, statements, place):
    id = {"id": library[place][0]} if library[place][0] else {}
    for arguments, message, argument in BAD_SIZES:
        answer = await ask(query(place), **arguments, **id)

        (error,) = answer["errors"]
        assert error["message"] == message
        assert error["extensions"] == {
            "code": "BAD_USER_INPUT",
            "number": 2001,
            "argument": argument,
        }
    assert not any("LIMIT" in statement or "count(" in statement for statement in statements)


FOREIGN = "This cursor is not from this list in this order; start again without it"


def forged(order, *values):
    return Cursors(b"another secret").encode(order, values)


async def test_a_cursor_of_another_list_or_order_is_a_clear_error(data, ask, library):
    answer = await data("""{
        users(first: 1) { pageInfo { endCursor } }
        byTitle: contentItemsConnection(first: 1, sort: [{field: TITLE}]) { pageInfo { endCursor } }
        newest: contentItemsConnection(first: 1) { pageInfo { endCursor } }
    }""")
    users, by_title, newest = (answer[name]["pageInfo"]["endCursor"] for name in answer)
    tampered = base64.urlsafe_b64encode(base64.urlsafe_b64decode(users + "==")[:-1] + b"0]")
    of_items = """query($after: Cursor, $sort: [ContentItemSort!]) {
        contentItemsConnection(after: $after, sort: $sort) { nodes { id } }
    }"""
    title, down = {"field": "TITLE"}, {"field": "TITLE", "direction": "DESC"}
    for cursor, sort in [
        (users, None), (by_title, None), (newest, [title]), (by_title, [down]),
        (by_title, [title, {"field": "CREATED_AT"}]), (tampered.decode(), None),
        (forged("content,created_at DESC,id DESC", 1, "x"), None),
        ("", None), ("x", None), ("é", None), ("\0", None), ("A" * 10_000, None), ("=", None),
    ]:  # fmt: skip
        body = await ask(of_items, after=cursor, sort=sort)
        assert [error["message"] for error in body["errors"]] == [FOREIGN], cursor
        assert body["errors"][0]["extensions"] == {
            "code": "BAD_USER_INPUT", "number": 2001, "argument": "after",
        }  # fmt: skip


async def test_one_bad_cursor_for_many_parents_is_told_once_each_and_logged_never(
    ask, library, caplog
):
    answer = await ask("""{
        users { nodes { contentItemsConnection(after: "x") { nodes { id } } } }
    }""")

    assert {error["message"] for error in answer["errors"]} == {FOREIGN}
    assert caplog.records == []


async def test_a_sort_has_three_different_keys_at_most(ask):
    of = "query($sort: [ContentItemSort!]) { contentItemsConnection(sort: $sort) { totalCount } }"
    fields = ["TITLE", "CREATED_AT", "UPDATED_AT", "PUBLISHED_AT"]
    for sort, message in (
        ([{"field": field} for field in fields], "`sort` has at most 3 keys, but 4 are given"),
        ([{"field": "TITLE"}, {"field": "TITLE", "direction": "DESC"}],
         "`sort` names the same field twice"),
    ):  # fmt: skip
        (error,) = (await ask(of, sort=sort))["errors"]
        assert error["message"] == message
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
