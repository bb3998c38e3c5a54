"""Which content of an item is shown: what readers see, its draft, or one of its revisions."""

from enum import StrEnum
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from app.operations.content.abilities import Abilities
from app.pagination import Direction
from app.permissions import Permission
from app.selects import Listing
from engine.fields import Load, needs
from loaders.lists import AllByParent
from loaders.previews import ViewByPreviewToken
from loaders.revisions import DraftByContentItem, SnapshotByNumber, SnapshotByRevision, View
from loaders.rows import RowById
from loaders.trees import Many
from resolvers import edges, whole
from resolvers.context import Context
from resolvers.enums import describe

Rows = list[Any]


class Perspective(StrEnum):
    PUBLISHED = "PUBLISHED"
    DRAFT = "DRAFT"


_TAGS = Listing("tags", sort=(("position", Direction.ASC),), parent="item")


describe(
    Perspective,
    "Perspective",
    "Which content of an item is shown.",
    PUBLISHED="What readers see; of an item that is not published, what it says now.",
    DRAFT="What was written last; for those who may see drafts.",
)


@strawberry.input(description="Which content of an item is shown.")
class ViewInput:
    perspective: Perspective = strawberry.field(
        default=Perspective.PUBLISHED, description="What readers see, or what was written last."
    )
    revision: int | None = strawberry.field(
        default=UNSET, description="What was saved under this number, whatever the perspective."
    )
    preview_token: str | None = strawberry.field(
        default=UNSET,
        description="Of `createPreviewToken`: shows the draft or revision that it was made for to "
        "anybody, whatever else is asked for.",
    )


ViewArgument = Annotated[
    ViewInput | None,
    strawberry.argument(
        description="Which of its content; null where there is none, or none for you."
    ),
]


async def newest(items: Rows, context: Context) -> Rows:
    """What was written last of each item, as far as the actor sees it."""
    drafts = await context.load(DraftByContentItem).many(
        None if item is None else item.id for item in items
    )
    snapshots = await context.load(SnapshotByRevision).many(
        None if draft is None else draft.revision_id for draft in drafts
    )
    return [
        View(item, snapshot, draft.version, draft.updated_at) if draft and snapshot else item
        for item, draft, snapshot in zip(items, drafts, snapshots, strict=True)
    ]


def latest(attribute: str) -> Load:
    """What was written last of the item whose id is in an attribute of the parent."""
    load_row = edges.row("content", attribute)

    async def load_latest(parents: Rows, context: Context) -> Rows:
        return await newest(await load_row(parents, context), context)

    return load_latest


async def seen(context: Context, item: Any, view: ViewInput | None) -> Any:
    """A visible item in a view; None for content that the actor may not see."""
    if item is None or not view:
        return item
    number = None if view.revision is UNSET else view.revision
    if number is None and view.perspective is Perspective.PUBLISHED:
        return item
    if not context.actor.may(Permission.CONTENT_READ_DRAFTS, item.author_id):
        return None
    if number is None:
        return (await newest([item], context))[0]
    snapshot = await context.load(SnapshotByNumber).load((item.id, number))
    return snapshot and View(item, snapshot, item.version, item.updated_at)


def token_of(view: ViewInput | None) -> str | None:
    return (view.preview_token or None) if view else None


async def previewed(context: Context, token: str, **wanted: str) -> Any:
    """What a preview token shows, if that is the item that is wanted."""
    context.confidential = True  # it may be taken back, and whoever kept it would not know
    shown = await context.load(ViewByPreviewToken).load(token)
    same = shown and all(getattr(shown, name) == value for name, value in wanted.items())
    return shown if same else None


@whole.edge(lambda: Many(_TAGS))
@needs("id")
async def load_tags(items: Rows, context: Context) -> Rows:
    """The tags of each item in the author's order, as its view has them."""
    snapshots = [getattr(item, "snapshot", None) for item in items]
    stored = [item for item, one in zip(items, snapshots, strict=True) if one is None]
    of_rows = iter(await context.load(AllByParent, _TAGS).many(edges.keys(stored)))
    by_id = context.load(RowById, "tags")
    named = [id for one in snapshots if one is not None for id in one["tagIds"]]
    found = dict(zip(named, await by_id.many(named), strict=True))
    return [
        next(of_rows) if one is None else [tag for id in one["tagIds"] if (tag := found[id])]
        for one in snapshots
    ]


@needs("id")
async def load_unpublished(items: Rows, context: Context) -> Rows:
    """Whether each item has a draft that the actor sees."""
    drafts = await context.load(DraftByContentItem).many(item.id for item in items)
    return [draft is not None for draft in drafts]


@needs("author_id", "status", "scheduled_publish_at", "deleted_at")
def load_abilities(items: Rows, context: Context) -> Rows:
    return [Abilities.of(context.actor, item) for item in items]
