import asyncio

import pytest
from sqlalchemy import select

from app.models import ContentItem, ContentStatus, Revision
from app.permissions import GUEST
from tests import factories as make
from tests.resolvers.content.asking import (
    ADA,
    AUTHOR,
    BOB,
    CREATE,
    DUPLICATE,
    EDITOR,
    OTHER,
    UPDATE,
    VISIBLE,
    state,
    told,
)


async def test_an_author_writes_a_draft(data, db, people):
    red, image, garden = make.tag("Red"), make.image(), make.category("Garden")
    await make.add(db, red, image, garden)
    made = await data(
        CREATE, AUTHOR,
        input={
            "title": " On roses ", "summary": "Thorns.", "body": {"value": "# Red"},
            "tagIds": [red.id], "categoryId": garden.id, "featuredImageId": image.id,
        },
    )  # fmt: skip

    item = made["createContentItem"]["contentItem"]
    id = item.pop("id")
    assert made["createContentItem"]["errors"] == []
    assert item == {
        "title": "On roses", "slug": "on-roses", "summary": "Thorns.", "status": "DRAFT",
        "version": 1, "kind": "article", "body": {"raw": "# Red", "format": "MARKDOWN"},
        "tags": [{"name": "Red"}], "category": {"name": "Garden"},
        "featuredImage": {"id": image.id},
        "author": {"username": "ada"}, "publishedAt": None, "firstPublishedAt": None,
        "scheduledPublishAt": None, "scheduledUnpublishAt": None, "hasUnpublishedChanges": False,
    }  # fmt: skip
    assert await told(db) == [("content_item.created", [])]
    revision = await db.fetch(select(Revision.number, Revision.created_by_id, Revision.snapshot))
    assert revision == [(1, ADA, {
        "title": "On roses", "slug": "on-roses", "summary": "Thorns.", "body": "# Red",
        "bodyFormat": "MARKDOWN", "categoryId": garden.id, "featuredImageId": image.id,
        "tagIds": [red.id],
    })]  # fmt: skip
    assert (await data(VISIBLE, GUEST, id=id)) == {"contentItem": None, "node": None}
    found = await data('{ search(query: "thorns") { totalCount } }', AUTHOR)
    assert found == {"search": {"totalCount": 1}}


async def test_an_editor_writes_for_somebody_and_publishes_at_once(data, db, people):
    made = await data(
        CREATE, EDITOR,
        input={"title": "Roses", "authorId": ADA, "publish": True, "body": {"value": "Red."}},
    )  # fmt: skip
    item = made["createContentItem"]["contentItem"]

    assert (item["status"], item["author"]) == ("PUBLISHED", {"username": "ada"})
    assert item["publishedAt"] == item["firstPublishedAt"] is not None
    assert (await data(VISIBLE, GUEST, id=item["id"]))["contentItem"]["title"] == "Roses"
    assert [type for type, _ in await told(db)] == [
        "content_item.created",
        "content_item.published",
    ]


async def test_all_that_is_wrong_is_told_at_once_and_nothing_is_stored(data, db, people):
    video = make.image(kind="VIDEO")
    await make.add(db, video)
    before = await state(db)
    made = await data(
        CREATE, EDITOR,
        input={
            "title": "a\0b", "kind": "Big", "slug": "Not A Slug", "summary": "s" * 2_001,
            "body": {"value": " "}, "categoryId": "cat_none", "featuredImageId": video.id,
            "tagIds": ["tag_none"], "authorId": "usr_none", "publish": True,
        },
    )  # fmt: skip

    assert {(one["field"], one["code"]) for one in made["createContentItem"]["errors"]} == {
        ("title", "INVALID"), ("kind", "INVALID"), ("slug", "INVALID"), ("summary", "TOO_LONG"),
        ("body", "REQUIRED"), ("categoryId", "NOT_FOUND"), ("featuredImageId", "INVALID"),
        ("tagIds.0", "NOT_FOUND"), ("authorId", "NOT_FOUND"),
    }  # fmt: skip
    assert await state(db) == before


@pytest.mark.parametrize(
    ("input", "field", "code"),
    [
        ({"title": ""}, "title", "REQUIRED"),
        ({"title": None}, "title", "REQUIRED"),
        ({"title": "t" * 301}, "title", "TOO_LONG"),
        ({"body": {"value": "b" * 100_001}}, "body", "TOO_LONG"),
        ({"body": {"value": "a\u0000"}}, "body", "INVALID"),
        ({"slug": "tulips"}, "slug", "NOT_UNIQUE"),
        ({"message": "m" * 501}, "message", "TOO_LONG"),
        ({"tagIds": ["tag_none"] * 51}, "tagIds", "LIMIT_EXCEEDED"),
        ({"addTagIds": ["tag_none"]}, "addTagIds.0", "NOT_FOUND"),
        ({"tagIds": [], "addTagIds": []}, "tagIds", "INVALID"),
    ],
)
async def test_what_cannot_be_changed_is_refused(data, db, draft, published, input, field, code):
    before = await state(db)
    answer = await data(UPDATE, AUTHOR, input={"id": draft.id, **input})

    assert answer["updateContentItem"]["errors"] == [{"field": field, "code": code}]
    assert await state(db) == before


