from functools import partial
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from app.errors import BadInput
from app.selects import Listing
from engine.fields import batched
from loaders.lists import ROOT, SliceByParent
from loaders.rows import RowById
from resolvers import edges, whole
from resolvers.context import Context, Info
from resolvers.types.connections import Connection
from resolvers.types.content import ContentItem
from resolvers.views import ViewArgument, ViewInput, previewed, seen, token_of


@strawberry.input(description="An item by its slug.")
class ContentItemSlug:
    slug: str = strawberry.field(description="Its part of an address.")
    kind: str | None = strawberry.field(
        default=UNSET,
        description="The kind of item; needed where several kinds have an item with this slug.",
    )


@strawberry.input(one_of=True, description="What one item is known by.")
class ContentItemLookup:
    id: strawberry.ID | None = strawberry.field(default=UNSET, description="Its id.")
    slug: ContentItemSlug | None = strawberry.field(default=UNSET, description="Its slug.")


@strawberry.type
class ContentQueries:
    content_items: list[ContentItem] = batched(
        edges.content_items(None),
        whole=whole.many("content", partial(edges.content_part, None)),
        description="Content items, newest first.",
    )
    content_items_connection: Connection[ContentItem] = batched(
        edges.content_page(None), description="Content items, a page at a time."
    )

    trashed_content_items: Connection[ContentItem] = batched(
        edges.newest_first("trash"),
        description="What is in the trash and you may take out again, last thrown away first.",
    )

    @strawberry.field(description="An item by id; null where there is none for you.")
    async def content_item(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The item's id.")],
        view: ViewArgument = UNSET,
    ) -> ContentItem | None:
        return await _by_id(info.context, id, view)  # type: ignore[no-any-return]

    @strawberry.field(description="An item by slug or id; null where there is none for you.")
    async def content_item_by(
        self,
        info: Info,
        where: Annotated[
            ContentItemLookup, strawberry.argument(description="What it is known by.")
        ],
        view: ViewArgument = UNSET,
    ) -> ContentItem | None:
        if where.id is not UNSET and where.id is not None:
            return await _by_id(info.context, where.id, view)  # type: ignore[no-any-return]
        assert where.slug  # exactly one is given
        return await _by_slug(info.context, where.slug, view)  # type: ignore[no-any-return]


async def _by_id(context: Context, id: str, view: ViewInput | None) -> Any:
    if token := token_of(view):
        return await previewed(context, token, id=id)
    return await seen(context, await context.load(RowById, "content").load(id), view)


async def _by_slug(context: Context, wanted: ContentItemSlug, view: ViewInput | None) -> Any:
    names = {"slug": wanted.slug} | ({"kind": wanted.kind} if wanted.kind else {})
    if token := token_of(view):
        return await previewed(context, token, **names)
    listing = Listing("content", tuple((name, (("eq", text),)) for name, text in names.items()))
    found = await context.load(SliceByParent, listing, 2, 0).load(ROOT)
    if len(found) > 1:
        raise BadInput(
            "Items of several kinds have this slug: name the `kind`",
            kinds=sorted(row.kind for row in found),
        )
    return await seen(context, found[0] if found else None, view)
