"""Rows with every column filled, for tests to say only what they are about."""

from datetime import UTC, datetime, timedelta
from itertools import count, groupby
from typing import Any

from sqlalchemy import insert

from app import ids, indexing, text
from app.db import Database
from app.models import (
    AuditEntry,
    Base,
    Category,
    ContentItem,
    ContentStatus,
    Media,
    MediaKind,
    Tag,
    User,
    content_tags,
)
from app.richtext import Format

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
numbers = count(1)


def user(**columns: Any) -> User:
    n = next(numbers)
    username = columns.pop("username", f"user{n}")
    return User(**{
        "id": ids.new(ids.USER), "username": username, "username_key": text.fold(username),
        "created_at": NOON + timedelta(minutes=n), **columns,
    })  # fmt: skip


def item(author: User, **columns: Any) -> ContentItem:
    n = next(numbers)
    title = columns.pop("title", f"Item {n}")
    created = columns.pop("created_at", NOON + timedelta(minutes=n))
    status = columns.pop("status", ContentStatus.PUBLISHED)
    return ContentItem(**{
        "id": ids.new(ids.CONTENT), "title": title, "title_key": text.key(title),
        "slug": f"item-{n}", "author_id": author.id, "status": status, "created_at": created,
        "updated_at": created, "published_at": None if status is ContentStatus.DRAFT else created,
        "body": "", "body_format": Format.MARKDOWN, **columns,
    })  # fmt: skip


def image(**columns: Any) -> Media:
    n = next(numbers)
    return Media(**{
        "id": ids.new(ids.MEDIA), "kind": MediaKind.IMAGE, "file_name": f"{n}.png",
        "mime_type": "image/png", "external_url": f"https://images.example/{n}.png",
        "width": 640, "height": 480, "created_at": NOON + timedelta(minutes=n), **columns,
    })  # fmt: skip


def tag(name: str, **columns: Any) -> Tag:
    return Tag(**{
        "id": ids.new(ids.TAG), "name": name, "name_key": text.key(name),
        "slug": text.slugify(name), **columns,
    })  # fmt: skip


def category(name: str, parent: Category | None = None, **columns: Any) -> Category:
    return Category(**{
        "id": ids.new(ids.CATEGORY), "name": name, "name_key": text.key(name),
        "slug": text.slugify(name), "parent_id": parent.id if parent else None, **columns,
    })  # fmt: skip


def entry(actor: User | None, action: str, subject_id: str, **columns: Any) -> AuditEntry:
    return AuditEntry(**{
        "created_at": NOON + timedelta(minutes=next(numbers)), "action": action,
        "subject_id": subject_id, "actor_id": actor.id if actor else None, "changed": [],
        "details": {}, "request_id": "test", **columns,
    })  # fmt: skip


async def add(db: Database, *rows: Base, tags: dict[ContentItem, list[Tag]] | None = None) -> None:
    """Store rows in the order given, findable, with the tags of items."""
    async with db.write() as session:
        for _, alike in groupby(rows, type):
            session.add_all(alike)
            await session.flush()
        links = [
            {"item_id": item.id, "tag_id": tag.id, "position": position}
            for item, given in (tags or {}).items()
            for position, tag in enumerate(given)
        ]
        if links:
            await session.execute(insert(content_tags), links)
        await indexing.put(session, [entry for row in rows if (entry := _entry(row))])


def _entry(row: Base) -> indexing.Entry | None:
    match row:
        case User():
            return indexing.user(row.id, row.username, row.full_name, row.bio)
        case ContentItem():
            return indexing.Entry(row.id, row.title, f"{row.summary or ''}\n{row.body}")
        case Tag():
            return indexing.Entry(row.id, row.name)
        case Media():
            return indexing.Entry(row.id, row.title or row.file_name, row.alt_text or "")
    return None
