from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import strawberry

from app.operations.content.snapshots import NAMES, changed
from engine.fields import batched, needs
from loaders.revisions import (
    RevisionByContentItem,
    SnapshotByNumber,
    SnapshotByRevision,
    View,
)
from loaders.rows import RowById
from resolvers import edges
from resolvers.context import Context
from resolvers.scalars import JSON
from resolvers.types.node import Node

if TYPE_CHECKING:
    from resolvers.types.content import ContentItem
    from resolvers.types.users import User

MAX_SHOWN = 5_000

Number = Annotated[int, strawberry.argument(description="The revision's number, from 1.")]
Against = Annotated[
    int | None,
    strawberry.argument(
        description="The number of the revision to compare with; the one before when left out."
    ),
]


class Change(NamedTuple):
    field: str
    before: Any
    after: Any


@needs("id")
async def load_revision(items: list[Any], context: Context, number: Number) -> list[Any]:
    return await context.load(RevisionByContentItem, number).many(item.id for item in items)


@needs("id", "item_id", "created_at")
async def load_snapshot(revisions: list[Any], context: Context) -> list[Any]:
    items = await context.load(RowById, "content").many(one.item_id for one in revisions)
    snapshots = await context.load(SnapshotByRevision).many(one.id for one in revisions)
    return [
        View(item, snapshot, item.version, revision.created_at) if item and snapshot else None
        for revision, item, snapshot in zip(revisions, items, snapshots, strict=True)
    ]


@needs("id", "item_id", "number")
async def load_changes(
    revisions: list[Any], context: Context, against: Against = None
) -> list[Any]:
    others = [(one.item_id, one.number - 1 if against is None else against) for one in revisions]
    before = await context.load(SnapshotByNumber).many(others)
    after = await context.load(SnapshotByRevision).many(one.id for one in revisions)
    return [_changes(*pair) for pair in zip(before, after, strict=True)]


def _changes(before: Any, after: Any) -> list[Change]:
    if after is None:
        return []
    was = before or dict.fromkeys(after)
    names = (name for column, name in NAMES.items() if column in changed(was, after))
    return [Change(name, _short(was[name]), _short(after[name])) for name in names]


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_SHOWN:
        return value[:MAX_SHOWN] + "…"
    return value


@strawberry.type(description="What differs between two revisions.")
class FieldChange:
    field: str = strawberry.field(description="Which field: `title`, `body`, `tagIds` …")
    before: JSON | None = strawberry.field(
        description=f"What it was; a long text is cut after {MAX_SHOWN:,} characters."
    )
    after: JSON | None = strawberry.field(
        description=f"What it is; a long text is cut after {MAX_SHOWN:,} characters."
    )


@strawberry.type(description="What an item was after a change; for those who may see its drafts.")
class Revision(Node):
    number: int = strawberry.field(description="Counts the item's revisions, from 1.")
    message: str | None = strawberry.field(description="What its author said about the change.")
    created_at: datetime = strawberry.field(description="When it was saved.")
    created_by: Annotated["User", strawberry.lazy("resolvers.types.users")] | None = batched(
        edges.row("users", "created_by_id"), description="Who saved it."
    )
    published_at: datetime | None = strawberry.field(
        description="When it became what readers see; null if it never did."
    )
    snapshot: Annotated["ContentItem", strawberry.lazy("resolvers.types.content")] | None = batched(
        load_snapshot, description="The item as it was."
    )
    changes: list[FieldChange] = batched(
        load_changes, description="What differs from another revision of the item."
    )
