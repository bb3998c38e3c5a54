"""WordPress's own theme unit test data, where it is at hand."""

import pytest
from sqlalchemy import select

from app.db import Database
from app.models import Category, ContentItem, ContentStatus, Media, Tag, User, content_tags
from app.permissions import GUEST
from app.selects import CONTENT
from tests.app.imports.exports import REAL
from tests.app.imports.reading import rows, run, sizes

pytestmark = pytest.mark.skipif(not REAL.exists(), reason="the file is not at hand")

PASSWORD = "template-password-protected"


async def test_the_whole_file_twice(db: Database) -> None:
    report = await run(db, REAL)

    assert [(part, what, count) for part, what, count, _ in report.rows()] == [
        ("Imported", "Articles, published", 48),
        ("Imported", "Pages, published", 21),
        ("Imported", "Scheduled", 1),
        ("Imported", "Drafts", 2),
        ("Imported", "Authors", 2),
        ("Imported", "Categories", 67),
        ("Imported", "Tags", 110),
        ("Imported", "Media", 38),
        ("Imported", "Featured images linked", 5),
        ("Changed", "Password-protected", 1),
        ("Changed", "Titles changed", 1),
        ("Left out", "Menu items", 70),
        ("Left out", "Menus", 6),
        ("Left out", "Comments", 32),
        ("Left out", "Further categories of items", 111),
        ("Left out", "Uses of unknown categories and tags", 12),
        ("Left out", "Post formats", 13),
        ("Left out", "Custom fields", 3),
        ("Left out", "Places below another page", 13),
        ("Left out", "Sticky marks", 1),
    ]
    first = await sizes(db)
    assert first == {
        "users": 2, "categories": 67, "tags": 110, "media": 38, "content_items": 72,
        "search_documents": 222, "content_tags": 173,
    }  # fmt: skip

    again = await run(db, REAL)

    assert await sizes(db) == first
    assert again.rows()[3] == (
        "Left out", "Already there", 289, "imported before, and left as it is now"
    )  # fmt: skip


async def test_what_is_in_it(db: Database) -> None:
    await run(db, REAL)
    items, users = await rows(db, ContentItem), await rows(db, User, "username")
    categories, media = await rows(db, Category), await rows(db, Media, "external_url")

    assert sorted(users) == ["themedemos", "themereviewteam"]
    parents = {row["id"]: slug for slug, row in categories.items()}
    assert {
        slug: parents[row["parent_id"]] for slug, row in categories.items() if row["parent_id"]
    } == {
        "sub": "aciform", "child-1": "parent", "child-2": "child-1",
        "foo-a-foo-parent": "foo-parent", "grandchild-category": "child-category-03",
        **{f"child-category-0{n}": "parent-category" for n in range(1, 6)},
    }  # fmt: skip

    image = "https://wpthemetestdata.files.wordpress.com/2013/03/featured-image-horizontal.jpg"
    horizontal = items["template-featured-image-horizontal"]
    assert horizontal["featured_image_id"] == media[image]["id"]
    assert media[image]["alt_text"] == "Horizontal Featured Image"
    assert items["επίπεδο-2"]["kind"] == "page"
    assert items["template-sticky"]["author_id"] == users["themedemos"]["id"]

    tags = await db.fetch(
        select(Tag.slug)
        .join(content_tags, content_tags.c.tag_id == Tag.id)
        .where(content_tags.c.item_id == horizontal["id"])
        .order_by(content_tags.c.position)
    )
    assert [row.slug for row in tags] == [
        "codex",
        "edge-case",
        "featured-image",
        "image",
        "template",
    ]


async def test_guests_see_no_draft_and_nothing_with_a_password(db: Database) -> None:
    await run(db, REAL)
    visible = {row.slug for row in await db.fetch(CONTENT.visible(GUEST))}
    items = await rows(db, ContentItem)

    assert items.keys() - visible == {"scheduled", "draft", PASSWORD}
    assert items[PASSWORD]["status"] is ContentStatus.DRAFT
    assert items[PASSWORD]["scheduled_publish_at"] is None