async def test_what_is_left_out_stays_and_null_empties(data, db, draft):
    first, second = make.tag("First"), make.tag("Second")
    await make.add(db, first, second)
    change = {"id": draft.id, "summary": "S", "tagIds": [second.id, first.id]}
    await data(UPDATE, AUTHOR, input=change)
    then = await data(
        UPDATE, AUTHOR, input={"id": draft.id, "title": "New", "removeTagIds": [second.id]}
    )
    item = then["updateContentItem"]["contentItem"]
    emptied = await data(
        UPDATE, AUTHOR, input={"id": draft.id, "summary": None, "body": None, "slug": None}
    )
    last = emptied["updateContentItem"]["contentItem"]

    assert (item["title"], item["summary"], item["slug"]) == ("New", "S", "roses")
    assert (item["tags"], item["version"]) == ([{"name": "First"}], 3)
    assert (last["summary"], last["body"]["raw"], last["slug"]) == (None, "", "new")
    assert await told(db) == [
        ("content_item.updated", ["summary", "tag_ids"]),
        ("content_item.updated", ["tag_ids", "title"]),
        ("content_item.updated", ["body", "slug", "summary"]),
    ]


async def test_changing_nothing_changes_nothing(data, db, draft):
    before = await state(db)
    same = await data(UPDATE, AUTHOR, input={"id": draft.id, "title": "Roses", "ifVersion": 1})

    assert same["updateContentItem"]["errors"] == []
    assert await state(db) == before


async def test_an_old_version_is_a_conflict(data, db, draft):
    before = await state(db)
    answer = await data(UPDATE, AUTHOR, input={"id": draft.id, "title": "New", "ifVersion": 7})

    assert answer["updateContentItem"]["conflict"] == {"expected": 7, "actual": 1}
    assert answer["updateContentItem"]["errors"] == [
        {"field": "ifVersion", "code": "VERSION_CONFLICT"}
    ]
    assert await state(db) == before


@pytest.mark.parametrize("status", [ContentStatus.DRAFT, ContentStatus.PUBLISHED])
async def test_of_fifty_updates_of_one_version_one_wins(data, db, people, status):
    item = make.item(people[0], title="Start", status=status)
    await make.add(db, item)
    for version in (1, 2):
        changes = [
            {"id": item.id, "title": f"{version}-{n}", "ifVersion": version} for n in range(50)
        ]
        answers = await asyncio.gather(*(data(UPDATE, AUTHOR, input=change) for change in changes))
        done = [answer["updateContentItem"] for answer in answers]
        won = [one["contentItem"] for one in done if not one["errors"]]

        assert [one["version"] for one in won] == [version + 1]
        conflicts = [one["conflict"] for one in done if one["errors"]]
        assert conflicts == [{"expected": version, "actual": version + 1}] * 49
    titles = await db.fetch(select(Revision.snapshot).order_by(Revision.number))
    assert [row.snapshot["title"][:2] for row in titles] == ["St", "1-", "2-"]


async def test_updates_that_read_again_are_not_lost(data, db, draft):
    async def add(n):
        version = 1
        while True:
            change = {"id": draft.id, "summary": f"{n}", "ifVersion": version}
            answer = (await data(UPDATE, AUTHOR, input=change))["updateContentItem"]
            if not answer["errors"]:
                return
            version = answer["conflict"]["actual"]

    await asyncio.gather(*(add(n) for n in range(20)))

    rows = await db.fetch(select(Revision.snapshot).where(Revision.number > 1))
    assert sorted(int(row.snapshot["summary"]) for row in rows) == list(range(20))
    assert await db.fetch(select(ContentItem.version)) == [(21,)]


async def test_a_copy_is_a_draft_of_whoever_makes_it(data, db, published):
    made = await data(DUPLICATE, OTHER, input={"id": published.id})
    copy = made["duplicateContentItem"]["contentItem"]
    second = await data(DUPLICATE, OTHER, input={"id": published.id})

    assert (copy["title"], copy["slug"], copy["status"]) == (
        "Copy of Tulips",
        "copy-of-tulips",
        "DRAFT",
    )
    assert (copy["author"], copy["body"]["raw"]) == ({"username": "bob"}, "Yellow.")
    assert second["duplicateContentItem"]["contentItem"]["slug"] == "copy-of-tulips-2"


async def test_an_editor_makes_an_item_somebody_elses(data, db, people, published):
    await data(UPDATE, AUTHOR, input={"id": published.id, "title": "Later"})
    answer = await data(UPDATE, EDITOR, input={"id": published.id, "authorId": BOB, "ifVersion": 2})
    same = await data(UPDATE, OTHER, input={"id": published.id, "authorId": BOB})
    item = answer["updateContentItem"]["contentItem"]
    seen = await data(VISIBLE, GUEST, id=published.id)

    assert (item["title"], item["version"], item["author"]) == ("Later", 3, {"username": "bob"})
    assert same["updateContentItem"] == answer["updateContentItem"]
    assert seen["contentItem"] == {"title": "Tulips", "status": "PUBLISHED", "version": 3}
    assert (await told(db))[1:] == [("content_item.updated", ["author_id"])]


async def test_nobody_gives_an_item_away_who_may_not(ask, data, db, draft):
    before = await state(db)
    refused = await ask(UPDATE, AUTHOR, input={"id": draft.id, "authorId": BOB})
    told = [
        (await data(UPDATE, EDITOR, input={"id": draft.id, "authorId": id}))["updateContentItem"]
        for id in ("usr_none", None)
    ]

    assert [one["extensions"]["code"] for one in refused["errors"]] == ["INSUFFICIENT_PERMISSIONS"]
    assert [answer["errors"] for answer in told] == [
        [{"field": "authorId", "code": "NOT_FOUND"}],
        [{"field": "authorId", "code": "REQUIRED"}],
    ]
    assert await state(db) == before
