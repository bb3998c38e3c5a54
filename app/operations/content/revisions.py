"""Every save of an item is kept."""

from datetime import datetime

from sqlalchemy import func, select, update

from app.models import ContentItem, ContentStatus, Revision
from app.operations.content.snapshots import Said
from app.operations.work import Work


def first(work: Work, item: ContentItem, now: Said) -> None:
    """Revision 1 of a new item."""
    _write(work, item.id, 1, now, None)


async def add(work: Work, item: ContentItem, was: Said, now: Said, message: str | None) -> int:
    """Keep a save of a locked item; the number of its revision."""
    last = await latest(work, item.id)
    if last == 0:
        _keep_original(work, item, was)
        last = 1
    _write(work, item.id, last + 1, now, message)
    await work.session.flush()
    return last + 1


async def latest(work: Work, item_id: str) -> int:
    """The number of the last revision; 0 for an item that was imported and never edited here."""
    number = select(func.max(Revision.number)).where(Revision.item_id == item_id)
    return await work.session.scalar(number) or 0


async def stamp(work: Work, item_id: str, number: int, at: datetime) -> None:
    """Note of a revision that readers see it from now on."""
    here = (Revision.item_id == item_id, Revision.number == number)
    await work.session.execute(update(Revision).where(*here).values(published_at=at))


def _write(work: Work, item_id: str, number: int, now: Said, message: str | None) -> None:
    revision = Revision(
        item_id=item_id, number=number, snapshot=now.snapshot, text=now.text, message=message,
        created_by_id=work.actor.user_id, created_at=work.at,
    )  # fmt: skip
    work.session.add(revision)


def _keep_original(work: Work, item: ContentItem, was: Said) -> None:
    public = item.status is ContentStatus.PUBLISHED
    original = Revision(
        item_id=item.id, number=1, snapshot=was.snapshot, text=was.text, created_at=item.updated_at,
        published_at=item.published_at if public else None,
    )  # fmt: skip
    work.session.add(original)
