"""Erasing a user: nothing personal is left, but for what others need of what they made."""

import json
from collections.abc import AsyncIterator
from enum import StrEnum

from sqlalchemy import ColumnElement, Text, cast, delete, exists, or_, select, update

from app import ids, indexing, jobs
from app.errors import ErrorCode, Invalid
from app.models import ContentDraft, ContentItem, IdempotencyRecord, Job, Media, User
from app.operations import media, users
from app.operations.accounts import attempts, passwords
from app.operations.checks import Checks
from app.operations.work import Work, expect
from app.permissions import Actor, Permission
from app.resources import Resources

BATCH = 500


class Remains(StrEnum):
    """What becomes of the content and the media of somebody who is erased."""

    REFUSE = "REFUSE"
    REATTRIBUTE = "REATTRIBUTE"
    REMOVE = "REMOVE"


async def ready(
    resources: Resources, actor: Actor, id: str, password: str | None, address: str | None
) -> None:
    """Whoever finds a device unlocked must not be able to erase its owner. Raises Invalid."""
    if id != actor.user_id:
        return
    if not password:
        message = "Give your password to erase yourself"
        raise Invalid.one(ErrorCode.REQUIRED, message, "password")
    await passwords.confirm(resources, actor, password, address, "password")


async def erase(
    work: Work, id: str, remains: Remains, heir_id: str | None, if_version: int | None
) -> None:
    """Remove a user for good, with everything that is known of them.

    With REMOVE their items go, trash and revisions included, and their media but for those that
    other things show; with REATTRIBUTE both become the heir's, but for the portrait. The log keeps
    ids. With REFUSE nobody is erased who has either. Raises Invalid, Conflict.
    """
    users.require(work.actor, "erase", id)
    user, other_admins = await users.locked_with_admins(work, id, "id")
    expect(if_version, user.version)
    users.require_admin_left(user, other_admins, "id")
    heir = await _heir(work, id, heir_id) if remains is Remains.REATTRIBUTE else None
    if remains is Remains.REFUSE:
        await _require_nothing(work, id)
    elif heir:
        await _give_items(work, id, heir)
    else:
        await _remove_items(work, id)
    await _leave_media(work, user, heir)
    await _forget(work, user)
    work.record("user.erased", id, content=remains.value, heir_id=heir)


async def _heir(work: Work, id: str, heir_id: str | None) -> str | None:
    checks, path = Checks(), "reattribute_to_id"
    if heir_id is None:
        checks.add(ErrorCode.REQUIRED, "Say whose the content becomes", path)
    # Whoever could give it to anybody could put words into anybody's mouth.
    elif not work.actor.may(Permission.CONTENT_UPDATE):
        message = "Only editors make content somebody else's: have it removed, or ask one of them"
        checks.add(ErrorCode.FORBIDDEN, message, path)
    elif heir_id == id:
        checks.add(ErrorCode.INVALID, "Name another user than the one who is erased", path)
    elif not await _exists(work, heir_id):
        checks.add(ErrorCode.NOT_FOUND, "There is no such user", path)
    checks.done()
    return heir_id


async def _exists(work: Work, user_id: str) -> bool:
    found = select(User.id).where(User.id == user_id)
    return ids.prefix_of(user_id) == ids.USER and await work.session.scalar(found) is not None


async def _require_nothing(work: Work, id: str) -> None:
    """Raises Invalid for who has items, in the trash or not, or media."""
    # Whatever becomes theirs holds their row: from here on, it would have to wait.
    await work.session.execute(select(User.id).where(User.id == id).with_for_update())
    theirs = (ContentItem.author_id == id, Media.uploaded_by_id == id)
    if await work.session.scalar(select(or_(*(exists().where(mine) for mine in theirs)))):
        message = "There is content or media of this user: say what becomes of it"
        raise Invalid.one(ErrorCode.IN_USE, message, "content")


