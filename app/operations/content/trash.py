"""Thrown away, taken out of the trash again, or gone for good."""

from app import indexing
from app.models import ContentItem
from app.operations import slugs
from app.operations.content.hold import hold
from app.operations.content.publish import others
from app.operations.work import Work


async def delete(work: Work, id: str, if_version: int | None = None) -> ContentItem:
    """Put an item into the trash; nothing planned for it happens any more.

    Raises Invalid, Conflict.
    """
    held = await hold(work, id, "delete", if_version)
    item = held.item
    item.deleted_at = work.at
    item.scheduled_publish_at = item.scheduled_unpublish_at = None
    held.touch()
    work.record("content_item.deleted", id, was=item.status)
    return item


async def restore(work: Work, id: str, if_version: int | None = None) -> ContentItem:
    """Take an item out of the trash, as it was; under another slug when its own is taken now.

    Raises Invalid, Conflict.
    """
    held = await hold(work, id, "restore", if_version)
    item = held.item
    item.slug = await slugs.free(work.session, item.slug, ContentItem.slug, *others(item))
    item.deleted_at = None
    held.touch()
    work.record("content_item.restored", id, status=item.status)
    return item


async def purge(work: Work, id: str, if_version: int | None = None) -> None:
    """Remove an item in the trash, with its revisions. Raises Invalid, Conflict."""
    held = await hold(work, id, "purge", if_version)
    await work.session.delete(held.item)
    await indexing.remove(work.session, [id])
    work.record("content_item.purged", id)
