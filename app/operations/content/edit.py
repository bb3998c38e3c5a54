"""Writing items. What readers see of a published one stays until its draft is published."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.errors import ErrorCode, Invalid
from app.models import ContentDraft, ContentItem, ContentStatus, User
from app.operations import slugs
from app.operations.checks import Checks
from app.operations.content import abilities, revisions, snapshots
from app.operations.content import changes as wanted
from app.operations.content.changes import Changes
from app.operations.content.hold import Held, hold, numbered, pending
from app.operations.content.publish import make_public, others
from app.operations.content.snapshots import Said
from app.operations.work import Work
from app.permissions import Permission
from app.selects import CONTENT


@dataclass(frozen=True, slots=True)
class NewItem:
    """The author is the actor when `author_id` is None."""

    kind: str = "article"
    author_id: str | None = None
    publish: bool = False
    changes: Changes = field(default_factory=dict)


async def create(work: Work, new: NewItem) -> ContentItem:
    """A new draft, published at once if wanted. Raises Invalid, Forbidden."""
    author_id = new.author_id or work.actor.user_id
    _may_create(work, author_id, publish=new.publish)
    checks = Checks()
    item = _new(work, wanted.kind(checks, new.kind), author_id)
    await _check_author(work, checks, author_id)
    changes = {"title": "", "slug": None, **new.changes}
    now = await wanted.checked(work.session, checks, wanted.EMPTY, changes, others(item))
    if new.publish and not now["body"].strip():
        checks.add(ErrorCode.REQUIRED, "A published item needs a body", "body")
    checks.done()
    await _insert(work, item, Said(now, _text(changes, "")))
    work.record("content_item.created", item.id, kind=item.kind)
    return await make_public(work, Held(item, None)) if new.publish else item


async def duplicate(work: Work, id: str) -> ContentItem:
    """A draft that says what the actor sees of an item. Raises Invalid, Forbidden."""
    work.actor.require(Permission.CONTENT_CREATE)
    source = await work.session.scalar(
        select(ContentItem).where(ContentItem.id == id, *CONTENT.rows(work.actor))
    )
    if source is None:
        raise Invalid.one(ErrorCode.NOT_FOUND, "There is no such content item", "id")
    now = await snapshots.taken(work.session, source)
    if work.actor.may(Permission.CONTENT_READ_DRAFTS, source.author_id):
        now = await pending(work, Held(source, await work.session.get(ContentDraft, id))) or now
    now = await snapshots.without_the_gone(work.session, now)
    item = _new(work, source.kind, work.actor.user_id)
    title = f"Copy of {now.snapshot['title']}"[: wanted.MAX_TITLE]
    slug = await slugs.slug(work.session, Checks(), None, title, ContentItem.slug, *others(item))
    copy = now._replace(snapshot=now.snapshot | {"title": title, "slug": slug})
    await _insert(work, item, copy)
    work.record("content_item.created", item.id, kind=item.kind, copied=id)
    return item


async def update(
    work: Work,
    id: str,
    changes: Changes,
    if_version: int | None = None,
    message: str | None = None,
) -> ContentItem:
    """Change an item; of a published one, its draft. Nothing new is no change.

    Another `author_id`, which is for those who may change everybody's items, is no matter of
    drafts: it counts at once. Raises Invalid, Conflict, Forbidden.
    """
    held = await hold(work, id, "update", if_version)
    author_id = changes.get("author_id", held.item.author_id)
    was = await _said(work, held)
    checks = Checks()
    message = wanted.message(checks, message)
    now = await wanted.checked(work.session, checks, was.snapshot, changes, others(held.item))
    if author_id != held.item.author_id:
        work.actor.require(Permission.CONTENT_UPDATE)
        await _check_author(work, checks, author_id)
    checks.done()
    _give(work, held, author_id)
    said = Said(now, _text(changes, was.text))
    await _save(work, held, was, said, message, "content_item.updated")
    return held.item


async def restore_revision(
    work: Work, id: str, number: int, if_version: int | None = None, *, publish: bool = False
) -> ContentItem:
    """Make an item, or its draft, what it was; what has been deleted since is left out.

    Raises Invalid, Conflict, Forbidden.
    """
    held = await hold(work, id, "update", if_version)
    if publish:
        abilities.require(work.actor, held.item, "publish")
    revision = await numbered(work, id, number)
    if revision is None:
        raise Invalid.one(ErrorCode.NOT_FOUND, "There is no such revision", "revision")
    then = Said(revision.snapshot, revision.text)
    now = await snapshots.without_the_gone(work.session, then)
    slug = await slugs.free(
        work.session, now.snapshot["slug"], ContentItem.slug, *others(held.item)
    )
    now = now._replace(snapshot=now.snapshot | {"slug": slug})
    event = "content_item.revision_restored"
    await _save(work, held, await _said(work, held), now, None, event, restored=number)
    return await make_public(work, held) if publish else held.item


async def discard_draft(work: Work, id: str, if_version: int | None = None) -> ContentItem:
    """Forget what was changed of a published item since, and when it was to be published.

    Raises Invalid, Conflict.
    """
    held = await hold(work, id, "update", if_version)
    if held.draft is None:
        message = f"This item is {held.item.status} and has no changes that wait"
        raise Invalid.one(ErrorCode.INVALID_STATE, message, "id")
    held.item.version = held.version + 1
    held.item.scheduled_publish_at = None
    await work.session.delete(held.draft)
    work.record("content_item.draft_discarded", id, revision=held.draft.revision)
    return held.item


def _may_create(work: Work, author_id: str | None, *, publish: bool) -> None:
    work.actor.require(Permission.CONTENT_CREATE)
    if author_id != work.actor.user_id:
        work.actor.require(Permission.CONTENT_UPDATE)
    if publish:
        work.actor.require(Permission.CONTENT_PUBLISH, author_id)


async def _check_author(work: Work, checks: Checks, id: str | None) -> None:
    if id is None:
        checks.add(ErrorCode.REQUIRED, "An item has an author", "author_id")
    elif await work.session.get(User, id) is None:
        checks.add(ErrorCode.NOT_FOUND, "There is no such user", "author_id")


def _text(changes: Changes, otherwise: str) -> str:
    """The body's text after the changes."""
    text: str = changes["text"] if "body" in changes else otherwise
    return text