async def _give_items(work: Work, id: str, heir_id: str) -> None:
    session = work.session
    async for batch in _batches(work, ContentItem, ContentItem.author_id == id):
        given = {"author_id": heir_id, "version": ContentItem.version + 1}
        await session.execute(update(ContentItem).where(ContentItem.id.in_(batch)).values(given))
        # A draft's version goes on from its item's.
        later = {"version": ContentDraft.version + 1}
        await session.execute(
            update(ContentDraft).where(ContentDraft.item_id.in_(batch)).values(later)
        )
        for item_id in batch:
            work.record("content_item.updated", item_id, ["author_id"])


async def _remove_items(work: Work, id: str) -> None:
    async for batch in _batches(work, ContentItem, ContentItem.author_id == id):
        await indexing.remove(work.session, batch)
        await work.session.execute(delete(ContentItem).where(ContentItem.id.in_(batch)))
        for item_id in batch:
            work.record("content_item.purged", item_id)


async def _leave_media(work: Work, user: User, heir_id: str | None) -> None:
    """Remove what nothing else shows: all of it, or with an heir the portrait alone."""
    session, portrait = work.session, user.profile_image_id
    await session.execute(update(User).where(User.id == user.id).values(profile_image_id=None))
    async for batch in _batches(work, Media, Media.uploaded_by_id == user.id):
        dispensable = [media_id for media_id in batch if heir_id is None or media_id == portrait]
        removed = await _remove_unused(work, dispensable)
        given = {"uploaded_by_id": heir_id, "version": Media.version + 1}
        kept = [media_id for media_id in batch if media_id not in removed]
        await session.execute(update(Media).where(Media.id.in_(kept)).values(given))
        for media_id in batch:
            if media_id in removed:
                work.record("media.deleted", media_id)
            else:
                work.record("media.updated", media_id, ["uploaded_by_id"])


async def _remove_unused(work: Work, media_ids: list[str]) -> set[str]:
    """Remove those media that nothing shows, and say which."""
    shown = or_(*(exists().where(column == Media.id) for column in media.SHOWN_BY.values()))
    removed = await work.session.execute(
        delete(Media)
        .where(Media.id.in_(media_ids), ~shown)
        .returning(Media.id, Media.storage_key)
        .execution_options(synchronize_session=False)
    )
    keys = {row.id: row.storage_key for row in removed}
    await indexing.remove(work.session, list(keys))
    for key in filter(None, keys.values()):
        jobs.enqueue(work.session, "media.remove_file", {"key": key})
    return set(keys)


async def _forget(work: Work, user: User) -> None:
    """The account itself: what proves who it is goes with it (ON DELETE CASCADE)."""
    session = work.session
    await indexing.remove(session, [user.id])
    await session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.owner == user.id))
    await session.execute(delete(Job).where(_named_in_jobs(user)))
    await attempts.forget(session, user)
    await session.execute(delete(User).where(User.id == user.id))
    jobs.enqueue(session, "search.compact", {})


def _named_in_jobs(user: User) -> ColumnElement[bool]:
    """Whether a job has the user's id or address in it, in either way that JSON is written."""
    names = {
        json.dumps(name, ensure_ascii=escaped)
        for name in (user.id, user.email)
        for escaped in (True, False)
        if name
    }
    return or_(*(cast(Job.payload, Text).contains(name, autoescape=True) for name in names))


async def _batches(
    work: Work, model: type[ContentItem] | type[Media], mine: ColumnElement[bool]
) -> AsyncIterator[list[str]]:
    """The ids of what somebody has, locked; whoever takes a batch makes it nobody's or another's.

    A person may have very much: nothing but the ids of a batch is in memory.
    """
    some = select(model.id).where(mine).order_by(model.id).limit(BATCH).with_for_update()
    while batch := list(await work.session.scalars(some)):
        yield batch
        await work.session.flush()
        work.session.expunge_all()
