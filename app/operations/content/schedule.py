"""What is going to happen to items by itself, and carrying it out."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app.errors import ErrorCode
from app.models import ContentItem, ContentStatus
from app.operations.checks import Checks
from app.operations.content.hold import Held, hold
from app.operations.content.publish import publish, unpublish
from app.operations.work import Work
from app.selects.common import common
from app.selects.content import TABLE

FARTHEST = timedelta(days=3_653)
AT_ONCE = 50

# `publish_at`, `unpublish_at`; what is left out stays, None clears.
Plan = dict[str, datetime | None]


async def schedule(work: Work, id: str, plan: Plan, if_version: int | None = None) -> ContentItem:
    """Plan when an item is published and taken back. Raises Invalid, Conflict."""
    held = await hold(work, id, "schedule", if_version)
    item = held.item
    now = {"publish_at": item.scheduled_publish_at, "unpublish_at": item.scheduled_unpublish_at}
    wanted = now | plan
    _check(work, held, plan, wanted)
    changed = {name for name in now if now[name] != wanted[name]}
    if changed:
        item.scheduled_publish_at = wanted["publish_at"]
        item.scheduled_unpublish_at = wanted["unpublish_at"]
        held.touch()
        work.record("content_item.scheduled", id, {f"scheduled_{name}" for name in changed})
    return item


def _check(work: Work, held: Held, plan: Plan, wanted: Plan) -> None:
    checks = Checks()
    for name, moment in plan.items():
        if moment and moment <= work.at:
            checks.add(ErrorCode.INVALID, "This is in the past", name)
        elif moment and moment > work.at + FARTHEST:
            checks.add(ErrorCode.INVALID, "This is more than 10 years ahead", name)
    start, end = wanted["publish_at"], wanted["unpublish_at"]
    if start and end and end <= start:
        checks.add(ErrorCode.INVALID, "It must be taken back after it is published", "unpublish_at")
    public = held.item.status is ContentStatus.PUBLISHED
    if plan.get("publish_at") and public and held.draft is None:
        message = "This item is PUBLISHED and has no changes that wait: change it first"
        checks.add(ErrorCode.INVALID_STATE, message, "publish_at")
    if plan.get("unpublish_at") and not public and start is None:
        message = f"This item is {held.item.status}: say when it is published, too"
        checks.add(ErrorCode.INVALID_STATE, message, "unpublish_at")
    checks.done()


def due(at: datetime) -> Any:
    """The items, AT_ONCE at most, for which there is something to do at a moment."""
    # `common`: nearly every item has an id, so that index is no way to the few that are due.
    return select(ContentItem.id).where(*_due(at)).order_by(common(TABLE.c.id)).limit(AT_ONCE)


def _due(at: datetime) -> tuple[ColumnElement[bool], ...]:
    now = or_(ContentItem.scheduled_publish_at <= at, ContentItem.scheduled_unpublish_at <= at)
    return now, ContentItem.deleted_at.is_(None)


async def carry_out(work: Work, id: str) -> bool:
    """Publish an item or take it back; False when that is not due, or somebody else is at it.

    Whoever comes after both have passed takes back only. Raises Invalid.
    """
    item = await _claim(work, id)
    if item is None:
        return False
    ended = item.scheduled_unpublish_at is not None and item.scheduled_unpublish_at <= work.at
    if not ended:
        await publish(work, id)
    elif item.status is ContentStatus.PUBLISHED:
        await unpublish(work, id)
    else:
        await _forget(work, id)
    return True


async def give_up(work: Work, id: str) -> bool:
    """Plan nothing any more for an item with which what is due cannot be done."""
    if await _claim(work, id) is None:
        return False
    await _forget(work, id)
    work.record("content_item.schedule_failed", id)
    return True


async def _claim(work: Work, id: str) -> Any:
    """The item, if something is due; nobody else has it before this transaction ends."""
    columns = (ContentItem.status, ContentItem.scheduled_unpublish_at)
    mine = select(*columns).where(ContentItem.id == id, *_due(work.at))
    return (await work.session.execute(mine.with_for_update(skip_locked=True))).first()


async def _forget(work: Work, id: str) -> None:
    held = await hold(work, id, "schedule")
    held.item.scheduled_publish_at = held.item.scheduled_unpublish_at = None
    held.touch()
