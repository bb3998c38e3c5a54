"""What is changed of a published item: written beside it, seen by its writers, published later."""

import pytest
from sqlalchemy import select, text

from app.models import ContentDraft, ContentItem, Revision
from app.permissions import GUEST
from tests import factories as make
from tests.resolvers.content.asking import (
    ARCHIVE,
    AUTHOR,
    DELETE,
    DISCARD,
    EDITOR,
    OTHER,
    PUBLISH,
    RESTORE,
    UNPUBLISH,
    UPDATE,
    state,
    told,
)

EVERYTHING = """
  title slug summary version updatedAt body { raw html } tags { name } category { name }
  featuredImage { id } hasUnpublishedChanges
"""
PUBLISHED = f"query ($id: ID!) {{ contentItem(id: $id) {{ {EVERYTHING} }} }}"
DRAFT = f"""query ($id: ID!) {{
  contentItem(id: $id, view: {{ perspective: DRAFT }}) {{ {EVERYTHING} }}
}}"""
BY_SLUG = """query ($slug: String!) {
  contentItemBy(where: { slug: { slug: $slug } }, view: { perspective: DRAFT }) { title }
}"""


@pytest.fixture
async def edited(data, db, published):
    """A published item of which everything was changed since."""
    tag, category, image = make.tag("New tag"), make.category("New place"), make.image()
    await make.add(db, tag, category, image)
    change = {
        "title": "Tulips anew", "slug": "tulips-anew", "summary": "Secretly.",
        "body": {"value": "Clandestine."}, "tagIds": [tag.id], "categoryId": category.id,
        "featuredImageId": image.id,
    }  # fmt: skip
    await data(UPDATE, AUTHOR, input={"id": published.id, **change})
    return published


async def test_readers_see_nothing_of_a_draft(data, db, published):
    before = {actor: await data(PUBLISHED, actor, id=published.id) for actor in (GUEST, OTHER)}
    tag = make.tag("Tulip")
    await make.add(db, tag)
    answer = await data(
        UPDATE, AUTHOR,
        input={
            "id": published.id, "title": "Clandestine", "slug": "hidden", "tagIds": [tag.id],
            "body": {"value": "Clandestine."}, "ifVersion": 1,
        },
    )  # fmt: skip
    shown = answer["updateContentItem"]["contentItem"]

    assert (shown["title"], shown["version"], shown["status"]) == ("Clandestine", 2, "PUBLISHED")
    assert shown["hasUnpublishedChanges"] is True
    for actor, seen in before.items():
        assert await data(PUBLISHED, actor, id=published.id) == seen
        assert await data(DRAFT, actor, id=published.id) == {"contentItem": None}
        assert await data(BY_SLUG, actor, slug="hidden") == {"contentItemBy": None}
    leaks = """{
      search(query: "clandestine") { totalCount }
      contentItemsConnection(filter: { title: { contains: "Clandestine" } }) { totalCount }
      tags { nodes { usageCount } }
    }"""
    for actor in (GUEST, EDITOR):
        assert await data(leaks, actor) == {
            "search": {"totalCount": 0},
            "contentItemsConnection": {"totalCount": 0},
            "tags": {"nodes": [{"usageCount": 0}]},
        }


async def test_writers_see_both(data, db, edited):
    for actor in (AUTHOR, EDITOR):
        published = (await data(PUBLISHED, actor, id=edited.id))["contentItem"]
        draft = (await data(DRAFT, actor, id=edited.id))["contentItem"]
        image = draft.pop("featuredImage")["id"]
        del draft["updatedAt"]

        assert (published["title"], published["body"]["raw"]) == ("Tulips", "Yellow.")
        assert published["hasUnpublishedChanges"] is True
        assert image.startswith("med_")
        assert draft == {
            "title": "Tulips anew", "slug": "tulips-anew", "summary": "Secretly.", "version": 2,
            "body": {"raw": "Clandestine.", "html": "<p>Clandestine.</p>\n"},
            "tags": [{"name": "New tag"}], "category": {"name": "New place"},
            "hasUnpublishedChanges": True,
        }  # fmt: skip


async def test_the_version_goes_on_in_the_draft(data, db, edited):
    old = await data(UPDATE, AUTHOR, input={"id": edited.id, "title": "X", "ifVersion": 1})
    new = await data(UPDATE, AUTHOR, input={"id": edited.id, "title": "X", "ifVersion": 2})

    assert old["updateContentItem"]["conflict"] == {"expected": 1, "actual": 2}
    assert new["updateContentItem"]["contentItem"]["version"] == 3
    assert await db.fetch(select(ContentItem.version)) == [(1,)]


