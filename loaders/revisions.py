"""What items were and are going to be."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, tuple_

from app.models import ContentDraft
from app.models.base import Document
from app.models.revisions import EDITED
from app.selects import REVISIONS
from app.selects.members import member
from app.selects.revisions import TABLE
from loaders.base import Loader, Loaders, Row


@dataclass(frozen=True, slots=True)
class View:
    """An item as a snapshot has it; what is not in there is as in its row."""

    row: Row
    snapshot: Document
    version: int
    updated_at: datetime

    def __getattr__(self, name: str) -> Any:
        return self.snapshot[EDITED[name]] if name in EDITED else getattr(self.row, name)


class DraftByContentItem(Loader[str, Row]):
    """Of the draft of each item: its `revision_id`, `version` and `updated_at`."""

    async def batch_load_fn(self, keys: list[str]) -> list[Row]:
        drafts = ContentDraft.__table__.c
        here = and_(drafts.item_id == TABLE.c.item_id, drafts.revision == TABLE.c.number)
        rows = REVISIONS.visible(self.scope.actor).join(ContentDraft, here)
        rows = rows.where(member(drafts.item_id, keys)).with_only_columns(
            drafts.item_id, TABLE.c.id.label("revision_id"), drafts.version, drafts.updated_at
        )
        found = {row.item_id: row for row in await self.scope.db.fetch(rows)}
        return [found.get(key) for key in keys]


class SnapshotByRevision(Loader[str, Document | None]):
    """What an item said, by the id of the revision."""

    async def batch_load_fn(self, keys: list[str]) -> list[Document | None]:
        rows = REVISIONS.visible(self.scope.actor).where(member(TABLE.c.id, keys))
        rows = rows.with_only_columns(TABLE.c.id, TABLE.c.snapshot)
        found = {row.id: row.snapshot for row in await self.scope.db.fetch(rows)}
        return [found.get(key) for key in keys]


class SnapshotByNumber(Loader[tuple[str, int], Document | None]):
    """What an item said, by its id and the number of the revision."""

    async def batch_load_fn(self, keys: list[tuple[str, int]]) -> list[Document | None]:
        place = tuple_(TABLE.c.item_id, TABLE.c.number)
        rows = REVISIONS.visible(self.scope.actor).where(place.in_(keys))
        rows = rows.with_only_columns(TABLE.c.item_id, TABLE.c.number, TABLE.c.snapshot)
        found = {(id, n): snapshot for id, n, snapshot in await self.scope.db.fetch(rows)}
        return [found.get(key) for key in keys]


class RevisionByContentItem(Loader[str, Row]):
    """The revision of each item that has a number."""

    def __init__(self, scope: Loaders, number: int) -> None:
        super().__init__(scope)
        self.number = number

    async def batch_load_fn(self, keys: list[str]) -> list[Row]:
        rows = REVISIONS.visible(self.scope.actor).where(
            member(TABLE.c.item_id, keys), TABLE.c.number == self.number
        )
        found = {row.item_id: row for row in await self.scope.db.fetch(rows)}
        return [found.get(key) for key in keys]
