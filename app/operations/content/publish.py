"""What readers see of an item: made public, taken back, put away."""

from sqlalchemy import ColumnElement

from app.errors import ErrorCode
from app.models import ContentItem, ContentStatus
from app.operations import slugs
from app.operations.checks import Checks
from app.operations.content import revisions, snapshots
from app.operations.content.hold import Held, hold, pending
from app.operations.content.snapshots import Said
from app.operations.work import Work


async def publish(work: Work, id: str, if_version: int | None = None) -> ContentItem:
    """Make an item, or the changes that wait beside it, public. What is public already stays.

    Raises Invalid, Conflict.
    """
    held = await hold(work, id, "publish", if_version)
    return await make_public(work, held)


async def unpublish(work: Work, id: str, if_version: int | None = None) -> ContentItem:
    """Take a published item back; it is a draft again, with what was changed since.

    Raises Invalid, Conflict.
    """
    held = await hold(work, id, "unpublish", if_version)
    await _withdraw(work, held, ContentStatus.DRAFT, "content_item.unpublished")
    return held.item


async def archive(work: Work, id: str, if_version: int | None = None) -> ContentItem:
    """Put an item away; nobody but writers sees it. Raises Invalid, Conflict."""
    held = await hold(work, id, "archive", if_version)
    await _withdraw(work, held, ContentStatus.ARCHIVED, "content_item.archived")
    return held.item


async def make_public(work: Work, held: Held) -> ContentItem:
    """Publish a held item. Raises Invalid."""
    item, was = held.item, held.item.status
    changes = await pending(work, held)
    if changes is None and _is_public(work, item):
        return item
    checks = Checks()
    said = changes.snapshot if changes else {"title": item.title, "body": item.body}
    for name in ("title", "body"):
        if not said[name].strip():
            checks.add(ErrorCode.REQUIRED, f"A published item needs a {name}", name)
    if changes:
        await slugs.slug(
            work.session, checks, said["slug"], said["title"], ContentItem.slug, *others(item)
        )
    checks.done()
    number = held.draft.revision if held.draft else await revisions.latest(work, item.id)
    await _settle(work, held, changes)
    _date(work, item)
    await revisions.stamp(work, item.id, number, work.at)
    work.record("content_item.published", item.id, was=was, revision=number)
    return item


def others(item: ContentItem) -> tuple[ColumnElement[bool], ...]:
    """The items that must not have the slug of this one."""
    return (
        ContentItem.kind == item.kind,
        ContentItem.deleted_at.is_(None),
        ContentItem.id != item.id,
    )


def _is_public(work: Work, item: ContentItem) -> bool:
    """Whether publishing would change nothing."""
    return (
        item.status is ContentStatus.PUBLISHED
        and item.published_at is not None
        and item.published_at <= work.at
        and item.scheduled_publish_at is None
        and (item.scheduled_unpublish_at is None or item.scheduled_unpublish_at > work.at)
    )


def _date(work: Work, item: ContentItem) -> None:
    item.status = ContentStatus.PUBLISHED
    if item.published_at is None or item.published_at > work.at:
        item.published_at = work.at
    item.first_published_at = item.first_published_at or item.published_at
    item.scheduled_publish_at = None
    if item.scheduled_unpublish_at and item.scheduled_unpublish_at <= work.at:
        item.scheduled_unpublish_at = None


async def _withdraw(work: Work, held: Held, status: ContentStatus, event: str) -> None:
    item, was = held.item, held.item.status
    if changes := await pending(work, held):
        said = changes.snapshot
        slug = await slugs.free(work.session, said["slug"], ContentItem.slug, *others(item))
        # Whatever has taken it must not keep this one public.
        changes = changes._replace(snapshot=said | {"slug": slug})
    await _settle(work, held, changes)
    item.status = status
    item.scheduled_publish_at = item.scheduled_unpublish_at = None
    work.record(event, item.id, was=was)


async def _settle(work: Work, held: Held, changes: Said | None) -> None:
    """The next version; what waited beside the item is its content now."""
    held.touch()
    if changes is not None:
        changes = await snapshots.without_the_gone(work.session, changes)
        await snapshots.apply(work.session, held.item, changes)
    if held.draft:
        await work.session.delete(held.draft)
        held.draft = None