async def test_publishing_shows_the_draft(data, db, edited):
    draft = (await data(DRAFT, EDITOR, id=edited.id))["contentItem"]
    await data(PUBLISH, EDITOR, input={"id": edited.id, "ifVersion": 2})
    shown = (await data(PUBLISHED, GUEST, id=edited.id))["contentItem"]

    changed = {"version": 3, "updatedAt": shown["updatedAt"], "hasUnpublishedChanges": False}
    assert shown == draft | changed
    assert await db.fetch(select(ContentDraft.item_id)) == []
    stamped = select(Revision.number, Revision.published_at.is_not(None)).order_by(Revision.number)
    assert await db.fetch(stamped) == [(1, True), (2, True)]
    found = await data('{ search(query: "clandestine") { totalCount } }')
    assert found == {"search": {"totalCount": 1}}


async def test_discarding_leaves_what_readers_see(data, db, edited):
    seen = await data(PUBLISHED, GUEST, id=edited.id)
    answer = await data(DISCARD, AUTHOR, input={"id": edited.id, "ifVersion": 2})
    item = answer["discardDraft"]["contentItem"]
    before = await state(db)
    again = await data(DISCARD, AUTHOR, input={"id": edited.id})

    assert (item["title"], item["version"], item["hasUnpublishedChanges"]) == ("Tulips", 3, False)
    seen["contentItem"] |= {"version": 3, "updatedAt": None}
    now = await data(PUBLISHED, GUEST, id=edited.id)
    now["contentItem"]["updatedAt"] = None
    assert now == seen
    assert again["discardDraft"]["errors"] == [{"field": "id", "code": "INVALID_STATE"}]
    assert await state(db) == before


@pytest.mark.parametrize(("change", "status"), [(UNPUBLISH, "DRAFT"), (ARCHIVE, "ARCHIVED")])
async def test_what_is_taken_back_says_what_was_written_last(data, db, edited, change, status):
    (answer,) = (await data(change, EDITOR, input={"id": edited.id})).values()
    item = answer["contentItem"]

    assert (item["status"], item["title"], item["slug"]) == (status, "Tulips anew", "tulips-anew")
    assert (item["version"], item["hasUnpublishedChanges"]) == (3, False)
    assert await db.fetch(select(ContentDraft.item_id)) == []


async def test_a_slug_that_was_taken_meanwhile(data, db, edited, people):
    await make.add(db, make.item(people[0], slug="tulips-anew"))
    before = await state(db)
    refused = await data(PUBLISH, EDITOR, input={"id": edited.id})

    assert refused["publishContentItem"]["errors"] == [{"field": "slug", "code": "NOT_UNIQUE"}]
    assert await state(db) == before
    back = await data(UNPUBLISH, EDITOR, input={"id": edited.id})
    assert back["unpublishContentItem"]["contentItem"]["slug"] == "tulips-anew-2"


async def test_what_was_deleted_meanwhile_is_left_out(data, db, edited):
    async with db.write() as session:
        for table in ("tags", "categories", "media"):
            await session.execute(text(f"DELETE FROM {table}"))
    draft = (await data(DRAFT, AUTHOR, id=edited.id))["contentItem"]
    await data(PUBLISH, EDITOR, input={"id": edited.id})
    shown = (await data(PUBLISHED, GUEST, id=edited.id))["contentItem"]

    for item in (draft, shown):
        assert (item["tags"], item["category"], item["featuredImage"]) == ([], None, None)
    assert shown["title"] == "Tulips anew"


async def test_a_draft_survives_the_trash(data, db, edited):
    await data(DELETE, EDITOR, input={"id": edited.id, "ifVersion": 2})
    back = await data(RESTORE, EDITOR, input={"id": edited.id, "ifVersion": 3})
    item = back["restoreContentItem"]["contentItem"]

    assert (item["title"], item["version"], item["status"]) == ("Tulips anew", 4, "PUBLISHED")
    assert (await data(PUBLISHED, GUEST, id=edited.id))["contentItem"]["title"] == "Tulips"
    assert [type for type, _ in await told(db)] == [
        "content_item.updated", "content_item.deleted", "content_item.restored",
    ]  # fmt: skip
