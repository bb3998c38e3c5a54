"""Media: what is said about them, deleting, and who may."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import Table, select, update

from app.models import ContentItem, ContentStatus, Job, Media, OutboxEvent, SearchDocument, User
from app.operations.erase import Remains, erase
from app.operations.work import Work
from app.permissions import GUEST, Actor, Role
from app.worker import do_jobs
from tests import factories as make
from tests.resolvers.media.conftest import Stubborn, count, events, jobs, kept_in

NOBODY = "med_00000000000000000000000000"

UPDATE = """
mutation ($input: UpdateMediaInput!) {
  updateMedia(input: $input) {
    media { fileName title altText caption version }
    conflict { expected actual }
    errors { field code }
  }
}
"""
DELETE = """
mutation ($input: DeleteMediaInput!) {
  deleteMedia(input: $input) {
    deletedId conflict { expected actual } errors { field code message }
  }
}
"""
WRITE_DRAFT = """
mutation ($input: UpdateContentItemInput!) { updateContentItem(input: $input) { errors { code } } }
"""
PUBLISH = """
mutation ($input: TransitionInput!) {
  publishContentItem(input: $input) { contentItem { featuredImage { id } } errors { code } }
}
"""
ABILITIES = "query ($id: ID!) { media(id: $id) { viewerCan { update delete } } }"


async def test_what_is_said_is_changed(data, db, ann, mine):
    words = {"altText": "A black cat", "caption": "Seen at night", "title": None}
    changes = {"id": mine, "ifVersion": 1, "fileName": " a/b\\Kater.png ", **words}
    made = (await data(UPDATE, ann, input=changes))["updateMedia"]
    same = (await data(UPDATE, ann, input={"id": mine, "title": " "}))["updateMedia"]

    assert made["media"] == {**words, "fileName": "Kater.png", "version": 2}
    assert (made["errors"], same["media"]) == ([], made["media"])
    changed = ["alt_text", "caption", "file_name", "title"]
    assert (await events(db))[1:] == [("media.updated", ann.user_id, changed, {})]
    found = await data('{ search(query: "kater") { edges { node { ... on Image { id } } } } }')
    assert found["search"]["edges"] == [{"node": {"id": mine}}]


async def test_editors_change_anybodys(data, eve, mine):
    made = await data(UPDATE, eve, input={"id": mine, "title": "Edited"})

    assert made["updateMedia"]["media"]["title"] == "Edited"


@pytest.mark.parametrize("document", [UPDATE, DELETE])
async def test_what_is_somebody_elses_stays(ask, db, settings, people, mine, document):
    input = {"id": mine, **({"title": "New"} if document is UPDATE else {})}
    answer = await ask(document, people["ben"], input=input)
    gone = await ask(document, people["ben"], input={**input, "id": NOBODY})
    odd = await ask(document, people["eve"], input={**input, "id": "med_x"})
    force = await ask(DELETE, people["eve"], input={"id": "med_x", "force": True})

    assert answer["errors"][0]["extensions"]["code"] == "INSUFFICIENT_PERMISSIONS"
    for body in (gone, odd, force):
        ((error,),) = [payload["errors"] for payload in body["data"].values()]
        assert (error["field"], error["code"]) == ("id", "NOT_FOUND")
    rows = await db.fetch(select(Media.title, Media.version))
    assert [tuple(row) for row in rows] == [("Cat", 1)]
    assert len(kept_in(settings)) == await count(db, OutboxEvent) == 1


@pytest.mark.parametrize("document", [UPDATE, DELETE])
async def test_what_somebody_else_has_changed_stays(data, db, ann, mine, document):
    await data(UPDATE, ann, input={"id": mine, "title": "New"})
    (made,) = (await data(document, ann, input={"id": mine, "ifVersion": 1})).values()

    assert made["conflict"] == {"expected": 1, "actual": 2}
    assert [error["code"] for error in made["errors"]] == ["VERSION_CONFLICT"]
    assert [row.title for row in await db.fetch(select(Media.title))] == ["New"]


@pytest.mark.parametrize(
    ("changes", "problems"),
    [({"fileName": None}, [("fileName", "REQUIRED")]),
     ({"fileName": " "}, [("fileName", "REQUIRED")]),
     ({"fileName": "x" * 256, "title": "\x01"}, [("title", "INVALID"), ("fileName", "TOO_LONG")])],
)  # fmt: skip
async def test_changes_that_cannot_be(data, db, ann, mine, changes, problems):
    made = (await data(UPDATE, ann, input={"id": mine, **changes}))["updateMedia"]

    assert [(error["field"], error["code"]) for error in made["errors"]] == problems
    assert await count(db, OutboxEvent) == 1


async def test_a_media_item_and_its_file_are_deleted(data, db, resources, settings, ann, mine):
    (row,) = await db.fetch(select(Media.storage_key))
    made = (await data(DELETE, ann, input={"id": mine, "ifVersion": 1}))["deleteMedia"]

    assert made == {"deletedId": mine, "conflict": None, "errors": []}
    assert await count(db, Media) == 0
    assert kept_in(settings) == []
    assert await jobs(db) == [("media.remove_file", {"key": row.storage_key})]
    await do_jobs(resources, datetime.now(UTC))
    assert await jobs(db) == []
    unused = {"content_items": 0, "content_drafts": 0, "users": 0}
    assert (await events(db))[1:] == [("media.deleted", ann.user_id, [], unused)]
    assert mine not in [row[0] for row in await db.fetch(select(SearchDocument.subject_id))]


async def test_a_file_that_cannot_be_removed_yet(ask_with, db, resources, settings, ann, mine):
    answer = await ask_with(Stubborn(settings.media_dir), DELETE, ann, input={"id": mine})

    assert answer["data"]["deleteMedia"]["deletedId"] == mine
    assert len(kept_in(settings)) == 1
    await do_jobs(resources, datetime.now(UTC))
    assert kept_in(settings) == await jobs(db) == []


async def test_what_is_shown_is_deleted_by_force_only(ask, data, db, settings, people, mine):
    author = await _user(db, people["ann"])
    items = [make.item(author, featured_image_id=mine, slug=f"s{n}") for n in range(2)]
    trashed = make.item(author, featured_image_id=mine, deleted_at=make.NOON)
    await make.add(db, make.user(profile_image_id=mine), *items, trashed)

    refused = [
        (await data(DELETE, people[name], input={"id": mine}))["deleteMedia"]["errors"]
        for name in ("ann", "eve")
    ]
    forbidden = await ask(DELETE, people["ann"], input={"id": mine, "force": True})
    message = "Shown by 3 content items, 0 drafts beside such and 1 users: change them first"
    assert refused == [[{"field": "id", "code": "IN_USE", "message": message}]] * 2
    assert forbidden["errors"][0]["extensions"]["code"] == "INSUFFICIENT_PERMISSIONS"
    assert len(kept_in(settings)) == await count(db, Media) == await count(db, OutboxEvent) == 1

    made = await data(DELETE, people["eve"], input={"id": mine, "force": True})
    assert made["deleteMedia"]["deletedId"] == mine
    for column in (ContentItem.featured_image_id, User.profile_image_id):
        assert {row[0] for row in await db.fetch(select(column))} == {None}
    assert kept_in(settings) == []
    shown = {"content_items": 3, "content_drafts": 0, "users": 1}
    assert (await events(db))[1:] == [("media.deleted", people["eve"].user_id, [], shown)]


async def test_what_a_draft_is_going_to_show_is_used(data, db, people, mine):
    item = make.item(await _user(db, people["ann"]), body="b")
    await make.add(db, item)
    await data(WRITE_DRAFT, people["eve"], input={"id": item.id, "featuredImageId": mine})
    refused = await data(DELETE, people["ann"], input={"id": mine})
    assert refused["deleteMedia"]["errors"] == [{
        "field": "id", "code": "IN_USE", "message":
        "Shown by 0 content items, 1 drafts beside such and 0 users: change them first",
    }]  # fmt: skip

    made = await data(DELETE, people["eve"], input={"id": mine, "force": True})
    assert made["deleteMedia"]["deletedId"] == mine
    published = await data(PUBLISH, people["eve"], input={"id": item.id})
    assert published["publishContentItem"] == {"contentItem": {"featuredImage": None}, "errors": []}


async def test_whose_picture_goes_by_force_while_they_go(data, db, people):
    """Both take the person first, then the items, and so never wait for each other in a circle."""
    for _ in range(5):
        ann = make.user()
        image = make.image(uploaded_by_id=ann.id)
        items = [make.item(ann, featured_image_id=image.id) for _ in range(20)]
        await make.add(db, ann, image, *items)
        async with db.write() as session:
            await session.execute(
                update(User).where(User.id == ann.id).values(profile_image_id=image.id)
            )
        gone, erased = await asyncio.gather(
            data(DELETE, people["eve"], input={"id": image.id, "force": True}),
            erase_alone(db, ann.id),
        )
        assert [error["code"] for error in gone["deleteMedia"]["errors"]] in ([], ["NOT_FOUND"])
        assert erased is None


async def erase_alone(db, id):
    async with db.write() as session:
        work = Work(session, Actor(None, Role.ADMIN), "test", datetime.now(UTC))
        await erase(work, id, Remains.REMOVE, None, None)


async def _user(db, actor):
    table: Table = User.__table__
    return (await db.fetch(select(table).where(table.c.id == actor.user_id)))[0]


async def test_what_is_elsewhere_stays_there(data, db, ann):
    image = make.image(uploaded_by_id=ann.user_id)
    await make.add(db, image)
    made = await data(DELETE, ann, input={"id": image.id})

    assert made["deleteMedia"]["deletedId"] == image.id
    assert [await count(db, model) for model in (Media, Job)] == [0, 0]


async def test_who_can_do_what(data, people, mine):
    answers = {
        name: (await data(ABILITIES, actor, id=mine))["media"]["viewerCan"]
        for name, actor in {**people, "guest": GUEST}.items()
    }

    may = {name: answer["update"] and answer["delete"] for name, answer in answers.items()}
    assert may == {"ann": True, "ben": False, "eve": True, "guest": False}


WRITE = """
mutation ($create: CreateContentItemInput!, $update: UpdateContentItemInput!) {
  createContentItem(input: $create) { errors { code } }
  updateContentItem(input: $update) { errors { code } }
}
"""


async def test_whoever_writes_what_shows_it_meanwhile_is_not_hindered(data, db, people, mine):
    author, eve = await _user(db, people["ann"]), people["eve"]
    draft = ContentStatus.DRAFT
    items = [make.item(author, featured_image_id=mine, status=draft) for _ in range(9)]
    await make.add(db, *items)
    written = [
        data(
            WRITE,
            eve,
            create={"title": f"New {item.slug}", "featuredImageId": mine},
            update={"id": item.id, "title": f"Changed {item.slug}"},
        )
        for item in items
    ]
    answers = await asyncio.gather(
        *written[:4], data(DELETE, eve, input={"id": mine, "force": True}), *written[4:]
    )

    assert answers[4]["deleteMedia"]["deletedId"] == mine
    told = {
        error["code"] for answer in answers for one in answer.values() for error in one["errors"]
    }
    assert told <= {"NOT_FOUND", "INVALID_STATE"}  # of those who came too late
    rows = await db.fetch(select(ContentItem.title, ContentItem.featured_image_id))
    assert {row.featured_image_id for row in rows} == {None}
    assert len([row for row in rows if row.title.startswith("Changed")]) == 9