def _give(work: Work, held: Held, author_id: str) -> None:
    if author_id != held.item.author_id:
        held.item.author_id = author_id
        held.touch()
        work.record("content_item.updated", held.item.id, ["author_id"])


def _new(work: Work, kind: str, author_id: str | None) -> ContentItem:
    return ContentItem(
        kind=kind, author_id=author_id, status=ContentStatus.DRAFT, version=1,
        created_at=work.at, updated_at=work.at,
    )  # fmt: skip


async def _insert(work: Work, item: ContentItem, now: Said) -> None:
    await snapshots.insert_item(work.session, item, now)
    revisions.first(work, item, now)


async def _said(work: Work, held: Held) -> Said:
    """What writers see of a held item."""
    return await pending(work, held) or await snapshots.taken(work.session, held.item)


async def _save(
    work: Work,
    held: Held,
    was: Said,
    now: Said,
    message: str | None,
    event: str,
    **details: Any,
) -> None:
    changed = snapshots.changed(was.snapshot, now.snapshot)
    if not changed:
        return
    item = held.item
    number = await revisions.add(work, item, was, now, message)
    if item.status is ContentStatus.PUBLISHED:
        _draft(work, held, number, now)
    else:
        held.touch()
        await snapshots.apply(work.session, item, now)
    work.record(event, item.id, changed, revision=number, **details)


def _draft(work: Work, held: Held, number: int, now: Said) -> None:
    version = held.version + 1
    if held.draft is None:
        held.draft = ContentDraft(item_id=held.item.id)
        work.session.add(held.draft)
    held.draft.revision, held.draft.version = number, version
    held.draft.featured_image_id = now.snapshot["featuredImageId"]
    held.draft.updated_at = work.at
