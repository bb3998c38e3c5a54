"""What is edited of an item, as plain data: what its revisions keep."""

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import indexing, text
from app.models import Category, ContentItem, Media, Tag, content_tags
from app.models.base import Document
from app.richtext import Format

# The name of each column in a snapshot. `tagIds` is there as well.
COLUMNS = {
    "title": "title",
    "slug": "slug",
    "summary": "summary",
    "body": "body",
    "body_format": "bodyFormat",
    "category_id": "categoryId",
    "featured_image_id": "featuredImageId",
}
NAMES = {**COLUMNS, "tag_ids": "tagIds"}
_FOUND_BY = {"title", "summary", "body", "body_format"}


def of(row: Any, tag_ids: list[str]) -> Document:
    """The snapshot of an item's row."""
    return {name: getattr(row, column) for column, name in COLUMNS.items()} | {"tagIds": tag_ids}


async def taken(session: AsyncSession, item: ContentItem) -> Document:
    """The snapshot of an item as it is."""
    links = content_tags.c
    tags = select(links.tag_id).where(links.item_id == item.id)
    return of(item, list(await session.scalars(tags.order_by(links.position, links.tag_id))))


def changed(was: Mapping[str, Any], now: Mapping[str, Any]) -> set[str]:
    """The columns that differ, `tag_ids` among them."""
    return {column for column, name in NAMES.items() if was[name] != now[name]}


async def insert_item(session: AsyncSession, item: ContentItem, now: Document) -> None:
    """Store a new item with what a snapshot says."""
    _set(item, now)
    session.add(item)
    await session.flush()
    await _tag(session, item.id, now["tagIds"])
    await _index(session, item)


async def apply(session: AsyncSession, item: ContentItem, now: Document) -> None:
    """Make an item what a snapshot says, in its row, its tags and the index of the search."""
    different = changed(await taken(session, item), now)
    _set(item, now)
    await session.flush()
    if "tag_ids" in different:
        await session.execute(delete(content_tags).where(content_tags.c.item_id == item.id))
        await _tag(session, item.id, now["tagIds"])
    if different & _FOUND_BY:
        await _index(session, item)


def _set(item: ContentItem, now: Document) -> None:
    for column, name in COLUMNS.items():
        setattr(item, column, now[name])
    item.body_format = Format(now["bodyFormat"])
    item.title_key = text.key(item.title)


async def _tag(session: AsyncSession, item_id: str, tag_ids: list[str]) -> None:
    links = [
        {"item_id": item_id, "tag_id": id, "position": position}
        for position, id in enumerate(tag_ids)
    ]
    if links:
        await session.execute(insert(content_tags), links)


async def _index(session: AsyncSession, item: ContentItem) -> None:
    # Long text is not rendered on the event loop; often it was before the transaction began.
    parts = (item.id, item.title, item.summary, item.body, item.body_format)
    await indexing.put(session, [await asyncio.to_thread(indexing.item, *parts)])


async def without_the_gone(session: AsyncSession, snapshot: Document) -> Document:
    """A snapshot that names nothing that has been deleted since."""
    there = {
        "categoryId": await existing(session, Category.id, [snapshot["categoryId"]]),
        "featuredImageId": await existing(session, Media.id, [snapshot["featuredImageId"]]),
    }
    kept = {name: snapshot[name] if snapshot[name] in ids else None for name, ids in there.items()}
    tags = await existing(session, Tag.id, snapshot["tagIds"])
    return snapshot | kept | {"tagIds": [id for id in snapshot["tagIds"] if id in tags]}


async def existing(session: AsyncSession, column: Any, wanted: list[str | None]) -> set[str]:
    """Which of these ids there are."""
    ids = [id for id in wanted if id is not None]
    return set(await session.scalars(select(column).where(column.in_(ids)))) if ids else set()
