"""Media: files that people upload, and what is said about them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import ids, indexing, jobs
from app.errors import ErrorCode, Invalid
from app.media import upload
from app.media.arrival import Arrival, arriving
from app.media.upload import MAX_NAME, Upload
from app.models import ContentDraft, ContentItem, Media, User
from app.operations.checks import Checks
from app.operations.inserts import insert
from app.operations.work import Work, expect
from app.permissions import Actor, Permission
from app.resources import Resources

MAX_TITLE = 500
MAX_ALT_TEXT = 2_000
MAX_CAPTION = 5_000

ABILITIES = {"update": Permission.MEDIA_UPDATE, "delete": Permission.MEDIA_DELETE}

# What shows media, by the columns that name them; the addresses in bodies are not among them.
# Whoever locks several of these locks them in this order, and media last.
SHOWN_BY = {
    "users": User.profile_image_id,
    "content_items": ContentItem.featured_image_id,
    "content_drafts": ContentDraft.featured_image_id,
}

# What an input leaves out is absent from these; None stands for null.
Changes = dict[str, Any]


@asynccontextmanager
async def stored(
    resources: Resources, actor: Actor, sent: Upload, texts: Changes
) -> AsyncIterator[Arrival | None]:
    """An upload's file, looked at, cleaned and stored; None when its bytes are there already.

    It goes again at the end unless `add` has kept it. Raises Invalid, Overloaded, Unavailable.
    """
    actor.require(Permission.MEDIA_UPLOAD)
    db, checks = resources.db, Checks()
    _checked(checks, texts)
    if await db.fetch(_same(sent)):
        checks.done()
        yield None
        return
    try:
        file = await resources.intake.inspected(sent)
    except Invalid as refusal:
        raise Invalid([*refusal.problems, *checks.problems]) from None
    checks.done()
    async with arriving(db, resources.storage, file) as arrival:
        yield arrival


async def add(
    work: Work, sent: Upload, texts: Changes, arrival: Arrival | None
) -> tuple[str, bool]:
    """A new media item; or the one that has the same bytes, and True. Raises Invalid."""
    work.actor.require(Permission.MEDIA_UPLOAD)
    checks = Checks()
    texts = _checked(checks, texts)
    checks.done()
    if arrival is None:
        if found := await work.session.scalar(_same(sent)):
            return found, True
        message = "The same file was there, and is being deleted: send it again"
        raise Invalid.one(ErrorCode.INVALID_STATE, message, "file")
    id = ids.new(ids.MEDIA)
    first = await _insert(work, sent, arrival, {"id": id, **texts})
    if first == id:
        entry = _entry(id, sent.file_name, texts)
        await indexing.add(work.session, [entry])
        await arrival.keep(work.session)
        work.record("media.uploaded", id, kind=arrival.file.kind.value, size=arrival.file.size)
    return first, first != id


def _same(sent: Upload) -> Any:
    return select(Media.id).where(Media.sha256 == sent.sha256)


async def _insert(work: Work, sent: Upload, arrival: Arrival, given: Changes) -> str:
    """The id of the row with these bytes: ours, or that of whoever was faster."""
    file = arrival.file
    row = insert(work.session, Media).values(
        kind=file.kind, storage_key=arrival.key, file_name=sent.file_name,
        mime_type=file.mime_type, sha256=sent.sha256, size=file.size, width=file.width,
        height=file.height, placeholder=file.placeholder, uploaded_by_id=work.actor.user_id,
        created_at=work.at, updated_at=work.at, **given,
    )  # fmt: skip
    # Set to what it is, so that there is a row to return, which nobody can delete in between.
    row = row.on_conflict_do_update(index_elements=["sha256"], set_={"sha256": sent.sha256})
    id: str = (await work.session.execute(row.returning(Media.id))).scalar_one()
    return id


async def update(work: Work, id: str, changes: Changes, if_version: int | None) -> Media:
    """Change what is said about a media item. Raises Invalid, Conflict."""
    # Without FOR NO KEY UPDATE, whoever writes what shows it would have to wait.
    media = await _found(work, id, "update", {"key_share": True})
    expect(if_version, media.version)
    checks = Checks()
    wanted = _checked(checks, changes)
    checks.done()
    changed = {name for name, value in wanted.items() if getattr(media, name) != value}
    if changed:
        for name in changed:
            setattr(media, name, wanted[name])
        media.version += 1
        texts = {name: getattr(media, name) for name in ("title", "alt_text", "caption")}
        await indexing.put(work.session, [_entry(id, media.file_name, texts)])
        work.record("media.updated", id, changed)
    return media


async def delete(work: Work, id: str, if_version: int | None, *, force: bool) -> str | None:
    """Remove a media item, and have its file removed; the key of that, if we have it.

    What shows it keeps it from being deleted, or with `force` is left without; that is for those
    who may delete everybody's. Raises Invalid, Conflict.
    """
    if force:
        work.actor.require(Permission.MEDIA_DELETE)
        await _hold_what_shows(work.session, id)
    media = await _found(work, id, "delete", True)
    expect(if_version, media.version)
    shown = await _shown(work.session, id)
    if any(shown.values()) and not force:
        message = (
            "Shown by {content_items} content items, {content_drafts} drafts beside such and "
            "{users} users: change them first"
        )
        raise Invalid.one(ErrorCode.IN_USE, message.format(**shown), "id")
    await work.session.delete(media)
    await indexing.remove(work.session, [id])
    if media.storage_key is not None:
        jobs.enqueue(work.session, "media.remove_file", {"key": media.storage_key})
    work.record("media.deleted", id, (), **shown)
    return media.storage_key


async def _found(work: Work, id: str, ability: str, lock: Any) -> Media:
    media = None
    if ids.prefix_of(id) == ids.MEDIA:
        media = await work.session.get(Media, id, with_for_update=lock)
    if media is None:
        raise Invalid.one(ErrorCode.NOT_FOUND, "There is no such media item", "id")
    work.actor.require(ABILITIES[ability], media.uploaded_by_id)
    return media


async def _hold_what_shows(session: AsyncSession, id: str) -> None:
    if ids.prefix_of(id) != ids.MEDIA:
        return
    for column in SHOWN_BY.values():
        (key,) = column.class_.__table__.primary_key
        held = select(key).where(column == id).order_by(key)
        # Without FOR NO KEY UPDATE, whoever writes what belongs to them would have to wait.
        await session.execute(held.with_for_update(key_share=True))


async def _shown(session: AsyncSession, id: str) -> dict[str, int]:
    """How many of what show a media item, whoever may see them."""
    counts = {
        name: select(func.count()).where(column == id).scalar_subquery()
        for name, column in SHOWN_BY.items()
    }
    row = (await session.execute(select(*counts.values()))).one()
    return dict(zip(counts, row, strict=True))


def _checked(checks: Checks, changes: Changes) -> Changes:
    wanted = dict(changes)
    if "title" in wanted:
        wanted["title"] = checks.line(wanted["title"] or "", "title", most=MAX_TITLE, least=0)
    for name, most in (("alt_text", MAX_ALT_TEXT), ("caption", MAX_CAPTION)):
        if name in wanted:
            wanted[name] = checks.text(wanted[name] or "", name, most=most).strip()
    wanted = {name: value or None for name, value in wanted.items()}
    if "file_name" in wanted:
        name = checks.line(wanted["file_name"] or "", "file_name", most=MAX_NAME)
        wanted["file_name"] = upload.file_name(name)
    return wanted


def _entry(id: str, file_name: str, texts: Changes) -> indexing.Entry:
    return indexing.media(
        id, texts.get("title"), file_name, texts.get("alt_text"), texts.get("caption")
    )
