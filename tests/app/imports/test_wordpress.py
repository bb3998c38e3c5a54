"""The small export of every kind of thing, looked at row by row."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import Database
from app.imports import wordpress
from app.imports.report import Fact
from app.imports.strictxml import UnreadableError
from app.imports.survey import survey
from app.models import (
    Category,
    ContentItem,
    ContentStatus,
    Media,
    MediaKind,
    Tag,
    User,
    content_tags,
)
from app.permissions import GUEST, Role
from app.richtext import Format
from app.search import mentions
from app.selects import CONTENT, MEDIA, TAGS, USERS
from tests.app.imports.exports import SMALL
from tests.app.imports.reading import NOTHING, NOW, counts, rows, run, sizes

SITE = "wordpress:https://small.example"


async def test_what_is_counted(db: Database) -> None:
    report = await run(db, SMALL)

    assert counts(report) == {
        Fact.ARTICLES: 1, Fact.PAGES: 1, Fact.SCHEDULED: 1, Fact.DRAFTS: 2, Fact.AUTHORS: 2,
        Fact.CATEGORIES: 3, Fact.TAGS: 2, Fact.MEDIA: 1, Fact.FEATURED: 2, Fact.PASSWORD: 1,
        Fact.TITLE: 1, Fact.ZONE: 1, Fact.MENU_ITEMS: 1, Fact.MENUS: 1, Fact.COMMENTS: 2,
        Fact.FURTHER: 1, Fact.UNDEFINED: 1, Fact.FORMATS: 1, Fact.TAXONOMY: 1, Fact.FIELDS: 1,
        Fact.PARENTS: 1, Fact.STICKY: 1, Fact.OTHER: 1,
    }  # fmt: skip
    assert report.others == {"product": 1}
    assert await sizes(db) == {
        "users": 2, "categories": 3, "tags": 2, "media": 1, "content_items": 5,
        "search_documents": 10, "content_tags": 2,
    }  # fmt: skip


async def test_an_article_field_by_field(db: Database) -> None:
    await run(db, SMALL)
    users, media = await rows(db, User, "username"), await rows(db, Media, "file_name")
    categories = await rows(db, Category)
    item = (await rows(db, ContentItem))["tea-α"]

    assert item.pop("id").startswith("cnt_")
    assert item == {
        "kind": "article",
        "title": "Tea & Cake",
        "title_key": "tea & cake",
        "slug": "tea-α",
        "summary": "How to <i>boil</i>",
        "body": "<!-- wp:paragraph -->\n<p>Boil the <b>kettle</b>.</p>\n<!-- /wp:paragraph -->",
        "body_format": Format.HTML,
        "status": ContentStatus.PUBLISHED,
        "author_id": users["ada"]["id"],
        "featured_image_id": media["cup one.WEBP"]["id"],
        "category_id": categories["leaf"]["id"],
        "published_at": datetime(2024, 3, 2, 9, 30, tzinfo=UTC),
        "scheduled_publish_at": None,
        "scheduled_unpublish_at": None,
        "created_at": datetime(2024, 3, 2, 9, 30, tzinfo=UTC),
        "updated_at": datetime(2024, 3, 3, 9, 30, tzinfo=UTC),
        "first_published_at": None,
        "deleted_at": None,
        "import_key": f"{SITE}:post:10",
        "version": 1,
    }


async def test_media_field_by_field(db: Database) -> None:
    await run(db, SMALL)
    users = await rows(db, User, "username")
    image = (await rows(db, Media, "file_name"))["cup one.WEBP"]

    assert image.pop("id").startswith("med_")
    assert image == {
        "kind": MediaKind.IMAGE,
        "storage_key": None,
        "external_url": "https://small.example/files/cup%20one.WEBP",
        "file_name": "cup one.WEBP",
        "mime_type": "image/webp",
        "size": 12345,
        "width": 640,
        "height": 480,
        "duration": None,
        "title": "cup",
        "alt_text": "A white cup",
        "caption": "A cup",
        "placeholder": None,
        "uploaded_by_id": users["bo"]["id"],
        "created_at": datetime(2024, 3, 1, 8, tzinfo=UTC),
        "updated_at": datetime(2024, 3, 1, 8, tzinfo=UTC),
        "import_key": f"{SITE}:attachment:20",
        "sha256": None,
        "version": 1,
    }


async def test_authors(db: Database) -> None:
    await run(db, SMALL)
    users = await rows(db, User, "username")
    columns = ("username_key", "email", "email_key", "full_name", "bio", "role", "import_key")

    assert {name: tuple(user[column] for column in columns) for name, user in users.items()} == {
        "ada": ("ada", "Ada@Small.example", "ada@small.example", "Ada Löve", None, Role.USER,
                f"{SITE}:author:ada"),
        "bo": ("bo", None, None, "Bo Berg", None, Role.USER, f"{SITE}:author:bo"),
    }  # fmt: skip


async def test_the_tree_of_categories_although_children_come_first(db: Database) -> None:
    await run(db, SMALL)
    categories = await rows(db, Category)

    assert {
        slug: (row["name"], row["name_key"], row["description"], row["parent_id"])
        for slug, row in categories.items()
    } == {
        "branch": ("R&D", "r&d", "Research", None),
        "leaf": ("Leaf", "leaf", None, categories["branch"]["id"]),
        "uncategorized": ("Uncategorized", "uncategorized", None, None),
    }


async def test_tags_keep_their_order(db: Database) -> None:
    await run(db, SMALL)
    tags, items = await rows(db, Tag), await rows(db, ContentItem)
    links = await db.fetch(select(content_tags).order_by(content_tags.c.position))

    assert {slug: tag["name"] for slug, tag in tags.items()} == {"zoo": "Zoo", "αβ": "ΑΒ"}
    assert [tuple(link) for link in links] == [
        (items["tea-α"]["id"], tags["zoo"]["id"], 0),
        (items["tea-α"]["id"], tags["αβ"]["id"], 1),
    ]


async def test_states_and_dates(db: Database) -> None:
    await run(db, SMALL)
    soon = datetime(2035, 1, 1, tzinfo=UTC)
    new_year = datetime(2023, 1, 1, tzinfo=UTC)
    february = datetime(2023, 2, 1, 12, tzinfo=UTC)
    columns = ("kind", "slug", "status", "created_at", "published_at", "scheduled_publish_at")
    found = {
        row["import_key"].removeprefix(f"{SITE}:post:"): tuple(row[column] for column in columns)
        for row in (await rows(db, ContentItem, "id")).values()
    }

    del found["10"]
    assert found == {
        "30": ("page", "about", ContentStatus.PUBLISHED, new_year, new_year, None),
        "40": ("article", "secret", ContentStatus.DRAFT, new_year, None, None),
        "50": ("page", "about-2", ContentStatus.DRAFT, february, None, None),
        "60": ("article", "soon", ContentStatus.DRAFT, soon, None, soon),
    }


async def test_guests_see_what_is_published_only(db: Database) -> None:
    await run(db, SMALL)
    visible = await db.fetch(CONTENT.visible(GUEST))

    assert sorted(row.slug for row in visible) == ["about", "tea-α"]


async def test_a_featured_image_may_come_before_or_after_its_item(db: Database) -> None:
    await run(db, SMALL)
    image = (await rows(db, Media, "file_name"))["cup one.WEBP"]
    items = await rows(db, ContentItem)

    assert {slug: item["featured_image_id"] for slug, item in items.items()} == {
        "tea-α": image["id"], "about": image["id"], "secret": None, "about-2": None, "soon": None
    }  # fmt: skip


@pytest.mark.parametrize(
    ("resource", "query", "names"),
    [
        (CONTENT, "kettle", ["tea-α"]),
        (CONTENT, "boil cake", ["tea-α"]),
        (USERS, "love", ["ada"]),
        (TAGS, "αβ", ["αβ"]),
        (MEDIA, "white cup", ["cup one.WEBP"]),
        (CONTENT, "sesame", []),
    ],
)
async def test_everything_is_found_by_its_words(
    db: Database, resource: object, query: str, names: list[str]
) -> None:
    await run(db, SMALL)
    table = resource.table  # type: ignore[attr-defined]
    visible = resource.visible(GUEST).where(mentions(table.c.id, query))  # type: ignore[attr-defined]
    name = next(n for n in ("slug", "username", "file_name") if n in table.c)

    assert [getattr(row, name) for row in await db.fetch(visible)] == names


async def test_a_second_run_changes_nothing(db: Database) -> None:
    await run(db, SMALL)
    tables = (User, Category, Tag, Media, ContentItem)
    before = [await rows(db, table, "id") for table in tables]

    report = await run(db, SMALL)

    assert [await rows(db, table, "id") for table in tables] == before
    assert {fact: n for fact, n in counts(report).items() if fact.part != "Left out"} == {}
    assert report.counts[Fact.KNOWN] == 2 + 3 + 2 + 1 + 5


async def test_a_file_that_breaks_while_it_is_imported_leaves_nothing(
    db: Database, tmp_path: Path
) -> None:
    file = tmp_path / "export.xml"
    file.write_bytes(SMALL.read_bytes())
    found = survey(file)
    file.write_bytes(SMALL.read_bytes()[:-20])

    with pytest.raises(UnreadableError, match="the file ends too early"):
        await wordpress.write(db, file, found, now=NOW)

    assert await sizes(db) == NOTHING
