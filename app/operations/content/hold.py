"""An item taken for a change, with the draft that waits beside it."""

from dataclasses import dataclass

from sqlalchemy import select

from app.errors import ErrorCode, Invalid
from app.models import ContentDraft, ContentItem, Revision
from app.operations.content import abilities
from app.operations.content.snapshots import Said
from app.operations.work import Work, expect
from app.selects.content import known


@dataclass(slots=True)
class Held:
    """A locked item; nobody else changes it or its draft before this transaction ends."""

    item: ContentItem
    draft: ContentDraft | None

    @property
    def version(self) -> int:
        """The version that writers see: the draft's goes on from the item's."""
        return self.draft.version if self.draft else self.item.version

    def touch(self) -> None:
        """The next version, of the item itself."""
        self.item.version = self.version + 1
        if self.draft:
            self.draft.version = self.item.version


async def hold(work: Work, id: str, ability: str, if_version: int | None = None) -> Held:
    """Take an item that the actor may do this with.

    Raises Invalid, Conflict, Forbidden, Unauthenticated.
    """
    mine = select(ContentItem).where(ContentItem.id == id, known(work.actor))
    locked = mine.with_for_update().execution_options(populate_existing=True)
    item = await work.session.scalar(locked)
    if item is None:
        raise Invalid.one(ErrorCode.NOT_FOUND, "There is no such content item", "id")
    abilities.require(work.actor, item, ability)
    held = Held(item, await work.session.get(ContentDraft, id, populate_existing=True))
    expect(if_version, held.version)
    return held


async def pending(work: Work, held: Held) -> Said | None:
    """What the draft of a held item says; None without one."""
    if held.draft is None:
        return None
    revision = await numbered(work, held.item.id, held.draft.revision)
    return None if revision is None else Said(revision.snapshot, revision.text)


async def numbered(work: Work, item_id: str, number: int) -> Revision | None:
    found = select(Revision).where(Revision.item_id == item_id, Revision.number == number)
    return await work.session.scalar(found)
