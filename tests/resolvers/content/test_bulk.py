"""The same for several items: all of them, or those with which it can be done."""

import asyncio

import pytest
from sqlalchemy import select

from app.models import ContentItem, ContentStatus
from app.permissions import GUEST
from tests import factories as make
from tests.resolvers.content.asking import AUTHOR, EDITOR, OTHER, mutation, state, told

RESULTS = """succeeded failed results {
  index id contentItem { title status } errors { field code path }
}"""
PUBLISH = mutation("publishContentItems", "BulkTransitionInput", RESULTS)
ARCHIVE = mutation("archiveContentItems", "BulkTransitionInput", RESULTS)
DELETE = mutation("deleteContentItems", "BulkTransitionInput", RESULTS)
ONCE = """mutation ($input: BulkTransitionInput!) {
  publishContentItems(input: $input) @idempotent(key: "k") {
    replayed succeeded failed results { id contentItem { status } errors { code } }
  }
}"""


@pytest.fixture
async def items(db, people):
    """Three drafts; the second has no body."""
    made = [
        make.item(people[0], title=f"T{n}", body="" if n == 1 else "b", status=ContentStatus.DRAFT)
        for n in range(3)
    ]
    await make.add(db, *made)
    return made


async def test_several_items_are_put_away(data, db, items):
    ids = [item.id for item in reversed(items)]
    answer = await data(ARCHIVE, EDITOR, input={"ids": ids})

    assert answer["archiveContentItems"] == {
        "succeeded": 3, "failed": 0, "errors": [],
        "results": [
            {
                "index": index, "id": items[n].id, "errors": [],
                "contentItem": {"title": f"T{n}", "status": "ARCHIVED"},
            }
            for index, n in enumerate((2, 1, 0))
        ],
    }  # fmt: skip
    assert [type for type, _ in await told(db)] == ["content_item.archived"] * 3


async def test_one_that_fails_stops_all(data, db, items):
    before = await state(db)
    ids = [items[2].id, "cnt_none", items[1].id]
    answer = await data(PUBLISH, EDITOR, input={"ids": ids})

    assert answer["publishContentItems"] == {
        "succeeded": 0, "failed": 0, "results": [],
        "errors": [
            {"field": "ids.1", "code": "NOT_FOUND"}, {"field": "ids.2.body", "code": "REQUIRED"},
        ],
    }  # fmt: skip
    assert await state(db) == before


async def test_or_the_others_are_done(data, db, items):
    ids = [item.id for item in items]
    answer = await data(PUBLISH, EDITOR, input={"ids": ids, "errorPolicy": "REJECT_FAILED"})
    done = answer["publishContentItems"]

    assert (done["succeeded"], done["failed"], done["errors"]) == (2, 1, [])
    assert [one["contentItem"]["status"] for one in done["results"]] == [
        "PUBLISHED", "DRAFT", "PUBLISHED",
    ]  # fmt: skip
    assert done["results"][1]["errors"] == [{"field": "body", "code": "REQUIRED", "path": ["body"]}]
    assert [type for type, _ in await told(db)] == ["content_item.published"] * 2


async def test_what_somebody_may_not_do_with_some(data, db, items, people):
    public = make.item(people[0])
    others = make.item(people[1], status=ContentStatus.DRAFT)
    await make.add(db, public, others)
    ids = [items[0].id, public.id, others.id]
    answer = await data(DELETE, AUTHOR, input={"ids": ids, "errorPolicy": "REJECT_FAILED"})
    results = answer["deleteContentItems"]["results"]

    assert [[error["code"] for error in one["errors"]] for one in results] == [
        [], ["FORBIDDEN"], ["NOT_FOUND"],
    ]  # fmt: skip
    left = await db.fetch(select(ContentItem.id).where(ContentItem.deleted_at.is_(None)))
    assert items[0].id not in {row.id for row in left}
    assert {public.id, others.id} <= {row.id for row in left}


@pytest.mark.parametrize(
    ("ids", "errors"),
    [
        ([], [("ids", "REQUIRED")]),
        (["cnt_a"] * 101, [("ids", "LIMIT_EXCEEDED")]),
        (["cnt_a", "cnt_b", "cnt_a"], [("ids.2", "NOT_UNIQUE")]),
    ],
)
async def test_the_list_must_make_sense(data, db, ids, errors):
    answer = await data(DELETE, EDITOR, input={"ids": ids, "errorPolicy": "REJECT_FAILED"})
    assert [(e["field"], e["code"]) for e in answer["deleteContentItems"]["errors"]] == errors


@pytest.mark.parametrize(
    ("actor", "code"), [(GUEST, "UNAUTHENTICATED"), (OTHER, "INSUFFICIENT_PERMISSIONS")]
)
async def test_who_may_not_publish_is_refused(ask, db, items, actor, code):
    before = await state(db)
    body = await ask(PUBLISH, actor, input={"ids": [items[0].id]})

    assert [error["extensions"]["code"] for error in body["errors"]] == [code]
    assert await state(db) == before


async def test_it_is_replayed(data, db, items):
    input = {"ids": [item.id for item in items], "errorPolicy": "REJECT_FAILED"}
    first = (await data(ONCE, EDITOR, input=input))["publishContentItems"]
    again = (await data(ONCE, EDITOR, input=input))["publishContentItems"]

    assert (first.pop("replayed"), again.pop("replayed")) == (False, True)
    assert again == first
    assert first["results"][1]["errors"] == [{"code": "REQUIRED"}]


async def test_the_same_items_in_any_order_at_once(data, db, people):
    items = [make.item(people[0], body="b", status=ContentStatus.DRAFT) for _ in range(20)]
    await make.add(db, *items)
    ids = [item.id for item in items]
    rounds = [data(PUBLISH, EDITOR, input={"ids": ids[n:] + ids[:n]}) for n in range(0, 20, 2)]
    answers = await asyncio.gather(*rounds, data(PUBLISH, EDITOR, input={"ids": ids[::-1]}))

    assert [one["publishContentItems"]["succeeded"] for one in answers] == [20] * 11
    assert [type for type, _ in await told(db)] == ["content_item.published"] * 20
