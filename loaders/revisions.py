"""What items were and are going to be."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, tuple_

from app.models import ContentDraft
from app.models.base import Document
from app.models.revisions import EDITED
from app.selects import REVISIONS
from app.selects.members import member
from app.selects.resource import Names
from app.selects.revisions import TABLE
from app.selects.sight import Sight
from loaders.base import Loader, Row, Scope
from loaders.statements import KEPT


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
        rows = await self.scope.fetch(_drafts(self.scope.sight), ids=keys)
        found = {row.item_id: row for row in rows}
        return [found.get(key) for key in keys]


class SnapshotByRevision(Loader[str, Document | None]):
    """What an item said, by the id of the revision."""

    async def batch_load_fn(self, keys: list[str]) -> list[Document | None]:
        rows = await self.scope.fetch(_snapshots(self.scope.sight), ids=keys)
        found = {row.id: row.snapshot for row in rows}
        return [found.get(key) for key in keys]


class SnapshotByNumber(Loader[tuple[str, int], Document | None]):
    """What an item said, by its id and the number of the revision."""

    async def batch_load_fn(self, keys: list[tuple[str, int]]) -> list[Document | None]:
        place = tuple_(TABLE.c.item_id, TABLE.c.number)
        rows = REVISIONS.visible(self.scope.sight).where(place.in_(keys))
        rows = rows.with_only_columns(TABLE.c.item_id, TABLE.c.number, TABLE.c.snapshot)
        found = {(id, n): snapshot for id, n, snapshot in await self.scope.fetch(rows)}
        return [found.get(key) for key in keys]


class RevisionByContentItem(Loader[str, Row]):
    """The revision of each item that has a number."""

    def __init__(self, scope: Scope, number: int) -> None:
        super().__init__(scope)
        self.number = number

    async def batch_load_fn(self, keys: list[str]) -> list[Row]:
        scope = self.scope
        rows = _numbered(scope.sight, scope.columns.get(REVISIONS.name))
        found = {row.item_id: row for row in await scope.fetch(rows, ids=keys, number=self.number)}
        return [found.get(key) for key in keys]


@lru_cache(KEPT)
def _drafts(sight: Sight) -> Select[Any]:
    drafts = ContentDraft.__table__.c
    here = and_(drafts.item_id == TABLE.c.item_id, drafts.revision == TABLE.c.number)
    rows = REVISIONS.visible(sight).join(ContentDraft, here).where(member(drafts.item_id))
    return rows.with_only_columns(
        drafts.item_id, TABLE.c.id.label("revision_id"), drafts.version, drafts.updated_at
    )


@lru_cache(KEPT)
def _snapshots(sight: Sight) -> Select[Any]:
    rows = REVISIONS.visible(sight).where(member(TABLE.c.id))
    return rows.with_only_columns(TABLE.c.id, TABLE.c.snapshot)


@lru_cache(KEPT)
def _numbered(sight: Sight, names: Names) -> Select[Any]:
    names = None if names is None else names | {"item_id"}
    number = TABLE.c.number == bindparam("number", required=True)
    return REVISIONS.visible(sight, names).where(member(TABLE.c.item_id), number)
