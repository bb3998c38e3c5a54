"""What is edited of an item, as plain data: what its revisions keep."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import indexing, text
from app.models import Category, ContentItem, Media, Tag, content_tags
from app.models.base import Document
from app.models.revisions import EDITED, snapshot
from app.richtext import Format

NAMES = {**EDITED, "tag_ids": "tagIds"}
_FOUND_BY = {"title", "summary", "body", "body_format"}


class Said(NamedTuple):
    """What an item says: what is edited of it, and its body's text as `indexing.read` has it."""

    snapshot: Document
    text: str


async def taken(session: AsyncSession, item: ContentItem) -> Said:
    """What an item says as it is."""
    text = await indexing.text_of(session, item.id, item.summary)
    return Said(await _taken(session, item), text)


async def _taken(session: AsyncSession, item: ContentItem) -> Document:
    links = content_tags.c
    tags = select(links.tag_id).where(links.item_id == item.id)
    return snapshot(item, list(await session.scalars(tags.order_by(links.position, links.tag_id))))


def changed(was: Mapping[str, Any], now: Mapping[str, Any]) -> set[str]:
    """The columns that differ, `tag_ids` among them."""
    return {column for column, name in NAMES.items() if was[name] != now[name]}


async def insert_item(session: AsyncSession, item: ContentItem, now: Said) -> None:
    """Store a new item that says this."""
    _set(item, now.snapshot)
    session.add(item)
    await session.flush()
    await _tag(session, item.id, now.snapshot["tagIds"])
    await _index(session, item, now.text)


async def apply(session: AsyncSession, item: ContentItem, now: Said) -> None:
    """Make an item say this, in its row, its tags and the index of the search."""
    different = changed(await _taken(session, item), now.snapshot)
    _set(item, now.snapshot)
    await session.flush()
    if "tag_ids" in different:
        await session.execute(delete(content_tags).where(content_tags.c.item_id == item.id))
        await _tag(session, item.id, now.snapshot["tagIds"])
    if different & _FOUND_BY:
        await _index(session, item, now.text)


def _set(item: ContentItem, now: Document) -> None:
    for column, name in EDITED.items():
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


async def _index(session: AsyncSession, item: ContentItem, text: str) -> None:
    await indexing.put(session, [indexing.item(item.id, item.title, item.summary, text)])


async def without_the_gone(session: AsyncSession, said: Said) -> Said:
    """The same, without the names of what has been deleted since."""
    snapshot = said.snapshot
    there = {
        "categoryId": await existing(session, Category.id, [snapshot["categoryId"]]),
        "featuredImageId": await existing(session, Media.id, [snapshot["featuredImageId"]]),
    }
    kept = {name: snapshot[name] if snapshot[name] in ids else None for name, ids in there.items()}
    tags = await existing(session, Tag.id, snapshot["tagIds"])
    kept["tagIds"] = [id for id in snapshot["tagIds"] if id in tags]
    return said._replace(snapshot=snapshot | kept)


async def existing(session: AsyncSession, column: Any, wanted: list[str | None]) -> set[str]:
    """Which of these ids there are."""
    ids = [id for id in wanted if id is not None]
    return set(await session.scalars(select(column).where(column.in_(ids)))) if ids else set()
